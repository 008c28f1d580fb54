"""The numbered checks of section 12 and what became of each."""

NAMES = """
Files Manifest Genesis Checkpoint Tree Tiles Form Course Ceremony Fingerprint Open CredentialSignature Possession
CredentialKey CredentialHolder Electorate Revocation BallotForm BallotHours BallotCredential BallotSequence BallotNonce
BallotSignature BallotProof Close TallyInput TallySums PartialForm PartialProof Result ResultFile
TrusteePossession TrusteeSignature Restart Transcript Complaint RehearsalBallot RehearsalInput Rehearsal Consent Quorum
Witnesses PartialSignature Handover CredentialNumber StruckOff Challenged PaperCount Extension Notice Ended ClosingHour
Draw
""".split()

# The names of the checks by their numbers.
NAMES = dict(enumerate(NAMES, 1))

(FILES, MANIFEST, GENESIS, CHECKPOINT, TREE, TILES, FORM, COURSE, CEREMONY, FINGERPRINT, OPEN, CREDENTIAL_SIGNATURE,
 POSSESSION, CREDENTIAL_KEY, CREDENTIAL_HOLDER, ELECTORATE, REVOCATION, BALLOT_FORM, BALLOT_HOURS, BALLOT_CREDENTIAL,
 BALLOT_SEQUENCE, BALLOT_NONCE, BALLOT_SIGNATURE, BALLOT_PROOF, CLOSE, TALLY_INPUT, TALLY_SUMS, PARTIAL_FORM,
 PARTIAL_PROOF, RESULT, RESULT_FILE, TRUSTEE_POSSESSION, TRUSTEE_SIGNATURE, RESTART, TRANSCRIPT, COMPLAINT,
 REHEARSAL_BALLOT, REHEARSAL_INPUT, REHEARSAL, CONSENT, QUORUM, WITNESSES, PARTIAL_SIGNATURE, HANDOVER,
 CREDENTIAL_NUMBER, STRUCK_OFF, CHALLENGED, PAPER_COUNT, EXTENSION, NOTICE, ENDED, CLOSING_HOUR, DRAW) = range(1, 54)


# These are about one thing, which is done once it is done; all others but 6 are about every entry.
ONE_THING = {FILES, MANIFEST, CHECKPOINT, TREE, CEREMONY, FINGERPRINT, OPEN, CLOSE, TALLY_INPUT, TALLY_SUMS, RESULT,
             RESULT_FILE, WITNESSES, ENDED, CLOSING_HOUR}

# Who is to blame, as section 12 calls them.
PUBLISHER, ORGANISER, REGISTRAR, BOX, READER = ("the publisher of the files", "the organiser", "the registrar",
                                                "the ballot box", "the caller")


def voter(pseudonym):
    return f"voter {pseudonym.hex()}, and the ballot box that let it in"


def trustees(*numbers):
    return f"trustee{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


class Stopped(Exception):
    """A failure that ends the replay."""


class Failure:
    def __init__(self, entry, who, reason):
        self.entry = entry
        self.who = who
        self.reason = reason

    def __str__(self):
        where = f"entry {self.entry}: " if self.entry is not None else ""
        return f"{where}{self.reason} (to blame: {self.who})"


class Report:
    def __init__(self):
        self.examined = {n: 0 for n in NAMES}
        self.failures = {n: [] for n in NAMES}
        self.notes = []  # what no check judges and every reader should know: (code, sentence)
        self.cancelled = False
        self.fingerprint = None
        self.expected = None
        self.finished = False  # the Result is on the board
        self.replaying = False
        self.stopped = self.unread = False  # not every entry was replayed; not every entry was read
        self.whole = False  # every entry was replayed
        self.undemanded = {FINGERPRINT}
        self.totals = None
        # How often keys changed and voters were struck off; and of these, how often after a ballot of the voter.
        self.key_changes = {name: [0, 0] for name in ("handovers", "replaced", "voted_on_paper", "not_entitled")}
        self.turnout = []  # (style id, route id, voters, counted ballots)
        self.drawn = None  # the pseudonyms of a draw, where one was asked for
        self.funding = []  # who is funded, as `veche verify --json` says it

    def saw(self, number, count=1):
        """The check had something to look at."""
        self.examined[number] += count

    def fail(self, number, reason, entry=None, who=BOX):
        self.failures[number].append(Failure(entry, who, reason))

    def check(self, number, problem, entry=None, who=BOX):
        """Counts one examined thing; a problem (a text) makes the check fail. True if there was none."""
        self.saw(number)
        if problem:
            self.fail(number, problem, entry, who)
            # What does not end the replay is judged after it: those entries take their place (section 12).
            if self.replaying:
                raise Stopped
        return not problem

    def note(self, code, sentence):
        self.notes.append((code, sentence))

    def status(self, number):
        if self.failures[number]:
            return "failed"
        cut_short = number not in ONE_THING and (self.unread if number == TILES else self.stopped or self.unread)
        if self.examined[number] and not cut_short:
            return "passed"
        over = self.whole and self.finished or number in self.undemanded
        return "not applicable" if over else "not reached"

    def statuses(self):
        """What became of each check, a letter for each number, as the shared vectors have it."""
        letters = {"passed": "p", "failed": "f", "not applicable": "n", "not reached": "-"}
        return "".join(letters[self.status(number)] for number in sorted(NAMES))

    def faults(self):
        """All that failed: {(check, entry, who is to blame)}."""
        return {(number, failure.entry, failure.who) for number, failures in self.failures.items() for failure in failures}

    def failed(self):
        return [n for n in self.failures if self.failures[n]]

    def lines(self):
        for number, name in sorted(NAMES.items()):
            status = self.status(number)
            line = f"{number:2}  {name:<19}  {status}"
            failures = self.failures[number]
            if failures:
                line += f": {min(failures, key=lambda f: -1 if f.entry is None else f.entry)}"
                if len(failures) > 1:
                    line += f"; and {len(failures) - 1} more"
            yield line

    def counts(self):
        """What is counted beside the checks."""
        for name, (count, after) in self.key_changes.items():
            if count:
                yield f"{name.replace('_', ' ')}: {count}, of these {after} after a ballot"
        for style, route, voters, ballots in self.turnout:
            yield f"{style}, {route}: {voters} voters, {ballots} ballots"

    def verdict(self):
        failed = self.failed()
        if failed:
            return f"FAILED: {len(failed)} of the checks did not pass"
        if self.cancelled:
            return "Cancelled: what is there is right, and no result will follow"
        if not self.finished:
            return "Not finished: every check that applies passed"
        if self.expected is None:
            return "Consistent; compare this fingerprint with the published one"
        return "Every check passed"
