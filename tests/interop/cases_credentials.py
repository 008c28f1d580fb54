"""More cases: credentials, handovers, striking off, papers."""

import entries
import maker
import report as R
from cases import Town, case, finish, with_keys_swapped, with_stranger
from framing import u8, u16
from maker import Maker


@case(R.CREDENTIAL_SIGNATURE)
def credential_signature_of_the_organiser():
    return finish(with_keys_swapped(lambda m: m.voter(0)).open())


@case(R.REVOCATION)
def revocation_signature_of_the_organiser():
    t = Town()
    with_keys_swapped(lambda m: m.revoke(t.a), t.m)
    return t.finish()


@case(R.CLOSE)
def close_signature():
    m = with_stranger(lambda m: m.close(), Town().m)
    return m.tally_input().partial(1).partial(2).result().files()


@case(R.CREDENTIAL_SIGNATURE)
def credential_signature():
    return finish(with_stranger(lambda m: m.voter(0)).open())


@case(R.POSSESSION)
def credential_possession():
    m = Maker().genesis().ceremony()
    m.credential(maker.Voter(m, 0), possession_style=1)
    return finish(m.open())


@case(R.CREDENTIAL_KEY)
def credential_key_twice():
    t = Town()
    other = maker.Voter(t.m, 0)
    other.secret, other.key = t.a.secret, t.a.key
    t.m.credential(other)
    return t.finish()


@case(R.CREDENTIAL_KEY)
def credential_key_again_after_revocation():
    t = Town()
    t.m.revoke(t.a)
    t.m.credential(t.a)
    return t.finish()


@case(R.CREDENTIAL_HOLDER)
def credential_second_key():
    t = Town()
    t.m.new_key(t.a)
    t.m.credential(t.a)
    return t.finish()


@case(R.CREDENTIAL_HOLDER)
def credential_changes_style():
    t = Town()
    t.m.revoke(t.a)
    t.m.new_key(t.a)
    t.m.credential(t.a, style=1)
    return t.finish()


@case(R.CREDENTIAL_HOLDER)
def credential_no_such_style():
    t = Town()
    t.m.credential(maker.Voter(t.m, len(t.m.manifest.styles)))
    return t.finish()


def _small_electorate():
    document = maker.manifest()
    document["styles"][0]["electorate"] = 2
    return document


@case(R.ELECTORATE)
def electorate_exceeded():
    t = Town(_small_electorate())
    t.m.voter(0)
    return t.finish()


@case(R.ELECTORATE)
def electorate_exceeded_by_a_voter_who_adds_a_contest():
    document = maker.manifest()
    document["styles"][1] |= {"electorate": 1, "plus_one_of": ["roads"]}
    t = Town(document)
    t.m.voter(2)
    return t.finish()


@case(R.CREDENTIAL_HOLDER)
def credential_changes_style_to_another_with_an_added_contest():
    document = maker.manifest()
    document["styles"][1]["plus_one_of"] = ["roads"]
    t = Town(document)
    t.m.revoke(t.a)
    t.m.new_key(t.a)
    t.m.credential(t.a, style=2)
    return t.finish()


@case()
def electorate_met_with_new_key():
    t = Town(_small_electorate())
    t.m.revoke(t.a)
    t.m.new_key(t.a)
    t.m.credential(t.a)
    return t.finish()


# Handovers, numbers, routes, striking off.

def with_paper(**changes):
    """A manifest whose second route is typed from paper."""
    document = maker.manifest(**changes)
    document["paper_until"] = document["closes"]
    document["routes"].append({"id": "paper", "title": {"en": "On paper"}, "entered": True})
    return document


def handed_over(t, voter, **bent):
    old = voter.secret
    t.m.new_key(voter)
    t.m.credential(voter, handover=bent.pop("by", old), **bent)


@case()
def handover():
    t = Town()
    handed_over(t, t.a)
    t.m.ballot(t.a, [{0}, {4}])
    return t.finish()


@case(R.HANDOVER)
def handover_by_another_key():
    t = Town()
    handed_over(t, t.a, by=t.c.secret)
    return t.finish()


@case(R.HANDOVER)
def handover_of_nobody():
    t = Town()
    t.m.credential(maker.Voter(t.m, 0), handover=t.a.secret)
    return t.finish()


