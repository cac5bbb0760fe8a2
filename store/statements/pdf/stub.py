"""The remit stub: the lower part of a first page, which comes back with the payment in a #9 window envelope."""

from __future__ import annotations

from reportlab.pdfgen.canvas import Canvas

from store.money import show_cents
from store.statements.pdf.pen import (
    BODY,
    BOLD,
    GREY,
    INK,
    LABEL,
    LEFT,
    MONO,
    NAVY,
    PLAIN,
    RIGHT,
    RULE,
    SMALL,
    STRONG,
    Pen,
    Style,
    rule,
)
from store.statements.pdf.window import remit_window
from store.statements.scan import scan_line
from store.statements.values import Practice, Statement
from store.statements.words import Words, fill

PERFORATION = 190.0
"""Points from the foot of the page to the line where the stub is torn off."""

_FACTS_X = 396.0
_SCAN = Style(MONO, 12, INK)
_SCAN_RIGHT, _SCAN_Y = 573.0, 34.0


def draw_stub_frame(canvas: Canvas, pen: Pen, practice: Practice, words: Words) -> None:
    """What the stubs of a practice and language have in common; drawn once for a run."""
    canvas.setStrokeColorRGB(*GREY)
    canvas.setLineWidth(0.7)
    canvas.setDash(3, 3)
    canvas.line(18, PERFORATION, 594, PERFORATION)
    canvas.setDash()
    pen.left(LEFT, PERFORATION - 11, words.detach, Style(PLAIN, 7.5, GREY))
    paid_to = fill(words.check_to, practice=practice.name)
    pen.block(LEFT, PERFORATION - 44, paid_to, BODY, 325, 2, 11)
    canvas.setStrokeColorRGB(*GREY)
    canvas.rect(LEFT, 120, 8, 8, stroke=1, fill=0)
    pen.left(LEFT + 13, 121, words.changed, SMALL, 310)
    for label, y in _facts(words):
        pen.left(_FACTS_X, y, label, LABEL)
        rule(canvas, y - 5, RULE, _FACTS_X)
    pen.left(_FACTS_X, 72, words.enclosed, Style(BOLD, 9, INK))
    canvas.setStrokeColorRGB(*INK)
    canvas.setLineWidth(0.9)
    canvas.rect(482, 62, RIGHT - 482, 25, stroke=1, fill=0)
    pen.left(487, 71, "$", Style(BOLD, 11, INK))
    remit_window(pen, practice)


def draw_stub(pen: Pen, statement: Statement, words: Words) -> None:
    """Who pays, how much, and the scan line."""
    pen.left(LEFT, PERFORATION - 30, f"{words.from_name}: {statement.guarantor.name}", STRONG, 320)
    values = (
        statement.account,
        statement.number,
        words.day(statement.due_date),
        show_cents(statement.amount_due, sign="$"),
    )
    for (label, y), value in zip(_facts(words), values, strict=True):
        big = label == words.amount_due
        style = Style(BOLD, 14, NAVY) if big else STRONG
        pen.right(RIGHT, y, value, style, 92)
    pen.right(_SCAN_RIGHT, _SCAN_Y, scan_line(statement), _SCAN)


def _facts(words: Words) -> tuple[tuple[str, float], ...]:
    top = PERFORATION - 30
    return ((words.account, top), (words.number, top - 18), (words.due_date, top - 36), (words.amount_due, top - 56))
