"""Good records, changed by whoever holds the log's key and perhaps others: what two verifiers must agree upon."""

import random

import cases
import cases_funding
import maker
import seal
from entries import CONSENT, CREDENTIAL, DRAW, EXTENSION, NOTICE, OPEN, PAPER_COUNT, REHEARSAL_BALLOT, REVOCATION

# Entries whose signature covers all between the kind byte and itself, with the domain and the key's name.
ONE_SIGNATURE = {OPEN: ("open", "organiser"), EXTENSION: ("extension", "organiser"), NOTICE: ("notice", "organiser"),
                 PAPER_COUNT: ("paper-count", "organiser"), DRAW: ("draw", "organiser"), REVOCATION: ("revocation", "registrar")}
TERMS = 54  # of a credential, with the byte that says whether it is a handover


def towns():
    """Makers of good records that differ in what is on the board."""
    plain = cases.Town()
    plain.m.revoke(plain.a)
    plain.m.new_key(plain.a)
    plain.m.credential(plain.a)
    plain.m.ballot(plain.a, ["blank", set()])
    plain.m.challenge(plain.c, bytes(range(32)))
    plain.m.notice(0)
    plain.finish()
    by_style = cases.Town(maker.manifest(report_by="contest-and-style", minimum_group=2))
    by_style.m.strike(by_style.b)
    by_style.finish()
    unfinished = cases.Town()
    unfinished.m.close().tally_input().partial(2)
    return [*(town.m for town in (plain, by_style, unfinished)), cases_funding.everything()]


def sign_again(m, leaf, rng):
    """A changed entry under the signature of its party, where the party's key is at hand; None where it is not."""
    kind = leaf[0] if leaf else None
    if kind in ONE_SIGNATURE:
        domain, name = ONE_SIGNATURE[kind]
        content, key = leaf[1:-64], getattr(m, name)
    elif kind == CONSENT and len(leaf) > 64 and leaf[1] in m.keys_of:
        domain, content, key = "consent", leaf[1:-64], m.keys_of[leaf[1]]
    elif kind == CREDENTIAL:
        content = leaf[1 : 1 + TERMS]
        return leaf[:-64] + seal.sign("credential", m.registrar, m.election + content, rng)
    else:
        return None
    return leaf[:-64] + seal.sign(domain, key, m.election + content, rng)


def covered(leaf):
    """How many bytes from the front a party's signature covers."""
    return 1 + TERMS if leaf[0] == CREDENTIAL else len(leaf) - 64


def change(m, leaves, rng):
    """(what was done, the leaves)"""
    leaves = list(leaves)
    # The beginning of a board is long and dull: what follows the keys is changed more often.
    late = rng.random() < 0.8
    first = next((i for i, leaf in enumerate(leaves) if leaf[:1] == bytes([REHEARSAL_BALLOT])), 0) if late else 0
    i, k = (rng.randrange(first, len(leaves)) for _ in range(2))
    if not leaves[i]:
        return f"nothing {i}", leaves
    kind = leaves[i][0]
    what = rng.choice(["drop", "twice", "swap", "move", "flip", "flip", "flip", "head", "cut", "longer", "signed", "signed",
                       "signed", "spliced"])
    if what == "signed":
        able = [j for j, leaf in enumerate(leaves) if len(leaf) > 1 + TERMS and sign_again(m, leaf, rng) is not None]
        i = rng.choice(able)
        kind = leaves[i][0]
        altered = cases.changed(leaves[i], rng.randrange(1, covered(leaves[i])), 1 << rng.randrange(8))
        leaves[i] = sign_again(m, altered, rng) or altered
    elif what == "drop":
        del leaves[i]
    elif what == "twice":
        leaves.insert(k, leaves[i])
    elif what == "swap":
        leaves[i], leaves[k] = leaves[k], leaves[i]
    elif what == "move":
        leaves.insert(k, leaves.pop(i))
    elif what == "cut":
        leaves[i] = leaves[i][: rng.randrange(len(leaves[i]))]
    elif what == "longer":
        leaves[i] += rng.randbytes(rng.randrange(1, 70))
    elif what == "head":
        leaves[i] = cases.changed(leaves[i], rng.randrange(min(8, len(leaves[i]))), 1 << rng.randrange(8))
    elif what == "spliced":
        # The bytes of another entry of the kind from some point on, a ballot's proof under another's header.
        other = rng.choice([leaf for leaf in leaves if leaf[:1] == bytes([kind])])
        at = 32 * rng.randrange(1 + len(leaves[i]) // 32)
        leaves[i] = leaves[i][:at] + other[at:]
    else:
        leaves[i] = cases.changed(leaves[i], rng.randrange(len(leaves[i])), 1 << rng.randrange(8))
    return f"{what} {i} {k} (kind {kind})", leaves


def mutated(count, seed):
    """(name, files) of so many changed records."""
    rng = random.Random(seed)
    makers = towns()
    good = [(m, list(m.leaves), m.result_file) for m in makers]
    for n in range(count):
        m, leaves, result = rng.choice(good)
        m.leaves, m.result_file = list(leaves), result
        if n % 8 == 0:
            files = m.files(reseal=False)
            path = rng.choice(sorted(files))
            data = bytearray(files[path])
            at = rng.randrange(len(data))
            data[at] ^= 1 << rng.randrange(8)
            yield f"#{n} flip {path} {at}", {**files, path: bytes(data)}
            continue
        names = []
        for _ in range(1 if rng.random() < 0.6 else 2):
            name, m.leaves = change(m, m.leaves, rng)
            names.append(name)
        # Half of the time the ends of the vote are signed again for their place.
        yield f"#{n} {'; '.join(names)}", m.files(reseal=rng.random() < 0.5)
