"""The bits of an honest ballot (section 3.3), and all legal assignments of a small rule's bits. For tests only."""

import itertools

from program import weights_of


def digits(number, largest):
    """The bits of weight w_1 ... w_k of 0 ... largest that an honest voter sets."""
    weights = weights_of(largest)
    top = int(number >= weights[-1])
    rest = number - top * weights[-1]
    return [rest >> i & 1 for i in range(len(weights) - 1)] + [top]


def slack(number, largest):
    """The sent bits of range(number, largest)."""
    return digits(number, largest)[1:]


def honest(rule, values, blank):
    """The sent bits for the value of each option, in a contest of this rule."""
    return globals()[f"_{type(rule).__name__.lower()}"](rule, values, int(blank))


def _chosen(rule, values, z):
    """(the bits of options and blank, the count slack)."""
    exact = rule.high == rule.low
    rest = rule.high - sum(values) - rule.high * z
    return values[: len(values) - exact] + [z] * rule.blank, [] if exact else slack(rest, rule.high - rule.low)


def _approval(rule, values, z):
    chosen, count = _chosen(rule, values, z)
    return chosen + count


def _knapsack(rule, values, z):
    chosen, count = _chosen(rule, values, z)
    left = rule.budget - sum(c * v for c, v in zip(rule.costs, values)) - rule.budget * z
    free = rule.low == 0 and rule.high == rule.options
    return chosen + slack(left, rule.budget) + ([] if free else count)


def _cumulative(rule, values, z):
    bits = [bit for value in values for bit in digits(value, rule.largest)]
    exact = rule.low == rule.points
    if exact:
        del bits[(rule.options - 1) * len(weights_of(rule.largest))]
    rest = rule.points - sum(values) - rule.points * z
    return bits + [z] * rule.blank + ([] if exact else slack(rest, rule.points - rule.low))


def _ranked(rule, values, z):
    """The values are places, from 1, or 0 for an option without a place."""
    return [int(value == place) for value in values for place in range(1, rule.places + 1)]


def _quadratic(rule, values, z):
    bits = [value >> i & 1 for value in values for i in range(rule.largest.bit_length())]
    span = rule.credits - rule.low
    rest = rule.credits - sum(v * v for v in values) - rule.credits * z
    return bits + [z] * rule.blank + (digits(rest, span) if span else [])


def legal(rule):
    """Pairs (bits, values of each option and blank)."""
    builder, values = rule.build()
    assert builder.sent <= 14, "too many bits to try them all"
    result = []
    for bits in itertools.product((0, 1), repeat=builder.sent):
        if all(c.homogeneous(bits, 1) == 0 for c in builder.constraints):
            result.append((list(bits), tuple(v.homogeneous(bits, 1) for v in values)))
    return result
