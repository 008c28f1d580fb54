"""Whole records, good and bad, made with the prover of maker.py; and the command line."""

import contextlib
import copy
import io
import itertools
import os
import tempfile
import unittest

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
import entries
import maker
import manifest
import report
import verify
from count import join
from framing import Malformed
from state import election_hash


def run(files, *arguments):
    """(exit code, output) of the command line on a record."""
    with tempfile.TemporaryDirectory() as folder:
        maker.write(files, folder)
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = verify.main([folder, *arguments])
        return code, out.getvalue()


def failed(output):
    return {int(line[:2]) for line in output.splitlines() if line[25:31] == "failed"}


class Cases(unittest.TestCase):
    def test_cases(self):
        for name, must, build in cases.CASES:
            with self.subTest(name):
                code, output = run(build())
                self.assertEqual(code, 1 if must else 0, output)
                self.assertEqual(must, failed(output), output)
                self.assertIn("FAILED" if must else "Not finished" if "unfinished" in name or "genesis" in name
                              else "Cancelled" if "cancelled" in name else "onsistent", output)

    def test_every_check_has_a_case(self):
        # 10 is tested with the command line; 26 and 27 are retired.
        named = set().union(*(must for _, must, _ in cases.CASES)) | {10, 26, 27}
        self.assertEqual(named, set(report.NAMES))

    def test_one_fault_is_one_failure(self):
        """Most faults are named by their own check alone."""
        alone = [(n, must, build) for n, must, build in cases.CASES
                 if n in ("ballot_signature", "ballot_extra_votes", "ballot_sequence_high", "credential_signature",
                          "partial_lie", "result_file_total", "files_extra", "electorate_exceeded")]
        self.assertEqual(len(alone), 8)
        for name, must, build in alone:
            with self.subTest(name):
                self.assertEqual(failed(run(build())[1]), must)


class Joining(unittest.TestCase):
    @staticmethod
    def restated(groups, minimum):
        """Section 11, word by word."""
        filled = [at for at in range(len(groups)) if groups[at][1] > 0]
        small = [at for at in filled if groups[at][2] < minimum]
        alone = [([at], False) for at in range(len(groups)) if at not in filled]
        if not small:
            return sorted(alone + [([at], False) for at in filled])
        order = sorted(filled, key=lambda at: (groups[at][2], groups[at][0]))
        for length in range(len(order) + 1):
            first, rest = order[:length], order[length:]
            if sum(groups[at][2] for at in first) >= minimum and not [at for at in rest if groups[at][2] < minimum]:
                return sorted(alone + [(sorted(first), False)] + [([at], False) for at in rest])
        return sorted(alone + [(sorted(order), sum(groups[at][1] for at in order) < minimum)])

    def test_attack_48_all_small_cities(self):
        """Every city of up to three districts of up to six ballots, some of them typed."""
        pairs = [(ballots, own) for ballots in range(7) for own in range(ballots + 1)]
        for size in range(4):
            for chosen in itertools.combinations_with_replacement(pairs, size):
                for minimum in (1, 2, 3, 5, 8):
                    groups = [(style, *numbers) for style, numbers in enumerate(chosen)]
                    self.assertEqual(join(groups, minimum), self.restated(groups, minimum))

    def test_attack_48_examples(self):
        self.assertEqual(join([(0, 6, 6), (1, 6, 6), (2, 6, 6)], 10), [([0, 1, 2], False)])
        self.assertEqual(join([(0, 10, 1), (1, 20, 20)], 10), [([0, 1], False)])
        self.assertEqual(join([(0, 4, 4), (1, 0, 0), (2, 5, 5)], 10), [([0, 2], True), ([1], False)])


