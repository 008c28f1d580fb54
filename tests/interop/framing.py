"""Section 1 of the protocol: the hash H over frames, numbers, generators; and a reader of fixed layouts."""

import functools
import hashlib

import ristretto


class Malformed(ValueError):
    """Foreign bytes are not what the document allows."""


# White_Space of Unicode, which is not quite what str.isspace() tests.
WHITE = set("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(c) for c in range(0x2000, 0x200B)}


def control(text):
    """Whether a text has a character of the category Cc."""
    return any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text)


def u8(n):
    return n.to_bytes(1, "little")


def u16(n):
    return n.to_bytes(2, "little")


def u32(n):
    return n.to_bytes(4, "little")


def u64(n):
    return n.to_bytes(8, "little")


def i128(n):
    return n.to_bytes(16, "little", signed=True)


def scalar_bytes(n):
    return (n % ristretto.L).to_bytes(32, "little")


def hash64(tag, *fields):
    """All 64 bytes of H(tag; fields)."""
    h = hashlib.sha512()
    for frame in (b"veche/1/" + tag.encode(), *fields):
        if isinstance(frame, str):
            frame = frame.encode()
        h.update(len(frame).to_bytes(8, "little"))
        h.update(frame)
    return h.digest()


def digest(tag, *fields):
    return hash64(tag, *fields)[:32]


def hash_scalar(tag, *fields):
    return int.from_bytes(hash64(tag, *fields), "little") % ristretto.L


@functools.lru_cache(maxsize=None)
def generator(name, index=0):
    """(encoding, point) of a generator: name "P" with index from 1, "U" or "H" with index 0."""
    point = ristretto.derive(hash64("generator", name, u32(index)))
    return ristretto.encode(point), point


class Reader:
    """Reads a fixed layout from the front; every failure is Malformed."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        end = self.at + count
        if end > len(self.data):
            raise Malformed(f"ends after {len(self.data)} bytes, in the middle of a field")
        piece = self.data[self.at : end]
        self.at = end
        return piece

    def left(self):
        return len(self.data) - self.at

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def point(self, identity_allowed=False, what="a point"):
        data = self.take(32)
        point = ristretto.decode(data, identity_allowed)
        if point is None:
            raise Malformed(f"{what} is not the canonical encoding of {'a' if identity_allowed else 'another'} point"
                            f"{'' if identity_allowed else ' than the identity'}")
        return data, point

    def scalar(self, what="a scalar"):
        k = ristretto.scalar(self.take(32))
        if k is None:
            raise Malformed(f"{what} is not below the group order")
        return k

    def signature(self):
        """A Schnorr signature: (encoding of R, R, z)."""
        encoded, point = self.point(what="R of a signature")
        return encoded, point, self.scalar("z of a signature")

    def done(self):
        if self.left():
            raise Malformed(f"{self.left()} bytes follow the end")
