"""Verification of Ed25519 signatures (RFC 8032, section 5.1.7), strict.

Strict: both encodings are canonical, S is below the order, the equation is checked without the cofactor, and neither
the key nor R has small order.
"""

import hashlib

from ristretto import D, IDENTITY, L, P, SQRT_M1, add, double, negate


def decode(data):
    """RFC 8032, section 5.1.3; None for anything that is not a canonical point."""
    if len(data) != 32:
        return None
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    u = (y * y - 1) % P
    v = (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * SQRT_M1 % P
    elif v * x * x % P != u:
        return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def _same(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def _small_order(p):
    return _same(double(double(double(p))), IDENTITY)


def _mul(k, p):
    """k*p bit by bit: k must not be reduced modulo the order, as p may have a part of small order."""
    acc = IDENTITY
    for bit in bin(k)[2:]:
        acc = double(acc)
        if bit == "1":
            acc = add(acc, p)
    return acc


BASE = decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def usable(key):
    """Whether this is the canonical encoding of a point that is not of small order."""
    point = decode(key)
    return point is not None and not _small_order(point)


def verify(key, message, signature):
    if len(signature) != 64:
        return False
    a, r, s = decode(key), decode(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or _small_order(a) or _small_order(r):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return _same(add(_mul(s, BASE), negate(_mul(k, a))), r)
