"""Sections 3.4 to 3.8: the kinds of rules, each compiled to a ballot program.

A rule has `blank`, `largest` (lambda) and `build()`, which gives the builder and the forms of all values.
"""

import math

from framing import Malformed
from program import ONE, ZERO, Builder, Form, Program, pack, total, weights_of
from strictjson import Fields


def blank_bit(builder, blank):
    return builder.bits(1)[0] if blank else ZERO


class Approval:
    """Section 3.4."""

    largest = 1

    def __init__(self, fields, options):
        self.options = options
        self.low = fields.integer("min", 0)
        self.high = min(fields.integer("max", 0), options)
        self.blank = fields.boolean("blank")
        if self.high == 0:
            raise Malformed("an approval rule allows no option")
        if self.low > self.high:
            raise Malformed("'min' of an approval rule is above 'max'")
        if self.low == options and not self.blank:
            raise Malformed("an approval rule leaves no choice")
        self.minimum = self.low

    def build(self):
        builder = Builder()
        exact = self.high == self.low
        bits = builder.bits(self.options - exact)
        z = blank_bit(builder, self.blank)
        rest = Form(self.high).plus(total(bits), -1).plus(z, -self.high)
        if exact:
            bits.append(rest)
            builder.state_bit(rest)
        else:
            builder.range(rest, self.high - self.low)
        return builder, bits + [z] * self.blank


