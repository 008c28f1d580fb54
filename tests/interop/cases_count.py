"""More cases: the count and the result."""

import json

import entries
import maker
import report as R
from cases import Town, case, finish
from framing import u8
from maker import Maker
from ristretto import G, L, add, encode


def bent_input(bend=None, **bent):
    """The trustees consent to other sums than those that everyone computes."""
    return Town().m.close().tally_input(bend, **bent).files()


@case(R.CONSENT)
def consent_to_a_smaller_board():
    return bent_input(size=3)


@case(R.CONSENT)
def consent_to_another_alpha():
    def bend(groups):
        p = add(groups[0][4][0][1], G)
        groups[0][4][0] = (encode(p), p)
    return bent_input(bend)


@case(R.CONSENT)
def consent_to_another_beta():
    def bend(groups):
        p = add(groups[0][4][1][1], G)
        groups[0][4][1] = (encode(p), p)
    return bent_input(bend)


@case(R.CONSENT)
def consent_to_more_ballots():
    def bend(groups):
        groups[0][2] += 1
    return bent_input(bend)


@case(R.CONSENT)
def consent_to_withheld():
    def bend(groups):
        groups[0][3] = 1
    return bent_input(bend)


@case(R.CONSENT)
def consent_to_another_order():
    def bend(groups):
        groups[0], groups[2] = groups[2], groups[0]
    return bent_input(bend)


@case(R.CONSENT)
def consent_without_a_voter():
    t = Town()
    del t.m.counted[t.b.pseudonym]
    del t.m.votes[t.b.pseudonym]
    return t.m.close().tally_input().files()


@case(R.CONSENT)
def consent_to_an_older_ballot():
    t = Town()
    older = t.m.counted[t.a.pseudonym], t.m.votes[t.a.pseudonym]
    t.m.ballot(t.a, [{0}, {1}])
    t.m.counted[t.a.pseudonym], t.m.votes[t.a.pseudonym] = older
    return t.m.close().tally_input().files()


@case(R.FORM)
def tally_input_that_states_something():
    m = Town().m.close()
    m.append(u8(entries.TALLY_INPUT) + bytes(8))
    return m.files()


@case(R.PARTIAL_FORM)
def partial_other_input():
    return Town().m.close().tally_input().partial(1).partial(2, input_hash=bytes(32)).partial(3).result().files()


@case(R.PARTIAL_FORM)
def partial_no_such_trustee():
    return Town().m.close().tally_input().partial(1).partial(4).partial(3).result().files()


@case(R.PARTIAL_FORM)
def partial_trustee_zero():
    return Town().m.close().tally_input().partial(1).partial(0).partial(3).result().files()


@case(R.PARTIAL_FORM)
def partial_twice():
    return Town().m.close().tally_input().partial(1).partial(1).partial(3).result().files()


@case(R.PARTIAL_FORM)
def partial_incomplete():
    return Town().m.close().tally_input().partial(1).partial(2, drop=1).partial(3).result().files()


@case(R.PARTIAL_SIGNATURE)
def partial_unsigned():
    m = Town().m.close().tally_input().partial(1)
    return m.partial(2, key=m.keys_of[3]).partial(3).result().files()


def _district(ident, contests, added=()):
    return {**maker.style(ident, contests, 40), **({"plus_one_of": list(added)} if added else {})}


def districts(minimum, ballots, added=0, typed=(0, 0, 0)):
    """Three districts with one contest of all, by style, and one of the first alone, which the others may add: so many ballots in
    each, of which so many are typed from paper; `added` of the second district add the first's contest."""
    document = maker.manifest(
        minimum_group=minimum, report_by="contest-and-style",
        contests=[maker.contest("all", 2), maker.contest("first", 2)],
        styles=[_district("a", ["all", "first"]), _district("b", ["all"], ["first"]), _district("c", ["all"], ["first"])],
        paper_until="2026-01-03T00:00:00Z",
        routes=[{"id": "sms", "title": {"en": "S"}, "entered": False}, {"id": "paper", "title": {"en": "P"}, "entered": True}])
    m = Maker(document).genesis().ceremony()
    voters = []
    # Ballot styles: a, b, b+first, c, c+first.
    for style, number, papers in zip((0, 1, 3), ballots, typed):
        for i in range(number):
            extra = style == 1 and i < added
            voters.append(m.voter(style + extra, route=int(i >= number - papers)))
    m.open()
    for i, voter in enumerate(voters):
        m.ballot(voter, [{i % 2}] * len(m.manifest.styles[voter.style].contests))
    for style, papers in enumerate(typed):
        if papers:
            m.paper_count(style, papers)
    return finish(m)


