"""More cases: form, course, the organiser's entries."""

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
    return begun(entries.PARTIAL, True)


@case()
def good_unfinished_message_is_not_judged():
    return begun(entries.PARTIAL, False)


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
def course_message_begun_after_result():
    t = Town()
    t.finish()
    t.m.append(u8(entries.PART) + bytes(32) + u16(0) + u16(2) + bytes([entries.PARTIAL]) + bytes(entries.PART_CONTENT - 1))
    return t.m.files()


@case()
def good_result_begun_after_result():
    t = Town()
    t.finish()
    t.m.append(u8(entries.PART) + bytes(32) + u16(0) + u16(2) + bytes([entries.RESULT]) + bytes(entries.PART_CONTENT - 1))
    return t.m.files()


@case(R.FORM)
def form_tally_input_in_parts():
    return begun(entries.TALLY_INPUT, True)


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
