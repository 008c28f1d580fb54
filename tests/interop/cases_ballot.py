"""More cases: ballots."""

import maker
import report as R
from cases import Town, case, changed, finish
from framing import u8
from maker import Maker
from ristretto import L


def cast(*arguments, document=None, **bent):
    """One more ballot by voter c, bent."""
    t = Town(document)
    t.m.ballot(t.c, [{0}, {1}], *arguments, **bent)
    return t.finish()


@case(R.BALLOT_FORM)
def ballot_version():
    return cast(version=2, count=False)


@case(R.BALLOT_FORM)
def ballot_phase():
    return cast(phase=2, count=False)


@case(R.BALLOT_FORM)
def ballot_election():
    return cast(election=bytes(32), count=False)


@case(R.BALLOT_FORM)
def ballot_style_unknown():
    return cast(style=2, count=False)


@case(R.BALLOT_FORM)
def ballot_of_another_length():
    return cast(style=1, count=False)


@case(R.BALLOT_FORM)
def ballot_cut():
    t = Town()
    t.m.ballot(t.c, [{0}, {1}], count=False)
    t.m.leaves[-1] = t.m.leaves[-1][:-1]
    return t.finish()


@case(R.BALLOT_FORM)
def ballot_empty():
    t = Town()
    t.m.append(u8(4))
    return t.finish()


@case(R.BALLOT_FORM)
def ballot_point_not_canonical():
    t = Town()
    t.m.ballot(t.c, [{0}, {1}], count=False)
    leaf = t.m.leaves[-1]
    t.m.leaves[-1] = leaf[:105] + b"\xff" * 32 + leaf[137:]
    return t.finish()


@case(R.BALLOT_FORM)
def ballot_alpha_identity():
    t = Town()
    t.m.ballot(t.c, [{0}, {1}], count=False)
    leaf = t.m.leaves[-1]
    t.m.leaves[-1] = leaf[:105] + bytes(32) + leaf[137:]
    return t.finish()


@case(R.BALLOT_FORM)
def ballot_scalar_not_canonical():
    t = Town()
    t.m.ballot(t.c, [{0}, {1}], count=False)
    leaf = t.m.leaves[-1]
    z = int.from_bytes(leaf[-32:], "little") + L
    t.m.leaves[-1] = leaf[:-32] + z.to_bytes(32, "little")
    return t.finish()


@case(R.BALLOT_HOURS)
def ballot_before_opening():
    m = Maker().genesis().ceremony()
    a = m.voter(0)
    m.ballot(a, [{0}, {1}], count=False)
    return finish(m.open())


@case(R.BALLOT_HOURS)
def ballot_after_closing():
    t = Town()
    t.m.close()
    t.m.ballot(t.c, [{0}, {1}], count=False)
    return t.m.tally_input().partial(1).partial(2).result().files()


@case(R.BALLOT_CREDENTIAL)
def ballot_key_unknown():
    t = Town()
    t.m.ballot(maker.Voter(t.m, 0), [{0}, {1}], count=False)
    return t.finish()


@case(R.BALLOT_CREDENTIAL)
def ballot_key_revoked():
    t = Town()
    t.m.revoke(t.c)
    t.m.ballot(t.c, [{0}, {1}], count=False)
    return t.finish()


@case(R.BALLOT_CREDENTIAL)
def ballot_of_another_style():
    t = Town()
    t.b.style, t.b.sequence, t.b.previous = 0, 1, t.b.previous
    t.m.ballot(t.b, [{0}, {1}], count=False)
    return t.finish()


@case(R.BALLOT_SEQUENCE)
def ballot_sequence_high():
    return cast(sequence=1, count=False)


@case(R.BALLOT_SEQUENCE)
def ballot_previous_wrong():
    return cast(previous=bytes(31) + b"\1", count=False)


@case(R.BALLOT_SEQUENCE)
def ballot_starts_again():
    t = Town()
    t.m.ballot(t.a, [{0}, {1}], count=False, sequence=0, previous=bytes(32))
    return t.finish()


@case(R.BALLOT_SEQUENCE)
def ballot_starts_again_under_new_key():
    t = Town()
    t.m.revoke(t.a)
    t.m.new_key(t.a)
    t.m.credential(t.a)
    t.m.ballot(t.a, [{0}, {1}], count=False, sequence=0, previous=bytes(32))
    return t.finish()


@case(R.BALLOT_SEQUENCE)
def ballot_second_without_revote():
    m = Maker(maker.manifest(revote=False)).genesis().ceremony()
    a = m.voter(0)
    m.open()
    m.ballot(a, [{0}, {1}])
    m.ballot(a, [{2}, {1}], count=False)
    return finish(m)


@case(R.BALLOT_SEQUENCE)
def ballot_twice():
    t = Town()
    t.m.leaves.append(t.m.leaves[-1])
    return t.finish()


@case(R.BALLOT_NONCE)
def ballot_nonce_in_two_sections():
    return cast(nonces={0: 77, 1: 77})


@case(R.BALLOT_NONCE)
def ballot_nonce_of_another():
    t = Town()
    t.m.ballot(t.c, [{0}, {1}], nonces={0: 77})
    t.m.ballot(t.c, [{0}, {1}], nonces={1: 77})
    return t.finish()


@case(R.BALLOT_SIGNATURE)
def ballot_signature():
    return cast(secret=5)


@case(R.BALLOT_PROOF, R.RESULT)
def ballot_extra_votes():
    return cast(shift=1)


@case(R.BALLOT_PROOF, R.RESULT)
def ballot_too_many_options():
    return cast(bits={0: [1, 1, 1, 0]})


@case(R.BALLOT_PROOF, R.RESULT)
def ballot_negative_bit():
    return cast(bits={1: [-1, 1, 1, 0, 0, 0, 0]})


@case(R.BALLOT_PROOF)
def ballot_of_another_header():
    return cast(hdr=bytes(32))


@case(R.BALLOT_PROOF, R.BALLOT_SIGNATURE)
def ballot_response_changed():
    t = Town()
    t.m.ballot(t.c, [{0}, {1}])
    t.m.leaves[-1] = changed(t.m.leaves[-1], -97)
    return t.finish()
