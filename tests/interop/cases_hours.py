"""More cases: when a vote ends and who ends it, what puts it off, what the organiser says to everybody."""

import entries
import maker
import report as R
from cases import Town, case
from cases_witnesses import by, named
from framing import u8, u16
from hours import GONE

CLOSES = 1_767_312_000  # of maker.manifest()
LATEST = CLOSES + 3600


def extendable():
    return maker.manifest(closes_latest="2026-01-02T01:00:00Z")


def town(document=None):
    return Town(document).m


def counted(m):
    """The record with its count, whatever its end is."""
    return m.tally_input().partial(1).partial(2).result().files(reseal=False)


def cosigned(files):
    files["checkpoint"] += by(0)(files) + by(1)(files)
    return files


@case()
def good_closed_later():
    return counted(town().close(CLOSES + 1))


@case(R.CLOSING_HOUR)
def closed_early():
    return counted(town().close(CLOSES - 1))


@case()
def good_closed_early():
    return counted(town(maker.manifest(early_close=True)).close(1))


@case(R.CLOSING_HOUR)
def closed_before_most_witnesses_hour():
    m = town(named())
    return cosigned(counted(m.close(note=m.note(times=(CLOSES, CLOSES - 1, CLOSES - 1)))))


@case()
def good_closed_at_two_witnesses_hour():
    m = town(named())
    return cosigned(counted(m.close(note=m.note(times=(CLOSES, CLOSES, 1)))))


@case(R.CLOSE)
def closed_over_too_few_witnesses():
    m = town(named())
    m.manifest.witnesses = m.manifest.witnesses[:1]  # of the maker alone
    return cosigned(counted(m.close()))


@case(R.CLOSE)
def closed_over_an_older_board():
    m = town()
    return counted(m.close(note=m.note(m.leaves[:-1])))


@case(R.CLOSE)
def closed_over_another_root():
    m = town()
    return counted(m.close(note=m.note(root=bytes(32))))


@case(R.CLOSE)
def closed_over_another_log():
    m = town()
    return counted(m.close(note=m.note(seed=b"another log's seed for tests....")))


@case(R.CLOSE)
def closed_over_another_origin():
    m = town()
    return counted(m.close(note=m.note(origin="log.example/other")))


@case(R.CLOSE)
def closed_over_nothing():
    return counted(town().close(note=b""))


@case(R.CLOSE)
def ended_replayed_as_close():
    return counted(town().close(domain="ended"))


@case(R.COURSE)
def ended_without_paper():
    return town().close(kind=entries.ENDED).files(reseal=False)


@case(R.FORM)
def close_of_unknown_form():
    m = town().close()
    m.leaves[-1] = m.leaves[-1][:1] + b"\2" + m.leaves[-1][2:]
    return m.files(reseal=False)


@case()
def good_closed_by_trustees():
    return counted(town().close_by_trustees(CLOSES + GONE, (1, 2, 3)))


@case(R.CLOSING_HOUR)
def closed_by_trustees_too_early():
    return counted(town(maker.manifest(early_close=True)).close_by_trustees(CLOSES + GONE - 1, (1, 2, 3)))


@case(R.CLOSING_HOUR)
def closed_by_trustees_before_the_latest_hour():
    return counted(town(extendable()).close_by_trustees(LATEST + GONE - 1, (1, 2, 3)))


@case(R.CLOSE)
def closed_by_too_few_trustees():
    return counted(town().close_by_trustees(CLOSES + GONE, (1, 2)))


@case(R.FORM)
def closed_by_trustees_out_of_order():
    return town().close_by_trustees(CLOSES + GONE, (2, 1, 3)).files(reseal=False)


@case(R.FORM)
def closed_by_one_trustee_twice():
    return town().close_by_trustees(CLOSES + GONE, (1, 2, 2)).files(reseal=False)


@case(R.CLOSE)
def closed_by_nobody():
    return counted(town().close_by_trustees(CLOSES + GONE, (1, 2, 4)))


@case(R.CLOSE)
def closed_by_trustees_false_signature():
    m = town()
    return counted(m.close_by_trustees(CLOSES + GONE, (1, 2, 3), keys={**m.keys_of, 3: m.keys_of[1]}))


@case()
def good_extended():
    m = town(extendable()).extend(0, CLOSES - 1, CLOSES + 1).extend(1, CLOSES, LATEST)
    return counted(m.close(LATEST))


@case(R.CLOSING_HOUR)
def extended_and_closed_before():
    return counted(town(extendable()).extend(0, 1, LATEST).close(CLOSES))


def _extended(number, signed_at, closes, document=None):
    return town(document or extendable()).extend(number, signed_at, closes).files()


@case(R.EXTENSION)
def extended_too_far():
    return _extended(0, 1, LATEST + 1)


@case(R.EXTENSION)
def extended_to_the_present():
    return _extended(0, 1, CLOSES)


@case(R.EXTENSION)
def extended_too_late():
    return _extended(0, CLOSES, LATEST)


@case(R.EXTENSION)
def extended_out_of_number():
    return _extended(1, 1, LATEST)


@case(R.EXTENSION)
def extended_against_the_manifest():
    return _extended(0, 1, CLOSES + 1, maker.manifest())


@case(R.EXTENSION)
def extended_by_a_stranger():
    m = town(extendable())
    m.organiser += 1
    return m.extend(0, 1, LATEST).files()


