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
from ballot import body_of, code_of
from batch import signature_valid
from count import join
from framing import digest, hash_scalar, scalar_bytes, u8, u16, u32, u64
from ristretto import G, IDENTITY, L, add, decode, encode, mul

MANY = 100_000  # voters, so many that two options share a slot and contests have several
LOG_SEED = b"a log's seed for tests, 32 bytes."


WITNESS_SEEDS = [bytes([65 + i]) * 32 for i in range(3)]
# When witnesses cosign the end of a vote, unless a case says otherwise.
GONE_BY = 1_795_000_000


def witness_name(i):
    return f"witness.example/w{i + 1}"


def witness_line(i, text, time):
    """Witness i's line for the checkpoint of this text."""
    message = f"cosignature/v1\ntime {time}\n{text}".encode()
    key = seal.ed25519_key(WITNESS_SEEDS[i])[2]
    data = tlog.key_id(witness_name(i), key, tlog.COSIGNATURE) + time.to_bytes(8, "big") \
        + seal.ed25519_sign(WITNESS_SEEDS[i], message)
    return f"\N{EM DASH} {witness_name(i)} {base64.b64encode(data).decode()}\n".encode()


def manifest(**changes):
    """A small manifest: three contests, two styles."""
    base = {
        "veche": 1, "phase": "election", "languages": ["en"], "title": {"en": "T"}, "text": {"en": "X"},
        "opens": "2026-01-01T00:00:00Z", "closes": "2026-01-02T00:00:00Z", "time_zone": "UTC", "early_close": False,
        "contests": [contest("parks", 3, 1, 2, True), contest("mayor", 2, 1, 1, False), contest("roads", 5, 0, 5, False)],
        "styles": [style("north", ["parks", "roads"], MANY), style("south", ["mayor", "parks"], MANY)],
        "routes": [{"id": "sms", "title": {"en": "By SMS"}, "entered": False}],
        "trustees": {"count": 3, "threshold": 2}, "minimum_group": 1, "revote": True,
        "registration": "roll",
    }
    by = changes.pop("report_by", None)
    base.update(changes)
    for item in base["contests"] if by else []:
        item["report_by"] = by
    return base


def contest(ident, options, low=0, high=1, blank=False, rule=None):
    return {"id": ident, "title": {"en": ident}, "report_by": "contest",
            "rule": rule or {"type": "approval", "min": low, "max": high, "blank": blank},
            "funding": {"method": "none"}, "options": [{"id": str(i), "name": {"en": str(i)}} for i in range(options)]}


def style(ident, contests, electorate):
    return {"id": ident, "title": {"en": ident}, "contests": contests, "electorate": electorate,
            "inhabitants": 2 * electorate}


def places(rule, values):
    """What `solver.honest` wants for these values: a ranking's places. Its scores must differ."""
    if not isinstance(rule, rules.Ranked):
        return values
    return [rule.scores.index(v) + 1 if v else 0 for v in values]


def made_up(contest):
    """Some legal choice, as `Maker.ballot` takes it."""
    rule, options = contest.rule, len(contest.options)
    if rule.blank:
        return "blank"
    if isinstance(rule, rules.Approval):
        return set(range(max(rule.low, 1)))
    values = [0] * options
    if isinstance(rule, rules.Knapsack):
        for i in sorted(range(options), key=lambda i: rule.costs[i])[: rule.low]:
            values[i] = 1
    elif isinstance(rule, rules.Cumulative):
        for i in range(options):
            values[i] = min(rule.largest, rule.low - sum(values))
    elif isinstance(rule, rules.Ranked):
        values[: max(rule.low, 1)] = rule.scores[: max(rule.low, 1)]
    else:
        values[0] = rule.largest
    return tuple(values)


class Voter:
    def __init__(self, maker, style_position):
        self.pseudonym = maker.rng.randbytes(16)
        self.style = style_position
        self.secret = maker.rng.randrange(1, seal.SHORT)
        self.key = seal.public(self.secret)[0]
        self.route = 0
        self.credentials = 0
        self.sequence = 0
        self.previous = bytes(32)


