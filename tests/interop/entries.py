"""Section 9: entries and messages, and their one encoding."""

import ed25519
import tlog
from framing import Malformed, Reader, digest

(GENESIS, CEREMONY, OPEN, CREDENTIAL, BALLOT, CHALLENGED, REVOCATION, CLOSE, TALLY_INPUT, PARTIAL, RESULT, PART,
 REHEARSAL_BALLOT, REHEARSAL_INPUT, CONSENT, EXTENSION, NOTICE) = range(17)
DRAW = 18
ENDED = 19
PAPER_COUNT = 20
MAX_LEAF = 65_535
PART_CONTENT = MAX_LEAF - 37
MAX_MESSAGE = 16 << 20
SPLITTABLE = (CEREMONY, PARTIAL, RESULT)
SIGNATURE = 64
REPLACED, VOTED_ON_PAPER, NOT_ENTITLED = 1, 2, 3


class Message:
    """A whole message: its first leaf, its bytes and what they say."""

    def __init__(self, index, data):
        self.index = index
        self.data = data
        self.kind = data[0] if data else None
        self.problem = None  # why it is not in its one encoding
        self.begun = False  # only its first parts are on the board, and the board ends with them
        self.signature = None
        self.covered = None  # where its first signature is not its last

    def signed(self):
        """What is signed, after the election's hash: the bytes between the kind byte and the first signature."""
        return self.data[1:-SIGNATURE] if self.covered is None else self.covered


def _genesis(m, r):
    if r.number(1) != 1:
        raise Malformed("the version is not 1")
    m.manifest_hash = r.take(32)
    m.organiser = r.point(what="the organiser key")
    m.registrar = r.point(what="the registrar key")
    m.log_key = r.take(32)
    if not ed25519.usable(m.log_key):
        raise Malformed("the log's key is not one")
    m.trustees, m.threshold = r.number(1), r.number(1)
    try:
        m.origin = r.take(r.number(1)).decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("the origin is not UTF-8") from None
    if not tlog.key_name_valid(m.origin):
        raise Malformed("the origin is not one")


def _ceremony(m, r):
    m.form, m.attempt = r.number(1), None
    forms = {1: _commitments, 2: _shares, 3: _complaint, 4: _confirm, 5: _restart}
    if m.form not in forms:
        raise Malformed("the form of the ceremony is unknown")
    m.attempt = r.number(1)
    forms[m.form](m, r)
    m.signature = r.signature()


def _commitments(m, r):
    m.author, m.key = r.number(1), r.point(what="the communication key")
    m.slots, m.threshold = r.number(2), r.number(1)
    if m.slots == 0 or m.threshold == 0:
        raise Malformed("a ceremony without commitments")
    if r.left() != 32 * m.slots * m.threshold + 2 * SIGNATURE:
        raise Malformed("the number of commitments is another than announced")
    m.commitments = [[r.point(what="a commitment") for _ in range(m.threshold)] for _ in range(m.slots)]
    m.possession = r.signature()


def _shares(m, r):
    m.author, m.round = r.number(1), r.take(32)
    recipients, slots = r.number(1), r.number(2)
    if (recipients == 0) != (slots == 0):
        raise Malformed("shares for nobody")
    if r.left() != 32 * recipients * slots + SIGNATURE:
        raise Malformed("the number of shares is another than announced")
    m.encrypted = [[r.scalar("a share") for _ in range(slots)] for _ in range(recipients)]


def _complaint(m, r):
    m.author, m.dealer, m.of, m.shared = r.number(1), r.number(1), r.take(32), r.point(what="D")
    m.c, m.z = r.scalar("c"), r.scalar("z")


def _confirm(m, r):
    m.author, m.transcript = r.number(1), r.take(32)


def _restart(m, r):
    m.author = None


def _time(m, r):
    m.time = r.number(8)
    m.signature = r.signature()


def _closing(m, r):
    m.form = r.number(1)
    if m.form > 1:
        raise Malformed("the form is neither 0 nor 1")
    m.time = r.number(8)
    m.note = r.take(r.number(2))
    m.terms = m.data[1 : 12 + len(m.note)]
    if m.form == 0:
        m.signature = r.signature()
        return
    m.signatures = []  # [(trustee, signature)]
    while r.left() or not m.signatures:
        trustee = r.number(1)
        if m.signatures and m.signatures[-1][0] >= trustee:
            raise Malformed("the trustees are not in ascending order")
        m.signatures.append((trustee, r.signature()))


def _extension(m, r):
    m.number, m.signed_at, m.closes = r.number(2), r.number(8), r.number(8)
    m.signature = r.signature()


def _notice(m, r):
    m.number, m.form, m.time = r.number(2), r.number(1), r.number(8)
    if m.form > 1:
        raise Malformed("the form is neither 0 nor 1")
    m.texts = []
    while r.left() > SIGNATURE:
        try:
            m.texts.append(r.take(r.number(2)).decode("utf-8"))
        except UnicodeDecodeError:
            raise Malformed("a text is not UTF-8") from None
    m.signature = r.signature()


def _credential(m, r):
    m.pseudonym, m.style, m.route, m.number = r.take(16), r.number(2), r.number(1), r.number(2)
    m.key = r.point(what="the credential key")
    m.terms = m.data[1:54]  # what the voter signs
    handover = r.number(1)
    if handover > 1:
        raise Malformed("'handover' is neither 0 nor 1")
    m.handover = r.signature() if handover else None
    m.possession = r.signature()
    m.signature = r.signature()
    m.covered = m.data[1:55]


def _revocation(m, r):
    m.pseudonym = r.take(16)
    m.key = r.point(what="the credential key")
    m.reason = r.number(1)
    if m.reason not in (REPLACED, VOTED_ON_PAPER, NOT_ENTITLED):
        raise Malformed("the reason of a revocation is unknown")
    m.signature = r.signature()


