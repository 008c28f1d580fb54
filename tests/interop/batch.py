"""Equations "sum of scalar*point is the identity", checked together (section 7), and Schnorr signatures (section 8)."""

import secrets

import ristretto
from framing import hash_scalar

G_TERM = (ristretto.G_BYTES, ristretto.G)


class Item:
    """Something that holds if each of its equations holds. An equation is a list of (scalar, encoding, point)."""

    def __init__(self, what, equations):
        self.what = what
        self.equations = equations


def holds(items):
    """Whether all equations of all items hold, but for a chance of 2^-127: a weight for each equation."""
    scalars, points = {}, {}
    for item in items:
        for equation in item.equations:
            weight = secrets.randbits(128) | 1
            for k, encoded, point in equation:
                scalars[encoded] = (scalars.get(encoded, 0) + weight * k) % ristretto.L
                points[encoded] = point
    return ristretto.is_identity(ristretto.msm([(k, points[e]) for e, k in scalars.items()]))


def culprits(items):
    """The items that do not hold, in order."""
    if not items or holds(items):
        return []
    if len(items) == 1:
        return items
    half = len(items) // 2
    return culprits(items[:half]) + culprits(items[half:])


def signature_equation(domain, key, message, signature):
    """z*G - R - c*K for the key (encoding, point) and the signature (encoding of R, R, z)."""
    r_encoded, r_point, z = signature
    c = hash_scalar("signature", domain, r_encoded, key[0], message)
    return [(z, *G_TERM), (-1, r_encoded, r_point), (-c, *key)]


def signature_valid(domain, key, message, signature):
    return holds([Item(None, [signature_equation(domain, key, message, signature)])])
