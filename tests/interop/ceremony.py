"""Section 4: the ceremony by which the trustees make the keys, as the board shows it."""

import report as R
from batch import signature_valid
from framing import digest, hash_scalar, scalar_bytes, u8, u16
from ristretto import G, L, encode, equal, is_identity, msm

COMMITMENTS, SHARES, COMPLAINT, CONFIRM, RESTART = range(1, 6)
DOMAINS = {COMMITMENTS: "commitments", SHARES: "shares", COMPLAINT: "complaint", CONFIRM: "confirm", RESTART: "restart"}


class Ceremony:
    def __init__(self, manifest, genesis):
        self.manifest = manifest
        self.genesis = digest("genesis", genesis.data)
        self.organiser = genesis.organiser
        self.attempt = 0
        self.verdicts = []  # (attempt, complainer, dealer, whether the complaint holds)
        self.complete = False
        self._begin()

    def _begin(self):
        self.attempt += 1
        self.commitments = {}  # trustee -> message
        self.shares = {}
        self.confirmed = set()
        self.sums = None  # of each slot, the sum of everyone's commitments
        self.failed = False

    def everyone(self):
        return range(1, self.manifest.trustees + 1)

    def _hashes(self, messages):
        return [digest("message", messages[i].data) for i in self.everyone()]

    def round_hash(self):
        return digest("round", u8(self.attempt), *self._hashes(self.commitments))

    def transcript(self):
        return digest("ceremony", u8(self.attempt), *self._hashes(self.commitments), *self._hashes(self.shares))

    def take(self, m):
        """Takes a message: (check, problem, who is to blame), with a problem of None if it is right."""
        if self.complete:
            return R.COURSE, "the keys are made already", R.BOX
        if m.form == RESTART:
            return self._restart(m)
        if m.author not in self.everyone():
            return R.COURSE, f"there is no trustee {m.author}", R.BOX
        if m.attempt != self.attempt:
            return R.COURSE, f"it is of attempt {m.attempt}, {self.attempt} is running", R.BOX
        if self.failed:
            return R.COURSE, "the attempt has failed", R.BOX
        step = {COMMITMENTS: self._commitments, SHARES: self._shares, COMPLAINT: self._complaint, CONFIRM: self._confirm}
        check, problem = step[m.form](m)
        # Named is who has signed it for this place. The key under a Commitments comes with it, and is nobody's yet.
        own = m.form != COMMITMENTS and check in (R.CEREMONY, R.COMPLAINT)
        return check, problem, R.trustees(m.author) if own else R.BOX

    def _signed(self, m, key):
        return signature_valid(DOMAINS[m.form], key, self.genesis + m.signed(), m.signature)

    def _restart(self, m):
        if m.attempt != self.attempt + 1:
            return R.RESTART, f"attempt {m.attempt} does not follow {self.attempt}", R.BOX
        if not self._signed(m, self.organiser):
            return R.RESTART, "the signature is not valid", R.BOX
        self._begin()
        return R.RESTART, None, None

    def _commitments(self, m):
        manifest = self.manifest
        if m.author in self.commitments:
            return R.COURSE, "this trustee has committed already"
        if m.threshold != manifest.threshold:
            return R.CEREMONY, f"the threshold is {m.threshold} instead of {manifest.threshold}"
        if m.slots != manifest.slots():
            return R.CEREMONY, f"there are {m.slots} slots instead of {manifest.slots()}"
        if not self._signed(m, m.key):
            return R.TRUSTEE_SIGNATURE, "the signature is not valid"
        context = digest("commitments", u8(1), self.genesis, u8(m.attempt), u8(manifest.trustees), u8(manifest.threshold),
                         u16(m.slots), u8(m.author), m.key[0])
        points = [p for slot in m.commitments for p in slot]
        if not possessed(context, points, m.possession):
            return R.TRUSTEE_POSSESSION, "the proof of possession is not valid"
        self.commitments[m.author] = m
        if len(self.commitments) == manifest.trustees:
            problem = self._add_up()
            if problem:
                del self.commitments[m.author]
                return R.CEREMONY, problem
        return R.TRUSTEE_POSSESSION, None

    def _add_up(self):
        slots, t = range(self.manifest.slots()), range(self.manifest.threshold)
        sums = [[msm([(1, m.commitments[j][k][1]) for m in self.commitments.values()]) for k in t] for j in slots]
        if any(is_identity(p) for slot in sums for p in slot):
            return "the commitments cancel out"
        sums = [[(encode(p), p) for p in slot] for slot in sums]
        if len({slot[0][0] for slot in sums}) != len(sums):
            return "two slots have one key"
        self.public = {i: [msm([(i**k, c[1]) for k, c in enumerate(slot)]) for slot in sums] for i in self.everyone()}
        if any(is_identity(p) for points in self.public.values() for p in points):
            return "a public share is the identity"
        self.public = {i: [(encode(p), p) for p in points] for i, points in self.public.items()}
        self.sums = sums
        return None

    def _shares(self, m):
        if self.sums is None:
            return R.COURSE, "not everyone has committed"
        if m.author in self.shares:
            return R.COURSE, "this trustee has dealt already"
        if not self._signed(m, self.commitments[m.author].key):
            return R.TRUSTEE_SIGNATURE, "the signature is not valid"
        if m.round != self.round_hash():
            return R.TRANSCRIPT, "the shares are for other commitments"
        if len(m.encrypted) != self.manifest.trustees - 1 or any(len(row) != len(self.sums) for row in m.encrypted):
            return R.CEREMONY, "there is not one share for each trustee and slot"
        self.shares[m.author] = m
        return R.TRANSCRIPT, None

    def _complaint(self, m):
        if self.sums is None:
            return R.COURSE, "not everyone has committed"
        own = self.commitments[m.author]
        if not self._signed(m, own.key):
            return R.TRUSTEE_SIGNATURE, "the signature is not valid"
        if m.dealer == m.author or m.dealer not in self.everyone():
            return R.COMPLAINT, f"trustee {m.dealer} is nobody to complain of"
        if m.dealer not in self.shares:
            return R.COURSE, "the dealer has not dealt"
        if m.author in self.confirmed or any(v[:3] == (self.attempt, m.author, m.dealer) for v in self.verdicts):
            return R.COURSE, "this trustee has judged these shares already"
        if m.of != digest("message", self.shares[m.dealer].data):
            return R.TRANSCRIPT, "the complaint is about other shares"
        other, round_hash = self.commitments[m.dealer], self.round_hash()
        context = digest("complaint", self.genesis, u8(self.attempt), round_hash, u8(m.author), u8(m.dealer))
        if not one_logarithm(context, other.key, own.key, m.shared, m.c, m.z):
            return R.COMPLAINT, "the proof is not valid"
        row = m.author - 1 if m.author < m.dealer else m.author - 2
        shares = [(share - hash_scalar("share-pad", self.genesis, u8(self.attempt), round_hash, u8(m.dealer), u8(m.author),
                                       m.shared[0], u16(j))) % L
                  for j, share in enumerate(self.shares[m.dealer].encrypted[row])]
        bad = not shares_right(digest("shares", round_hash, u8(m.dealer)), other.commitments, m.author, shares)
        self.verdicts.append((self.attempt, m.author, m.dealer, bad))
        self.failed = bad
        return R.COMPLAINT, None

    def _confirm(self, m):
        if self.sums is None or len(self.shares) < self.manifest.trustees:
            return R.COURSE, "not everyone has dealt"
        if m.author in self.confirmed:
            return R.COURSE, "this trustee has confirmed already"
        if not self._signed(m, self.commitments[m.author].key):
            return R.TRUSTEE_SIGNATURE, "the signature is not valid"
        if m.transcript != self.transcript():
            return R.TRANSCRIPT, "it confirms another transcript"
        self.confirmed.add(m.author)
        self.complete = len(self.confirmed) == self.manifest.trustees
        return R.TRANSCRIPT, None

    def key_of(self, trustee):
        m = self.commitments.get(trustee)
        return m and m.key