class Knapsack:
    """Section 3.5."""

    largest = 1

    def __init__(self, fields, options, costs):
        if any(cost is None for cost in costs):
            raise Malformed("an option of a knapsack has no cost")
        budget = fields.integer("budget", 1, 2**64 - 1)
        self.options = options
        self.low = self.minimum = fields.integer("min", 0)
        self.high = min(fields.integer("max", 1), options) if fields.has("max") else options
        self.blank = fields.boolean("blank")
        if not any(1 <= cost <= budget for cost in costs):
            raise Malformed("the budget of a knapsack pays for no option that costs anything")
        unit = math.gcd(*costs)
        self.costs, self.budget = [cost // unit for cost in costs], budget // unit
        if self.low > self.high:
            raise Malformed("'min' of a knapsack is above 'max'")
        if self.low == options and not self.blank:
            raise Malformed("a knapsack leaves no choice")
        if self.budget + sum(self.costs) >= 1 << 60:
            raise Malformed("the amounts of a knapsack are too large")
        if sum(sorted(self.costs)[: self.low]) > self.budget:
            raise Malformed("the budget of a knapsack cannot pay for 'min' options")

    def build(self):
        builder = Builder()
        span = self.high - self.low
        bits = builder.bits(self.options - (span == 0))
        z = blank_bit(builder, self.blank)
        rest = Form(self.high).plus(total(bits), -1).plus(z, -self.high)
        chosen = bits if span else bits + [rest]
        builder.range(Form(self.budget).plus(total(chosen, self.costs), -1).plus(z, -self.budget), self.budget)
        if span == 0:
            builder.state_bit(rest)
        elif not (self.low == 0 and self.high == self.options):
            builder.range(rest, span)
        return builder, chosen + [z] * self.blank


class Cumulative:
    """Section 3.6."""

    def __init__(self, fields, options):
        points = fields.integer("points", 1)
        self.low = self.minimum = fields.integer("min_points", 0)
        self.options = options
        self.largest = min(fields.integer("max_per_option", 1), points)
        self.points = min(points, options * self.largest)
        self.blank = fields.boolean("blank")
        if self.low > self.points:
            raise Malformed("'min_points' of a cumulative rule is more than there are")
        if self.low == options * self.largest and not self.blank:
            raise Malformed("a cumulative rule leaves no choice")

    def build(self):
        builder = Builder()
        weights = weights_of(self.largest)
        k, exact = len(weights), self.low == self.points
        bits = builder.bits(self.options * k - exact)
        if exact:
            bits.insert((self.options - 1) * k, ZERO)
        z = blank_bit(builder, self.blank)
        rest = Form(self.points).plus(total(bits, weights * self.options), -1).plus(z, -self.points)
        if exact:
            bits[(self.options - 1) * k] = rest
            builder.state_bit(rest)
        else:
            builder.range(rest, self.points - self.low)
        values = [total(bits[j * k : j * k + k], weights) for j in range(self.options)]
        return builder, values + [z] * self.blank


class Ranked:
    """Section 3.7."""

    def __init__(self, fields, options):
        places = fields.integer("places", 1)
        self.low = self.minimum = fields.integer("min", 0)
        scores = fields.array("scores", 1, 2**32 - 1)
        if len(scores) != places:
            raise Malformed("a ranked rule has not as many scores as places")
        if not all(isinstance(s, int) and not isinstance(s, bool) and 0 <= s < 2**32 for s in scores):
            raise Malformed("a score of a ranked rule is not a whole number")
        self.options = options
        self.places = min(places, options)
        self.scores = scores[: self.places]
        self.largest = max(self.scores)
        self.blank = fields.boolean("blank")
        if self.low > self.places:
            raise Malformed("'min' of a ranked rule is more than its places")
        if options == 1 and self.low == 1 and not self.blank:
            raise Malformed("a ranked rule leaves no choice")
        if self.largest == 0:
            raise Malformed("a ranked rule whose scores are all 0")

    def build(self):
        builder = Builder()
        places, low, bit = self.places, self.low, builder.state_bit
        bits = builder.bits(self.options * places)
        rows = [bits[j * places : (j + 1) * places] for j in range(self.options)]
        place = [total(row[p] for row in rows) for p in range(places)]  # S_(p+1)
        if places >= 2:
            for row in rows:
                bit(total(row))
        if self.blank:
            bit(place[0])
        for p in range(1 if self.blank else 0, low):
            builder.state([], place[p].plus(place[0] if self.blank else ONE, -1))
        for p in range(low, places):
            bit(place[p])
            if p > 0 and (p > low or self.blank):
                builder.state([(place[p], ONE.plus(place[p - 1], -1))])
        values = [total(row, self.scores) for row in rows]
        return builder, values + [ONE.plus(place[0], -1)] * self.blank


class Quadratic:
    """Section 3.8."""

    def __init__(self, fields, options):
        self.credits = fields.integer("credits", 1)
        self.low = self.minimum = fields.integer("min_credits", 0)
        self.blank = fields.boolean("blank")
        self.options = options
        self.largest = math.isqrt(self.credits)
        if self.low > self.largest**2:
            raise Malformed("'min_credits' of a quadratic rule is more than one option can take")
        if options == 1 and self.low > (self.largest - 1) ** 2 and not self.blank:
            raise Malformed("a quadratic rule leaves no choice")

    def build(self):
        builder = Builder()
        k = self.largest.bit_length()
        bits = builder.bits(self.options * k)
        values = [total(bits[j * k : j * k + k], [2**i for i in range(k)]) for j in range(self.options)]
        z = blank_bit(builder, self.blank)
        span = self.credits - self.low
        weights = weights_of(span) if span else []
        slack = total(builder.bits(len(weights)), weights)
        builder.state([(v, v) for v in values], slack.plus(z, self.credits).plus(Form(-self.credits)))
        return builder, values + [z] * self.blank


def compile_program(rule, electorate):
    builder, values = rule.build()
    packing, outputs = pack(values, electorate, rule.largest)
    return Program(builder.sent, builder.constraints, outputs, rule.blank, packing, len(values), rule.largest)


KINDS = {"approval": Approval, "knapsack": Knapsack, "cumulative": Cumulative, "ranked": Ranked, "quadratic": Quadratic}


def parse(value, options, costs, where):
    """The rule object of a contest with so many options, whose costs may be None."""
    fields = Fields(value, where)
    kind = fields.string("type")
    if kind not in KINDS:
        raise Malformed(f"{where} is of the unknown type {kind!r}")
    rule = Knapsack(fields, options, costs) if kind == "knapsack" else KINDS[kind](fields, options)
    fields.done()
    if rule.blank and rule.minimum == 0:
        raise Malformed(f"{where} allows both a blank ballot and the empty ballot")
    return rule
