"""The board's files: C2SP tlog-tiles, signed-note and tlog-checkpoint, with the Merkle tree of RFC 6962."""

import base64
import binascii
import hashlib
import re

import ed25519
from framing import WHITE, Malformed, control

MAX_NOTE_BYTES = 1 << 17
MAX_SIGNATURE_LINES = 64
TILE_WIDTH = 256


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(hashes):
    """MTH of RFC 6962, section 2.1, over leaf hashes (or over hashes of full subtrees of one size)."""
    if not hashes:
        return hashlib.sha256().digest()
    # Pairing level by level and passing an odd last node on gives the same tree as splitting at powers of two.
    while len(hashes) > 1:
        pairs = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = pairs + hashes[len(hashes) - len(hashes) % 2 :]
    return hashes[0]


def index_path(index):
    """1234067 as x001/x234/067."""
    parts = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        parts.append(f"x{index % 1000:03}")
    return "/".join(reversed(parts))


def tile_of_level(width, prefix, index):
    """(path, first hash, number of hashes) of a tile of a level of `width` hashes."""
    count = min(TILE_WIDTH, width - index * TILE_WIDTH)
    partial = "" if count == TILE_WIDTH else f".p/{count}"
    return f"{prefix}/{index_path(index)}{partial}", index * TILE_WIDTH, count


