"""Documents that section 2 refuses."""

import copy
import json

import maker


def manifests_of_wrong_kind():
    """(name, change) of documents that section 2 refuses."""
    base = maker.manifest()

    def change(path, value):
        document = copy.deepcopy(base)
        at = document
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value
        return json.dumps(document).encode()

    yield from ((f"{path}={value!r}", change(path, value)) for path, value in WRONG_VALUES)


FUNDED = {
    **maker.contest("parks", 3, 1, 2, True), "budget": 9,
    "options": [{"id": str(i), "name": {"en": str(i)}, "cost": i} for i in range(3)],
    "funding": {"method": "greedy", "unaffordable": "stop", "minimum_votes": 0, "ties": "lot", "exclusive": [["0", "1"], ["2", "1", "0"]]},
}

WRONG_VALUES = [
    (("veche",), 2), (("veche",), True), (("veche",), "1"), (("phase",), "test"), (("languages",), []), (("languages",), ["en", "en"]),
    (("languages",), ["EN"]), (("languages",), ["en", "pl"]), (("title",), {"en": " "}), (("title",), {"en": "T", "pl": "T"}),
    (("title",), ["T"]), (("title",), "T"), (("text",), None), (("opens",), "2026-01-02T00:00:00Z"),
    (("opens",), "2026-01-01T00:00:00+00:00"), (("opens",), "2026-02-30T00:00:00Z"), (("closes",), "2026-01-02 00:00:00Z"),
    (("closes_latest",), "2026-01-02T00:00:00Z"), (("closes_latest",), "2026-01-01T12:00:00Z"), (("closes_latest",), None),
    (("paper_until",), "2026-01-03T00:00:00Z"), (("time_zone",), ""), (("time_zone",), "Europe/Krak\u00f3w"),
    (("time_zone",), "Europe Warsaw"), (("time_zone",), "UTC\n"), (("time_zone",), "z" * 65), (("time_zone",), None),
    (("early_close",), 0), (("early_close",), None),
    (("contests",), []), (("styles",), []), (("routes",), []), (("routes",), [{"id": "r", "title": {"en": "R"}}]),
    (("routes",), [{"id": "r", "title": {"en": "R"}, "entered": 0}]),
    (("routes",), [{"id": "r", "title": {"en": "R"}, "entered": False}] * 2),
    (("routes",), [{"id": str(i), "title": {"en": "R"}, "entered": False} for i in range(33)]),
    (("trustees",), {"count": 16, "threshold": 2}), (("trustees",), {"count": 2, "threshold": 3}),
    (("trustees",), {"count": 2, "threshold": 0}), (("trustees",), {"count": 2}), (("minimum_group",), 0), (("minimum_group",), 1.0),
    (("report_by",), "contest"), (("contests", 0, "report_by"), "style"), (("revote",), 1), (("registration",), "none"), (("notice",), {}), (("endpoints",), {}),
    (("endpoints",), {"box": "http://box.example/"}), (("endpoints",), {"box": "https://box.example"}),
    (("endpoints",), {"box": "https://box.example/?a/"}), (("endpoints",), {"box": "ftp://box.example/"}),
    (("endpoints",), {"box": "https://" + "a" * 300 + "/"}), (("endpoints",), {"box": "https:///"}), (("x",), 1),
    (("styles", 0, "contests"), ["parks", "parks"]), (("styles", 0, "contests"), ["parks", "none"]), (("styles", 0, "contests"), ["parks"]),
    (("styles", 0, "plus_one_of"), ["parks"]), (("styles", 0, "plus_one_of"), ["none"]), (("styles", 0, "plus_one_of"), ["mayor", "mayor"]),
    (("styles", 0, "plus_one_of"), "mayor"), (("styles", 0, "plus_one_of"), None),
    (("styles", 0, "electorate"), 0), (("styles", 0, "electorate"), 2**32), (("styles", 0, "inhabitants"), 0),
    (("styles", 0, "inhabitants"), 2**32), (("styles", 0, "inhabitants"), None), (("styles", 0, "id"), "south"), (("styles", 0, "id"), ""),
    (("styles", 0, "id"), " a"), (("styles", 0, "id"), "a\u00a0"), (("styles", 0, "id"), "a\u0001b"), (("styles", 0, "id"), "a\u0085b"),
    (("styles", 0, "id"), "a" * 101), (("contests", 0, "id"), "mayor"), (("contests", 0, "budget"), 0), (("contests", 0, "budget"), 2**53),
    (("contests", 0, "currency"), ""), (("contests", 0, "currency"), "123456789"), (("contests", 0, "options"), []),
    (("contests", 0, "options", 0, "id"), "1"), (("contests", 0, "options", 0, "cost"), -1), (("contests", 0, "options", 0, "cost"), 2**53),
    (("contests", 0, "options", 0, "picture"), "/a"), (("contests", 0, "options", 0, "picture"), "a/../b"),
    (("contests", 0, "options", 0, "picture"), "a b"), (("contests", 0, "options", 0, "picture"), ""),
    (("contests", 0, "options", 0, "place"), "\u2003"), (("contests", 0, "options", 0, "name"), {}),
    (("contests", 0, "rule", "max"), 0), (("contests", 0, "rule", "min"), 3), (("contests", 0, "rule", "min"), 0),
    (("contests", 0, "rule", "min"), -1), (("contests", 0, "rule", "blank"), 0), (("contests", 0, "rule", "type"), "borda"),
    (("contests", 0, "rule", "extra"), 1), (("contests", 1, "options"), [{"id": "0", "name": {"en": "0"}}]),
    *((("contests", 0, "funding"), funding) for funding in (
        None, {}, "none", {"method": "lottery"}, {"method": "none", "ties": "lot"},
        # Neither a budget nor costs.
        {"method": "greedy", "unaffordable": "skip", "minimum_votes": 1, "ties": "order", "exclusive": []})),
    *((("contests", 0), {**FUNDED, "funding": {**FUNDED["funding"], key: value}}) for key, value in (
        ("unaffordable", "wait"), ("minimum_votes", -1), ("minimum_votes", 2**53), ("minimum_votes", None), ("ties", "draw"), ("extra", 1),
        ("exclusive", None), ("exclusive", [["0"]]), ("exclusive", [["0", "0"]]), ("exclusive", [["0", "9"]]), ("exclusive", [[]]),
        ("exclusive", ["0", "1"]), ("exclusive", [["0", "1"]] * 501))),
    *((("contests", 0), {**FUNDED, "rule": {"type": "knapsack", "budget": budget, "min": 0, "blank": False},
                         "options": [{**option, "cost": cost} for option, cost in zip(FUNDED["options"], costs)]})
      for budget, costs in ((9, (0, 0, 0)), (4, (0, 5, 10)))),
]