@case(R.HANDOVER)
def handover_after_revocation():
    t = Town()
    t.m.revoke(t.a)
    handed_over(t, t.a)
    return t.finish()


@case(R.HANDOVER)
def handover_to_another_number():
    t = Town()
    t.m.new_key(t.a)
    terms = t.a.pseudonym + u16(0) + u8(0) + u16(2) + t.a.key
    t.m.credential(t.a, handover=t.a.before, handed=terms)
    return t.finish()


@case(R.FORM)
def handover_byte():
    t = Town()
    t.m.voter(0)
    t.m.leaves[-1] = t.m.leaves[-1][:54] + u8(2) + t.m.leaves[-1][55:]
    return t.m.files()


@case(R.CREDENTIAL_NUMBER)
def credential_number_skipped():
    t = Town()
    t.m.credential(maker.Voter(t.m, 0), number=1)
    return t.finish()


@case(R.CREDENTIAL_NUMBER)
def credential_number_again():
    t = Town()
    t.m.revoke(t.a)
    t.m.new_key(t.a)
    t.m.credential(t.a, number=0)
    return t.finish()


@case(R.CREDENTIAL_NUMBER)
def credential_no_such_route():
    t = Town()
    t.m.credential(maker.Voter(t.m, 0), route=1)
    return t.finish()


@case()
def credential_64_of_one_pseudonym():
    t = Town()
    for _ in range(63):
        handed_over(t, t.a)
    return t.finish()


@case(R.CREDENTIAL_NUMBER)
def credential_65_of_one_pseudonym():
    t = Town()
    for _ in range(64):
        handed_over(t, t.a)
    return t.finish()


@case()
def entered_once():
    t = Town(with_paper())
    t.m.ballot(t.m.voter(0, route=1), [{0}, {1}])
    t.m.paper_count(0, 1)
    return t.finish()


@case(R.BALLOT_SEQUENCE)
def entered_and_two_ballots():
    t = Town(with_paper())
    d = t.m.voter(0, route=1)
    t.m.ballot(d, [{0}, {1}])
    t.m.ballot(d, [{0}, {1}], count=False)
    t.m.paper_count(0, 1)
    return t.finish()


@case(R.PAPER_COUNT)
def papers_not_counted():
    t = Town(with_paper())
    t.m.voter(0, route=1)
    return t.finish()


@case(R.PAPER_COUNT)
def papers_fewer_than_entered():
    t = Town(with_paper())
    t.m.voter(0, route=1)
    t.m.paper_count(0, 5).paper_count(0, 0, 1)
    return t.finish()


@case(R.PAPER_COUNT)
def papers_fewer_than_struck_off():
    t = Town()
    t.m.strike(t.a, entries.VOTED_ON_PAPER).paper_count(0, 0)
    return t.finish()


@case(R.PAPER_COUNT)
def paper_count_number():
    t = Town()
    t.m.paper_count(0, 1, 1)
    return t.finish()


@case(R.PAPER_COUNT)
def paper_count_style():
    t = Town()
    t.m.paper_count(2, 1)
    return t.finish()


@case(R.PAPER_COUNT)
def paper_count_signature():
    t = Town()
    right, t.m.organiser = t.m.organiser, t.m.registrar
    t.m.paper_count(0, 1)
    t.m.organiser = right
    return t.finish()


@case()
def challenged():
    t = Town()
    t.m.ballot(t.c, [{0}, {1}], count=False)
    t.m.leaves.pop()
    for n in range(7):
        t.m.challenge(t.c, bytes([n]) * 32)
    t.m.challenge(t.a, t.m.code).challenge(t.c, t.m.code)
    t.m.ballot(t.c, [{1}, {1}])
    return t.finish()


@case(R.CHALLENGED)
def challenged_and_cast():
    t = Town()
    t.m.ballot(t.c, [{0}, {1}], count=False)
    ballot = t.m.leaves.pop()
    t.m.challenge(t.c, t.m.code)
    t.m.append(ballot)
    return t.m.files()


@case(R.CHALLENGED)
def challenged_nine_times():
    t = Town()
    for n in range(9):
        t.m.challenge(t.c, bytes([n]) * 32)
    return t.finish()


@case(R.CHALLENGED)
def challenged_twice():
    t = Town()
    t.m.challenge(t.c, bytes(32)).challenge(t.c, bytes(32))
    return t.finish()


