"""Section 10: the course of the vote, and the checks of the entries before the count."""

import report as R
from ballot import read_ballot, read_rehearsal_ballot
from batch import Item, culprits, signature_equation, signature_valid
from ceremony import RESTART, Ceremony
from count import Count
from entries import (BALLOT, CEREMONY, CHALLENGED, CLOSE, CONSENT, CREDENTIAL, DRAW, ENDED, EXTENSION, GENESIS, NOTICE,
                     NOT_ENTITLED, OPEN, PAPER_COUNT, PARTIAL, REHEARSAL_BALLOT, REHEARSAL_INPUT, REPLACED, RESULT,
                     REVOCATION, TALLY_INPUT, VOTED_ON_PAPER)
from framing import Malformed, digest
from funding import next_tie, totals_of
from hours import Hours
from ristretto import decode

# Where the vote stands. NEW until the ceremony is complete, PREPARED until the opening; in PAPER only ballots on paper are
# still entered.
NEW, PREPARED, OPENED, PAPER, CLOSED, TALLIED, FINISHED, CANCELLED = range(8)
KIND_NAMES = {GENESIS: "genesis", CEREMONY: "ceremony", OPEN: "opening", CREDENTIAL: "credential", BALLOT: "ballot",
              REVOCATION: "revocation", CLOSE: "closing", TALLY_INPUT: "tally input", PARTIAL: "partial decryption",
              RESULT: "result", REHEARSAL_BALLOT: "rehearsal ballot", REHEARSAL_INPUT: "rehearsal's sums",
              CONSENT: "consent", CHALLENGED: "challenged ballot", PAPER_COUNT: "count of papers",
              EXTENSION: "extension", NOTICE: "notice", ENDED: "end of the voting", DRAW: "draw"}


def election_hash(manifest_hash, transcript, slot_keys, genesis):
    """H_election."""
    return digest("election", manifest_hash, transcript, b"".join(k[0] for k in slot_keys), genesis.organiser[0],
                  genesis.registrar[0], genesis.log_key, genesis.origin.encode())


class Pseudonym:
    def __init__(self, pseudonym, style):
        self.pseudonym = pseudonym
        self.style = style
        self.route = None  # of the last credential
        self.credentials = 0
        self.key = None  # encoding of the last credential's key
        self.active = None  # the last credential's key, until it ends
        self.struck_off = False
        self.challenged = 0
        self.ballots = 0
        self.last = None  # the last ballot


