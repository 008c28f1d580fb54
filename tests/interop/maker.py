"""Makes whole records, for tests only. Every step can be bent before it is signed."""

import base64
import json
import os
import random

import entries
import manifest as manifests
import rules
import seal
import solver
import tlog
from framing import digest, u8, u16, u32, u64
from ristretto import IDENTITY, add, decode, encode

LOG_SEED = b"a log's seed for tests, 32 bytes."


def manifest(**changes):
    """A small manifest: three contests, two styles."""
    base = {
        "veche": 1, "phase": "election", "languages": ["en"], "title": {"en": "T"}, "text": {"en": "X"},
        "opens": "2026-01-01T00:00:00Z", "closes": "2026-01-02T00:00:00Z",
        "contests": [contest("parks", 3, 1, 2, True), contest("mayor", 2, 1, 1, False), contest("roads", 5, 0, 5, False)],
        "styles": [style("north", ["parks", "roads"], 10), style("south", ["mayor", "parks"], 10)],
        "trustees": {"count": 3, "threshold": 2}, "minimum_group": 1, "report_by": "contest", "revote": True,
        "registration": "roll",
    }
    base.update(changes)
    return base


def contest(ident, options, low=0, high=1, blank=False, rule=None):
    return {"id": ident, "title": {"en": ident}, "rule": rule or {"type": "approval", "min": low, "max": high, "blank": blank},
            "options": [{"id": str(i), "name": {"en": str(i)}} for i in range(options)]}


def style(ident, contests, electorate):
    return {"id": ident, "title": {"en": ident}, "contests": contests, "electorate": electorate}


def places(rule, values):
    """What `solver.honest` wants for these values: a ranking's places. Its scores must differ."""
    if not isinstance(rule, rules.Ranked):
        return values
    return [rule.scores.index(v) + 1 if v else 0 for v in values]


class Voter:
    def __init__(self, maker, style_position):
        self.pseudonym = maker.rng.randbytes(16)
        self.style = style_position
        self.secret = maker.rng.randrange(1, seal.SHORT)
        self.key = seal.public(self.secret)[0]
        self.sequence = 0
        self.previous = bytes(32)


