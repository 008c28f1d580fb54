"""More cases: draws, and one record with everything in it."""

import maker
import report as R
from cases import Town, case
from cases_credentials import handed_over, with_paper
from entries import ENDED, VOTED_ON_PAPER
from framing import u16

CLOSES = 1_767_312_000  # of maker.manifest()
ROADS = 2


def by_lot(document=None):
    """Roads costs 4, 4, 4, 4 and 3 of a budget of 10: the last has the only vote, one of the others is paid for."""
    document = document or maker.manifest()
    roads = document["contests"][ROADS]
    roads["budget"] = 10
    roads["funding"] = {"method": "greedy", "unaffordable": "skip", "minimum_votes": 0, "ties": "lot", "exclusive": []}
    for option, cost in zip(roads["options"], (4, 4, 4, 4, 3)):
        option["cost"] = cost
    return document


def counted():
    t = Town(by_lot())
    t.m.close().tally_input().partial(3).partial(1).result()
    return t.m


def everything():
    """A handover, an extension, a challenge, voters on paper and one ballot typed, a notice, a draw."""
    document = by_lot(with_paper(closes_latest="2026-01-02T01:00:00Z"))
    document["paper_until"] = document["closes_latest"]
    t = Town(document)
    m = t.m
    handed_over(t, t.a)
    m.challenge(t.c, bytes(range(32))).extend(0, 5, CLOSES + 1800).notice(0)
    m.strike(t.b, VOTED_ON_PAPER)
    m.close(CLOSES + 1800, kind=ENDED)
    m.ballot(m.voter(0, route=1), [{0}, {4}])
    m.paper_count(0, 1).paper_count(1, 1)
    m.close().tally_input().partial(3).partial(1).result().draw(ROADS, [3, 0, 1, 2])
    return m


@case()
def good_everything():
    return everything().files()


@case()
def good_not_drawn():
    return counted().files()


@case()
def good_result_again_after_a_draw():
    return counted().draw(ROADS, [3, 0, 1, 2]).result().files()


@case(R.DRAW)
def draw_of_some():
    return counted().draw(ROADS, [3, 0, 1]).files()


@case(R.DRAW)
def draw_of_no_tie():
    return counted().draw(ROADS, [3, 0, 1, 4]).files()


@case(R.DRAW)
def draw_twice():
    return counted().draw(ROADS, [3, 0, 1, 2]).draw(ROADS, [3, 0, 1, 2]).files()


@case(R.DRAW)
def draw_of_a_contest_without_funding():
    return counted().draw(0, [0, 1]).files()


@case(R.DRAW)
def draw_of_no_contest():
    return counted().draw(3, [0, 1]).files()


@case(R.DRAW)
def draw_of_an_option_that_is_none():
    return counted().draw(ROADS, [3, 5]).files()


@case(R.DRAW)
def draw_signed_as_a_notice():
    return counted().draw(ROADS, [3, 0, 1, 2], domain="notice").files()


@case(R.COURSE)
def draw_before_the_result():
    t = Town(by_lot())
    t.m.close().tally_input().partial(3).partial(1).draw(ROADS, [3, 0, 1, 2])
    return t.m.files()


def _false_result(m):
    """States one ballot more in the first group."""
    leaf = next(leaf for leaf in reversed(m.leaves) if leaf[:1] == b"\x0a")
    at = 37 + 2 + 2  # contest and number of styles, of which a contest that is not reported by style has none
    ballots = int.from_bytes(leaf[at : at + 4], "little") + 1
    m.append(leaf[:at] + ballots.to_bytes(4, "little") + leaf[at + 4 :])
    return m


@case(R.DRAW)
def draw_after_a_false_result():
    return _false_result(counted()).draw(ROADS, [3, 0, 1, 2]).files()


@case(R.DRAW)
def false_draw_after_a_false_result():
    return _false_result(counted()).draw(3, [0, 1]).files()


@case(R.RESULT)
def false_result_after_a_draw():
    return _false_result(counted().draw(ROADS, [3, 0, 1, 2])).files()


@case(R.COURSE)
def false_result_and_something_else():
    return _false_result(counted()).tally_input(consents=False).files()


@case(R.PAPER_COUNT)
def paper_count_number_and_signature():
    t = Town()
    t.m.signed(20, "notice", u16(0) + u16(7) + b"\1\0\0\0")
    return t.finish()
