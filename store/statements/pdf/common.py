"""What all first pages of a practice and language share, drawn once in a file and referred to by each page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.pdfgen.canvas import Canvas

from store.statements.pdf.letters import latin, width, wrap
from store.statements.pdf.paper import Paper
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
_AGEING_HIGH = 33.0


@dataclass(frozen=True, slots=True)
class Common:
    """The names of the shared drawings, and where the ageing and the details above them end."""

    first: str
    first_without_stub: str
    ageing_foot: float
    details_foot: float


def draw_common(paper: Paper, practice: Practice, words: Words, number: int) -> Common:
    """Draw the shared parts into the file; `number` tells this practice and language from others in it."""
    help_texts = _help_texts(practice, words)
    help_high = max(_help_height(lines) for lines in help_texts)
    ageing_foot = PERFORATION + 12 + help_high + 10
    common = Common(f"first{number}", f"plain{number}", ageing_foot, ageing_foot + _AGEING_HIGH + 6)
    for name, stub in ((common.first, True), (common.first_without_stub, False)):
        paper.beginForm(name, 0, 0, 612, 792)
        pen = Pen(paper)
        _letterhead(pen, practice, words)
        _ageing_frame(paper, pen, words, ageing_foot)
        _help(paper, pen, practice, words, help_texts, PERFORATION + 12 + help_high)
        if stub:
            draw_stub_frame(paper, pen, practice, words)
        pen.flush()
        paper.endForm()
    return common


def draw_columns(canvas: Canvas, pen: Pen, words: Words, head: float) -> None:
    """The heads of the money columns, broken in two lines where they are long, above a rule."""
    for text, x in zip(words.columns[1:], COLUMNS, strict=True):
        first, _, second = text.partition(" ") if width(text, HEAD.font, HEAD.size) > 40 else (text, "", "")
        if second:
            pen.right(x, head - 9, first, HEAD, 50)
        pen.right(x, head - 18, second or first, HEAD, 50)
    pen.left(LEFT + 8, head - 18, words.columns[0], HEAD)
    rule(canvas, head - 22, NAVY, w=0.8)


def _letterhead(pen: Pen, practice: Practice, words: Words) -> None:
    pen.left(LEFT, 736, practice.name, Style(BOLD, 16, NAVY), 320)
    y = 721.0
    for line in (*practice.address, "  ·  ".join(part for part in (practice.phone, practice.hours) if part)):
        pen.left(LEFT, y, line, Style(PLAIN, 9, GREY), 320)
        y -= 11.5
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
        pen.right(right - 8, foot + 20, label, HEAD, wide - 12)
        if place:
            canvas.setStrokeColorRGB(*RULE)
            canvas.setLineWidth(0.6)
            canvas.line(right - wide, foot + 5, right - wide, foot + _AGEING_HIGH - 5)


def _help_texts(practice: Practice, words: Words) -> list[list[str]]:
    ways = (
        [fill(words.pay_online, url=practice.pay_url.partition("://")[2] or practice.pay_url)]
        if practice.pay_url
        else []
    )
    ways.append(fill(words.pay_phone, phone=_whole(practice.phone)))
    ways.append(words.pay_mail)
    pay_room = _COLUMN_ROOM[0] - (_QR + 8 if practice.pay_url else 0)
    pay = [line for way in ways for line in wrap(way, _HELP.font, _HELP.size, pay_room)]
    texts = [pay]
    for text, room in ((words.help_text, _COLUMN_ROOM[1]), (words.wrong_text, _COLUMN_ROOM[2])):
        texts.append(wrap(fill(text, phone=_whole(practice.phone)), _HELP.font, _HELP.size, room))
    return texts


def _whole(text: str) -> str:
    """The text with no-break spaces, so that a phone number stays on one line."""
    return text.replace(" ", "\u00a0")


def _help_height(lines: list[str]) -> float:
    return max(len(lines) * _HELP_LEAD + 14, _QR + 16)


def _help(canvas: Canvas, pen: Pen, practice: Practice, words: Words, texts: list[list[str]], head: float) -> None:
    titles = (words.pay_title, words.help_title, words.wrong_title)
    inset = _QR + 8 if practice.pay_url else 0.0
    for title, lines, x in zip(titles, texts, _COLUMN_X, strict=True):
        pen.left(x, head - 9, title, _HELP_HEAD)
        for place, line in enumerate(lines):
            shift = inset if x == LEFT else 0.0
            pen.left(x + shift, head - 21 - place * _HELP_LEAD, line, _HELP)
    if practice.pay_url:
        _qr_code(canvas, practice.pay_url, LEFT, head - 14 - _QR, _QR)


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