def possessed(context, points, proof):
    """Section 8: knowledge of the logarithms of many points."""
    r_encoded, r_point, z = proof
    c = hash_scalar("possession", context, *(p[0] for p in points), r_encoded)
    terms, power = [(z, G), (-1, r_point)], 1
    for _, point in points:
        power = power * c % L
        terms.append((-power, point))
    return is_identity(msm(terms))


def one_logarithm(context, base, public, shared, c, z):
    """Section 11's proof for one slot and no beta: public = s*G and shared = s*base."""
    e = hash_scalar("equality-e", context, base[0], public[0], shared[0])
    left = msm([(z, G), (-c * e, public[1])])
    right = msm([(z, base[1]), (-c * e, shared[1])])
    return c == hash_scalar("equality-c", context, scalar_bytes(e), encode(left), encode(right))


def shares_right(context, commitments, trustee, shares):
    """Whether shares are those that commitments promise: one sum for all slots."""
    e = hash_scalar("share-check", context, u8(trustee), *map(scalar_bytes, shares))
    total, terms, power = 0, [], 1
    for share, slot in zip(shares, commitments):
        power = power * e % L
        total += power * share
        terms += [(power * trustee**k, c[1]) for k, c in enumerate(slot)]
    return equal(msm(terms), msm([(total, G)]))
