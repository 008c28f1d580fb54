"""Section 11: the sums, the partial decryptions, the result and the published result file."""

import report as R
import strictjson
from batch import signature_valid
from framing import Malformed, digest, hash_scalar, scalar_bytes, u8, u16, u32
from manifest import ALL_STYLES
from ristretto import G, IDENTITY, L, add, encode, equal, msm


def decrypts(group):
    """Whether partial decryptions have an item for a group: not withheld, and the sum of its alphas is a point."""
    return not group.withheld and group.alpha[0] != bytes(32)


class Expected:
    """What a group must be. Groups of fewer ballots than the minimum are withheld."""

    def __init__(self, manifest, contest, style, ballots, minimum):
        self.position, self.style = contest, style
        self.contest = manifest.contests[contest]
        self.program = self.contest.program
        sections = [s for b in ballots if style in (ALL_STYLES, manifest.styles[b.style].declared) for s in b.sections
                    if s.contest is self.contest]
        self.ballots = len(sections)
        self.withheld = 0 < self.ballots < minimum
        self.open = self.ballots > 0 and not self.withheld
        sums = [IDENTITY] * (1 + self.program.slots)
        for section in sections:
            for j, (_, point) in enumerate((section.alpha, *section.betas)):
                sums[j] = add(sums[j], point)
        self.sums = [encode(p) for p in sums]

    def difference(self, group):
        if (group.contest, group.style) != (self.position, self.style):
            return f"the group of contest {self.position} and style {self.style} is missing or out of order"
        if group.ballots != self.ballots:
            return f"{group.ballots} ballots are stated for contest {self.contest.id!r}, {self.ballots} count"
        if group.withheld != self.withheld:
            return f"'withheld' is wrong for contest {self.contest.id!r}"
        if len(group.betas) != self.program.slots:
            return f"the number of slots is wrong for contest {self.contest.id!r}"
        if [group.alpha[0], *(b[0] for b in group.betas)] != self.sums:
            return f"the sums of contest {self.contest.id!r} are not those of the ballots"
        return None


def lagrange(trustees):
    """The coefficient at 0 of each trustee."""
    result = {}
    for i in trustees:
        value = 1
        for m in trustees:
            if m != i:
                value = value * m * pow(m - i, -1, L) % L
        result[i] = value
    return result


