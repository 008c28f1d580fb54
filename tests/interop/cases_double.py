"""More cases: entries with two faults, of which section 12 says which is named."""

import maker
import report as R
from cases import Town, case, finish, with_stranger
from cases_trustees import begun, committed, dealt, keyed

OTHER = bytes(31) + b"\1"


@case(R.CEREMONY)
def commitments_too_few_and_unsigned():
    m = begun()
    m.own[1] = [slot[:1] for slot in m.own[1]]
    return m.commit(1, key=7).files()


@case(R.TRUSTEE_SIGNATURE)
def commitments_unsigned_and_not_possessed():
    m = begun()
    return m.commit(1, proved=[[c + 1 for c in slot] for slot in m.own[1]], key=7).files()


@case(R.COURSE)
def commitments_twice_and_unsigned():
    return begun().commit(1).commit(1, key=7).files()


@case(R.COURSE)
def shares_too_early_and_unsigned():
    m = begun().commit(1)
    return m.deal(1, round_hash=OTHER, key=7).files()


@case(R.TRUSTEE_SIGNATURE)
def shares_unsigned_of_another_round_and_shape():
    return committed().deal(1, recipients=[2], round_hash=OTHER, key=7).files()


@case(R.TRANSCRIPT)
def shares_of_another_round_and_shape():
    return committed().deal(1, recipients=[2], round_hash=OTHER).files()


@case(R.COMPLAINT)
def complaint_about_oneself_after_confirming():
    m = dealt().confirm(2)
    return m.complain(2, 2).files()


@case(R.COURSE)
def complaint_without_proof_about_one_who_has_not_dealt():
    return committed().deal(1).complain(1, 2, lie=1).files()


@case(R.TRUSTEE_SIGNATURE)
def confirm_unsigned_of_another_transcript():
    return dealt().confirm(1, transcript=OTHER, key=7).files()


@case(R.REHEARSAL)
def open_without_rehearsal_and_unsigned():
    return with_stranger(lambda m: m.open(rehearse=False), keyed()).files()


@case(R.REHEARSAL_INPUT)
def rehearsal_of_no_ballot():
    return keyed().rehearsal_input().files()


@case(R.REHEARSAL_BALLOT)
def rehearsal_ballot_that_continues_another_and_is_unsigned():
    m = keyed()
    m.rehearsal_ballot(sequence=1, secret=7)
    return m.files()


@case(R.CONSENT)
def consent_of_another_input_twice_and_unsigned():
    m = Town().m.close().tally_input()
    return m.consent(1, input_hash=OTHER, key=7).files()


@case(R.PARTIAL_SIGNATURE)
def partial_unsigned_of_another_input_without_quorum():
    m = Town().m.close().tally_input(consents=False)
    return m.partial(1, input_hash=OTHER, key=7).files()


@case(R.PARTIAL_FORM)
def partial_of_another_input_without_quorum():
    m = Town().m.close().tally_input(consents=False)
    return m.partial(1, input_hash=OTHER).files()


@case(R.QUORUM)
def partial_incomplete_without_quorum():
    m = Town().m.close().tally_input(consents=False)
    return m.partial(1, drop=1).files()


@case(R.PARTIAL_FORM)
def partial_incomplete_and_false():
    m = Town().m.close().tally_input()
    return m.partial(1, drop=1, lie=1).files()


@case(R.BALLOT_HOURS)
def ballot_under_no_key_after_the_closing():
    t = Town()
    t.m.close()
    t.m.ballot(maker.Voter(t.m, 0), [{0}, {1}], count=False)
    return t.m.files()


@case(R.BALLOT_CREDENTIAL)
def ballot_under_no_key_out_of_its_sequence():
    t = Town()
    t.m.ballot(maker.Voter(t.m, 0), [{0}, {1}], count=False, sequence=3)
    return t.m.files()


@case(R.STRUCK_OFF)
def ballot_of_a_voter_struck_off_under_a_revoked_key():
    t = Town()
    t.m.strike(t.c)
    t.m.ballot(t.c, [{0}, {1}], count=False, sequence=3)
    return t.m.files()


@case(R.BALLOT_SEQUENCE)
def ballot_out_of_its_sequence_that_was_challenged():
    t = Town()
    t.m.ballot(t.c, [{0}, {1}], count=False, sequence=1)
    ballot = t.m.leaves.pop()
    t.m.challenge(t.c, t.m.code).append(ballot)
    return t.m.files()


@case(R.BALLOT_NONCE)
def ballot_that_repeats_a_nonce_is_not_judged_further():
    t = Town()
    t.m.ballot(t.c, [{0}, {1}], nonces={0: 5})
    t.m.ballot(t.c, [{0}, {1}], nonces={0: 5}, secret=7)
    return t.finish()


@case(R.CREDENTIAL_KEY)
def credential_of_a_registered_key_and_no_route():
    t = Town()
    other = maker.Voter(t.m, 0)
    other.secret, other.key = t.a.secret, t.a.key
    t.m.credential(other, route=9)
    return t.m.files()


@case(R.CREDENTIAL_NUMBER)
def credential_of_no_route_and_another_number():
    t = Town()
    t.m.credential(maker.Voter(t.m, 0), route=9, number=3)
    return t.m.files()


@case(R.CREDENTIAL_NUMBER)
def credential_number_above_63_out_of_its_number():
    t = Town()
    t.m.credential(maker.Voter(t.m, 0), number=64)
    return t.m.files()


@case(R.CREDENTIAL_SIGNATURE, R.POSSESSION, R.COURSE)
def credential_false_twice_and_a_course_that_ends():
    t = Town()
    with_stranger(lambda m: m.credential(maker.Voter(m, 0), possession_style=1), t.m)
    t.m.open(rehearse=False)
    return finish(t.m)


@case(R.BALLOT_SIGNATURE)
def false_ballot_counts_in_the_sums():
    t = Town()
    t.m.ballot(t.c, [{0}, {1}], secret=7)
    return t.finish()


@case(R.BALLOT_SIGNATURE, R.CONSENT)
def false_ballot_left_out_of_the_sums():
    t = Town()
    t.m.ballot(t.c, [{0}, {1}], count=False, secret=7)
    return t.finish()
