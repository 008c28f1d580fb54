"""The prover's side, for tests only: sealed sections, signatures, partial decryptions.

Its randomness is predictable and short, so that it is quick: no real vote may use it.
"""

import hashlib

import ed25519
from framing import digest, generator, hash64, hash_scalar, scalar_bytes, u8, u16, u32
from ristretto import G, L, encode, msm, mul

SHORT = 2**64


def public(secret):
    point = mul(secret, G)
    return encode(point), point


def sign(domain, secret, message, rng):
    k = rng.randrange(1, SHORT)
    key, r = public(secret)[0], public(k)[0]
    return r + scalar_bytes(k + hash_scalar("signature", domain, r, key, message) * secret)


def ed25519_key(seed):
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], "little") & (1 << 254) - 8 | 1 << 254
    return a, h[32:], _ed25519_encode(mul(a, ed25519.BASE))


def _ed25519_encode(p):
    z = pow(p[2], ed25519.P - 2, ed25519.P)
    x, y = p[0] * z % ed25519.P, p[1] * z % ed25519.P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def ed25519_sign(seed, message):
    a, prefix, key = ed25519_key(seed)
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % L
    encoded = _ed25519_encode(mul(r, ed25519.BASE))
    k = int.from_bytes(hashlib.sha512(encoded + key + message).digest(), "little") % L
    return encoded + scalar_bytes(r + k * a)


def _stated(program):
    """All constraints as functions of (f, x), "sent bits are bits" first."""
    bits = [lambda f, x, i=i: f[i] * (f[i] - x) for i in range(program.sent)]
    return bits + [c.homogeneous for c in program.constraints]


def _q(program, w, f, x):
    return sum(pow(w, i, L) * g(f, x) for i, g in enumerate(_stated(program), 1)) % L


def randomness(rng, nonce=None):
    """draw(label, index) for `section`, with a chosen r if given."""
    return lambda label, index: nonce if nonce and label == "r" else rng.randrange(1, SHORT)


def seeded(seed, contest):
    """draw(label, index) as section 5 has it."""
    return lambda label, index: hash_scalar("nonce", seed, contest, label, u32(index))


class Encrypted:
    """One contest's ciphertexts in bytes, before the code of its ballot is known. `shift` adds to the first slot
    without the proof knowing: a forgery."""

    def __init__(self, contest, slot_keys, bits, draw, shift=0):
        program = contest.program
        assert len(bits) == program.sent
        self.contest, self.bits, self.keys = contest, bits, slot_keys[: program.slots]
        self.r, self.s, self.tau = draw("r", 0), draw("s", 0), draw("t", 0)
        self.d = [draw("d", i) for i in range(1, program.sent + 1)]
        betas = [encode(msm([(e.homogeneous(bits, 1) + (shift if j == 0 else 0), G), (self.r, k[1])]))
                 for j, (e, k) in enumerate(zip(program.outputs, self.keys))]
        self.data = public(self.r)[0] + b"".join(betas)

    def section(self, code):
        """The bytes of the section in a ballot of this code."""
        program, bits, d, r, s, tau = self.contest.program, self.bits, self.d, self.r, self.s, self.tau
        u, h = generator("U")[1], generator("H")[1]
        ps = [generator("P", i)[1] for i in range(1, program.sent + 1)]
        a = encode(msm([*zip(bits, ps), (s, u), (r, h)]))
        ctx = digest("section", self.contest.id, program.digest, *(k[0] for k in self.keys))
        first = hash64("ballot-w", ctx, code, a)
        w = int.from_bytes(first, "little") % L
        c0 = _q(program, w, d, 0)
        c1 = _q(program, w, [x + y for x, y in zip(bits, d)], 1) - c0
        delta = c1 - s
        b = encode(msm([*zip(d, ps), (c0, u), (tau, h)]))
        powers = [pow(w, j, L) for j in range(1, program.slots + 1)]
        t = encode(msm([(tau + sum(p * e.homogeneous(d, 0) for p, e in zip(powers, program.outputs)), G),
                        *((tau * p, k[1]) for p, k in zip(powers, self.keys))]))
        x = hash_scalar("ballot-x", first[:32], b, t, scalar_bytes(delta))
        f = [x * bit + di for bit, di in zip(bits, d)]
        return self.data + b"".join([a, b, t, *map(scalar_bytes, (delta, *f, x * r + tau))])


def sections(encrypted, hdr):
    """The bytes of all sections of a ballot with this header, in its order."""
    code = digest("code", hdr, *(contest.data for contest in encrypted))
    return [contest.section(code) for contest in encrypted]


def share_of(coefficients, trustee):
    return sum(c * trustee**k for k, c in enumerate(coefficients)) % L


def partial_group(election, input_hash, contest, styles, ballots, trustee, alpha, betas, secrets, rng, lie=0):
    """(points, c, z) of one group of these styles. `lie` is added to the first point's secret only."""
    shares = [public(s)[0] for s in secrets]
    points = [encode(mul(s + (lie if j == 0 else 0), alpha[1])) for j, s in enumerate(secrets)]
    context = digest("decryption", u8(1), election, input_hash, contest, b"".join(map(u16, styles)), u8(trustee), u32(ballots))
    e = hash_scalar("equality-e", context, alpha[0], *(b[0] for b in betas), *shares, *points)
    k = rng.randrange(1, SHORT)
    c = hash_scalar("equality-c", context, scalar_bytes(e), encode(mul(k, G)), encode(mul(k, alpha[1])))
    z = k + c * sum(pow(e, j, L) * s for j, s in enumerate(secrets, 1))
    return points, scalar_bytes(c), scalar_bytes(z)


def possession(context, secrets, points, rng):
    """Section 8: a proof of having the secrets of these encoded points."""
    k = rng.randrange(1, SHORT)
    r = public(k)[0]
    c = hash_scalar("possession", context, *points, r)
    return r + scalar_bytes(k + sum(pow(c, j, L) * s for j, s in enumerate(secrets, 1)))


def one_logarithm(context, base, own, shared, secret, rng):
    """c and z: that `own` to the base G and `shared` to this base have one logarithm."""
    e = hash_scalar("equality-e", context, encode(base), own, shared)
    k = rng.randrange(1, SHORT)
    c = hash_scalar("equality-c", context, scalar_bytes(e), encode(mul(k, G)), encode(mul(k, base)))
    return scalar_bytes(c) + scalar_bytes(k + c * e * secret)