class Count:
    """A tally input and its decryption: of the votes, or of the rehearsal's ballots."""

    def __init__(self, state, message, ballots, rehearsal):
        self.state = state
        self.report = state.report
        self.manifest = state.manifest
        self.input = message
        self.rehearsal = rehearsal
        self.consents = set()
        self.partials = {}
        self.hash = digest("rehearsal-input" if rehearsal else "tally-input", message.data)
        minimum = 0 if rehearsal else self.manifest.minimum_group
        self.groups = [Expected(self.manifest, c, s, ballots, minimum) for c, s in self.manifest.groups()]
        self._tally_input()

    def needed(self):
        """How many partial decryptions finish it."""
        if not self.decrypted:
            return 0
        return self.manifest.quorum() if self.rehearsal else self.manifest.threshold

    def _tally_input(self):
        m, report = self.input, self.report
        form, sums = (R.REHEARSAL_INPUT, R.REHEARSAL_INPUT) if self.rehearsal else (R.TALLY_INPUT, R.TALLY_SUMS)
        problem = None
        if not self.state.organiser_signed("rehearsal-input" if self.rehearsal else "tally-input", m):
            problem = "the signature is not valid"
        elif m.board_size != m.index:
            problem = f"it counts {m.board_size} entries, {m.index} are before it"
        elif self.rehearsal and not any(e.program.slots == self.manifest.slots() and e.sums[0] != bytes(32)
                                        for e in self.groups):
            problem = "it does not need every slot key"
        report.check(form, problem, m.index, "the organiser")
        problem = None
        if len(m.groups) != len(self.groups):
            problem = f"it has {len(m.groups)} groups instead of {len(self.groups)}"
        for expected, group in zip(self.groups, m.groups):
            problem = problem or expected.difference(group)
        report.check(sums, problem, m.index, "the organiser")
        # What follows is judged by what the tally input states, so that one fault is named once.
        self.decrypted = [(e, g) for e, g in zip(self.groups, m.groups) if decrypts(g)]

    def consent(self, m):
        key = self.state.ceremony.key_of(m.trustee)
        problem = None
        if key is None:
            problem = f"there is no trustee {m.trustee}"
        elif m.input_hash != self.hash:
            problem = "it is of another tally input"
        elif m.trustee in self.consents:
            problem = f"trustee {m.trustee} has consented already"
        elif not signature_valid("consent", key, self.state.election + m.signed(), m.signature):
            problem = "the signature is not valid"
        if self.report.check(R.CONSENT, problem, m.index, f"trustee {m.trustee}"):
            self.consents.add(m.trustee)

    def partial(self, m):
        few = len(self.consents) < self.manifest.quorum()
        problem = f"only {len(self.consents)} trustees have consented" if few else None
        if not self.report.check(R.QUORUM, problem, m.index, f"trustee {m.trustee}"):
            return
        problem = None
        if m.input_hash != self.hash:
            problem = "it is of another tally input"
        elif not 1 <= m.trustee <= self.manifest.trustees:
            problem = f"there is no trustee {m.trustee}"
        elif m.trustee in self.partials:
            problem = f"trustee {m.trustee} has a partial decryption already"
        elif [len(s.points) for s in m.groups] != [e.program.slots for e, _ in self.decrypted]:
            problem = "its groups are not those to be decrypted"
        who = f"trustee {m.trustee}"
        if not self.report.check(R.PARTIAL_FORM, problem, m.index, who):
            return
        for (expected, group), share in zip(self.decrypted, m.groups):
            if len(group.betas) != len(share.points) or not self._proof_valid(m, expected, group, share):
                self.report.check(R.PARTIAL_PROOF, f"the proof for contest {expected.contest.id!r} is not valid",
                                  m.index, who)
                return
        self.report.saw(R.PARTIAL_PROOF)
        self.partials[m.trustee] = m

    def _proof_valid(self, m, expected, group, share):
        context = digest("decryption", u8(1), self.state.election, self.hash, expected.contest.id, u16(group.style),
                         u8(m.trustee), u32(group.ballots))
        public = self.state.shares[m.trustee][: len(share.points)]
        if len(public) != len(share.points):
            return False
        e = hash_scalar("equality-e", context, group.alpha[0], *(b[0] for b in group.betas), *(s[0] for s in public),
                        *(p[0] for p in share.points))
        powers, power = [], 1
        for _ in public:
            power = power * e % L
            powers.append(power)
        left = msm([(share.z, G)] + [(-share.c * w, s[1]) for w, s in zip(powers, public)])
        right = msm([(share.z, group.alpha[1])] + [(-share.c * w, p[1]) for w, p in zip(powers, share.points)])
        return share.c == hash_scalar("equality-c", context, scalar_bytes(e), encode(left), encode(right))

    def result(self, m):
        problem = None
        if not self.state.organiser_signed("result", m):
            problem = "the signature is not valid"
        elif m.input_hash != self.hash:
            problem = "it is of another tally input"
        elif len(m.groups) != len(self.input.groups) or len(m.groups) != len(self.groups):
            problem = f"it has {len(m.groups)} groups instead of {len(self.groups)}"
        elif self.decrypted and len(self.partials) < self.manifest.threshold:
            problem = f"{len(self.partials)} good partial decryptions are too few"
        else:
            problem = self._totals_problem(m)
        if self.report.check(R.RESULT, problem, m.index, "the organiser"):
            self.report.totals = self._published(m)

    def _totals_problem(self, m):
        chosen = sorted(self.partials)[: self.manifest.threshold]
        weights = lagrange(chosen)
        at = 0
        for expected, group, totals in zip(self.groups, self.input.groups, m.groups):
            name = expected.contest.id
            if len(totals) != (0 if group.withheld else expected.program.values):
                return f"the number of totals is wrong for contest {name!r}"
            if group.withheld:
                continue
            if not group.ballots:
                if any(totals):
                    return f"contest {name!r} has totals without ballots"
                continue
            if any(total > expected.program.largest_total for total in totals):
                return f"a total of contest {name!r} is larger than the electorate"
            for j, value in enumerate(expected.program.slot_values(totals)):
                share = IDENTITY
                if decrypts(group):
                    share = msm([(-weights[i], self.partials[i].groups[at].points[j][1]) for i in chosen])
                if j >= len(group.betas) or not equal(add(group.betas[j][1], share), msm([(value, G)])):
                    return f"the totals of contest {name!r} are not those that the partial decryptions give"
            at += decrypts(group)
        return None

    def _published(self, m):
        """What result.json must say."""
        contests = []
        for expected, group, totals in zip(self.groups, self.input.groups, m.groups):
            item = {"id": expected.contest.id, "ballots": group.ballots, "options": []}
            if expected.style != ALL_STYLES:
                item["style"] = self.manifest.declared[expected.style].id
            if group.withheld:
                item["withheld"] = True
            else:
                options = expected.contest.options
                item["options"] = [{"id": o.id, "total": t} for o, t in zip(options, totals)]
                if expected.program.has_blank:
                    item["blank"] = totals[len(options)]
            contests.append(item)
        return {"contests": contests}


def same_json(a, b):
    """Equality that tells 1 from true."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same_json(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same_json, a, b))
    return a == b


def check_result_file(report, data):
    """Check 31, on the bytes of result.json or None."""
    if data is None or report.totals is None:
        return
    try:
        same = same_json(strictjson.parse(data), report.totals)
        report.check(R.RESULT_FILE, None if same else "it does not state the totals of the board", who="the publisher")
    except Malformed as e:
        report.check(R.RESULT_FILE, str(e), who="the publisher")
