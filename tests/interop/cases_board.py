"""More cases: form, course, ceremony, credentials."""

import entries
import maker
import report as R
from cases import Town, case, finish, with_keys_swapped, with_stranger
from framing import digest, u8, u16
from maker import Maker
from ristretto import L


# Form.

def appended(leaf):
    m = Town().m
    m.append(leaf)
    return finish(m)


@case(R.FORM)
def form_unknown_kind():
    return appended(b"\x0f" + bytes(10))


@case(R.FORM)
def form_challenged():
    return appended(b"\x05" + bytes(10))


@case(R.FORM)
def form_empty_entry():
    return appended(b"")


@case(R.FORM)
def form_trailing_byte():
    t = Town()
    t.m.close()
    t.m.leaves[-1] += b"\0"
    return t.m.files()


@case(R.FORM)
def form_credential_key_identity():
    t = Town()
    voter = maker.Voter(t.m, 0)
    voter.secret, voter.key = 0, bytes(32)
    t.m.credential(voter)
    return t.finish()


@case(R.FORM)
def form_signature_scalar():
    t = Town()
    t.m.close()
    leaf = t.m.leaves[-1]
    t.m.leaves[-1] = leaf[:-32] + (int.from_bytes(leaf[-32:], "little") + L).to_bytes(32, "little")
    return t.m.files()


@case(R.FORM)
def form_part_alone():
    return appended(u8(entries.PART) + bytes(32) + u16(0) + u16(2) + b"x")


@case(R.FORM)
def form_part_of_short_message():
    m = Maker()
    m.genesis().begin().commit(1)
    message = m.leaves.pop()
    half = len(message) // 2
    for k, piece in enumerate((message[:half], message[half:])):
        m.append(u8(entries.PART) + digest("message", message) + u16(k) + u16(2) + piece)
    return m.files()


def begun(kind, closed):
    """A board that ends within a message in parts."""
    m = Town().m
    if closed:
        m.close()
    content = bytes([kind]) + bytes(entries.PART_CONTENT - 1)
    m.append(u8(entries.PART) + bytes(32) + u16(0) + u16(2) + content)
    return m.files()


@case()
def good_unfinished_within_a_message():
    return begun(entries.TALLY_INPUT, True)


@case()
def good_unfinished_message_is_not_judged():
    return begun(entries.TALLY_INPUT, False)


@case(R.FORM)
def form_ballot_in_parts():
    return begun(entries.BALLOT, False)


# Course and ceremony.

@case(R.COURSE)
def course_two_openings():
    t = Town()
    t.m.open()
    return t.finish()


@case(R.COURSE)
def course_credential_after_closing():
    t = Town()
    t.m.close()
    t.m.voter(0)
    return t.m.tally_input().partial(1).partial(2).result().files()


@case(R.COURSE)
def course_after_result():
    t = Town()
    t.finish()
    t.m.partial(2)
    return t.m.files()


@case(R.COURSE)
def course_two_tally_inputs():
    return Town().m.close().tally_input().tally_input().partial(1).partial(2).result().files()


@case(R.COURSE)
def course_tally_before_closing():
    return Town().m.tally_input().files()


@case(R.COURSE)
def course_closing_twice():
    return Town().m.close().close().tally_input().partial(1).partial(2).result().files()


@case(R.COURSE)
def course_no_ceremony():
    m = Maker()
    m.genesis().ceremony()
    m.leaves.pop()
    return m.open(rehearse=False).files()


# Organiser's entries.

@case(R.OPEN)
def open_signature():
    return finish(with_stranger(lambda m: m.open()))


@case(R.OPEN)
def open_signature_of_the_registrar():
    return finish(with_keys_swapped(lambda m: m.open()))


@case(R.CLOSE)
def close_signature_of_the_registrar():
    m = with_keys_swapped(lambda m: m.close(), Town().m)
    return m.tally_input().partial(1).partial(2).result().files()


@case(R.CREDENTIAL_SIGNATURE)
def credential_signature_of_the_organiser():
    return finish(with_keys_swapped(lambda m: m.voter(0)).open())


@case(R.REVOCATION)
def revocation_signature_of_the_organiser():
    t = Town()
    with_keys_swapped(lambda m: m.revoke(t.a), t.m)
    return t.finish()


@case(R.CLOSE)
def close_signature():
    m = with_stranger(lambda m: m.close(), Town().m)
    return m.tally_input().partial(1).partial(2).result().files()


@case(R.CREDENTIAL_SIGNATURE)
def credential_signature():
    return finish(with_stranger(lambda m: m.voter(0)).open())


@case(R.POSSESSION)
def credential_possession():
    m = Maker().genesis().ceremony()
    m.credential(maker.Voter(m, 0), possession_style=1)
    return finish(m.open())


@case(R.CREDENTIAL_KEY)
def credential_key_twice():
    t = Town()
    other = maker.Voter(t.m, 0)
    other.secret, other.key = t.a.secret, t.a.key
    t.m.credential(other)
    return t.finish()


@case(R.CREDENTIAL_KEY)
def credential_key_again_after_revocation():
    t = Town()
    t.m.revoke(t.a)
    t.m.credential(t.a)
    return t.finish()


@case(R.CREDENTIAL_HOLDER)
def credential_second_key():
    t = Town()
    t.m.new_key(t.a)
    t.m.credential(t.a)
    return t.finish()


@case(R.CREDENTIAL_HOLDER)
def credential_changes_style():
    t = Town()
    t.m.revoke(t.a)
    t.m.new_key(t.a)
    t.m.credential(t.a, style=1)
    return t.finish()


@case(R.CREDENTIAL_HOLDER)
def credential_no_such_style():
    t = Town()
    t.m.credential(maker.Voter(t.m, len(t.m.manifest.styles)))
    return t.finish()


def _small_electorate():
    document = maker.manifest()
    document["styles"][0]["electorate"] = 2
    return document


@case(R.ELECTORATE)
def electorate_exceeded():
    t = Town(_small_electorate())
    t.m.voter(0)
    return t.finish()


@case(R.ELECTORATE)
def electorate_exceeded_by_a_voter_who_adds_a_contest():
    document = maker.manifest()
    document["styles"][1] |= {"electorate": 1, "plus_one_of": ["roads"]}
    t = Town(document)
    t.m.voter(2)
    return t.finish()


@case(R.CREDENTIAL_HOLDER)
def credential_changes_style_to_another_with_an_added_contest():
    document = maker.manifest()
    document["styles"][1]["plus_one_of"] = ["roads"]
    t = Town(document)
    t.m.revoke(t.a)
    t.m.new_key(t.a)
    t.m.credential(t.a, style=2)
    return t.finish()


@case()
def electorate_met_with_new_key():
    t = Town(_small_electorate())
    t.m.revoke(t.a)
    t.m.new_key(t.a)
    t.m.credential(t.a)
    return t.finish()


@case(R.REVOCATION)
def revocation_signature():
    t = Town()
    with_stranger(lambda m: m.revoke(t.a), t.m)
    return t.finish()


@case(R.REVOCATION)
def revocation_other_key():
    t = Town()
    t.m.revoke(t.a, key=t.c.key)
    return t.finish()


@case(R.REVOCATION)
def revocation_twice():
    t = Town()
    t.m.revoke(t.a).revoke(t.a)
    return t.finish()


@case(R.REVOCATION)
def revocation_unknown():
    t = Town()
    t.m.revoke(maker.Voter(t.m, 0))
    return t.finish()
