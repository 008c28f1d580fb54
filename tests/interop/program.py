"""Sections 3.1 to 3.3: ballot programs, packing and ranges."""

import itertools

from framing import Malformed, digest, i128, u32

MAX_SENT = 8_192
MAX_CONSTRAINTS = 16_384
MAX_OUTPUTS = 512
MAX_SLOTS = 500
SLOT_BITS = 46


class Form:
    """An affine form: c + the sum of k_i*b_i, with i from 0 here."""

    def __init__(self, c=0, k=None):
        self.c = c
        self.k = {i: v for i, v in (k or {}).items() if v}

    def plus(self, other, factor=1):
        k = dict(self.k)
        for i, v in other.k.items():
            k[i] = k.get(i, 0) + factor * v
        return Form(self.c + factor * other.c, k)

    def norm(self):
        return abs(self.c) + sum(abs(v) for v in self.k.values())

    def field(self):
        return i128(self.c) + b"".join(u32(i) + i128(self.k[i]) for i in sorted(self.k))

    def homogeneous(self, f, x):
        """E^h(f, x): the constant times x, the bits replaced by f."""
        return self.c * x + sum(v * f[i] for i, v in self.k.items())


ZERO = Form()
ONE = Form(1)


def bit(i):
    return Form(0, {i: 1})


class Constraint:
    """The sum of L*R over the products, plus C, is 0."""

    def __init__(self, products, rest=ZERO):
        self.products = products
        self.rest = rest

    def norm(self):
        return sum(left.norm() * right.norm() for left, right in self.products) + self.rest.norm()

    def homogeneous(self, f, x):
        return sum(left.homogeneous(f, x) * right.homogeneous(f, x) for left, right in self.products) \
            + x * self.rest.homogeneous(f, x)


def total(forms, weights=None):
    """The sum of the forms, each times its weight."""
    c, k = 0, {}
    for form, weight in zip(forms, weights or itertools.repeat(1)):
        c += weight * form.c
        for i, v in form.k.items():
            k[i] = k.get(i, 0) + weight * v
    return Form(c, k)


def weights_of(largest):
    """w_1 ... w_k of section 3.3: their sums are the numbers 0 ... largest."""
    k = largest.bit_length()
    return [2**i for i in range(k - 1)] + [largest - (2 ** (k - 1) - 1)]


class Program:
    def __init__(self, sent, constraints, outputs, has_blank, packing, values, largest):
        self.sent = sent  # n
        self.constraints = constraints  # the stated ones
        self.outputs = outputs  # a form for each slot
        self.slots = len(outputs)
        self.has_blank = has_blank
        self.base, self.together = packing  # M and p of section 3.2
        self.values = values  # options, and blank
        self.largest = largest  # lambda
        self._check()
        self.digest = self._digest()

    def _check(self):
        if not 1 <= self.sent <= MAX_SENT or self.sent + len(self.constraints) > MAX_CONSTRAINTS:
            raise Malformed("a rule needs too many bits or constraints")
        if self.slots > min(MAX_OUTPUTS, MAX_SLOTS):
            raise Malformed(f"a contest needs {self.slots} slots, more than {MAX_SLOTS}")
        forms = list(self.outputs)
        for constraint in self.constraints:
            forms += [form for product in constraint.products for form in product] + [constraint.rest]
            if constraint.norm() >= 1 << 124:
                raise Malformed("a constraint of a rule is too large")
        if any(form.norm() >= 1 << 60 for form in forms):
            raise Malformed("a form of a rule is too large")

    def _digest(self):
        fields = [u32(self.sent), u32(len(self.constraints))]
        for constraint in self.constraints:
            fields.append(u32(len(constraint.products)))
            fields += [form.field() for product in constraint.products for form in product]
            fields.append(constraint.rest.field())
        fields.append(u32(self.slots))
        fields += [form.field() for form in self.outputs]
        return digest("program", *fields)

    def section_length(self):
        return 32 * (self.slots + self.sent + 6)

    def slot_values(self, totals):
        """The total of each slot from the total of each value (options, then blank)."""
        return [sum(total * self.base**i for i, total in enumerate(totals[j : j + self.together]))
                for j in range(0, len(totals), self.together)]


class Builder:
    """Collects the sent bits and stated constraints of a rule."""

    def __init__(self):
        self.sent = 0
        self.constraints = []

    def bits(self, count):
        first = self.sent
        self.sent += count
        if self.sent > MAX_SENT:
            raise Malformed(f"a rule needs more than {MAX_SENT} bits")
        return [bit(i) for i in range(first, self.sent)]

    def state(self, products, rest=ZERO):
        self.constraints.append(Constraint(products, rest))

    def state_bit(self, form):
        self.state([(form, form.plus(ONE, -1))])

    def range(self, form, largest):
        """Section 3.3: `form` lies in [0, largest]."""
        weights = weights_of(largest)[1:]
        self.state_bit(form.plus(total(self.bits(len(weights)), weights), -1))


def pack(values, electorate, largest):
    """Section 3.2: ((M, p), the output of each slot)."""
    bits = (electorate * largest).bit_length()
    if bits > SLOT_BITS:
        raise Malformed(f"the totals of a contest would not fit {SLOT_BITS} bits")
    base, together = 1 << bits, SLOT_BITS // bits
    outputs = []
    for j in range(0, len(values), together):
        output = ZERO
        for i, value in enumerate(values[j : j + together]):
            output = output.plus(value, base**i)
        outputs.append(output)
    return (base, together), outputs
