"""The project's shared vectors, tests/vectors: one JSON file a case, which says what must happen."""

import base64
import json
import pathlib
import tempfile
import unittest

import funding
import maker
import manifest
import ristretto
import rules
import sample
import seal
import solver
import verify
from ballot import Section, code_of
from batch import Item, holds
from framing import Malformed, Reader, digest, hash_scalar, scalar_bytes
from record import Unreadable

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "vectors"


def vectors(kind):
    for path in sorted(FOLDER.glob("*/*.json")):
        document = json.loads(path.read_text("utf-8"))
        if document["kind"] == kind:
            yield str(path.relative_to(FOLDER)), document


def contest_of(vector):
    """A contest from its rule, costs and electorate."""
    about = vector["contest"]
    rule = rules.parse(about["rule"], len(about["costs"]), about["costs"], "the rule")
    contest = manifest.Contest(vector.get("under", {}).get("contest", ""), rule, about["costs"], about["costs"], None, None)
    contest.program = rules.compile_program(rule, about["electorate"])
    return contest


def keys_of(vector):
    return [(key, ristretto.decode(key)) for key in map(bytes.fromhex, vector["under"]["keys"])]


class Shared(unittest.TestCase):
    def test_hashes(self):
        for name, v in vectors("hash"):
            with self.subTest(name):
                fields = [bytes.fromhex(f) for f in v["fields"]]
                self.assertEqual(digest(v["tag"], *fields).hex(), v["expect"]["digest"])
                self.assertEqual(scalar_bytes(hash_scalar(v["tag"], *fields)).hex(), v["expect"]["scalar"])

    def test_rules(self):
        for name, v in vectors("rule"):
            with self.subTest(name):
                p = contest_of(v).program
                self.assertEqual({"bits": p.sent, "slots": p.slots, "packing": p.together, "program": p.digest.hex()},
                                 v["expect"])

    def test_seals(self):
        for name, v in vectors("seal"):
            with self.subTest(name):
                contest = contest_of(v)
                values = v["values"]  # of a ranking, the places
                bits = solver.honest(contest.rule, values, v["blank"])
                draw = seal.seeded(bytes.fromhex(v["seed"]), contest.id)
                encrypted = seal.Encrypted(contest, keys_of(v), bits, draw)
                [section] = seal.sections([encrypted], bytes.fromhex(v["under"]["header"]))
                self.assertEqual(section.hex(), v["expect"])

    def test_sections(self):
        for name, v in vectors("section"):
            with self.subTest(f"{name}: {v['why']}"):
                reader = Reader(bytes.fromhex(v["section"]))
                try:
                    section = Section(reader, contest_of(v))
                    reader.done()
                    code = code_of(bytes.fromhex(v["under"]["header"]), [(section.contest, section.data)])
                    good = holds([Item(None, section.equations(code, keys_of(v)))])
                except Malformed:
                    good = False
                self.assertEqual(good, v["expect"])

    def test_funding(self):
        for name, v in vectors("funding"):
            with self.subTest(name):
                about = v["contest"]
                options = [manifest.Option(str(i)) for i in range(len(about["costs"]))]
                rule = manifest.parse_funding(about["funding"], options, about["budget"], about["costs"], name)
                contest = manifest.Contest("", None, options, about["costs"], about["budget"], rule)
                came = funding.fund(contest, about["totals"], about["draws"])
                self.assertEqual({"funded": came.options, "left": came.left, "undecided": came.undecided}, v["expect"])

    def test_samples(self):
        for name, v in vectors("sample"):
            with self.subTest(name):
                names = [bytes.fromhex(p) for p in v["pseudonyms"]]
                try:
                    came = [p.hex() for p in sample.draw(bytes.fromhex(v["root"]), v["dice"], names, v["number"])]
                except Malformed:
                    came = None
                self.assertEqual(came, v["expect"])

    def test_manifests(self):
        for name, v in vectors("manifest"):
            with self.subTest(f"{name}: {v['why']}"):
                try:
                    manifest.parse(v["manifest"].encode())
                    good = True
                except Malformed:
                    good = False
                self.assertEqual(good, v["expect"])

    def test_records(self):
        for name, v in vectors("record"):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                maker.write({path: base64.b64decode(data) for path, data in v["files"].items()}, folder)
                try:
                    report = verify.verify(folder, v.get("expected"))
                except Unreadable:
                    self.assertEqual(v["expect"]["exit"], 2)
                    continue
                self.assertEqual(int(bool(report.failed())), v["expect"]["exit"], "\n".join(report.lines()))
                self.same_failures(report, v["expect"])
                if v["expect"]["exit"] == 0:
                    self.assertEqual(report.funding, v["expect"].get("funding", []))
                    self.same_counts(report, v["expect"])

    def same_counts(self, report, expect):
        """How keys changed and who voted by which route, where the case says so."""
        if "key_changes" in expect:
            mine = {name: {"count": n, "after_ballot": after} for name, (n, after) in report.key_changes.items()}
            self.assertEqual(mine, expect["key_changes"])
            rows = [(row["style"], row["route"], row["voters"], row["ballots"]) for row in expect["turnout"]]
            self.assertEqual(report.turnout, rows)

    def same_failures(self, report, expect):
        lines = "\n".join(report.lines())
        self.assertEqual(report.statuses(), expect["statuses"], lines)
        named = {(f["check"], f.get("entry"), f["blame"]) for f in expect.get("failures", [])}
        self.assertEqual(report.faults(), named, lines)


if __name__ == "__main__":
    unittest.main()