@case(R.CHALLENGED)
def challenged_sequence():
    t = Town()
    t.m.challenge(t.a, bytes(32), sequence=1)
    return t.finish()


@case(R.CHALLENGED)
def challenged_signature():
    t = Town()
    t.m.challenge(t.c, bytes(32), secret=t.a.secret)
    return t.finish()


@case(R.CHALLENGED)
def challenged_by_nobody():
    t = Town()
    t.m.challenge(maker.Voter(t.m, 0), bytes(32))
    return t.finish()


@case(R.CHALLENGED)
def challenged_by_a_revoked_key():
    t = Town()
    t.m.revoke(t.c).challenge(t.c, bytes(32))
    return t.finish()


@case(R.STRUCK_OFF)
def challenged_by_a_voter_who_is_struck_off():
    t = Town()
    t.m.strike(t.c).challenge(t.c, bytes(32))
    return t.finish()


@case(R.CREDENTIAL_NUMBER)
def entered_twice():
    t = Town(with_paper())
    handed_over(t, t.m.voter(0, route=1))
    t.m.paper_count(0, 1)
    return t.finish()


@case(R.CREDENTIAL_NUMBER)
def entered_after_the_fact():
    t = Town(with_paper())
    t.m.revoke(t.a)
    t.m.new_key(t.a)
    t.m.credential(t.a, route=1)
    return t.finish()


@case(R.CREDENTIAL_NUMBER)
def entered_and_replaced():
    t = Town(with_paper())
    t.m.revoke(t.m.voter(0, route=1))
    t.m.paper_count(0, 1)
    return t.finish()


@case(R.CREDENTIAL_NUMBER)
def entered_and_voted_on_paper():
    t = Town(with_paper())
    t.m.strike(t.m.voter(0, route=1), entries.VOTED_ON_PAPER)
    t.m.paper_count(0, 1)
    return t.finish()


@case()
def struck_off():
    t = Town(with_paper())
    t.m.strike(t.a, entries.VOTED_ON_PAPER)
    t.m.strike(t.b)
    t.m.strike(t.m.voter(0, route=1))
    t.m.paper_count(0, 1)
    return t.finish()


@case()
def struck_off_after_replacement():
    t = Town()
    t.m.revoke(t.a).strike(t.a)
    return t.finish()


@case()
def struck_off_makes_room():
    t = Town(_small_electorate())
    t.m.strike(t.a)
    t.m.voter(0)
    return t.finish()


@case(R.CONSENT)
def struck_off_and_counted():
    t = Town()
    t.m.revoke(t.a, reason=entries.NOT_ENTITLED)
    return t.m.close().tally_input().files()


@case(R.STRUCK_OFF)
def struck_off_and_a_credential():
    t = Town()
    t.m.strike(t.a)
    t.m.new_key(t.a)
    t.m.credential(t.a)
    return t.finish()


@case(R.STRUCK_OFF)
def struck_off_and_a_ballot():
    t = Town()
    t.m.strike(t.a)
    t.m.ballot(t.a, [{0}, {4}], count=False)
    return t.finish()


@case(R.STRUCK_OFF)
def struck_off_twice():
    t = Town()
    t.m.strike(t.a).strike(t.a, entries.VOTED_ON_PAPER)
    return t.finish()


@case(R.FORM)
def revocation_reason():
    t = Town()
    t.m.revoke(t.a, reason=4)
    return t.m.files()


@case(R.COURSE)
def struck_off_after_closing():
    t = Town()
    t.m.close().revoke(t.a, reason=entries.NOT_ENTITLED)
    return t.m.tally_input().partial(1).partial(2).result().files()


@case(R.REVOCATION)
def revocation_signature():
    t = Town()
    with_stranger(lambda m: m.revoke(t.a), t.m)
    return t.finish()


@case(R.REVOCATION)
def revocation_other_key():
    t = Town()
    t.m.revoke(t.a, key=t.c.key)
    return t.finish()


@case(R.REVOCATION)
def revocation_twice():
    t = Town()
    t.m.revoke(t.a).revoke(t.a)
    return t.finish()


@case(R.REVOCATION)
def revocation_unknown():
    t = Town()
    t.m.revoke(maker.Voter(t.m, 0))
    return t.finish()
