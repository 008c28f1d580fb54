"""A second verifier of Veche records, written from docs/protocol.md alone.

    python3 tests/interop/verify.py DIR [--election HEX] [--dice THROWS [--sample N]]

Prints a line for each numbered check, and with dice the pseudonyms of the voters that an auditor asks. Exit code 0: everything that applies passed; 1: a check failed; 2: there is
nothing to read.
"""

import argparse
import re
import sys

import entries
import manifest as manifests
import report as R
import sample
import tlog
from count import check_result_file
from framing import Malformed
from funding import funded_in
from record import Record, Unreadable
from state import State


def _manifest(report, data):
    try:
        manifest = manifests.parse(data)
    except Malformed as e:
        report.check(R.MANIFEST, str(e), who=R.PUBLISHER)
        return None
    report.saw(R.MANIFEST)
    return manifest


def _genesis(report, first):
    """The genesis entry if the board begins with one."""
    if first.kind != entries.GENESIS or first.problem:
        report.check(R.GENESIS, "the board does not begin with a genesis entry", 0, R.PUBLISHER)
        return None
    return first


def _replay(report, record, manifest, genesis):
    state = State(report, manifest, genesis, record.leaves)
    report.replaying = True
    try:
        problem, who = None, R.BOX
        if genesis.manifest_hash != manifest.hash:
            problem, who = "it names another manifest", R.PUBLISHER
        elif (genesis.trustees, genesis.threshold) != (manifest.trustees, manifest.threshold):
            problem = "it names other trustees than the manifest"
        report.check(R.GENESIS, problem, 0, who)
    except R.Stopped:
        report.stopped = True
        return state
    report.saw(R.FORM)
    report.saw(R.COURSE)
    state.run(entries.messages(record.leaves)[1:])
    return state


def verify(folder, expected=None, dice=None, number=300):
    """The report on a record; Unreadable if there is none. In the order of section 12.

    With dice, and where nothing fails, it has the draw of so many voters; Malformed where none can be drawn.
    """
    report = R.Report()
    report.expected = expected
    if expected is not None:
        report.undemanded.discard(R.FINGERPRINT)
    record = Record(folder)
    for path, data in (("manifest.json", record.manifest), ("checkpoint", record.checkpoint_bytes)):
        if data is None:
            report.check(R.FILES, f"there is no {path}", who=R.PUBLISHER)
    if report.failed():
        return report
    manifest = _manifest(report, record.manifest)
    if manifest is None:
        return report
    if not manifest.witnesses:
        report.undemanded.add(R.WITNESSES)
    if not record.begin(report):
        return report
    genesis = _genesis(report, entries.read_message(0, record.leaves[0]))
    if genesis is None:
        return report
    problem = tlog.check_signature(record.checkpoint, genesis.origin, genesis.log_key)
    if not report.check(R.CHECKPOINT, problem, who=R.PUBLISHER):
        return report
    if manifest.witnesses:
        cosigned = tlog.check_witnesses(record.checkpoint, manifest.witnesses, manifest.witnesses_needed)
        report.check(R.WITNESSES, cosigned, who=R.PUBLISHER)
    record.read_on(report)
    state = _replay(report, record, manifest, genesis)
    record.check_tiles(report)
    if expected is not None and report.fingerprint is not None:
        same = report.fingerprint == expected
        report.check(R.FINGERPRINT, None if same else f"it is {report.fingerprint}", who=R.PUBLISHER)
    report.whole = not report.stopped and not report.unread
    report.cancelled = state.hours.cancelled
    report.finished = report.whole and (state.result is not None or report.cancelled)
    state.hours.notes()
    if report.whole and state.result is not None:
        if record.result is None:
            report.check(R.FILES, "the board has a result, but result.json is missing", who=R.PUBLISHER)
        check_result_file(report, record.result)
    elif report.whole and record.result is not None:
        report.check(R.FILES, "result.json is published, but the board has no result", who=R.PUBLISHER)
    if report.totals is not None:
        report.funding = funded_in(manifest, report.totals, state.draws)
    record.check_files(report)
    if expected is not None and report.fingerprint is None and not report.failed():
        report.check(R.FINGERPRINT, "the keys are not made yet", who=R.READER)
    if dice is not None and not report.failed():
        report.drawn = sample.draw_from(state, dice, number)
    return report


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Checks a whole Veche record.")
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--election", metavar="HEX", help="the published fingerprint: 64 hexadecimal digits")
    parser.add_argument("--dice", metavar="THROWS", help="draw voters by these throws of a die, once the vote is closed")
    parser.add_argument("--sample", metavar="N", type=int, default=300, help="how many are drawn")
    options = parser.parse_args(arguments)
    if options.election is not None and not re.fullmatch("[0-9a-f]{64}", options.election):
        print("--election: not 64 lower-case hexadecimal digits", file=sys.stderr)
        return 2
    try:
        report = verify(options.folder, options.election, options.dice, options.sample)
    except Unreadable as e:
        print(f"Nothing to read: {e}", file=sys.stderr)
        return 2
    except Malformed as e:
        print(f"Nobody is drawn: {e}", file=sys.stderr)
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
    for pseudonym in report.drawn or ():
        print(f"Drawn: {pseudonym.hex()}")
    print(report.verdict())
    return 1 if report.failed() else 0


if __name__ == "__main__":
    sys.exit(main())
