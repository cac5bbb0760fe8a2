"""What all first pages of a practice and language share, drawn once in a file and referred to by each page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.pdfgen.canvas import Canvas

from store.statements.pdf.letters import latin, width, wrap
from store.statements.pdf.paper import LETTER, Paper
from store.statements.pdf.pen import (
    BOLD,
    GREY,
    HEAD,
    INK,
    LEFT,
    NAVY,
    PLAIN,
    RIGHT,
    RULE,
    SMALL,
    TINT,
    Pen,
    Style,
    box,
    rule,
)
from store.statements.pdf.rows import COLUMNS
from store.statements.pdf.stub import PERFORATION, draw_stub_frame
from store.statements.values import Practice
from store.statements.words import Words, fill

_HELP = Style(PLAIN, 8.2, INK)
_HELP_LEAD = 9.8
_HELP_HEAD = Style(BOLD, 9.2, NAVY)
_COLUMN_X = (LEFT, 256.0, 410.0)
_COLUMN_ROOM = (190.0, 142.0, 148.0)
_QR = 46.0
_AGEING_HIGH = 30.0
_FOOT_WITHOUT_STUB = 48.0


@dataclass(frozen=True, slots=True)
class Common:
    """The name of the shared drawing, and where the ageing and the details above it have their foot."""

    name: str
    ageing_foot: float
    details_foot: float


def draw_common(paper: Paper, practice: Practice, words: Words, name: str, due: bool) -> Common:
    """Draw the shared parts into the file as `name`; ageing, ways to pay and stub only when something is `due`."""
    helps = _helps(practice, words, due)
    help_high = max(_HELP_LEAD * max(len(part.lines) for part in helps) + 14, _QR + 18)
    help_foot = (PERFORATION if due else _FOOT_WITHOUT_STUB) + 9
    ageing_foot = help_foot + help_high + 8
    paper.beginForm(name, 0, 0, *LETTER)
    pen = Pen(paper)
    _letterhead(pen, practice, words)
    if due:
        _ageing_frame(paper, pen, words, ageing_foot)
    for part in helps:
        _help(pen, part, help_foot + help_high)
    if due:
        if practice.pay_url:
            _qr_code(paper, practice.pay_url, LEFT, help_foot + help_high - 17 - _QR, _QR)
        draw_stub_frame(paper, pen, practice, words)
    pen.flush()
    paper.endForm()
    return Common(name, ageing_foot, ageing_foot + (_AGEING_HIGH + 6 if due else 0))


def draw_columns(canvas: Canvas, pen: Pen, words: Words, head: float) -> None:
    """The heads of the money columns, broken in two lines where they are long, above a rule."""
    pen.left(LEFT + 8, head - 18, words.columns[0], HEAD)
    for text, x in zip(words.columns[1:], COLUMNS, strict=True):
        first, _, second = text.partition(" ") if width(text, HEAD.font, HEAD.size) > 40 else (text, "", "")
        if second:
            pen.right(x, head - 9, first, HEAD, 50)
        pen.right(x, head - 18, second or first, HEAD, 50)
    rule(canvas, head - 22, NAVY, w=0.8)


def _letterhead(pen: Pen, practice: Practice, words: Words) -> None:
    name = Style(BOLD, 16, NAVY)
    if width(latin(practice.name), name.font, 12) <= 330:
        pen.left(LEFT, 736, practice.name, name, 330)
    else:
        pen.block(LEFT, 747, practice.name, name.sized(13), 330, 2, 14)
    y, lead = 721.0, 11.5 if len(practice.address) <= 4 else 9.0  # all of it stays above the window
    for line in (*practice.address, "  ·  ".join(part for part in (practice.phone, practice.hours) if part)):
        pen.left(LEFT, y, line, Style(PLAIN, 9, GREY), 320)
        y -= lead
    if practice.tax_id:
        pen.left(LEFT, y, fill(words.tax_id, tax_id=_tax_id(practice.tax_id)), SMALL, 320)
    pen.right(RIGHT, 734, words.title, Style(BOLD, 18, NAVY), RIGHT - 396)


def _tax_id(text: str) -> str:
    return f"{text[:2]}-{text[2:]}" if len(text) == 9 and text.isdecimal() else text


def _ageing_frame(canvas: Canvas, pen: Pen, words: Words, foot: float) -> None:
    box(canvas, LEFT, foot, RIGHT - LEFT, _AGEING_HIGH, TINT)
    labels = (*words.ageing, words.amount_due)
    wide = (RIGHT - LEFT) / len(labels)
    for place, label in enumerate(labels):
        right = LEFT + (place + 1) * wide
        pen.right(right - 8, foot + 18, label, HEAD, wide - 12)
        if place:
            canvas.setStrokeColorRGB(*RULE)
            canvas.setLineWidth(0.6)
            canvas.line(right - wide, foot + 5, right - wide, foot + _AGEING_HIGH - 5)


@dataclass(frozen=True, slots=True)
class _Help:
    """One block of help: its title, its lines, where it and its lines begin."""

    title: str
    lines: list[str]
    x: float
    inset: float = 0.0


def _helps(practice: Practice, words: Words, due: bool) -> list[_Help]:
    pay_x, help_x, wrong_x = _COLUMN_X
    phone = practice.phone.replace(" ", "\u00a0")  # a phone number stays on one line
    helps = [_pay(practice, words, phone, pay_x)] if due else []
    for title, text, x, room in (
        (words.help_title, words.help_text, help_x, _COLUMN_ROOM[1]),
        (words.wrong_title, words.wrong_text, wrong_x, _COLUMN_ROOM[2]),
    ):
        place = x if due else x - (help_x - pay_x)
        helps.append(_Help(title, wrap(fill(text, phone=phone), _HELP.font, _HELP.size, room), place))
    return helps


def _pay(practice: Practice, words: Words, phone: str, x: float) -> _Help:
    inset = _QR + 8 if practice.pay_url else 0.0
    url = practice.pay_url.partition("://")[2] or practice.pay_url
    ways = [fill(words.pay_online, url=url)] if url else []
    ways += [fill(words.pay_phone, phone=phone), words.pay_mail]
    lines = [line for way in ways for line in wrap(way, _HELP.font, _HELP.size, _COLUMN_ROOM[0] - inset)]
    return _Help(words.pay_title, lines, x, inset)


def _help(pen: Pen, part: _Help, head: float) -> None:
    pen.left(part.x, head - 9, part.title, _HELP_HEAD, 155)
    for place, line in enumerate(part.lines):
        pen.left(part.x + part.inset, head - 21 - place * _HELP_LEAD, line, _HELP)


def _qr_code(canvas: Canvas, text: str, x: float, y: float, side: float) -> None:
    """The pay address for a phone's camera, as runs of black cells."""
    code: Any = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(latin(text))
    code.make()
    count = code.getModuleCount()
    cell = side / count
    canvas.setFillColorRGB(*INK)
    for row in range(count):
        column = 0
        while column < count:
            start = column
            while column < count and code.isDark(row, column):
                column += 1
            if column > start:
                canvas.rect(x + start * cell, y + (count - 1 - row) * cell, (column - start) * cell, cell, 0, 1)
            column += 1
