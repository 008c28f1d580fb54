"""Section 10: when a vote ends, what puts it off, what the organiser says to everybody. Checks 25, 49 to 52."""

import report as R
import tlog
from batch import signature_valid
from entries import ENDED
from framing import Malformed
from manifest import blank

GONE = 259_200  # seconds after every named hour at which trustees may end a vote in the organiser's place
MAX_NOTICES = 64


class Hours:
    def __init__(self, state, leaves):
        self.state = state
        self.leaves = leaves
        self.closes = None  # the present closing; the manifest's until the first extension
        self.extensions = 0
        self.notices = []  # the messages
        self.cancelled = False
        self.ended = None  # the entry that ended the voting
        self.proved = False
        self.by_trustees = False

    def present(self):
        return self.state.manifest.closes if self.closes is None else self.closes

    def abandoned(self):
        manifest = self.state.manifest
        return max(self.present(), manifest.closes_latest or 0, manifest.paper_until or 0) + GONE

    def _organiser_signed(self, domain, m):
        return self.state.organiser_signed(domain, m)

    def closing(self, m):
        check, domain = (R.ENDED, "ended") if m.kind == ENDED else (R.CLOSE, "close")
        report, box = self.state.report, R.BOX
        problem, who = self._signatures(m, domain)
        checkpoint, times = None, []
        if problem is None:
            checkpoint, problem = self._note(m, times)
            if problem is None:
                before = self.leaves[: m.index]
                root = tlog.root_of([tlog.leaf_hash(leaf) for leaf in before])
                if (checkpoint.size, checkpoint.root) != (m.index, root):
                    problem, who = "its checkpoint is not of the entries before it", box
        if report.check(check, problem, m.index, who):
            report.check(R.CLOSING_HOUR, self._early(m, times), m.index, who)
        if self.ended is None:
            self.ended = m
            needed = self.state.manifest.witnesses_needed
            self.proved = needed > 0 and sum(time >= self.present() for time in times) >= needed
        self.by_trustees |= m.form == 1

    def _signatures(self, m, domain):
        """(what is wrong with the signatures, who is to blame for what comes after)"""
        state, box = self.state, R.BOX
        message = state.election + m.terms
        if m.form == 0:
            good = signature_valid(domain, state.genesis.organiser, message, m.signature)
            return (None, R.ORGANISER) if good else ("the signature is not valid", box)
        if len(m.signatures) != state.manifest.quorum():
            return f"{len(m.signatures)} trustees have signed, {state.manifest.quorum()} must", box
        for trustee, signature in m.signatures:
            key = state.ceremony.key_of(trustee)
            if key is None or not signature_valid(domain, key, message, signature):
                return f"the signature of trustee {trustee} is not valid", box
        return None, R.trustees(*(trustee for trustee, _ in m.signatures))

    def _note(self, m, times):
        manifest, genesis = self.state.manifest, self.state.genesis
        try:
            checkpoint = tlog.parse_checkpoint(m.note)
        except Malformed as e:
            return None, str(e)
        problem = tlog.check_signature(checkpoint, genesis.origin, genesis.log_key)
        if problem is None and manifest.witnesses:
            problem = tlog.check_witnesses(checkpoint, manifest.witnesses, manifest.witnesses_needed, times)
        return checkpoint, problem

    def _early(self, m, times):
        """Why the end comes too early, or None."""
        manifest = self.state.manifest
        if m.form == 1:
            hour = self.abandoned()
        elif self.ended is None:
            hour = None if manifest.early_close else self.present()
        else:
            hour = None if self.state.papers_complete() else manifest.paper_until
        if hour is None:
            return None
        if m.time < hour:
            return f"its time is {m.time}, before {hour}"
        late = sum(time >= hour for time in times)
        if late < manifest.witnesses_needed:
            return f"{late} witnesses saw its checkpoint at {hour} or later, {manifest.witnesses_needed} must have"
        return None

    def extension(self, m):
        report, manifest, present = self.state.report, self.state.manifest, self.present()
        who, problem = R.BOX, None
        if not self._organiser_signed("extension", m):
            problem = "the signature is not valid"
        elif m.number != self.extensions:
            problem = f"its number is {m.number} instead of {self.extensions}"
        elif not m.signed_at < present < m.closes or manifest.closes_latest is None or m.closes > manifest.closes_latest:
            problem, who = "it puts the closing off to an hour to which it may not, or was signed after the closing", R.ORGANISER
        if report.check(R.EXTENSION, problem, m.index, who):
            self.closes = m.closes
            self.extensions += 1

    def notice(self, m, counted):
        report, who, problem = self.state.report, R.BOX, None
        if not self._organiser_signed("notice", m):
            problem = "the signature is not valid"
        elif m.number != len(self.notices) or m.number >= MAX_NOTICES:
            problem = f"its number is {m.number} instead of {len(self.notices)}, or there are {MAX_NOTICES} already"
        elif m.form == 1 and counted or m.form == 1 and self.cancelled:
            problem = "a vote is cancelled before it is counted, and once"
        elif len(m.texts) != len(self.state.manifest.languages) or any(blank(text) for text in m.texts):
            problem, who = "it has not one text for each language, or a blank one", R.ORGANISER
        if report.check(R.NOTICE, problem, m.index, who):
            self.notices.append(m)
            self.cancelled |= m.form == 1

    def notes(self):
        report, manifest = self.state.report, self.state.manifest
        genesis = self.state.genesis
        keys = {genesis.log_key, genesis.registrar[0], genesis.organiser[0]}
        report.note("keys-differ" if len(keys) == 3 else "keys-shared",
                    f"log, registrar and organiser have {len(keys)} keys; who holds them the record cannot show")
        if self.extensions:
            report.note("extended", f"the closing was put off {self.extensions} times, from {manifest.closes} to {self.closes}")
        for m in self.notices:
            code = "cancelled" if m.form == 1 else "notice"
            report.note(code, f"notice {m.number + 1}, entry {m.index}: {m.texts[0]}")
        if self.ended is not None:
            if self.ended.time < self.present():
                report.note("closed-early", f"voting ended at {self.ended.time}, before {self.present()}")
            if not self.proved:
                report.note("closing-not-proved", "closing time not proved")
        if self.by_trustees:
            report.note("closed-by-trustees", "trustees ended the vote in the organiser's place")
