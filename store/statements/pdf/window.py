"""Addresses behind the window of an envelope: always inside it, and nothing else of the page near it.

A standard window is 4 1/2 by 1 1/8 inches, 7/8 from the left and 1/2 from the foot of the envelope.  A page folded
in three has play: a #10 envelope is an inch wider and 0.46 higher than the panel, a #9 0.38 and 0.21.  So an address
stands in the part that the window shows wherever the panel slides, and the part that it may show holds nothing else.
"""

from __future__ import annotations

from store.statements.pdf.letters import wrap
from store.statements.pdf.pen import PLAIN, Pen, Style
from store.statements.values import Guarantor, Practice

_ROOM = 248.0
_HIGH = 47.5
_SIZES = ((11.0, 12.0), (10.0, 10.8), (9.0, 9.4), (8.0, 8.0))
_LAST_SIZE, _LAST_LEAD = 6.5, 6.8
_CAP, _BELOW = 0.72, 0.21  # of the size: how far letters go above and below the baseline

ADDRESS_X = 66.0
"""Where addresses begin: in both windows."""

MAIL_MIDDLE = 588.0
"""Half way up the part of a first page, 564 to 612, that a #10 window shows in any case."""

MAIL_CLEAR = (0.0, 528.0, 387.0, 645.0)
"""Left, foot, right, head of what a #10 window may show of a first page."""

REMIT_MIDDLE = 74.0
"""Inside the part of a stub, 36 to 102, that a #9 window shows in any case."""

REMIT_CLEAR = (0.0, 21.0, 387.0, 117.0)
"""Left, foot, right, head of what a #9 window may show of a stub."""


def mail_window(pen: Pen, guarantor: Guarantor) -> None:
    """The guarantor's name and mailing address."""
    _write(pen, (guarantor.name, *guarantor.address), MAIL_MIDDLE)


def remit_window(pen: Pen, practice: Practice) -> None:
    """The practice's name and the address that payments go to."""
    _write(pen, (practice.name, *(practice.remit_address or practice.address)), REMIT_MIDDLE)


def _write(pen: Pen, texts: tuple[str, ...], middle: float) -> None:
    """The lines at the largest size at which all of them fit, half of them above and half below `middle`."""
    for size, lead in _SIZES:
        lines = [line for text in texts for line in wrap(text, PLAIN, size, _ROOM)]
        if _high(len(lines), size, lead) <= _HIGH:
            break
    else:
        size, lead, lines = _LAST_SIZE, _LAST_LEAD, list(texts)  # each squeezed into a line of its own
    first = middle + _high(len(lines), size, lead) / 2 - _CAP * size
    for place, line in enumerate(lines):
        pen.left(ADDRESS_X, first - place * lead, line, Style(PLAIN, size), _ROOM)


def _high(count: int, size: float, lead: float) -> float:
    return (_CAP + _BELOW) * size + (count - 1) * lead