class Manifests(unittest.TestCase):
    def test_good(self):
        self.assertEqual(len(manifest.parse(cases.good()["manifest.json"]).contests), 3)

    def test_refused(self):
        for name, data in (*cases_manifest.manifests_of_wrong_kind(), *cases_witnesses.manifests_of_wrong_kind()):
            with self.subTest(name), self.assertRaises(Malformed):
                manifest.parse(data)

    def test_refused_json(self):
        good = cases.good()["manifest.json"]
        for bad in (b"\xef\xbb\xbf" + good, good + b"x", good.replace(b'"T"', b'"\\ud800"'), good.replace(b'"T"', b'"\xff"'),
                    good.replace(b'"veche": 1', b'"veche": 1, "veche": 1'), b"[" * 100_000, good.replace(b": 100000,", b": NaN,"),
                    good.replace(b'"en": "T"', b'"en": "T", "\\u0065n": "T"'), good.replace(b": 100000,", b": 1e5,")):
            self.assertNotEqual(bad, good)
            with self.assertRaises(Malformed):
                manifest.parse(bad)


class CommandLine(unittest.TestCase):
    def test_fingerprint(self):
        files = cases.good()
        code, output = run(files)
        fingerprint = output.split("Fingerprint of the election: ")[1][:64]
        self.assertEqual(code, 0)
        code, output = run(files, "--election", fingerprint)
        self.assertEqual((code, failed(output)), (0, set()))
        self.assertIn("Every check passed", output)
        code, output = run(files, "--election", "0" * 64)
        self.assertEqual((code, failed(output)), (1, {10}))
        self.assertEqual(run(files, "--election", "0")[0], 2)

    def test_an_election_is_its_keys_and_its_origin(self):
        """The same slot keys and transcript with one other key, or under another origin, are another election."""
        m = maker.Maker().genesis().ceremony()
        genesis = entries.messages(m.leaves)[0]
        changes = {"organiser": genesis.registrar, "registrar": genesis.organiser, "log_key": bytes(32),
                   "origin": "log.example/tesT"}
        others = [genesis]
        for name, value in changes.items():
            others.append(copy.copy(genesis))
            setattr(others[-1], name, value)
        hashes = {election_hash(m.manifest.hash, bytes(32), m.keys, other) for other in others}
        self.assertEqual(len(hashes), 5)

    def _folder(self, change):
        """The checks that fail of a good record's folder, after something was done to it."""
        with tempfile.TemporaryDirectory() as folder:
            maker.write(cases.good(), folder)
            change(folder)
            return set(verify.verify(folder).failed())

    def test_links(self):
        """A link to a plain file stands for it; any other does not belong there, or is missing."""
        def moved(path, to):
            def change(folder):
                os.rename(os.path.join(folder, path), to)
                os.symlink(to, os.path.join(folder, path))
            return change

        with tempfile.TemporaryDirectory() as elsewhere:
            for path in cases.good():
                self.assertEqual(self._folder(moved(path, os.path.join(elsewhere, path.replace("/", "_")))), set())
            self.assertEqual(self._folder(moved("tile", os.path.join(elsewhere, "tile"))), {report.FILES})
        for link, to in (("more", "."), ("more", "tile"), ("more", "nowhere"), ("tile/more", "..")):
            self.assertEqual(self._folder(lambda folder: os.symlink(to, os.path.join(folder, link))), {report.FILES})

    def test_long_files(self):
        """A file of more than 16,777,472 bytes counts as missing; the longest is read and refused for what it says."""
        says = {"manifest.json": report.MANIFEST, "checkpoint": report.CHECKPOINT, "result.json": report.RESULT_FILE}
        for path in cases.good():
            check = says.get(path) or (report.FORM if "entries" in path else report.TILES)
            for length, must in ((16_777_472, check), (16_777_473, report.FILES)):
                with self.subTest(path=path, length=length):
                    self.assertEqual(self._folder(lambda folder: os.truncate(os.path.join(folder, path), length)), {must})

    def test_nothing_readable(self):
        self.assertEqual(run({})[0], 2)
        self.assertEqual(run({"notes.txt": b""})[0], 2)
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(verify.main([os.path.join(tempfile.gettempdir(), "no", "such", "folder")]), 2)

    def test_every_prefix_of_every_file(self):
        """Cut files give a verdict, never a traceback."""
        good = cases.good()
        for path, data in good.items():
            for length in range(0, len(data), max(1, len(data) // 7)):
                with self.subTest(path=path, length=length):
                    self.assertEqual(run({**good, path: data[:length]})[0], 1)


if __name__ == "__main__":
    unittest.main()