def tiles_of_level(width, prefix):
    """Every tile of a level of `width` hashes: the full tiles and one partial tile."""
    return [tile_of_level(width, prefix, index) for index in range(-(-width // TILE_WIDTH))]


def bundles(size):
    return tiles_of_level(size, "tile/entries")


def tile_count(size):
    """How many tile and bundle files a tree of this size has, without listing them."""
    count = -(-size // TILE_WIDTH)
    while size:
        count += -(-size // TILE_WIDTH)
        size //= TILE_WIDTH
    return count


def hash_tiles(size):
    """[(level, path, first, count)] of every tile of hashes."""
    tiles, level = [], 0
    while size:
        tiles += [(level, *tile) for tile in tiles_of_level(size, f"tile/{level}")]
        size //= TILE_WIDTH
        level += 1
    return tiles


def levels(leaf_hashes):
    """The hashes at each level of tiles: the leaves, then the root of each full tile of the level below, and so on."""
    result = []
    while leaf_hashes:
        result.append(leaf_hashes)
        full = len(leaf_hashes) // TILE_WIDTH
        leaf_hashes = [root_of(leaf_hashes[i * TILE_WIDTH : (i + 1) * TILE_WIDTH]) for i in range(full)]
    return result


class BadBundle(Malformed):
    """A bundle that cannot be cut into entries; `entry` is the first that cannot be read, if one cannot."""

    def __init__(self, entry, text):
        super().__init__(text)
        self.entry = entry


def parse_bundle(data, count, first=0):
    """The entries of a bundle, which begins with entry `first`: each a big-endian u16 length and its bytes."""
    entries, at = [], 0
    for _ in range(count):
        length = int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or at + 2 + length > len(data):
            raise BadBundle(first + len(entries), "the bundle ends within this entry")
        entries.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    if at != len(data):
        raise BadBundle(None, f"{len(data) - at} bytes follow the last entry of the bundle")
    return entries


class Checkpoint:
    def __init__(self, origin, size, root, text, signatures):
        self.origin = origin
        self.size = size
        self.root = root
        self.text = text  # the signed bytes
        self.signatures = signatures  # [(key name, key id, signature)]


def _base64(text, what):
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(f"{what} is not base64") from None
    if base64.b64encode(data).decode() != text:
        raise Malformed(f"{what} is not canonical base64")
    return data


def parse_checkpoint(data):
    if len(data) > MAX_NOTE_BYTES:
        raise Malformed("the checkpoint is too large")
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("the checkpoint is not UTF-8") from None
    if any(c < " " and c != "\n" for c in note):
        raise Malformed("the checkpoint has a control character")
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise Malformed("the checkpoint has no signatures after a blank line")
    text += "\n"
    lines = text[:-1].split("\n")
    if len(lines) != 3:
        raise Malformed(f"the checkpoint has {len(lines)} lines of text instead of 3")
    origin, size, root = lines
    if not key_name_valid(origin) or len(origin.encode()) > 255:
        raise Malformed("the checkpoint's origin is not one")
    if not re.fullmatch(r"0|[1-9][0-9]{0,19}", size, re.ASCII) or int(size) >= 1 << 64:
        raise Malformed("the checkpoint's size is not a number")
    root = _base64(root, "the checkpoint's root")
    if len(root) != 32:
        raise Malformed("the checkpoint's root has not 32 bytes")
    signature_lines = tail[:-1].split("\n")
    if len(signature_lines) > MAX_SIGNATURE_LINES:
        raise Malformed(f"the checkpoint has {len(signature_lines)} signature lines")
    signatures = [_signature_line(line) for line in signature_lines]
    return Checkpoint(origin, int(size), root, text.encode(), signatures)


def key_name_valid(name):
    return bool(name) and "+" not in name and not control(name) and not any(c in WHITE for c in name)


def _signature_line(line):
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\N{EM DASH}" or not key_name_valid(parts[1]):
        raise Malformed("a signature line of the checkpoint is malformed")
    data = _base64(parts[2], "a signature of the checkpoint")
    if len(data) < 5:
        raise Malformed("a signature of the checkpoint is too short")
    return parts[1], data[:4], data[4:]


def key_id(name, key, kind=1):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]


COSIGNATURE = 4


def parse_witness(vkey):
    """(name, key) of a witness's verifier key, name+id+base64(4 || key)."""
    parts = vkey.split("+", 2)
    if len(parts) != 3:
        raise Malformed("a witness's key is not name+id+key")
    name, ident, typed = parts[0], parts[1], _base64(parts[2], "a witness's key")
    if not key_name_valid(name) or len(name.encode()) > 255:
        raise Malformed("a witness's name is not usable")
    if len(typed) != 33 or typed[0] != COSIGNATURE or not ed25519.usable(typed[1:]):
        raise Malformed("a witness's key is not one of Ed25519 cosignatures")
    if ident != key_id(name, typed[1:], COSIGNATURE).hex():
        raise Malformed("a witness's key id is not that of its name and key")
    return name, typed[1:]


def check_witnesses(checkpoint, witnesses, needed, times=None):
    """None if enough of the witnesses have cosigned the checkpoint and none of their lines is false, else what is wrong.
    The times of the cosignatures are added to `times`."""
    found = 0
    for name, key in witnesses:
        own = [s for n, ident, s in checkpoint.signatures if n == name and ident == key_id(name, key, COSIGNATURE)]
        if len(own) > 1:
            return f"{len(own)} cosignatures of {name}"
        for payload in own:
            time = int.from_bytes(payload[:8], "big")
            message = f"cosignature/v1\ntime {time}\n".encode() + checkpoint.text
            if len(payload) != 72 or time >= 1 << 63 or not ed25519.verify(key, message, payload[8:]):
                return f"the cosignature of {name} is not valid"
            found += 1
            if times is not None:
                times.append(time)
    return None if found >= needed else f"{found} witnesses have cosigned it, {needed} must have"


def check_signature(checkpoint, origin, key):
    """None if the checkpoint is of this origin and signed by this key, else what is wrong."""
    if checkpoint.origin != origin:
        return f"its origin is {checkpoint.origin!r}, that of the genesis entry is {origin!r}"
    own = [s for name, ident, s in checkpoint.signatures if name == origin and ident == key_id(origin, key)]
    if not own:
        return "no signature line of the log key"
    if not all(ed25519.verify(key, checkpoint.text, s) for s in own):
        return "the log key's signature is not valid"
    return None
