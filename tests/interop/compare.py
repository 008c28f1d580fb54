"""Runs the cases through this verifier and a reference verifier, and prints where they differ: in the exit code, in what
became of a check, in an entry that fails one, in who is to blame.

    python3 tests/interop/compare.py VECHE [--random N] [--seed N] [--only NAME] [--record DIR]

VECHE is the executable whose `verify DIR --json` gives the reference verdict. --random adds N good records with something
changed: a bit of a file, or entries, which the log then hashes and signs, and others where their keys are at hand. --record
compares what both say of that record and of nothing else.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile

import cases
import cases_ballot  # noqa: F401, registers its cases
import cases_board  # noqa: F401
import cases_count  # noqa: F401
import cases_credentials  # noqa: F401
import cases_double  # noqa: F401
import cases_funding  # noqa: F401
import cases_hours  # noqa: F401
import cases_manifest
import cases_trustees  # noqa: F401
import cases_witnesses
import maker
import mutations
from record import Unreadable
from verify import verify


def own(folder, expected):
    """(exit code, what became of each check, what failed)"""
    try:
        report = verify(folder, expected)
    except Unreadable:
        return 2, None, None
    return int(bool(report.failed())), report.statuses(), report.faults()


def reference(veche, folder, expected):
    """The same of the other verifier."""
    asked = ["--election", expected] if expected else []
    run = subprocess.run([veche, "verify", folder, "--json", *asked], capture_output=True, text=True, check=False)
    if run.returncode == 2:
        return 2, None, None
    try:
        checks = json.loads(run.stdout)["checks"]
    except ValueError:
        return run.returncode, run.stderr.strip()[-300:], None
    letters = {"passed": "p", "failed": "f", "not-applicable": "n", "not-reached": "-"}
    failures = {(check["number"], failure["entry"], failure["culprit"])
                for check in checks if check["failure"] for failure in [check["failure"], *check["more_failures"]]}
    return run.returncode, "".join(letters[check["status"]] for check in checks), failures


def differ(veche, name, folder, must=None, expected=None):
    """Whether the verifiers differ, or find another fault than the case lists."""
    mine, theirs = own(folder, expected), reference(veche, folder, expected)
    if mine != theirs:
        print(f"DIFFERENCE {name}")
        for what, one, other in zip(("exit", "checks", "faults"), mine, theirs):
            if one != other:
                print(f"   {what}\n      own {one}\n      ref {other}")
        return True
    if must is not None and must != {check for check, _, _ in mine[2]}:
        print(f"LISTED {name}: {sorted(must)}, found {mine[2]}")
        return True
    return False


def agree(record):
    """Whether both verifiers agree on one of `records`."""
    veche, name, files, must, expected = record
    with tempfile.TemporaryDirectory() as folder:
        maker.write(files, folder)
        return not differ(veche, name, folder, must, expected)


def records(options):
    """What is compared: (VECHE, name, files, the checks that fail if they are listed, fingerprint)."""
    for name, must, build in cases.CASES:
        if options.only in name:
            yield options.veche, name, build(), must, None
    good = cases.good()
    for name, data in (*cases_manifest.manifests_of_wrong_kind(), *cases_witnesses.manifests_of_wrong_kind()):
        if options.only in "manifest":
            yield options.veche, name, {**good, "manifest.json": data}, {2}, None
    for number, (name, files) in enumerate(mutations.mutated(options.random, options.seed)):
        # Every fourth is asked for by a fingerprint, which no record has.
        yield options.veche, name, files, None, "0" * 64 if number % 4 == 3 else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("veche")
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--record")
    options = parser.parse_args()
    if options.record:
        differs = differ(options.veche, options.record, options.record)
        print("they differ" if differs else "both say the same")
        return int(differs)
    # A record is judged by one process; the next one is taken by whichever is free.
    with multiprocessing.Pool() as pool:
        agreed = list(pool.imap(agree, records(options)))
    print(f"{len(agreed)} records, {agreed.count(False)} differences")
    return int(not all(agreed))


if __name__ == "__main__":
    sys.exit(main())
