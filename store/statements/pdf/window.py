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
_HIGH = 46.0
_LEADS = ((11.0, 12.0), (10.0, 11.2), (9.0, 10.0), (8.0, 9.0), (7.0, 7.8))
_LAST_SIZE, _LAST_LEAD = 6.5, 7.0

MAIL_X, MAIL_TOP = 66.0, 610.0
"""Where the first line of the mailing address has its top: 2 1/2 inches below the head of the page."""

MAIL_CLEAR = (0.0, 528.0, 387.0, 645.0)
"""Left, foot, right, head of what a #10 window may show of a first page."""

REMIT_X, REMIT_TOP = 66.0, 98.0
"""Where the first line of the remit address has its top, in the window of a #9 envelope."""

REMIT_CLEAR = (0.0, 21.0, 387.0, 117.0)
"""Left, foot, right, head of what a #9 window may show of a stub."""


def mail_window(pen: Pen, guarantor: Guarantor) -> None:
    """The guarantor's name and mailing address."""
    _write(pen, (guarantor.name, *guarantor.address), MAIL_X, MAIL_TOP)


def remit_window(pen: Pen, practice: Practice) -> None:
    """The practice's name and the address that payments go to."""
    _write(pen, (practice.name, *(practice.remit_address or practice.address)), REMIT_X, REMIT_TOP)


def _write(pen: Pen, texts: tuple[str, ...], x: float, top: float) -> None:
    for size, lead in _LEADS:
        lines = [line for text in texts for line in wrap(text, PLAIN, size, _ROOM)]
        if len(lines) * lead <= _HIGH + lead * 0.3:  # the last line needs no lead below it
            break
    else:
        size, lead, lines = _LAST_SIZE, _LAST_LEAD, list(texts)  # each squeezed into a line of its own
    for place, line in enumerate(lines):
        pen.left(x, top - size * 0.75 - place * lead, line, Style(PLAIN, size), _ROOM)
