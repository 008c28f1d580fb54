"""Section 11: the sums, the partial decryptions, the result and the published result file."""

import report as R
import strictjson
from batch import signature_valid
from framing import Malformed, digest, hash_scalar, scalar_bytes, u8, u16, u32, u64
from ristretto import G, IDENTITY, L, add, encode, equal, msm


def join(groups, minimum):
    """Section 11: the groups of one contest, (style, ballots, ballots that were not typed) in order of their styles, joined:
    [(positions, withheld)], by their first positions."""
    filled = sorted((own, style, at) for at, (style, ballots, own) in enumerate(groups) if ballots)
    together = []
    if any(own < minimum for own, _, _ in filled):
        ends = [n for n in range(1, len(filled) + 1)
                if sum(own for own, _, _ in filled[:n]) >= minimum and all(own >= minimum for own, _, _ in filled[n:])]
        together = sorted(at for _, _, at in filled[: min(ends, default=len(filled))])
    few = sum(groups[at][1] for at in together) < minimum
    result = [([at], False) for at in range(len(groups)) if at not in together]
    if together:
        result.append((together, few))
    return sorted(result)


class Group:
    """The sums of the ballots of some styles in a contest."""

    def __init__(self, manifest, contest, styles, sections, withheld):
        self.position, self.styles = contest, styles
        self.contest = manifest.contests[contest]
        self.program = self.contest.program
        self.ballots = len(sections)
        self.withheld = withheld
        points = [IDENTITY] * (1 + self.program.slots)
        for section in sections:
            for j, (_, point) in enumerate((section.alpha, *section.betas)):
                points[j] = add(points[j], point)
        self.alpha, *self.betas = [(encode(p), p) for p in points]

    def decrypts(self):
        """Whether partial decryptions have an item for it: not withheld, and the sum of its alphas is a point."""
        return not self.withheld and self.alpha[0] != bytes(32)

    def style_bytes(self):
        return b"".join(map(u16, self.styles))

    def data(self):
        """Its part of the tally input."""
        return u16(self.position) + u16(len(self.styles)) + self.style_bytes() + u32(self.ballots) + u8(
            self.withheld) + u16(len(self.betas)) + b"".join(p[0] for p in (self.alpha, *self.betas))


