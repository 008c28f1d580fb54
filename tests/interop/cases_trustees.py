"""More cases: the ceremony, the rehearsal, consents."""

import entries
import report as R
from cases import Town, case, finish
from maker import Maker


def begun():
    return Maker().genesis().begin()


def committed():
    m = begun()
    for trustee in m.everyone():
        m.commit(trustee)
    return m


def dealt(liar=None):
    m = committed()
    for trustee in m.everyone():
        m.deal(trustee, lie=int(trustee == liar))
    return m


def confirmed(m):
    for trustee in m.everyone():
        m.confirm(trustee)
    return m


def keyed():
    return Maker().genesis().ceremony()


# The ceremony.

@case()
def good_unfinished_ceremony():
    return dealt().confirm(2).files()


@case()
def good_false_complaint():
    """A complaint without cause is judged, and the ceremony goes on."""
    return finish(confirmed(dealt().complain(3, 1)).open())


@case()
def good_restart_after_bad_share():
    m = dealt(liar=2).complain(3, 2).restart().begin()
    for step in (m.commit, m.deal, m.confirm):
        for trustee in m.everyone():
            step(trustee)
    return finish(m.open())


@case(R.COURSE)
def ceremony_goes_on_after_a_bad_share():
    return confirmed(dealt(liar=2).complain(3, 2)).files()


@case(R.COURSE)
def ceremony_other_attempt():
    m = committed()
    old = m.leaves[1]
    m.restart().begin()
    m.append(old)
    return m.files()


@case(R.COURSE)
def ceremony_commits_twice():
    return begun().commit(1).commit(1).files()


@case(R.COURSE)
def ceremony_no_such_trustee():
    return begun().commit(1, number=4).files()


@case(R.COURSE)
def ceremony_early_shares():
    m = begun()
    for trustee in m.everyone():
        m.commit(trustee)
    last = m.leaves.pop()
    m.deal(1)
    m.append(last)
    return m.files()


@case(R.COURSE)
def ceremony_after_the_keys():
    return keyed().restart().files()


def bent_polynomials(bend):
    m = begun().commit(1).commit(2)
    bend(m)
    return m.commit(3).files()


@case(R.CEREMONY)
def ceremony_threshold():
    return bent_polynomials(lambda m: [p.append(5) for p in m.own[3]])


@case(R.CEREMONY)
def ceremony_slots():
    return bent_polynomials(lambda m: m.own[3].append([5, 6]))


@case(R.CEREMONY)
def ceremony_too_few_slots():
    return bent_polynomials(lambda m: m.own[3].pop())


@case(R.CEREMONY)
def ceremony_same_keys():
    def bend(m):
        total = [sum(m.own[i][j][0] for i in m.everyone()) for j in (0, 1)]
        m.own[3][1][0] += total[0] - total[1]
    return bent_polynomials(bend)


@case(R.CEREMONY)
def ceremony_too_few_shares():
    return committed().deal(1, recipients=[2]).files()


@case(R.TRUSTEE_POSSESSION)
def ceremony_rogue_key():
    m = begun()
    return m.commit(1, proved=m.own[2]).files()


@case(R.TRUSTEE_SIGNATURE)
def ceremony_commitments_unsigned():
    return begun().commit(1, key=12345).files()


@case(R.TRUSTEE_SIGNATURE)
def ceremony_shares_unsigned():
    return committed().deal(1, key=12345).files()


@case(R.TRUSTEE_SIGNATURE)
def ceremony_confirmation_unsigned():
    return dealt().confirm(1, key=12345).files()


@case(R.TRANSCRIPT)
def ceremony_other_round():
    return committed().deal(1, round_hash=bytes(32)).files()


@case(R.TRANSCRIPT)
def ceremony_other_transcript():
    return dealt().confirm(1, transcript=bytes(32)).files()


@case(R.COMPLAINT)
def ceremony_complaint_of_oneself():
    return dealt().complain(2, 2).files()


@case(R.COMPLAINT)
def ceremony_complaint_of_nothing():
    return dealt().complain(2, 1, lie=1).files()


@case(R.TRANSCRIPT)
def ceremony_complaint_of_other_shares():
    return dealt().complain(2, 1, lie=1, of=bytes([9]) * 32).files()


@case(R.RESTART)
def ceremony_restart_skips():
    return committed().restart(3).files()


@case(R.RESTART)
def ceremony_restart_signed_by_the_registrar():
    m = committed()
    m.organiser = m.registrar
    return m.restart().files()


@case(R.RESTART)
def ceremony_restart_unsigned():
    m = committed()
    m.organiser = 12345
    return m.restart().files()


# The rehearsal.

@case(R.REHEARSAL)
def rehearsal_none():
    return keyed().open(rehearse=False).files()


@case(R.REHEARSAL)
def rehearsal_too_few():
    m = keyed()
    m.rehearse().leaves.pop()
    return m.open().files()


@case(R.REHEARSAL_BALLOT)
def rehearsal_ballot_sequence():
    return finish(keyed().rehearse(sequence=1).open())


@case(R.REHEARSAL_BALLOT)
def rehearsal_ballot_of_the_vote():
    m = keyed()
    m.rehearsal_ballot(phase=1)
    return m.files()


@case(R.BALLOT_FORM)
def rehearsal_ballot_as_a_vote():
    t = Town()
    t.m.rehearsal_ballot(kind=entries.BALLOT)
    return t.m.files()


@case(R.BALLOT_SIGNATURE)
def rehearsal_ballot_unsigned():
    return finish(keyed().rehearse(secret=12345).open())


@case(R.BALLOT_PROOF)
def rehearsal_ballot_unproved():
    return finish(keyed().rehearse(shift=1).open())


@case(R.BALLOT_NONCE)
def rehearsal_ballot_repeated():
    m = keyed()
    m.rehearsal_ballot()
    m.append(m.leaves[-1])
    return m.files()


@case(R.CONSENT)
def rehearsal_other_sums():
    def bend(groups):
        groups[0][2] += 1
    return keyed().rehearse(bend=bend).files()


@case(R.REHEARSAL_INPUT)
def rehearsal_without_ballots():
    m = keyed()
    m.rehearsal_input()
    return m.files()


@case(R.CONSENT)
def rehearsal_other_size():
    m = keyed()
    m.rehearsal_ballot()
    return m.rehearsal_input(size=3).consent(1).files()


@case(R.COURSE)
def rehearsal_twice():
    m = keyed().rehearse()
    return m.rehearsal_input().files()


# Consents.

def counting():
    return Town().m.close().tally_input(consents=False)


@case(R.CONSENT)
def consent_other_tally():
    return counting().consent(1, input_hash=bytes(32)).files()


@case(R.CONSENT)
def consent_twice():
    return counting().consent(1).consent(1).files()


@case(R.CONSENT)
def consent_of_nobody():
    return counting().consent(1, number=4).files()


@case(R.CONSENT)
def consent_unsigned():
    m = counting()
    return m.consent(1, key=m.keys_of[2]).files()


@case(R.QUORUM)
def partial_before_the_quorum():
    return counting().consent(1).consent(3).partial(1).files()


@case(R.QUORUM)
def partial_before_the_quorum_of_the_rehearsal():
    m = keyed()
    m.rehearsal_ballot()
    return m.rehearsal_input().consent(1).partial(1).files()


@case(R.COURSE)
def consent_to_nothing():
    m = keyed()
    m.input_hash = bytes(32)
    return m.consent(1).files()