def _shape(files):
    document = json.loads(files["result.json"])
    return [(g["id"], g["styles"], g["ballots"], g.get("withheld", False)) for g in document["contests"]]


@case()
def groups_of_two_each_are_one():
    files = districts(4, (2, 2, 2))
    assert _shape(files) == [("all", ["a", "b", "c"], 6, False), ("first", ["a"], 2, True), ("first", [""], 0, False)]
    return files


@case()
def groups_small_one_takes_the_next():
    files = districts(3, (4, 1, 3), added=1)
    assert _shape(files) == [("all", ["a"], 4, False), ("all", ["b", "c"], 4, False), ("first", ["a", ""], 5, False)]
    return files


@case()
def groups_typed_ballots_do_not_hide_one():
    files = districts(3, (3, 0, 4), typed=(2, 0, 0))
    assert _shape(files)[0] == ("all", ["a", "c"], 7, False)
    return files


@case(R.CONSENT)
def groups_not_joined():
    """The trustees consent to two small groups apart."""
    m = Town(maker.manifest(report_by="contest-and-style", minimum_group=2)).m.close()
    def bend(groups):
        split = next(g for g in groups if len(g[1]) > 1)
        split[1] = split[1][:1]
    return m.tally_input(bend).files()


@case(R.PARTIAL_PROOF)
def partial_lie():
    return Town().m.close().tally_input().partial(1).partial(2, lie=1).partial(3).result().files()


@case(R.COURSE)
def result_too_few_partials():
    m = Town().m.close().tally_input().partial(1).result(publish=False)
    return m.files()


@case()
def result_right_after_a_false_one():
    def bend(totals):
        totals[0][0] += 1
    return Town().m.close().tally_input().partial(1).partial(2).result(bend).result().files()


@case(R.RESULT)
def result_false_after_a_right_one():
    def bend(totals):
        totals[0][0] += 1
    return Town().m.close().tally_input().partial(1).partial(2).result().result(bend, publish=False).files()


def bent_result(bend=None, **bent):
    return Town().m.close().tally_input().partial(1).partial(2).result(bend, **bent).files()


@case(R.RESULT)
def result_other_input():
    return bent_result(input_hash=bytes(32))


@case(R.RESULT)
def result_ballots_wrong():
    def head(heads):
        heads[0][2] += 1
    return bent_result(head=head)


@case(R.RESULT)
def result_group_wrong():
    def head(heads):
        heads[0][1] = [0]
    return bent_result(head=head)


@case(R.RESULT)
def result_withheld_wrong():
    def head(heads):
        heads[0][3] = 1
    return bent_result(head=head)


@case(R.RESULT)
def result_total_wrong():
    def bend(totals):
        totals[0][0] += 1
    return bent_result(bend)


@case(R.RESULT)
def result_carry_between_packed():
    def bend(totals):
        totals[0][2] += 2**18
        totals[0][3] -= 1
    return bent_result(bend)


@case(R.RESULT)
def result_total_missing():
    def bend(totals):
        totals[0].pop()
    return bent_result(bend)


@case(R.RESULT)
def result_group_missing():
    def bend(totals):
        totals.pop()
    return bent_result(bend)


def republished(change):
    files = Town(maker.manifest(minimum_group=2)).finish()
    document = json.loads(files["result.json"])
    change(document)
    files["result.json"] = json.dumps(document, indent=3).encode()
    return files


@case()
def result_file_white_space():
    return republished(lambda d: None)


@case(R.RESULT_FILE)
def result_file_total():
    return republished(lambda d: d["contests"][0]["options"][0].update(total=9))


@case(R.RESULT_FILE)
def result_file_extra_key():
    return republished(lambda d: d["contests"][0].update(title="x"))


@case(R.RESULT_FILE)
def result_file_withheld_false():
    return republished(lambda d: d["contests"][0].update(withheld=False))