def groups_of(manifest, ballots, typed, rehearsal):
    """The groups of these ballots; `typed` are those of them that were typed from paper."""
    result = []
    order = manifest.groups()
    for c in range(len(manifest.contests)):
        styles = [s for contest, s in order if contest == c]
        sections, own = [[] for _ in styles], [0] * len(styles)
        for ballot in ballots:
            for section in ballot.sections:
                if section.contest is manifest.contests[c]:
                    at = styles.index(manifest.group_style(ballot.style, c))
                    sections[at].append(section)
                    own[at] += ballot not in typed
        counted = [(-1 if s is None else s, len(x), n) for s, x, n in zip(styles, sections, own)]
        joined = [([at], False) for at in range(len(styles))] if rehearsal else join(counted, manifest.minimum_group)
        for members, withheld in joined:
            named = [styles[at] for at in members if styles[at] is not None]
            result.append(Group(manifest, c, named, [x for at in members for x in sections[at]], withheld))
    return result


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
    """What everyone computes at a tally input's marker, and its decryption: of the votes, or of the rehearsal's ballots."""

    def __init__(self, state, marker, ballots, typed, rehearsal):
        self.state = state
        self.report = state.report
        self.manifest = state.manifest
        self.rehearsal = rehearsal
        self.consents = set()
        self.partials = {}
        self.groups = groups_of(self.manifest, ballots, typed, rehearsal)
        self.decrypted = [g for g in self.groups if g.decrypts()]
        data = u8(marker.kind) + u64(marker.index) + u32(len(self.groups)) + b"".join(g.data() for g in self.groups)
        self.hash = digest("rehearsal-input" if rehearsal else "tally-input", data)
        if rehearsal:
            whole = any(g.program.slots == self.manifest.slots() for g in self.decrypted)
            self.report.check(R.REHEARSAL_INPUT, None if whole else "its ballots do not need every slot key", marker.index)

    def needed(self):
        """How many partial decryptions finish it."""
        if not self.decrypted:
            return 0
        return self.manifest.quorum() if self.rehearsal else self.manifest.threshold

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
        if self.report.check(R.CONSENT, problem, m.index):
            self.consents.add(m.trustee)

    def partial(self, m):
        # A trustee is named only for what it has signed of these sums.
        who, box = R.trustees(m.trustee), R.BOX
        key = self.state.ceremony.key_of(m.trustee)
        if key is None:
            self.report.check(R.PARTIAL_FORM, f"there is no trustee {m.trustee}", m.index, box)
            return
        signed = signature_valid("partial", key, self.state.election + m.signed(), m.signature)
        if not self.report.check(R.PARTIAL_SIGNATURE, None if signed else "the signature is not valid", m.index, box):
            return
        if m.input_hash != self.hash:
            self.report.check(R.PARTIAL_FORM, "it is of another tally input", m.index, box)
            return
        few = len(self.consents) < self.manifest.quorum()
        problem = f"only {len(self.consents)} trustees have consented" if few else None
        if not self.report.check(R.QUORUM, problem, m.index, box):
            return
        if m.trustee in self.partials:
            self.report.check(R.PARTIAL_FORM, f"trustee {m.trustee} has a partial decryption already", m.index, box)
            return
        problem = None
        if [len(s.points) for s in m.groups] != [g.program.slots for g in self.decrypted]:
            problem = "its groups are not those to be decrypted"
        if not self.report.check(R.PARTIAL_FORM, problem, m.index, who):
            return
        for group, share in zip(self.decrypted, m.groups):
            if not self._proof_valid(m, group, share):
                self.report.check(R.PARTIAL_PROOF, f"the proof for contest {group.contest.id!r} is not valid", m.index, who)
                return
        self.report.saw(R.PARTIAL_PROOF)
        self.partials[m.trustee] = m

    def _proof_valid(self, m, group, share):
        context = digest("decryption", u8(1), self.state.election, self.hash, group.contest.id, group.style_bytes(),
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
        """Check 30 of a result: what is wrong with it, or None."""
        if m.input_hash != self.hash:
            return "it is of another tally input"
        if len(m.groups) != len(self.groups):
            return f"it has {len(m.groups)} groups instead of {len(self.groups)}"
        problem = self._totals_problem(m)
        self.report.totals = None if problem else self._published(m)
        return problem

    def _totals_problem(self, m):
        chosen = sorted(self.partials)[: self.manifest.threshold]
        weights = lagrange(chosen)
        at = 0
        for group, stated in zip(self.groups, m.groups):
            name, totals = group.contest.id, stated.totals
            if (stated.contest, stated.styles) != (group.position, group.styles):
                return f"another group than that of contest {name!r}"
            if (stated.ballots, stated.withheld) != (group.ballots, group.withheld):
                return f"the ballots of contest {name!r} are not those that count"
            if len(totals) != (0 if group.withheld else group.program.values):
                return f"the number of totals is wrong for contest {name!r}"
            if group.withheld:
                continue
            if not group.ballots:
                if any(totals):
                    return f"contest {name!r} has totals without ballots"
                continue
            # Before they are multiplied into a slot: t_1 + M and t_2 - 1 make the same slot.
            if any(total > group.ballots * group.program.largest for total in totals):
                return f"a total of contest {name!r} is more than its ballots give"
            for j, value in enumerate(group.program.slot_values(totals)):
                share = IDENTITY
                if group.decrypts():
                    share = msm([(-weights[i], self.partials[i].groups[at].points[j][1]) for i in chosen])
                if not equal(add(group.betas[j][1], share), msm([(value, G)])):
                    return f"the totals of contest {name!r} are not those that the partial decryptions give"
            at += group.decrypts()
        return None

    def _published(self, m):
        """What result.json must say."""
        contests = []
        for group, stated in zip(self.groups, m.groups):
            item = {"id": group.contest.id, "ballots": group.ballots, "options": []}
            if group.styles:
                item["styles"] = [self.manifest.style_name(style) for style in group.styles]
            if group.withheld:
                item["withheld"] = True
            else:
                options = group.contest.options
                item["options"] = [{"id": o.id, "total": t} for o, t in zip(options, stated.totals)]
                if group.program.has_blank:
                    item["blank"] = stated.totals[len(options)]
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
        report.check(R.RESULT_FILE, None if same else "it does not state the totals of the board", who=R.PUBLISHER)
    except Malformed as e:
        report.check(R.RESULT_FILE, str(e), who=R.PUBLISHER)
