"""A second verifier of Veche records, written from docs/protocol.md alone.

    python3 tests/interop/verify.py DIR [--election HEX]

Prints a line for each numbered check. Exit code 0: everything that applies passed; 1: a check failed; 2: there is
nothing to read.
"""

import argparse
import re
import sys

import entries
import manifest as manifests
import report as R
import tlog
from count import check_result_file
from framing import Malformed
from funding import funded_in
from record import Record, Unreadable
from state import State


def _manifest(report, data):
    if data is None:
        report.check(R.MANIFEST, "there is no manifest", who="the publisher")
        return None
    try:
        manifest = manifests.parse(data)
    except Malformed as e:
        report.check(R.MANIFEST, str(e), who="the publisher")
        return None
    report.saw(R.MANIFEST)
    return manifest


def _genesis(report, manifest, manifest_bytes, messages):
    """Checks 3; the genesis entry if there is one to go on with."""
    first = messages[0] if messages else None
    if first is None or first.kind != entries.GENESIS or first.problem:
        report.check(R.GENESIS, "the board does not begin with a genesis entry", 0, "the organiser")
        return None
    problem = None
    if manifest_bytes is not None and first.manifest_hash != manifests.manifest_hash(manifest_bytes):
        problem = "it names another manifest"
    elif manifest and (first.trustees, first.threshold) != (manifest.trustees, manifest.threshold):
        problem = "it names other trustees than the manifest"
    report.check(R.GENESIS, problem, 0, "the organiser")
    return first


def verify(folder, expected=None):
    """The report on a record; Unreadable if there is none."""
    report = R.Report()
    report.expected = expected
    record = Record(folder)
    manifest = _manifest(report, record.manifest)
    record.load(report)
    if record.leaves is None:
        return report
    messages = entries.messages(record.leaves)
    for m in messages:
        report.check(R.FORM, m.problem, m.index)
    genesis = _genesis(report, manifest, record.manifest, messages)
    if genesis is not None:
        problem = tlog.check_signature(record.checkpoint, genesis.origin, genesis.log_key)
        report.check(R.CHECKPOINT, problem, who="the log")
        if manifest is not None and manifest.witnesses and problem is None:
            cosigned = tlog.check_witnesses(record.checkpoint, manifest.witnesses, manifest.witnesses_needed)
            report.check(R.WITNESSES, cosigned, who="the log")
    if genesis is None or manifest is None or not record.complete():
        return report
    state = State(report, manifest, genesis, record.leaves)
    state.run(messages[1:])
    if expected is not None:
        same = report.fingerprint == expected
        report.check(R.FINGERPRINT, None if same else f"it is {report.fingerprint}")
    report.finished = state.result is not None
    report.cancelled = state.hours.cancelled
    state.hours.notes()
    if record.result is not None and not report.finished:
        report.check(R.FILES, "result.json is published, but the board has no result", who="the publisher")
    if record.result is None and report.finished:
        report.check(R.FILES, "the board has a result, but result.json is missing", who="the publisher")
    check_result_file(report, record.result)
    if report.totals is not None:
        report.funding = funded_in(manifest, report.totals, state.draws)
    return report


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Checks a whole Veche record.")
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--election", metavar="HEX", help="the published fingerprint: 64 hexadecimal digits")
    options = parser.parse_args(arguments)
    if options.election is not None and not re.fullmatch("[0-9a-f]{64}", options.election):
        print("--election: not 64 lower-case hexadecimal digits", file=sys.stderr)
        return 2
    try:
        report = verify(options.folder, options.election)
    except Unreadable as e:
        print(f"Nothing to read: {e}", file=sys.stderr)
        return 2
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    for line in report.lines():
        print(line)
    for line in report.counts():
        print(line)
    for code, sentence in report.notes:
        print(f"Note ({code}): {sentence}")
    if report.fingerprint:
        print(f"Fingerprint of the election: {report.fingerprint}")
    for contest in report.funding if not report.failed() else []:
        print(f"Funded in {contest['contest']} for {contest['spent']}: {', '.join(contest['funded']) or 'nothing'}")
        if "to_be_drawn" in contest:
            print(f"  to be drawn: {', '.join(contest['to_be_drawn'])}")
    print(report.verdict())
    return 1 if report.failed() else 0


if __name__ == "__main__":
    sys.exit(main())
