"""Runs the cases through this verifier and a reference verifier, and prints where they differ.

    python3 tests/interop/compare.py VECHE [--random N] [--seed N] [--only NAME]

VECHE is the executable whose `verify DIR --json` gives the reference verdict. --random adds N random changes of a good
record half of them hashed and signed by the log again.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile

import cases
import cases_ballot  # noqa: F401, registers its cases
import cases_board  # noqa: F401
import cases_count  # noqa: F401
import cases_manifest
import cases_trustees  # noqa: F401
import cases_witnesses
import maker
from record import Unreadable
from verify import verify


def own(folder):
    try:
        report = verify(folder)
    except Unreadable as e:
        return None, str(e)
    return report.failed(), [f"{n}: {report.failures[n][0]}" for n in report.failed()]


def reference(veche, folder):
    run = subprocess.run([veche, "verify", folder, "--json"], capture_output=True, text=True, check=False)
    if run.returncode == 2:
        return None, run.stderr.strip()
    try:
        document = json.loads(run.stdout)
    except ValueError:
        return ["?"], [run.stderr.strip()[-300:]]
    bad = [c for c in document["checks"] if c["status"] == "failed"]
    return [c["number"] for c in bad], [f"{c['number']}: {json.dumps(c['failure'])}" for c in bad]


def compare(veche, name, files, must=None):
    with tempfile.TemporaryDirectory() as folder:
        maker.write(files, folder)
        mine, my_reasons = own(folder)
        theirs, their_reasons = reference(veche, folder)
    # The reference stops at the first entry out of order, so it may name fewer checks.
    fewer = theirs is not None and mine is not None and set(theirs) <= set(mine)
    if bool(mine) != bool(theirs) or (mine is None) != (theirs is None):
        kind = "VERDICT"
    elif not fewer:
        kind = "numbers"
    elif must is not None and (not must <= set(mine) or bool(must) != bool(mine)):
        kind = "listed"
    else:
        return
    print(f"{kind} {name}: listed {sorted(must or [])}, own {mine}, reference {theirs}")
    print("   own:", my_reasons, "\n   ref:", their_reasons)


def random_changes(count, seed):
    rng = random.Random(seed)
    town = cases.Town()
    town.finish()
    leaves, good = town.m.leaves, town.m.files()
    for n in range(count):
        if n % 2:
            files = dict(good)
            path = rng.choice(sorted(files))
            data = bytearray(files[path])
            at = rng.randrange(len(data))
            data[at] ^= 1 << rng.randrange(8)
            files[path] = bytes(data)
            yield f"flip {path} {at}", files
            continue
        changed = list(leaves)
        i, k = rng.randrange(len(changed)), rng.randrange(len(changed))
        what = rng.choice(["drop", "twice", "swap", "flip", "flip", "flip", "cut", "longer", "move"])
        if what == "drop":
            del changed[i]
        elif what == "twice":
            changed.insert(k, changed[i])
        elif what == "swap":
            changed[i], changed[k] = changed[k], changed[i]
        elif what == "move":
            changed.insert(k, changed.pop(i))
        elif what == "cut":
            changed[i] = changed[i][: rng.randrange(len(changed[i]))]
        elif what == "longer":
            changed[i] += rng.randbytes(rng.randrange(1, 70))
        else:
            changed[i] = cases.changed(changed[i], rng.randrange(len(changed[i])), 1 << rng.randrange(8))
        town.m.leaves = changed
        yield f"{what} {i} {k} (kind {leaves[i][0]})", town.m.files()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("veche")
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    for name, must, build in cases.CASES:
        if options.only in name:
            compare(options.veche, name, build(), must)
    good = cases.good()
    for name, data in (*cases_manifest.manifests_of_wrong_kind(), *cases_witnesses.manifests_of_wrong_kind()):
        if options.only in "manifest":
            compare(options.veche, name, {**good, "manifest.json": data}, {2})
    for name, files in random_changes(options.random, options.seed):
        compare(options.veche, name, files)


if __name__ == "__main__":
    sys.exit(main())
