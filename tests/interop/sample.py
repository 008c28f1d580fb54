"""End of section 12: whom an auditor asks whether they took part."""

import re

from framing import Malformed, digest
from tlog import leaf_hash, root_of


def throws_of(text):
    """The throws of a die; Malformed if they are none, or too few or too many."""
    throws = text.replace(" ", "")
    if not re.fullmatch("[1-6]{20,1000}", throws, re.ASCII):
        raise Malformed("throws are the digits 1 to 6, 20 to 1,000 of them")
    return throws


def draw(root, dice, pseudonyms, number):
    """The `number` pseudonyms that are drawn, in the order of their tickets."""
    seed = digest("audit", root, throws_of(dice).encode())
    return sorted(pseudonyms, key=lambda pseudonym: (digest("audit-ticket", seed, pseudonym), pseudonym))[:number]


def draw_from(state, dice, number):
    """The same of a replayed board; Malformed where it is not closed, or cancelled."""
    if state.closing_size is None or state.hours.cancelled:
        raise Malformed("the vote is not closed, or it is cancelled")
    entered = [route.entered for route in state.manifest.routes]
    counted = [name for name, p in state.pseudonyms.items() if p.last and not p.struck_off and not entered[p.route]]
    root = root_of([leaf_hash(leaf) for leaf in state.hours.leaves[: state.closing_size]])
    return draw(root, dice, counted, number)
