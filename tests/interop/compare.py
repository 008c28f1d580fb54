"""Runs the cases through this verifier and a reference verifier, and prints where they differ.

    python3 tests/interop/compare.py VECHE [--random N] [--seed N] [--only NAME]

VECHE is the executable whose `verify DIR --json` gives the reference verdict. --random adds N good records with something
changed: a bit of a file, or entries, which the log then hashes and signs, and others where their keys are at hand.
"""

import argparse
import json
import subprocess
import sys
import tempfile

import cases
import cases_ballot  # noqa: F401, registers its cases
import cases_board  # noqa: F401
import cases_count  # noqa: F401
import cases_credentials  # noqa: F401
import cases_hours  # noqa: F401
import cases_manifest
import cases_trustees  # noqa: F401
import cases_witnesses
import maker
import mutations
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
    """Whether both verifiers agree on the exit code and on the checks that fail."""
    with tempfile.TemporaryDirectory() as folder:
        maker.write(files, folder)
        mine, my_reasons = own(folder)
        theirs, their_reasons = reference(veche, folder)
    if bool(mine) != bool(theirs) or (mine is None) != (theirs is None):
        kind = "VERDICT"
    elif mine != theirs:
        kind = "numbers"
    elif must is not None and must != set(mine):
        kind = "listed"
    else:
        return True
    print(f"{kind} {name}: listed {sorted(must or [])}, own {mine}, reference {theirs}")
    print("   own:", my_reasons, "\n   ref:", their_reasons)
    return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("veche")
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    agreed = []
    for name, must, build in cases.CASES:
        if options.only in name:
            agreed.append(compare(options.veche, name, build(), must))
    good = cases.good()
    for name, data in (*cases_manifest.manifests_of_wrong_kind(), *cases_witnesses.manifests_of_wrong_kind()):
        if options.only in "manifest":
            agreed.append(compare(options.veche, name, {**good, "manifest.json": data}, {2}))
    for name, files in mutations.mutated(options.random, options.seed):
        agreed.append(compare(options.veche, name, files))
    print(f"{len(agreed)} records, {agreed.count(False)} differences")
    return int(not all(agreed))


if __name__ == "__main__":
    sys.exit(main())
