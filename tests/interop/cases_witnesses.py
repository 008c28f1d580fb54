"""More cases: the cosignatures of witnesses, and manifests that name them."""

import base64
import json

import maker
import report as R
import seal
import tlog
from cases import Town, case

SEEDS = maker.WITNESS_SEEDS
TIME = 1_795_000_000


def name(i):
    return f"witness.example/w{i + 1}"


def key(i):
    return seal.ed25519_key(SEEDS[i])[2]


def vkey(i, kind=tlog.COSIGNATURE):
    ident = tlog.key_id(name(i), key(i), kind).hex()
    return f"{name(i)}+{ident}+{base64.b64encode(bytes([kind]) + key(i)).decode()}"


def named(needed=2):
    return maker.manifest(witnesses={"needed": needed, "keys": [vkey(i) for i in range(3)]})


def line(files, i, time=TIME, signed_time=TIME, seed=None, text=None):
    """Witness i's line for the checkpoint of these files."""
    text = text or files["checkpoint"].decode().split("\n\n")[0] + "\n"
    message = f"cosignature/v1\ntime {signed_time}\n{text}".encode()
    signature = time.to_bytes(8, "big") + seal.ed25519_sign(seed or SEEDS[i], message)
    data = tlog.key_id(name(i), key(i), tlog.COSIGNATURE) + signature
    return f"\N{EM DASH} {name(i)} {base64.b64encode(data).decode()}\n".encode()


def cosigned(*lines):
    """A whole record, with these lines, each a function of the files, at the end of its checkpoint."""
    files = Town(named()).finish()
    files["checkpoint"] += b"".join(make(files) for make in lines)
    return files


def by(i, **bent):
    return lambda files: line(files, i, **bent)


@case()
def good_witnesses_enough():
    return cosigned(by(0), by(2))


@case()
def good_witnesses_all():
    return cosigned(by(2), by(1), by(0))


@case(R.WITNESSES)
def witnesses_none():
    return cosigned()


@case(R.WITNESSES)
def witnesses_too_few():
    return cosigned(by(1))


@case(R.WITNESSES)
def witnesses_one_twice():
    return cosigned(by(0), by(1), by(1))


@case(R.WITNESSES)
def witnesses_false_beside_enough():
    return cosigned(by(0), by(1), by(2, seed=SEEDS[0]))


@case(R.WITNESSES)
def witnesses_of_another_time():
    return cosigned(by(0), by(1, signed_time=TIME + 1))


@case(R.WITNESSES)
def witnesses_beyond_time():
    return cosigned(by(0), by(1, time=2**63, signed_time=2**63))


@case(R.WITNESSES)
def witnesses_of_another_checkpoint():
    return cosigned(by(0), by(1, text="log.example/test\n1\n" + base64.b64encode(bytes(32)).decode() + "\n"))


@case(R.WITNESSES)
def witnesses_unfinished():
    return Town(named(1)).m.files()


def manifests_of_wrong_kind():
    """(name, document) of manifests whose witnesses section 2 refuses."""
    keys = [vkey(i) for i in range(3)]
    low = base64.b64encode(bytes([4, 1]) + bytes(31)).decode()
    for witnesses in (
        {"needed": 0, "keys": keys}, {"needed": 4, "keys": keys}, {"needed": 1, "keys": []}, {"needed": 1}, {"keys": keys},
        {"needed": 1, "keys": [keys[0], keys[0]]}, {"needed": 1, "keys": keys, "more": 1}, {"needed": "1", "keys": keys}, [], None,
        {"needed": 1, "keys": [vkey(0, 1)]}, {"needed": 1, "keys": [keys[0] + "="]}, {"needed": 1, "keys": [keys[0].replace("w1", "w2")]},
        {"needed": 1, "keys": [" " + keys[0]]}, {"needed": 1, "keys": [keys[0].upper()]}, {"needed": 1, "keys": ["x+00000000+" + low]},
    ):
        yield f"witnesses={witnesses!r}", json.dumps(maker.manifest(witnesses=witnesses)).encode()