@case(R.RESULT_FILE)
def result_file_order():
    return republished(lambda d: d["contests"].reverse())


@case(R.RESULT_FILE)
def result_file_repeated_key():
    files = Town().finish()
    files["result.json"] = files["result.json"].replace(b'"ballots"', b'"ballots": 0, "ballots"', 1)
    return files


@case(R.RESULT_FILE)
def result_file_not_json():
    return {**Town().finish(), "result.json": b"{"}


@case(R.FILES)
def result_file_without_result():
    return {**Town().m.close().files(), "result.json": b'{"contests":[]}'}


@case(R.FORM)
def partial_of_an_identity_sum():
    """Two voters whose nonces cancel: alpha's sum is the identity, so the group needs no decryption, and partial
    decryptions that have an item for it all the same are not points."""
    m = Maker().genesis().ceremony()
    a, b = m.voter(0), m.voter(0)
    m.open()
    m.ballot(a, [{0}, {1}], nonces={0: 77})
    m.ballot(b, [{0}, {1}], nonces={0: L - 77})
    return finish(m)


@case()
def good_unfinished_large():
    """412 slots in five contests: what everyone computes is longer than any leaf."""
    names = ["a", "b", "c", "d", "e"]
    document = maker.manifest(contests=[maker.contest(n, 412, 0, 412) for n in names])
    document["styles"] = [maker.style("all", ["a", "b"], 2**23), maker.style("rest", ["c", "d"], 2**23),
                          maker.style("last", ["e"], 2**23)]
    document["trustees"] = {"count": 2, "threshold": 2}
    m = Maker(document).genesis().ceremony(bits=24)  # short secrets, to be quick
    voter = m.voter(0)
    m.open()
    m.ballot(voter, [set(range(0, 412, 3)), {0, 411}])
    return m.close().tally_input().files()


def rules_town():
    """A contest of every rule: (contests, choices of two voters)."""
    kinds = [
        ({"type": "knapsack", "budget": 17, "min": 0, "blank": False}, [(1, 1, 0), (0, 0, 1)]),
        ({"type": "knapsack", "budget": 17, "min": 1, "max": 2, "blank": True}, [(1, 1, 0), "blank"]),
        ({"type": "knapsack", "budget": 30, "min": 2, "max": 2, "blank": True}, [(1, 0, 1), "blank"]),
        ({"type": "cumulative", "points": 5, "min_points": 0, "max_per_option": 3, "blank": False}, [(3, 2, 0), (0, 0, 1)]),
        ({"type": "cumulative", "points": 3, "min_points": 3, "max_per_option": 9, "blank": True}, [(1, 0, 2), "blank"]),
        ({"type": "ranked", "places": 3, "min": 1, "scores": [5, 3, 1], "blank": False}, [(3, 5, 1), (0, 0, 5)]),
        ({"type": "ranked", "places": 2, "min": 2, "scores": [5, 3], "blank": True}, [(3, 0, 5), "blank"]),
        ({"type": "ranked", "places": 1, "min": 0, "scores": [1], "blank": False}, [(0, 1, 0), (0, 0, 0)]),
        ({"type": "quadratic", "credits": 9, "min_credits": 1, "blank": True}, [(2, 2, 1), "blank"]),
        ({"type": "quadratic", "credits": 4, "min_credits": 4, "blank": False}, [(0, 2, 0), (2, 0, 0)]),
    ]
    contests = [maker.contest(f"c{i}", 3, rule=rule) for i, (rule, _) in enumerate(kinds)]
    for item in contests:
        for option, cost in zip(item["options"], (5, 10, 15)):
            option["cost"] = cost
    return contests, [[choices[v] for _, choices in kinds] for v in range(2)]


def every_rule(electorate, **bent):
    contests, choices = rules_town()
    document = maker.manifest(contests=contests, styles=[maker.style("all", [c["id"] for c in contests], electorate)])
    m = Maker(document).genesis().ceremony()
    voters = [m.voter(0), m.voter(0)]
    m.open()
    for voter, chosen in zip(voters, choices):
        m.ballot(voter, chosen, **bent)
    return finish(m)


@case()
def good_every_rule_packed():
    return every_rule(100)


@case()
def good_every_rule_unpacked():
    return every_rule(2**23)