def _challenged(m, r):
    m.key = r.point(what="the credential key")
    m.sequence, m.code = r.number(4), r.take(32)
    m.signature = r.signature()


def _paper_count(m, r):
    m.style, m.number, m.count = r.number(2), r.number(2), r.number(4)
    m.signature = r.signature()


def _marker(m, r):
    """The kind byte alone: everyone computes what it stands for."""


class Share:
    """A group of a partial decryption."""

    def __init__(self, r):
        slots = r.number(2)
        if r.left() < 32 * (slots + 2):
            raise Malformed("ends within a group")
        self.points = [r.point(what="a partial decryption") for _ in range(slots)]
        self.c, self.z = r.scalar("c"), r.scalar("z")


def _partial(m, r):
    m.trustee, m.input_hash = r.number(1), r.take(32)
    m.groups = [Share(r) for _ in range(r.number(4))]
    m.signature = r.signature()


def _draw(m, r):
    m.contest = r.number(2)
    m.order = [r.number(2) for _ in range(r.number(2))]
    m.signature = r.signature()


def _consent(m, r):
    m.trustee, m.input_hash = r.number(1), r.take(32)
    m.signature = r.signature()


class Stated:
    """A group of a result."""

    def __init__(self, r):
        self.contest = r.number(2)
        self.styles = [r.number(2) for _ in range(r.number(2))]
        self.ballots = r.number(4)
        withheld = r.number(1)
        if withheld > 1:
            raise Malformed("'withheld' is neither 0 nor 1")
        self.withheld = withheld == 1
        self.totals = [r.number(8) for _ in range(r.number(2))]


def _result(m, r):
    m.input_hash = r.take(32)
    m.groups = [Stated(r) for _ in range(r.number(4))]


LAYOUTS = {GENESIS: _genesis, CEREMONY: _ceremony, OPEN: _time, CREDENTIAL: _credential, REVOCATION: _revocation,
           CLOSE: _closing, TALLY_INPUT: _marker, PARTIAL: _partial, RESULT: _result, REHEARSAL_INPUT: _marker,
           CONSENT: _consent, CHALLENGED: _challenged, PAPER_COUNT: _paper_count, EXTENSION: _extension,
           NOTICE: _notice, ENDED: _closing, DRAW: _draw}


def read_message(index, data):
    """Parses a message; ballots are left to ballot.py, which needs the manifest."""
    m = Message(index, data)
    if m.kind in (BALLOT, REHEARSAL_BALLOT):
        return m
    layout = LAYOUTS.get(m.kind)
    if layout is None:
        m.problem = "an empty entry" if m.kind is None else f"no entry of kind {m.kind} is allowed"
        return m
    r = Reader(data)
    r.take(1)
    try:
        layout(m, r)
        r.done()
    except Malformed as e:
        m.problem = str(e)
    return m


def _part_header(leaf):
    """(message hash, number, count, content) of a Part leaf."""
    r = Reader(leaf)
    r.take(1)
    return r.take(32), r.number(2), r.number(2), leaf[37:]


class BadPart(Malformed):
    """Parts that are no message; `index` is the leaf at which that shows."""

    def __init__(self, index, text):
        super().__init__(text)
        self.index = index


def _assemble(leaves, first):
    """Joins the parts that begin at leaf `first`: (bytes, number of leaves, whether all parts are there)."""
    try:
        hashed, number, count, _ = _part_header(leaves[first])
    except Malformed as e:
        raise BadPart(first, str(e)) from None
    if number != 0:
        raise BadPart(first, "a part that no part precedes")
    if count < 2:
        raise BadPart(first, "a message split into fewer than two parts")
    if (count - 1) * PART_CONTENT >= MAX_MESSAGE:
        raise BadPart(first, "a message of more than 16 MiB")
    pieces = []
    for at in range(first, min(first + count, len(leaves))):
        leaf = leaves[at]
        if not leaf or leaf[0] != PART:
            raise BadPart(at, f"the message that begins at entry {first} is interrupted")
        try:
            header = _part_header(leaf)
        except Malformed as e:
            raise BadPart(at, str(e)) from None
        if header[:3] != (hashed, at - first, count):
            raise BadPart(at, "a part of another message or out of order")
        content = header[3]
        if at + 1 < first + count and len(content) != PART_CONTENT or not content:
            raise BadPart(at, "a part is not as long as it must be")
        pieces.append(content)
    data = b"".join(pieces)
    if data[0] not in SPLITTABLE:
        raise BadPart(first, f"a split message of kind {data[0]}")
    if len(pieces) < count:
        return data, len(pieces), False
    if len(data) <= MAX_LEAF:
        raise BadPart(first, "a message that fits one leaf is split")
    if len(data) > MAX_MESSAGE:
        raise BadPart(first, "a message of more than 16 MiB")
    if digest("message", data) != hashed:
        raise BadPart(first, "the parts do not have the hash that they state")
    return data, count, True


def messages(leaves):
    """All messages of the board in order. Leaves that belong to no good message are messages with a problem."""
    result, at = [], 0
    while at < len(leaves):
        leaf = leaves[at]
        if not leaf or leaf[0] != PART:
            result.append(read_message(at, leaf))
            at += 1
            continue
        try:
            data, count, whole = _assemble(leaves, at)
            if whole:
                result.append(read_message(at, data))
            else:
                result.append(Message(at, data))
                result[-1].begun = True
            at += count
        except BadPart as e:
            # Go on after the parts that belong together.
            m = Message(e.index, leaf)
            m.problem = str(e)
            result.append(m)
            at += 1
            while at < len(leaves) and leaves[at][:33] == leaf[:33]:
                at += 1
    return result
