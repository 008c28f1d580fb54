"""Sections 5 and 6: the bytes of a ballot and the proofs in it."""

from batch import G_TERM, Item, signature_equation
from framing import Malformed, Reader, digest, generator, hash64, hash_scalar, scalar_bytes, u8, u16, u32
from ristretto import L

VERSION = 1


def split(contest, section):
    """A section's bytes: its ciphertexts, which the code binds, and the others, which the body does."""
    first = 32 * (1 + contest.program.slots)
    return section[:first], section[first:]


def code_of(hdr, sections):
    """`code` of (contest, bytes of its section) in ballot order."""
    return digest("code", hdr, *(split(*section)[0] for section in sections))


def body_of(hdr, sections):
    """`body`, which the voter signs."""
    return digest("ballot-body", code_of(hdr, sections), *(split(*section)[1] for section in sections))


class Section:
    """One contest's part of a ballot. A point is (encoding, point)."""

    def __init__(self, r, contest):
        program = contest.program
        self.contest = contest
        begin = r.at
        self.alpha = r.point(what="alpha")
        self.betas = [r.point(what="a beta") for _ in range(program.slots)]
        self.a, self.b, self.t = r.point(what="A"), r.point(what="B"), r.point(what="T")
        self.delta = r.scalar("delta")
        self.f = [r.scalar("a response") for _ in range(program.sent)]
        self.zeta = r.scalar("zeta")
        self.data = r.data[begin : r.at]

    def equations(self, code, slot_keys):
        """Equations (1) and (2) of section 5, as lists of (scalar, encoding, point) that sum to the identity."""
        program = self.contest.program
        keys = slot_keys[: program.slots]
        ctx = digest("section", self.contest.id, program.digest, *(k[0] for k in keys))
        t = hash64("ballot-w", ctx, code, self.a[0])
        w = int.from_bytes(t, "little") % L
        x = hash_scalar("ballot-x", t[:32], self.b[0], self.t[0], scalar_bytes(self.delta))
        first = [(x, *self.a), (1, *self.b), (x * self.delta - self._q(w, x), *generator("U")),
                 (-self.zeta, *generator("H"))]
        first += [(-f, *generator("P", i)) for i, f in enumerate(self.f, 1)]
        base, second, power = self.zeta, [(x, *self.alpha), (1, *self.t)], 1
        for beta, key, output in zip(self.betas, keys, program.outputs):
            power = power * w % L
            base += power * output.homogeneous(self.f, x)
            second += [(x * power, *beta), (-self.zeta * power, *key)]
        second.append((-base, *G_TERM))
        return [first, second]

    def _q(self, w, x):
        """Q_w(f, x)."""
        total, power = 0, 1
        for f in self.f:
            power = power * w % L
            total += power * (f * (f - x) % L)
        for constraint in self.contest.program.constraints:
            power = power * w % L
            total += power * (constraint.homogeneous(self.f, x) % L)
        return total % L


REHEARSAL_PHASE = 3


class Ballot:
    def __init__(self, index, data, wanted_phase, manifest, election):
        r = Reader(data)
        self.index = index
        if r.number(1) != VERSION:
            raise Malformed("the version is not 1")
        phase = r.number(1)
        if phase != wanted_phase:
            raise Malformed("it is of another phase")
        if r.take(32) != election:
            raise Malformed("it is of another election")
        self.style = r.number(2)
        if self.style >= len(manifest.styles):
            raise Malformed(f"there is no ballot style {self.style}")
        style = manifest.styles[self.style]
        if len(data) != manifest.ballot_length(style):
            raise Malformed(f"it has {len(data)} bytes instead of {manifest.ballot_length(style)}")
        self.key = r.point(what="the credential key")
        self.sequence = r.number(4)
        self.previous = r.take(32)
        self.hdr = digest("hdr", u8(VERSION), u8(phase), election, u16(self.style), self.key[0], u32(self.sequence),
                          self.previous)
        self.sections = [Section(r, manifest.contests[c]) for c in style.contests]
        encoded = [(section.contest, section.data) for section in self.sections]
        self.code, self.body = code_of(self.hdr, encoded), body_of(self.hdr, encoded)
        signature = data[r.at :]
        self.signature = r.signature()
        r.done()
        self.hash = digest("ballot", self.body, signature)

    def signature_item(self):
        return Item(self, [signature_equation("ballot", self.key, self.body, self.signature)])

    def proof_item(self, slot_keys):
        return Item(self, [e for section in self.sections for e in section.equations(self.code, slot_keys)])


def read_ballot(message, manifest, election):
    """The ballot of an entry of kind 4; Malformed if it has not its one encoding."""
    return Ballot(message.index, message.data[1:], manifest.phase, manifest, election)


def read_rehearsal_ballot(message, manifest, election):
    """The same for kind 12: a ballot that the trustees decrypt before the vote."""
    return Ballot(message.index, message.data[1:], REHEARSAL_PHASE, manifest, election)