@case(R.COURSE)
def extended_after_closing():
    return town(extendable()).close().extend(0, 1, LATEST).files(reseal=False)


@case()
def good_notices():
    m = town().notice(0).close().notice(1).tally_input().notice(2).partial(1).partial(2).result()
    return m.notice(3).files(reseal=False)


@case(R.COURSE)
def notice_before_the_keys():
    m = maker.Maker().genesis().ceremony()
    confirm = m.leaves.pop()
    m.notice(0)
    m.leaves.append(confirm)
    return m.files()


@case()
def good_64_notices():
    m = town()
    for number in range(64):
        m.notice(number)
    return counted(m.close())


@case(R.NOTICE)
def notice_65():
    m = town()
    for number in range(65):
        m.notice(number)
    return m.files()


@case(R.NOTICE)
def notice_twice():
    return town().notice(0).notice(0).files()


@case(R.NOTICE)
def notice_skipped():
    return town().notice(1).files()


@case(R.NOTICE)
def notice_blank():
    return town().notice(0, texts=(" \u2003",)).files()


@case(R.NOTICE)
def notice_in_a_language_too_many():
    return town().notice(0, texts=("One.", "Two.")).files()


@case(R.NOTICE)
def notice_in_no_language():
    return town().notice(0, texts=()).files()


@case(R.NOTICE)
def notice_of_another_kind():
    return town().notice(0, domain="close").files()


@case(R.FORM)
def notice_of_unknown_form():
    return town().notice(0, form=2).files()


@case()
def good_cancelled():
    return town().notice(0).notice(1, form=1, texts=("Cancelled.",)).notice(2).files()


@case()
def good_cancelled_after_closing():
    return town().close().notice(0, form=1).files(reseal=False)


@case(R.NOTICE)
def cancelled_in_the_count():
    return town().close().tally_input().notice(0, form=1).files(reseal=False)


@case(R.NOTICE)
def cancelled_twice():
    return town().notice(0, form=1).notice(1, form=1).files()


@case(R.COURSE)
def closed_after_a_cancellation():
    return town().notice(0, form=1).close().files(reseal=False)


@case(R.BALLOT_HOURS)
def ballot_after_a_cancellation():
    t = Town()
    t.m.notice(0, form=1)
    t.m.ballot(t.b, [{1}, "blank"])
    return t.m.files()


# Ballots on paper, which are entered until two days after the closing.

PAPER_UNTIL = CLOSES + 172_800


def ended(time=CLOSES, **bent):
    routes = [{"id": "sms", "title": {"en": "By SMS"}, "entered": False},
              {"id": "paper", "title": {"en": "On paper"}, "entered": True}]
    t = Town(maker.manifest(routes=routes, paper_until="2026-01-04T00:00:00Z"))
    t.m.close(time, kind=entries.ENDED, **bent)
    return t


@case()
def good_paper_entered_after_the_voting():
    t = ended()
    paper = t.m.voter(0, route=1)
    t.m.ballot(paper, [{0}, {1}])
    t.m.paper_count(0, 1)
    return counted(t.m.close(PAPER_UNTIL))


@case()
def good_every_paper_entered():
    t = ended()
    paper = t.m.voter(0, route=1)
    t.m.ballot(paper, [{0}, {1}])
    t.m.paper_count(0, 1).paper_count(1, 0)
    return counted(t.m.close(CLOSES))


@case(R.CLOSING_HOUR)
def closed_with_a_paper_left():
    t = ended()
    paper = t.m.voter(0, route=1)
    t.m.ballot(paper, [{0}, {1}])
    t.m.paper_count(0, 2).paper_count(1, 0)
    return counted(t.m.close(CLOSES))


@case(R.CLOSING_HOUR)
def closed_before_the_papers_hour():
    return counted(ended().m.close(PAPER_UNTIL - 1))


@case(R.CLOSING_HOUR)
def ended_early():
    return ended(CLOSES - 1).m.files(reseal=False)


@case(R.ENDED)
def close_replayed_as_ended():
    return ended(domain="close").m.files(reseal=False)


@case(R.COURSE)
def closed_without_ended():
    t = ended()
    t.m.leaves.pop()
    return t.m.close(PAPER_UNTIL).files(reseal=False)


@case(R.BALLOT_HOURS)
def ballot_after_the_voting():
    t = ended()
    t.m.ballot(t.b, [{1}, "blank"])
    return t.m.files(reseal=False)


@case(R.BALLOT_HOURS)
def second_ballot_of_a_paper():
    t = ended()
    paper = t.m.voter(0, route=1)
    t.m.ballot(paper, [{0}, {1}])
    t.m.ballot(paper, [{1}, {1}])
    return t.m.files(reseal=False)


@case(R.COURSE)
def voter_after_the_voting():
    t = ended()
    t.m.voter(0)
    return t.m.files(reseal=False)


@case(R.CLOSING_HOUR)
def papers_closed_by_trustees_too_early():
    return counted(ended().m.close_by_trustees(PAPER_UNTIL + GONE - 1, (1, 2, 3)))


@case()
def good_papers_closed_by_trustees():
    return counted(ended().m.close_by_trustees(PAPER_UNTIL + GONE, (1, 2, 3)))


@case(R.COURSE)
def message_begun_after_a_cancellation():
    m = town().notice(0, form=1)
    m.append(u8(entries.PART) + bytes(32) + u16(0) + u16(2) + bytes([entries.RESULT]) + bytes(entries.PART_CONTENT - 1))
    return m.files()
