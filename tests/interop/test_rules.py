"""Section 3: for small rules, the legal choices of the program are those that the rule means, and no other."""

import itertools
import json
import math
import unittest

import maker
import manifest
import rules
import solver
from framing import Malformed


def rule(kind, options=3, costs=None, **values):
    return rules.parse({"type": kind, **values}, options, costs or [None] * options, "the rule")


def reachable(r):
    """Every tuple of values that some legal assignment of bits has."""
    return {values for _, values in solver.legal(r)}


def with_blank(choices, r):
    size = len(next(iter(choices)))
    return {(*c, 0) for c in choices} | {(*[0] * size, 1)} if r.blank else choices


def vectors(size, top):
    return set(itertools.product(range(top + 1), repeat=size))


class Meaning(unittest.TestCase):
    def check(self, r, choices):
        self.assertEqual(reachable(r), with_blank(choices, r))

    def test_approval(self):
        for m in (1, 2, 3, 4):
            for low, high, blank in itertools.product(range(m + 1), range(1, m + 2), (False, True)):
                try:
                    r = rule("approval", m, min=low, max=high, blank=blank)
                except Malformed:
                    continue
                with self.subTest((m, low, high, blank)):
                    self.check(r, {v for v in vectors(m, 1) if low <= sum(v) <= high})

    def test_knapsack(self):
        for costs, budget in (([2, 3, 4], 6), ([5, 10, 15], 17), ([1, 1, 9], 3), ([4], 4), ([0, 3], 4), ([0, 4, 0, 6], 10), ([0, 9, 2], 2)):
            m = len(costs)
            for low, high, blank in itertools.product(range(m + 1), (None, *range(1, m + 1)), (False, True)):
                extra = {} if high is None else {"max": high}
                try:
                    r = rule("knapsack", m, costs, budget=budget, min=low, blank=blank, **extra)
                except Malformed:
                    continue
                with self.subTest((costs, budget, low, high, blank)):
                    self.check(r, {v for v in vectors(m, 1) if low <= sum(v) <= (high or m)
                                   and sum(a * b for a, b in zip(v, costs)) <= budget})

    def test_cumulative(self):
        for m, points, low, most, blank in itertools.product((1, 2, 3), (1, 3, 5), (0, 1, 3, 5), (1, 2, 3, 9), (False, True)):
            try:
                r = rule("cumulative", m, points=points, min_points=low, max_per_option=most, blank=blank)
                if r.build()[0].sent > 12:
                    continue
            except Malformed:
                continue
            with self.subTest((m, points, low, most, blank)):
                self.check(r, {v for v in vectors(m, min(most, points)) if low <= sum(v) <= points})

    def test_ranked(self):
        for m, places, low, blank in itertools.product((1, 2, 3), (1, 2, 3, 4), range(4), (False, True)):
            scores = [7, 4, 2, 1][:places]
            try:
                r = rule("ranked", m, places=places, min=low, scores=scores, blank=blank)
            except Malformed:
                continue
            choices = set()
            for count in range(low, min(places, m) + 1):
                for order in itertools.permutations(range(m), count):
                    choices.add(tuple(scores[order.index(j)] if j in order else 0 for j in range(m)))
            with self.subTest((m, places, low, blank)):
                self.check(r, choices)

    def test_quadratic(self):
        for m, credit, low, blank in itertools.product((1, 2, 3), (1, 2, 4, 6, 9), (0, 1, 4, 9), (False, True)):
            try:
                r = rule("quadratic", m, credits=credit, min_credits=low, blank=blank)
            except Malformed:
                continue
            with self.subTest((m, credit, low, blank)):
                self.check(r, {v for v in vectors(m, math.isqrt(credit)) if low <= sum(x * x for x in v) <= credit})


class Refused(unittest.TestCase):
    def test_refused(self):
        good = {"approval": {"min": 1, "max": 2, "blank": False}, "knapsack": {"budget": 9, "min": 1, "blank": True},
                "cumulative": {"points": 5, "min_points": 1, "max_per_option": 3, "blank": True},
                "ranked": {"places": 2, "min": 1, "scores": [2, 1], "blank": True},
                "quadratic": {"credits": 9, "min_credits": 1, "blank": True}}
        for kind, values in good.items():
            rule(kind, 3, [1, 2, 3], **values)
            for key in values:
                for wrong in (-1, 1.5, "1", None, []):
                    with self.subTest((kind, key, wrong)), self.assertRaises(Malformed):
                        rule(kind, 3, [1, 2, 3], **{**values, key: wrong})
                with self.subTest((kind, key)), self.assertRaises(Malformed):
                    rule(kind, 3, [1, 2, 3], **{k: v for k, v in values.items() if k != key})
            with self.assertRaises(Malformed):
                rule(kind, 3, [1, 2, 3], extra=1, **values)
            low = next(k for k in values if k.startswith("min"))
            with self.assertRaises(Malformed):
                rule(kind, 3, [1, 2, 3], **{**values, low: 0, "blank": True})
        with self.assertRaises(Malformed):
            rule("knapsack", 3, [1, None, 3], **good["knapsack"])

    def test_too_large(self):
        ranked = {"type": "ranked", "places": 17, "min": 0, "scores": [1] * 17, "blank": False}
        points = {"type": "cumulative", "points": 2**31, "min_points": 0, "max_per_option": 2**31, "blank": False}
        for options, rule_object in ((500, ranked), (400, points)):
            changes = {"contests": [maker.contest("a", options, rule=rule_object)]}
            document = maker.manifest(styles=[maker.style("s", ["a"], 1)], **changes)
            with self.assertRaises(Malformed):
                manifest.parse(json.dumps(document).encode())


if __name__ == "__main__":
    unittest.main()