class State:
    def __init__(self, report, manifest, genesis, leaves):
        self.report = report
        self.hours = Hours(self, leaves)
        self.manifest = manifest
        self.genesis = genesis
        self.stage = NEW
        self.election = None
        self.slot_keys = []
        self.shares = {}  # trustee -> [(encoding, point) of each slot's public share]
        self.pseudonyms = {}
        self.keys = {}  # encoding of a key -> its pseudonym
        self.voters = [0] * len(manifest.declared)
        self.cast = []  # (ballot, message, pseudonym) of every ballot; None in those of the rehearsal
        self.challenged = set()  # (encoding of a key, code)
        self.papers = [[] for _ in manifest.declared]  # the counts of papers of each declared style
        self.on_paper = [0] * len(manifest.declared)  # how many were struck off as having voted on paper
        self.ballots = []
        self.ceremony = Ceremony(manifest, genesis)
        self.rehearsed = []  # the ballots of the rehearsal
        self.rehearsal = self.count = self.result = None
        self.closing_size = None  # how many entries the board had with its Close
        self.misstated = None  # what is wrong with the last result
        self.draws = []  # [(contest, positions in the order drawn)]
        self.delayed = {R.CREDENTIAL_SIGNATURE: [], R.POSSESSION: [], R.HANDOVER: [], R.BALLOT_SIGNATURE: [], R.BALLOT_PROOF: []}

    def run(self, messages):
        """Replays the entries up to the first failure that ends it."""
        self.report.replaying = True
        m, before = None, None
        try:
            for m in messages:
                before = dict(self.report.examined)
                self.report.check(R.FORM, m.problem, m.index)
                self._entry(m)
        except R.Stopped:
            self.report.stopped = True
            # Of the entry that ends it, only that failure is named, and nothing else is said.
            self.report.examined = before
            for items in self.delayed.values():
                items[:] = [item for item in items if item.what is not m]
            self.cast = [cast for cast in self.cast if cast[1] is not m]
        self.report.replaying = False
        if self.result is not None and not self.report.stopped and not self.report.unread:
            # Only the last one holds.
            self.report.check(R.RESULT, self.misstated, self.result.index)
        self._signatures_and_proofs()
        self._turnout()

    def _entry(self, m):
        if m.kind == BALLOT:
            self._ballot(m)
            return
        places = {CEREMONY: (NEW,), OPEN: (PREPARED,), CREDENTIAL: (PREPARED, OPENED), REVOCATION: (PREPARED, OPENED),
                  CHALLENGED: (OPENED,), PAPER_COUNT: (OPENED, PAPER),
                  CLOSE: (PAPER if self.manifest.paper else OPENED,), ENDED: (OPENED,) if self.manifest.paper else (),
                  EXTENSION: (PREPARED, OPENED), NOTICE: (PREPARED, OPENED, PAPER, CLOSED, TALLIED, FINISHED, CANCELLED),
                  TALLY_INPUT: (CLOSED,), PARTIAL: (PREPARED, TALLIED), RESULT: (TALLIED, FINISHED), DRAW: (FINISHED,),
                  REHEARSAL_BALLOT: (PREPARED,), REHEARSAL_INPUT: (PREPARED,), CONSENT: (PREPARED, TALLIED)}
        if m.kind == GENESIS:
            self.report.check(R.GENESIS, "a second genesis entry", m.index)
            return
        if m.begun:
            # An unfinished message is not judged by its place, but that nothing but a result follows a result, and nothing
            # long a cancellation.
            if self.stage == FINISHED and m.kind != RESULT or self.stage == CANCELLED:
                self.report.check(R.COURSE, "a message after the result", m.index)
            return
        name = KIND_NAMES[m.kind]
        in_place = self.stage in places[m.kind]
        if m.kind in (REHEARSAL_BALLOT, REHEARSAL_INPUT):
            in_place = in_place and self.rehearsal is None
        if self.stage == PAPER and m.kind == CREDENTIAL:
            in_place = m.route < len(self.manifest.routes) and self.manifest.routes[m.route].entered
        if self.stage == PAPER and m.kind == REVOCATION:
            in_place = m.reason != REPLACED
        if m.kind in (CONSENT, PARTIAL) and self.stage == PREPARED:
            in_place = self.rehearsal is not None
        if m.kind == RESULT and in_place:
            in_place = len(self.count.partials) >= self.count.needed()
        if not self.report.check(R.COURSE, None if in_place else f"a {name} has no place here", m.index):
            return
        {CEREMONY: self._ceremony, OPEN: self._open, CREDENTIAL: self._credential, REVOCATION: self._revocation,
         CLOSE: self._closing, ENDED: self._closing, EXTENSION: self.hours.extension, NOTICE: self._notice,
         TALLY_INPUT: self._tally_input, PARTIAL: self._partial, RESULT: self._result,
         REHEARSAL_BALLOT: self._rehearsal_ballot, REHEARSAL_INPUT: self._rehearsal_input,
         CONSENT: self._consent, CHALLENGED: self._challenged, PAPER_COUNT: self._paper_count,
         DRAW: self._draw}[m.kind](m)

    def _draw(self, m):
        problem, who = None, R.BOX
        if not self.organiser_signed("draw", m):
            problem = "the signature is not valid"
        elif self.misstated:
            problem = "the result before it is false"
        elif not self._could_be_tie(m):
            problem, who = "no options of one total for which anything is drawn", R.ORGANISER
        elif next_tie(self.manifest.contests[m.contest], self.report.totals,
                      [order for contest, order in self.draws if contest == m.contest]) != sorted(m.order):
            problem = "it does not order exactly the tie that is next"
        if self.report.check(R.DRAW, problem, m.index, who):
            self.draws.append((m.contest, m.order))

    def _could_be_tie(self, m):
        """Whether a draw orders several options of one total, of a contest whose totals are published and fund somebody."""
        if m.contest >= len(self.manifest.contests) or self.manifest.contests[m.contest].funding is None:
            return False
        totals = totals_of(self.manifest.contests[m.contest], self.report.totals)
        if totals is None or len(m.order) < 2 or len(set(m.order)) < len(m.order) or max(m.order) >= len(totals):
            return False
        return len({totals[option] for option in m.order}) == 1

    def organiser_signed(self, domain, m):
        return signature_valid(domain, self.genesis.organiser, self.election + m.signed(), m.signature)

    def registrar_signed(self, domain, m):
        return signature_valid(domain, self.genesis.registrar, self.election + m.signed(), m.signature)

    def _registrar_equation(self, domain, m):
        return signature_equation(domain, self.genesis.registrar, self.election + m.signed(), m.signature)

    def _ceremony(self, m):
        check, problem, who = self.ceremony.take(m)
        if m.form != RESTART and check != R.COURSE:
            self.report.saw(R.CEREMONY)
            self.report.saw(R.TRUSTEE_SIGNATURE)
        self.report.check(check, problem, m.index, who)
        if not self.ceremony.complete or self.stage != NEW:
            return
        self.stage = PREPARED
        self.slot_keys = [slot[0] for slot in self.ceremony.sums]
        self.shares = self.ceremony.public
        self.election = election_hash(self.manifest.hash, self.ceremony.transcript(), self.slot_keys, self.genesis)
        self.report.fingerprint = self.election.hex()

    def _rehearsal_ballot(self, m):
        report = self.report
        try:
            ballot = read_rehearsal_ballot(m, self.manifest, self.election)
        except Malformed as e:
            report.check(R.REHEARSAL_BALLOT, str(e), m.index)
            return
        first = ballot.sequence == 0 and ballot.previous == bytes(32)
        report.check(R.REHEARSAL_BALLOT, None if first else "it continues another ballot", m.index)
        self.delayed[R.BALLOT_SIGNATURE].append(ballot.signature_item())
        self.delayed[R.BALLOT_PROOF].append(ballot.proof_item(self.slot_keys))
        self.cast.append((ballot, m, None))
        self.rehearsed.append(ballot)

    def _rehearsal_input(self, m):
        self.rehearsal = Count(self, m, self.rehearsed, [], True)

    def _consent(self, m):
        (self.count or self.rehearsal).consent(m)

    def _open(self, m):
        self.stage = OPENED
        done = self.rehearsal is not None and len(self.rehearsal.partials) >= self.rehearsal.needed() > 0
        self.report.check(R.REHEARSAL, None if done else "the rehearsal is not decrypted", m.index)
        good = self.organiser_signed("open", m)
        self.report.check(R.OPEN, None if good else "the signature is not valid", m.index)

    def _closing(self, m):
        self.hours.closing(m)
        problem = self.paper_problem() if m.kind == CLOSE else None
        if problem and m.form == 0:
            self.report.check(R.PAPER_COUNT, problem, m.index, R.ORGANISER)
        elif problem:
            self.report.note("papers", problem)
        self.stage = PAPER if m.kind == ENDED else CLOSED
        if m.kind == CLOSE:
            self.closing_size = m.index + 1

    def _notice(self, m):
        self.hours.notice(m, self.stage >= TALLIED)
        if self.hours.cancelled:
            self.stage = CANCELLED

    def _tally_input(self, m):
        self.stage = TALLIED
        counted = [p for p in self.pseudonyms.values() if p.last and not p.struck_off]
        typed = [p.last for p in counted if self.manifest.routes[p.route].entered]
        self.count = Count(self, m, [p.last for p in counted], typed, False)

    def _partial(self, m):
        (self.count or self.rehearsal).partial(m)

    def _result(self, m):
        self.stage = FINISHED
        self.result = m
        self.misstated = self.count.result(m)

    def _credential(self, m):
        report, key = self.report, m.key[0]
        self.delayed[R.CREDENTIAL_SIGNATURE].append(Item(m, [self._registrar_equation("credential", m)]))
        message = self.election + m.terms
        self.delayed[R.POSSESSION].append(
            Item(m, [signature_equation("credential-possession", m.key, message, m.possession)]))
        if m.style >= len(self.manifest.styles):
            report.check(R.CREDENTIAL_HOLDER, f"there is no ballot style {m.style}", m.index, self._signer(m))
        known = self.pseudonyms.get(m.pseudonym)
        self._not_struck_off(known, m)
        report.check(R.CREDENTIAL_KEY, "the key is already registered" if key in self.keys else None, m.index)
        problem, who = self._number_problem(m, known)
        report.check(R.CREDENTIAL_NUMBER, problem, m.index, who)
        problem = None
        if known and self._declared(known.style) != self._declared(m.style):
            problem = "the pseudonym has another declared style"
        elif known and known.active and m.handover is None:
            problem = "the pseudonym already has a key"
        report.check(R.CREDENTIAL_HOLDER, problem, m.index)
        if m.handover is not None:
            if known is None or known.active is None:
                report.check(R.HANDOVER, "there is no key that could hand over", m.index)
            old = known.active, decode(known.active)
            self.delayed[R.HANDOVER].append(Item(m, [signature_equation("handover", old, message, m.handover)]))
        if known is None:
            declared = self._declared(m.style)
            too_many = self.voters[declared] >= self.manifest.declared[declared].electorate
            report.check(R.ELECTORATE, f"more voters of style {declared} than its electorate" if too_many else None, m.index)
            known = self.pseudonyms[m.pseudonym] = Pseudonym(m.pseudonym, m.style)
            self.voters[declared] += 1
        else:
            report.saw(R.ELECTORATE)
        if m.handover is not None:
            self._changed("handovers", known)
        known.active = known.key = key
        known.credentials += 1
        known.style, known.route = m.style, m.route
        self.keys[key] = known

    def _number_problem(self, m, known):
        """Check 45 of a credential: (what is wrong, who is to blame)."""
        routes = self.manifest.routes
        if m.route >= len(routes):
            return f"there is no route {m.route}", self._signer(m)
        if m.number > 63:
            return "a pseudonym has 64 credentials at most", self._signer(m)
        if routes[m.route].entered and (m.number or m.handover is not None):
            return "an entered pseudonym has one credential and no handover", self._signer(m)
        expected = known.credentials if known else 0
        if m.number != expected:
            return f"the credential is number {m.number} instead of {expected}", R.BOX
        if known and routes[known.route].entered:
            return "an entered pseudonym has one credential", R.BOX
        return None, R.BOX

    def _signer(self, m):
        """Who is to blame for what is wrong in itself: the registrar, if it has signed it."""
        return R.REGISTRAR if self.registrar_signed("credential", m) else R.BOX

    def _not_struck_off(self, known, m):
        problem = "its pseudonym was struck off" if known and known.struck_off else None
        return self.report.check(R.STRUCK_OFF, problem, m.index)

    def _changed(self, what, known):
        self.report.key_changes[what][0] += 1
        self.report.key_changes[what][1] += known.ballots > 0

    def _turnout(self):
        found = {}
        for p in self.pseudonyms.values():
            if not p.struck_off:
                row = found.setdefault((self._declared(p.style), p.route), [0, 0])
                row[0] += 1
                row[1] += p.ballots > 0
        self.report.turnout = [(self.manifest.declared[s].id, self.manifest.routes[r].id, *row)
                               for (s, r), row in sorted(found.items())]

    def _declared(self, style):
        return self.manifest.styles[style].declared

    def _revocation(self, m):
        known = self.pseudonyms.get(m.pseudonym)
        self._not_struck_off(known, m)
        problem = None
        if known is None or known.key != m.key[0]:
            problem = "the pseudonym has not this key"
        elif m.reason == REPLACED and known.active is None:
            problem = "the key has ended already"
        self.report.check(R.REVOCATION, problem, m.index)
        if m.reason != NOT_ENTITLED and self.manifest.routes[known.route].entered:
            self.report.check(R.CREDENTIAL_NUMBER, "an entered pseudonym is neither replaced nor votes on paper again",
                              m.index)
        if not self.registrar_signed("revocation", m):
            self.report.check(R.REVOCATION, "the signature is not valid", m.index)
        known.active = None
        self._changed({REPLACED: "replaced", VOTED_ON_PAPER: "voted_on_paper", NOT_ENTITLED: "not_entitled"}[m.reason], known)
        if m.reason != REPLACED:
            known.struck_off = True
            self.on_paper[self._declared(known.style)] += m.reason == VOTED_ON_PAPER
            self.voters[self._declared(known.style)] -= 1

    def _challenged(self, m):
        known = self.keys.get(m.key[0])
        if known is not None and not self._not_struck_off(known, m):
            return
        problem = None
        if not signature_valid("challenged", m.key, self.election + m.signed(), m.signature):
            problem = "the signature is not valid"
        elif known is None:
            problem = "the key is not registered"
        elif known.active != m.key[0]:
            problem = "the key was revoked"
        elif m.sequence != known.ballots:
            problem = f"the sequence is {m.sequence} instead of {known.ballots}"
        elif known.challenged >= 8:
            problem = "the pseudonym has challenged 8 ballots"
        elif (m.key[0], m.code) in self.challenged:
            problem = "the ballot was challenged before"
        if self.report.check(R.CHALLENGED, problem, m.index):
            known.challenged += 1
            self.challenged.add((m.key[0], m.code))

    def _paper_count(self, m):
        problem, who = None, R.BOX
        if not self.organiser_signed("paper-count", m):
            problem = "the signature is not valid"
        elif m.style >= len(self.papers):
            problem, who = f"there is no declared style {m.style}", R.ORGANISER
        elif m.number != len(self.papers[m.style]):
            problem = f"it is number {m.number} of its style instead of {len(self.papers[m.style])}"
        if self.report.check(R.PAPER_COUNT, problem, m.index, who):
            self.papers[m.style].append(m.count)

    def papers_complete(self):
        """Whether the papers of every style were counted, and exactly as many ballots were entered."""
        typed = [0] * len(self.papers)
        for p in self.pseudonyms.values():
            if not p.struck_off and p.ballots and self.manifest.routes[p.route].entered:
                typed[self._declared(p.style)] += 1
        return all(counts and counts[-1] == n for counts, n in zip(self.papers, typed))

    def paper_problem(self):
        """What stands against a closing by the organiser."""
        entered = [0] * len(self.papers)
        for p in self.pseudonyms.values():
            if not p.struck_off and self.manifest.routes[p.route].entered:
                entered[self._declared(p.style)] += 1
        for style, (counts, typed, struck) in enumerate(zip(self.papers, entered, self.on_paper)):
            if not counts and typed + struck:
                return f"the papers of style {style} were not counted"
            if counts and max(typed, struck) > counts[-1]:
                return f"style {style} has {counts[-1]} papers, {typed} entered pseudonyms and {struck} voters on paper"
        return None

    def _ballot(self, m):
        report = self.report
        hours = self.stage == OPENED or self.stage == PAPER and self._first_from_paper(m)
        outside = None if hours else "a ballot outside the hours of voting"
        if self.election is None:
            report.check(R.BALLOT_HOURS, outside, m.index)
        try:
            ballot = read_ballot(m, self.manifest, self.election)
        except Malformed as e:
            report.check(R.BALLOT_FORM, str(e), m.index)
        report.saw(R.BALLOT_FORM)
        report.check(R.BALLOT_HOURS, outside, m.index)
        voter = self.keys.get(ballot.key[0])
        self._not_struck_off(voter, m)
        problem = None
        if voter is None:
            problem = "the key is not registered"
        elif voter.active != ballot.key[0]:
            problem = "the key was revoked"
        elif voter.style != ballot.style:
            problem = "the key is registered for another ballot style"
        report.check(R.BALLOT_CREDENTIAL, problem, m.index)
        problem = None
        if ballot.sequence != voter.ballots:
            problem = f"the sequence is {ballot.sequence} instead of {voter.ballots}"
        elif ballot.previous != (voter.last.hash if voter.last else bytes(32)):
            problem = "it does not name the ballot before it"
        elif ballot.sequence and (self.manifest.routes[voter.route].entered or not self.manifest.revote):
            problem = "voting again is not allowed"
        report.check(R.BALLOT_SEQUENCE, problem, m.index)
        if (ballot.key[0], ballot.code) in self.challenged:
            who = R.BOX if culprits([ballot.signature_item()]) else R.voter(voter.pseudonym)
            report.check(R.CHALLENGED, "the ballot was challenged by its key", m.index, who)
        self.delayed[R.BALLOT_SIGNATURE].append(ballot.signature_item())
        self.delayed[R.BALLOT_PROOF].append(ballot.proof_item(self.slot_keys))
        self.cast.append((ballot, m, voter.pseudonym))
        voter.ballots += 1
        voter.last = ballot
        self.ballots.append(ballot)

    def _first_from_paper(self, m):
        """Whether a ballot is entered from paper and the first of its pseudonym."""
        voter = self.keys.get(m.data[37:69])
        return voter is not None and voter.ballots == 0 and self.manifest.routes[voter.route].entered

    def _nonces(self, false, blamed):
        """Check 22; `false` are the entries that fail 23 or 24. The entries that fail 22, of which nothing else is
        verified. Only a ballot without fault makes its alphas seen."""
        seen, repeating = {}, set()
        for ballot, m, _ in self.cast:
            alphas = [section.alpha[0] for section in ballot.sections]
            known = [seen[alpha] for alpha in alphas if alpha in seen]
            problem = f"alpha is that of entry {known[0]}" if known else None
            if len(set(alphas)) < len(alphas):
                problem = problem or "two sections have one alpha"
            if not self.report.check(R.BALLOT_NONCE, problem, m.index, blamed.get(m.index, R.BOX)):
                repeating.add(m.index)
            elif m.index not in false:
                seen.update((alpha, m.index) for alpha in alphas)
        return repeating

    def _signatures_and_proofs(self):
        reasons = {R.CREDENTIAL_SIGNATURE: "the signature is not valid",
                   R.POSSESSION: "the proof of possession is not valid",
                   R.HANDOVER: "the handover is not signed by the key before it",
                   R.BALLOT_SIGNATURE: "the signature is not valid",
                   R.BALLOT_PROOF: "the proof is not valid"}
        found = {number: culprits(items) for number, items in self.delayed.items()}
        unsigned, unproved = ({item.what.index for item in found[n]} for n in (R.BALLOT_SIGNATURE, R.BALLOT_PROOF))
        # A voter answers for a ballot only where its key has signed it.
        blamed = {m.index: R.voter(pseudonym) for _, m, pseudonym in self.cast if pseudonym and m.index not in unsigned}
        repeating = self._nonces(unsigned | unproved, blamed)
        for number, items in found.items():
            self.report.saw(number, len(self.delayed[number]))
            for item in items:
                if item.what.index not in repeating:
                    who = blamed.get(item.what.index, R.BOX) if number == R.BALLOT_PROOF else R.BOX
                    self.report.fail(number, reasons[number], item.what.index, who)