class Maker:
    def __init__(self, document=None, seed=1, origin="log.example/test"):
        self.rng = random.Random(seed)
        self.manifest_bytes = json.dumps(document or manifest()).encode()
        self.manifest = manifests.parse(self.manifest_bytes)
        self.origin = origin
        self.issuer = self.rng.randrange(1, seal.SHORT)
        self.issuer_key = seal.public(self.issuer)[0]
        self.log_key = seal.ed25519_key(LOG_SEED)[2]
        self.leaves = []
        self.counted = {}  # pseudonym -> (style, [(contest position, encodings of alpha and betas)])
        self.votes = {}  # pseudonym -> (style, {contest position: totals})
        self.result_file = None

    def append(self, message):
        index = len(self.leaves)
        if len(message) <= entries.MAX_LEAF:
            self.leaves.append(message)
            return index
        size = entries.PART_CONTENT
        pieces = [message[i : i + size] for i in range(0, len(message), size)]
        for k, piece in enumerate(pieces):
            self.leaves.append(u8(entries.PART) + digest("message", message) + u16(k) + u16(len(pieces)) + piece)
        return index

    def signed(self, kind, domain, content):
        signature = seal.sign(domain, self.issuer, self.election + content, self.rng)
        return self.append(u8(kind) + content + signature)

    def genesis(self, **bent):
        m = self.manifest
        self.append(u8(0) + u8(bent.get("version", 1)) + bent.get("manifest_hash", m.hash) + self.log_key + self.issuer_key
                    + u8(bent.get("trustees", m.trustees)) + u8(bent.get("threshold", m.threshold))
                    + u8(len(self.origin)) + self.origin.encode())
        return self

    def ceremony(self, slots=None, threshold=None, same_keys=False, bits=64):
        slots, t = slots or self.manifest.slots(), threshold or self.manifest.threshold
        self.polynomials = [[self.rng.randrange(1, 2**bits) for _ in range(t)] for _ in range(slots)]
        if same_keys:
            self.polynomials[1][0] = self.polynomials[0][0]
        points = [[seal.public(c) for c in p] for p in self.polynomials]
        message = u8(1) + u8(1) + u16(slots) + u8(t) + b"".join(c[0] for p in points for c in p)
        self.keys = [p[0] for p in points]
        self.election = digest("election", self.manifest.hash, digest("ceremony", message),
                               b"".join(k[0] for k in self.keys), self.issuer_key, self.log_key)
        self.append(message)
        return self

    def open(self, time=1):
        self.signed(entries.OPEN, "open", u64(time))
        return self

    def close(self, time=2):
        self.signed(entries.CLOSE, "close", u64(time))
        return self

    def credential(self, voter, style=None, possession_style=None):
        style = voter.style if style is None else style
        message = self.election + voter.pseudonym + u16(style if possession_style is None else possession_style)
        possession = seal.sign("credential-possession", voter.secret, message, self.rng)
        self.signed(entries.CREDENTIAL, "credential", voter.pseudonym + u16(style) + voter.key + possession)
        return self

    def voter(self, style=0):
        voter = Voter(self, style)
        self.credential(voter)
        return voter

    def new_key(self, voter):
        voter.secret = self.rng.randrange(1, seal.SHORT)
        voter.key = seal.public(voter.secret)[0]

    def revoke(self, voter, key=None):
        self.signed(entries.REVOCATION, "revocation", voter.pseudonym + (key or voter.key))
        return self

    def ballot(self, voter, choices, count=True, **bent):
        """Casts choices: for each contest of the style a set of options, "blank" or, for rules other than approval,
        a tuple of the values of all options. Returns the entry's index."""
        m = self.manifest
        style = m.styles[voter.style]
        version, phase = bent.get("version", 1), bent.get("phase", m.phase)
        election, sequence = bent.get("election", self.election), bent.get("sequence", voter.sequence)
        previous = bent.get("previous", voter.previous)
        head = (u8(version), u8(phase), election, u16(bent.get("style", voter.style)), voter.key, u32(sequence), previous)
        hdr = digest("hdr", *head)
        sections, parts, totals = [], [], {}
        for k, (c, choice) in enumerate(zip(style.contests, choices)):
            contest = m.contests[c]
            values = self.values(contest, choice)
            honest = places(contest.rule, values[: len(contest.options)])
            bits = solver.honest(contest.rule, honest, choice == "blank")
            bits = bent.get("bits", {}).get(k) or bits
            data = seal.section(contest, self.keys, bent.get("hdr", hdr), bits,
                                seal.randomness(self.rng, bent.get("nonces", {}).get(k)),
                                bent.get("shift", 0) if k == 0 else 0)
            sections.append(data)
            slots = contest.program.slots
            parts.append((c, [data[32 * j : 32 * j + 32] for j in range(slots + 1)]))
            totals[c] = values
        body = b"".join(head) + b"".join(sections)
        data = body + seal.sign("ballot", bent.get("secret", voter.secret), body, self.rng)
        if count:
            voter.sequence += 1
            voter.previous = digest("ballot", data)
            self.counted[voter.pseudonym] = (voter.style, parts)
            self.votes[voter.pseudonym] = (voter.style, totals)
        return self.append(u8(entries.BALLOT) + data)

    @staticmethod
    def values(contest, choice):
        """The value of each option, and of blank where the contest has it."""
        blank = choice == "blank"
        values = list(choice) if isinstance(choice, tuple) else \
            [int(not blank and i in choice) for i in range(len(contest.options))]
        return values + [int(blank)] * contest.program.has_blank

    def tally_input(self, bend=None, size=None):
        """`bend` may change the list of groups, each [contest, style, ballots, withheld, sums], before it is signed."""
        self.groups = []
        for c, s in self.manifest.groups():
            parts = [p for v, pieces in self.counted.values() for k, p in pieces
                     if k == c and s in (self.manifest.styles[v].declared, 65_535)]
            sums = [IDENTITY] * (1 + self.manifest.contests[c].program.slots)
            for part in parts:
                sums = [add(x, decode(y)) for x, y in zip(sums, part)]
            withheld = 0 < len(parts) < self.manifest.minimum_group
            self.groups.append([c, s, len(parts), int(withheld), [(encode(p), p) for p in sums]])
        if bend:
            bend(self.groups)
        content = u64(len(self.leaves) if size is None else size) + u32(len(self.groups)) + b"".join(
            u16(c) + u16(s) + u32(n) + u8(w) + u16(len(sums) - 1) + b"".join(p[0] for p in sums)
            for c, s, n, w, sums in self.groups)
        index = self.signed(entries.TALLY_INPUT, "tally-input", content)
        pieces = self.leaves[index:]
        whole = pieces[0] if len(pieces) == 1 else b"".join(p[37:] for p in pieces)
        self.input_hash = digest("tally-input", whole)
        return self

    def partial(self, trustee, lie=0, drop=0, input_hash=None):
        hashed = input_hash or self.input_hash
        shares = []
        for c, s, n, w, sums in self.groups:
            if n and not w:
                secrets = [seal.share_of(p, trustee) for p in self.polynomials[: len(sums) - 1]]
                points, challenge, z = seal.partial_group(self.election, hashed, self.manifest.contests[c].id, s, n,
                                                          trustee, sums[0], sums[1:], secrets, self.rng, lie)
                shares.append(u16(len(points)) + b"".join(points) + challenge + z)
        shares = shares[: len(shares) - drop]
        self.append(u8(entries.PARTIAL) + u8(trustee) + hashed + u32(len(shares)) + b"".join(shares))
        return self

    def totals(self):
        result = []
        for c, s, n, w, _ in self.groups:
            zero = [0] * self.manifest.contests[c].program.values
            rows = [t[c] for v, t in self.votes.values() if c in t and s in (self.manifest.styles[v].declared, 65_535)]
            result.append([] if w else [sum(column) for column in zip(zero, *rows)])
        return result

    def result(self, bend=None, input_hash=None, publish=True):
        totals = self.totals()
        if bend:
            bend(totals)
        content = (input_hash or self.input_hash) + u32(len(totals)) + b"".join(
            u16(len(t)) + b"".join(map(u64, t)) for t in totals)
        self.signed(entries.RESULT, "result", content)
        if publish:
            self.result_file = json.dumps(self.published(totals)).encode()
        return self

    def published(self, totals):
        contests = []
        for (c, s, n, w, _), t in zip(self.groups, totals):
            item = {"id": self.manifest.contests[c].id, "ballots": n}
            if s != 65_535:
                item["style"] = self.manifest.declared[s].id
            options = self.manifest.contests[c].options
            item["options"] = [] if w else [{"id": o.id, "total": v} for o, v in zip(options, t)]
            if w:
                item["withheld"] = True
            elif len(t) > len(options):
                item["blank"] = t[-1]
            contests.append(item)
        return {"contests": contests}

    def files(self):
        """{path: bytes} of the record as it stands."""
        size = len(self.leaves)
        hashes = [tlog.leaf_hash(leaf) for leaf in self.leaves]
        root = base64.b64encode(tlog.root_of(hashes)).decode()
        text = f"{self.origin}\n{size}\n{root}\n"
        signature = tlog.key_id(self.origin, self.log_key) + seal.ed25519_sign(LOG_SEED, text.encode())
        note = f"{text}\n\N{EM DASH} {self.origin} {base64.b64encode(signature).decode()}\n"
        files = {"manifest.json": self.manifest_bytes, "checkpoint": note.encode()}
        for path, first, count in tlog.bundles(size):
            files[path] = b"".join(len(x).to_bytes(2, "big") + x for x in self.leaves[first : first + count])
        levels = tlog.levels(hashes)
        for level, path, first, count in tlog.hash_tiles(size):
            files[path] = b"".join(levels[level][first : first + count])
        if self.result_file is not None:
            files["result.json"] = self.result_file
        return files


def write(files, folder):
    for path, data in files.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as f:
            f.write(data)