class Maker:
    def __init__(self, document=None, seed=1, origin="log.example/test"):
        self.rng = random.Random(seed)
        self.manifest_bytes = json.dumps(document or manifest()).encode()
        self.manifest = manifests.parse(self.manifest_bytes)
        self.origin = origin
        self.organiser = self.rng.randrange(1, seal.SHORT)
        self.registrar = self.rng.randrange(1, seal.SHORT)
        self.organiser_key = seal.public(self.organiser)[0]
        self.registrar_key = seal.public(self.registrar)[0]
        self.log_key = seal.ed25519_key(LOG_SEED)[2]
        self.leaves = []
        self.ended = False
        self.counted = {}  # pseudonym -> (style, [(contest position, encodings of alpha and betas)])
        self.typed = set()  # pseudonyms whose ballots are typed from paper
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
        key = self.registrar if kind in (entries.CREDENTIAL, entries.REVOCATION) else self.organiser
        signature = seal.sign(domain, key, self.election + content, self.rng)
        return self.append(u8(kind) + content + signature)

    def genesis(self, **bent):
        m = self.manifest
        self.append(u8(0) + u8(bent.get("version", 1)) + bent.get("manifest_hash", m.hash) + self.organiser_key
                    + self.registrar_key + self.log_key
                    + u8(bent.get("trustees", m.trustees)) + u8(bent.get("threshold", m.threshold))
                    + u8(len(self.origin)) + self.origin.encode())
        return self

    def ceremony(self, bits=64):
        self.begin(bits)
        for step in (self.commit, self.deal, self.confirm):
            for trustee in self.everyone():
                step(trustee)
        return self

    def everyone(self):
        return range(1, self.manifest.trustees + 1)

    def begin(self, bits=64):
        """Everyone's secrets of an attempt of the ceremony."""
        self.attempt = getattr(self, "attempt", 0) + 1
        slots, t = self.manifest.slots(), self.manifest.threshold
        self.keys_of = {i: self.rng.randrange(1, seal.SHORT) for i in self.everyone()}
        self.own = {i: [[self.rng.randrange(1, 2**bits) for _ in range(t)] for _ in range(slots)] for i in self.everyone()}
        self.committed, self.dealt = {}, {}
        self.board = digest("genesis", self.leaves[0])
        return self

    def trustee_signed(self, trustee, domain, content, key=None):
        signature = seal.sign(domain, key or self.keys_of[trustee], self.board + content, self.rng)
        return u8(entries.CEREMONY) + content + signature

    def commit(self, trustee, proved=None, number=None, key=None):
        """`proved` are the secrets that the proof of possession is made with."""
        polynomials = self.own[trustee]
        points = [[seal.public(c)[0] for c in p] for p in polynomials]
        slots, t, number = len(points), len(points[0]), trustee if number is None else number
        public = seal.public(self.keys_of[trustee])[0]
        m = self.manifest
        context = digest("commitments", u8(1), self.board, u8(self.attempt), u8(m.trustees), u8(m.threshold),
                         u16(m.slots()), u8(number), public)
        proof = seal.possession(context, sum(proved or polynomials, []), sum(points, []), self.rng)
        content = u8(1) + u8(self.attempt) + u8(number) + public + u16(slots) + u8(t) + b"".join(sum(points, [])) + proof
        message = self.trustee_signed(trustee, "commitments", content, key)
        self.committed[trustee] = digest("message", message)
        self.append(message)
        return self

    def round_hash(self):
        return digest("round", u8(self.attempt), *(self.committed[i] for i in self.everyone()))

    def deal(self, trustee, lie=0, recipients=None, round_hash=None, key=None):
        """`lie` is added to the last share of the last recipient."""
        round_hash = round_hash or self.round_hash()
        recipients = recipients or [i for i in self.everyone() if i != trustee]
        rows = []
        for i in recipients:
            d = encode(mul(self.keys_of[trustee] * self.keys_of[i], G))
            rows.append([seal.share_of(p, i) + hash_scalar("share-pad", self.board, u8(self.attempt), round_hash,
                                                           u8(trustee), u8(i), d, u16(j))
                         for j, p in enumerate(self.own[trustee])])
        rows[-1][-1] += lie
        content = u8(2) + u8(self.attempt) + u8(trustee) + round_hash + u8(len(rows)) + u16(len(rows[0])) + b"".join(
            scalar_bytes(share) for row in rows for share in row)
        message = self.trustee_signed(trustee, "shares", content, key)
        self.dealt[trustee] = digest("message", message)
        self.append(message)
        return self

    def complain(self, trustee, dealer, lie=0, of=None):
        """`lie` is added to the shared secret that the complaint shows; `of` are other shares than the dealer's."""
        base = decode(seal.public(self.keys_of[dealer])[0])
        public = seal.public(self.keys_of[trustee])[0]
        shared = encode(mul(self.keys_of[trustee] + lie, base))
        context = digest("complaint", self.board, u8(self.attempt), self.round_hash(), u8(trustee), u8(dealer))
        proof = seal.one_logarithm(context, base, public, shared, self.keys_of[trustee], self.rng)
        of = of or self.dealt.get(dealer, bytes(32))
        content = u8(3) + u8(self.attempt) + u8(trustee) + u8(dealer) + of + shared + proof
        self.append(self.trustee_signed(trustee, "complaint", content))
        return self

    def confirm(self, trustee, transcript=None, key=None):
        hashes = [*(self.committed[i] for i in self.everyone()), *(self.dealt[i] for i in self.everyone())]
        found = digest("ceremony", u8(self.attempt), *hashes)
        content = u8(4) + u8(self.attempt) + u8(trustee) + (transcript or found)
        self.append(self.trustee_signed(trustee, "confirm", content, key))
        # What all of it comes to.
        columns = zip(*self.own.values())
        self.polynomials = [[sum(c) % L for c in zip(*slot)] for slot in columns]
        self.keys = [seal.public(p[0]) for p in self.polynomials]
        self.election = digest("election", self.manifest.hash, found, b"".join(k[0] for k in self.keys), self.organiser_key,
                               self.registrar_key, self.log_key, self.origin.encode())
        return self

    def restart(self, attempt=None):
        content = u8(5) + u8(attempt or self.attempt + 1)
        self.append(u8(entries.CEREMONY) + content + seal.sign("restart", self.organiser, self.board + content, self.rng))
        return self

    def rehearse(self, ballots=1, bend=None, **bent):
        """The rehearsal: a made-up ballot of a style that needs every slot key, its sums, everyone decrypts."""
        self.rehearsed = True
        for _ in range(ballots):
            self.rehearsal_ballot(**bent)
        self.rehearsal_input(bend)
        for trustee in self.everyone():
            self.consent(trustee)
        for trustee in self.everyone():
            self.partial(trustee)
        return self

    def rehearsal_ballot(self, **bent):
        m = self.manifest
        full = [c for c, contest in enumerate(m.contests) if contest.program.slots == m.slots()]
        style = next(i for i, s in enumerate(m.styles) if set(full) & set(s.contests))
        voter = Voter(self, bent.pop("style", style))
        choices = [made_up(m.contests[c]) for c in m.styles[voter.style].contests]
        self.ballot(voter, choices, **{"count": False, "kind": entries.REHEARSAL_BALLOT, "phase": 3, **bent})
        self.made_up = getattr(self, "made_up", []) + [(voter.style, self.parts)]

    def rehearsal_input(self, bend=None, size=None):
        counted = {i: ballot for i, ballot in enumerate(getattr(self, "made_up", []))}
        return self._sums(entries.REHEARSAL_INPUT, "rehearsal-input", counted, 0, bend, size)

    def consent(self, trustee, input_hash=None, key=None, number=None):
        content = u8(trustee if number is None else number) + (input_hash or self.input_hash)
        signature = seal.sign("consent", key or self.keys_of[trustee], self.election + content, self.rng)
        self.append(u8(entries.CONSENT) + content + signature)
        return self

    def open(self, time=1, rehearse=True):
        if rehearse and not getattr(self, "rehearsed", False):
            self.rehearse()
        self.signed(entries.OPEN, "open", u64(time))
        return self

    def note(self, leaves=None, times=(None,) * 3, origin=None, seed=LOG_SEED, root=None):
        """The checkpoint of these leaves. Of the manifest's witnesses, w1, w2 and w3 cosign at these times."""
        leaves = self.leaves if leaves is None else leaves
        origin = origin or self.origin
        root = root or tlog.root_of([tlog.leaf_hash(leaf) for leaf in leaves])
        text = f"{origin}\n{len(leaves)}\n{base64.b64encode(root).decode()}\n"
        key = seal.ed25519_key(seed)[2]
        signature = tlog.key_id(origin, key) + seal.ed25519_sign(seed, text.encode())
        note = f"{text}\n\N{EM DASH} {origin} {base64.b64encode(signature).decode()}\n".encode()
        names = [name for name, _ in self.manifest.witnesses]
        for i, time in enumerate(times):
            if witness_name(i) in names:
                note += witness_line(i, text, GONE_BY if time is None else time)
        return note

    def close(self, time=None, note=None, kind=entries.CLOSE, domain=None):
        """The organiser ends the vote at its closing hour, and before it the voting where ballots are entered from paper."""
        if kind == entries.CLOSE and self.manifest.paper and not self.ended:
            self.close(kind=entries.ENDED)
        late = kind == entries.CLOSE and self.manifest.paper
        time = (self.manifest.paper_until if late else self.manifest.closes) if time is None else time
        self.ended |= kind == entries.ENDED
        note = self.note() if note is None else note
        domain = domain or ("ended" if kind == entries.ENDED else "close")
        self.signed(kind, domain, u8(0) + u64(time) + u16(len(note)) + note)
        return self

    def close_by_trustees(self, time, trustees, note=None, keys=None, kind=entries.CLOSE):
        """Trustees end the vote in the organiser's place."""
        note = self.note(times=(time,) * 3) if note is None else note
        terms = u8(1) + u64(time) + u16(len(note)) + note
        signed = [u8(i) + seal.sign("close", (keys or self.keys_of).get(i, 99), self.election + terms, self.rng)
                  for i in trustees]
        self.append(u8(kind) + terms + b"".join(signed))
        return self

    def extend(self, number, signed_at, closes):
        self.signed(entries.EXTENSION, "extension", u16(number) + u64(signed_at) + u64(closes))
        return self

    def notice(self, number, form=0, texts=("Words.",), domain="notice"):
        said = b"".join(u16(len(text.encode())) + text.encode() for text in texts)
        self.signed(entries.NOTICE, domain, u16(number) + u8(form) + u64(5) + said)
        return self

    def draw(self, contest, order, domain="draw"):
        self.signed(entries.DRAW, domain, u16(contest) + u16(len(order)) + b"".join(u16(o) for o in order))
        return self

    def reseal(self):
        """Signs the organiser's ends of the vote again that stand in another place than they were signed for: what whoever
        holds all keys does after an entry before them was altered."""
        for at, leaf in enumerate(self.leaves):
            m = entries.read_message(at, leaf) if leaf[:1] in (u8(entries.CLOSE), u8(entries.ENDED)) else None
            if m is None or m.problem or m.form != 0 or not hasattr(self, "election"):
                continue
            domain = "ended" if m.kind == entries.ENDED else "close"
            key = (self.organiser_key, decode(self.organiser_key))
            if not signature_valid(domain, key, self.election + m.terms, m.signature):
                continue
            note = self.note(self.leaves[:at])
            terms = u8(0) + u64(m.time) + u16(len(note)) + note
            self.leaves[at] = u8(m.kind) + terms + seal.sign(domain, self.organiser, self.election + terms, self.rng)
        return self

    def credential(self, voter, style=None, possession_style=None, handover=None, **bent):
        """`handover` is the secret that hands over."""
        style = voter.style if style is None else style
        route, number = bent.get("route", voter.route), bent.get("number", voter.credentials)
        terms = voter.pseudonym + u16(style) + u8(route) + u16(number) + voter.key
        proved = terms if possession_style is None else \
            voter.pseudonym + u16(possession_style) + u8(route) + u16(number) + voter.key
        possession = seal.sign("credential-possession", voter.secret, self.election + proved, self.rng)
        old = b""
        if handover is not None:
            old = seal.sign("handover", handover, self.election + bent.get("handed", terms), self.rng)
        content = terms + u8(int(handover is not None))
        signature = seal.sign("credential", self.registrar, self.election + content, self.rng)
        voter.credentials += 1
        self.append(u8(entries.CREDENTIAL) + content + old + possession + signature)

    def voter(self, style=0, route=0):
        voter = Voter(self, style)
        voter.route = route
        self.credential(voter)
        return voter

    def new_key(self, voter):
        voter.before = voter.secret
        voter.secret = self.rng.randrange(1, seal.SHORT)
        voter.key = seal.public(voter.secret)[0]

    def revoke(self, voter, key=None, reason=entries.REPLACED):
        self.signed(entries.REVOCATION, "revocation", voter.pseudonym + (key or voter.key) + u8(reason))
        return self

    def challenge(self, voter, code, sequence=None, secret=None):
        content = voter.key + u32(voter.sequence if sequence is None else sequence) + code
        signature = seal.sign("challenged", secret or voter.secret, self.election + content, self.rng)
        self.append(u8(entries.CHALLENGED) + content + signature)
        return self

    def paper_count(self, style, count, number=0):
        self.signed(entries.PAPER_COUNT, "paper-count", u16(style) + u16(number) + u32(count))
        return self

    def strike(self, voter, reason=entries.NOT_ENTITLED):
        """Strikes a voter off: the voter's ballots do not count."""
        self.counted.pop(voter.pseudonym, None)
        self.votes.pop(voter.pseudonym, None)
        return self.revoke(voter, reason=reason)

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
        encrypted, parts, totals = [], [], {}
        for k, (c, choice) in enumerate(zip(style.contests, choices)):
            contest = m.contests[c]
            values = self.values(contest, choice)
            honest = places(contest.rule, values[: len(contest.options)])
            bits = solver.honest(contest.rule, honest, choice == "blank")
            bits = bent.get("bits", {}).get(k) or bits
            sealed = seal.Encrypted(contest, self.keys, bits, seal.randomness(self.rng, bent.get("nonces", {}).get(k)),
                                    bent.get("shift", 0) if k == 0 else 0)
            encrypted.append(sealed)
            parts.append((c, [sealed.data[at : at + 32] for at in range(0, len(sealed.data), 32)]))
            totals[c] = values
        self.parts = parts
        self.code = code_of(hdr, [(sealed.contest, sealed.data) for sealed in encrypted])
        sections = seal.sections(encrypted, bent.get("hdr", hdr))
        body = body_of(hdr, [(sealed.contest, data) for sealed, data in zip(encrypted, sections)])
        signature = seal.sign("ballot", bent.get("secret", voter.secret), body, self.rng)
        data = b"".join(head) + b"".join(sections) + signature
        if count:
            voter.sequence += 1
            voter.previous = digest("ballot", body, signature)
            self.counted[voter.pseudonym] = (voter.style, parts)
            if m.routes[voter.route].entered:
                self.typed.add(voter.pseudonym)
            self.votes[voter.pseudonym] = (voter.style, totals)
        return self.append(u8(bent.get("kind", entries.BALLOT)) + data)

    @staticmethod
    def values(contest, choice):
        """The value of each option, and of blank where the contest has it."""
        blank = choice == "blank"
        values = list(choice) if isinstance(choice, tuple) else \
            [int(not blank and i in choice) for i in range(len(contest.options))]
        return values + [int(blank)] * contest.program.has_blank

    def tally_input(self, bend=None, size=None, consents=True):
        """`bend` may change the groups that the trustees then decrypt, each [contest, styles, ballots, withheld, sums]."""
        self._sums(entries.TALLY_INPUT, "tally-input", self.counted, self.manifest.minimum_group, bend, size)
        if consents:
            for trustee in self.everyone():
                self.consent(trustee)
        return self

    def _sums(self, kind, domain, counted, minimum, bend, size):
        m = self.manifest
        self.groups = []
        for c, contest in enumerate(m.contests):
            styles = [s for at, s in m.groups() if at == c]
            parts = [[p for v, pieces in counted.values() for k, p in pieces if k == c and m.group_style(v, c) == s]
                     for s in styles]
            own = [sum(len([k for k, _ in pieces if k == c]) for who, (v, pieces) in counted.items()
                       if who not in self.typed and m.group_style(v, c) == s) for s in styles]
            joined = join([(-1 if s is None else s, len(p), n) for s, p, n in zip(styles, parts, own)], minimum)
            for members, withheld in joined:
                sums = [IDENTITY] * (1 + contest.program.slots)
                some = [part for at in members for part in parts[at]]
                for part in some:
                    sums = [add(x, decode(y)) for x, y in zip(sums, part)]
                named = [styles[at] for at in members if styles[at] is not None]
                self.groups.append([c, named, len(some), int(withheld), [(encode(p), p) for p in sums]])
        if bend:
            bend(self.groups)
        content = u64(len(self.leaves) if size is None else size) + u32(len(self.groups)) + b"".join(
            u16(c) + u16(len(s)) + b"".join(map(u16, s)) + u32(n) + u8(w) + u16(len(sums) - 1) + b"".join(
                p[0] for p in sums) for c, s, n, w, sums in self.groups)
        self.input_hash = digest(domain, u8(kind) + content)
        self.append(u8(kind))
        return self

    def partial(self, trustee, lie=0, drop=0, input_hash=None, key=None):
        hashed = input_hash or self.input_hash
        shares = []
        for c, s, n, w, sums in self.groups:
            if n and not w:
                secrets = [seal.share_of(p, trustee) for p in self.polynomials[: len(sums) - 1]]
                points, challenge, z = seal.partial_group(self.election, hashed, self.manifest.contests[c].id, s, n,
                                                          trustee, sums[0], sums[1:], secrets, self.rng, lie)
                shares.append(u16(len(points)) + b"".join(points) + challenge + z)
        shares = shares[: len(shares) - drop]
        content = u8(trustee) + hashed + u32(len(shares)) + b"".join(shares)
        signature = seal.sign("partial", key or self.keys_of.get(trustee, 5), self.election + content, self.rng)
        self.append(u8(entries.PARTIAL) + content + signature)
        return self

    def totals(self):
        result = []
        for c, s, n, w, _ in self.groups:
            zero = [0] * self.manifest.contests[c].program.values
            rows = [t[c] for v, t in self.votes.values() if c in t and (not s or self.manifest.group_style(v, c) in s)]
            result.append([] if w else [sum(column) for column in zip(zero, *rows)])
        return result

    def result(self, bend=None, input_hash=None, publish=True, head=None):
        """`bend` may change the totals, `head` the [contest, styles, ballots, withheld] of each group."""
        totals = self.totals()
        if bend:
            bend(totals)
        heads = [group[:4] for group in self.groups]
        if head:
            head(heads)
        content = (input_hash or self.input_hash) + u32(len(totals)) + b"".join(
            u16(c) + u16(len(s)) + b"".join(map(u16, s)) + u32(n) + u8(w) + u16(len(t)) + b"".join(map(u64, t))
            for (c, s, n, w), t in zip(heads, totals))
        self.append(u8(entries.RESULT) + content)
        if publish:
            self.result_file = json.dumps(self.published(totals)).encode()
        return self

    def published(self, totals):
        contests = []
        for (c, s, n, w, _), t in zip(self.groups, totals):
            item = {"id": self.manifest.contests[c].id, "ballots": n}
            if s:
                item["styles"] = [self.manifest.style_name(style) for style in s]
            options = self.manifest.contests[c].options
            item["options"] = [] if w else [{"id": o.id, "total": v} for o, v in zip(options, t)]
            if w:
                item["withheld"] = True
            elif len(t) > len(options):
                item["blank"] = t[-1]
            contests.append(item)
        return {"contests": contests}

    def files(self, reseal=True):
        """{path: bytes} of the record as it stands."""
        if reseal:
            self.reseal()
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
