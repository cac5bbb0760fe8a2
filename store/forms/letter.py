"""A business letter as PDF: the practice's head, an address, paragraphs and plain tables, with page numbers.

Everything that came from outside is plain text: nothing in it is read as markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from store.statements.pdf.letters import latin

_MARGIN = 60
_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=14, spaceAfter=7)
_SMALL = ParagraphStyle("small", parent=_BODY, fontSize=8, leading=10, spaceAfter=0)
_NUMBER = ParagraphStyle("number", parent=_SMALL, alignment=TA_RIGHT)
_HEAD = ParagraphStyle("head", parent=_BODY, fontName="Helvetica-Bold", fontSize=13, leading=17)
_MONO = ParagraphStyle("mono", parent=_BODY, fontName="Courier", fontSize=7.5, leading=9.5, spaceAfter=1)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: a heading, column titles, rows of text; columns in `right` are aligned to the right."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A page of its own behind the letter: tables, and lines as they stand (segments of a file)."""

    title: str
    grids: tuple[Grid, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says: the sender's and the receiver's lines, the date, a subject, paragraphs and enclosures."""

    sender: tuple[str, ...]
    receiver: tuple[str, ...]
    date: str
    subject: str
    paragraphs: tuple[str, ...]
    grids: tuple[Grid, ...] = ()
    enclosures: tuple[Enclosure, ...] = field(default=())


def letter_pdf(letter: Letter) -> bytes:
    """The letter; the same letter gives the same bytes."""
    out = BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=LETTER, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
        title=latin(letter.subject), author=latin(letter.sender[0]) if letter.sender else "", invariant=1,
    )  # fmt: skip
    flow: list[Flowable] = [_text(line, _SMALL) for line in letter.sender]
    flow += [Spacer(1, 26), *(_text(line, _SMALL) for line in letter.receiver), Spacer(1, 18)]
    flow += [_text(letter.date, _BODY), _text(letter.subject, _HEAD)]
    flow += [_text(paragraph, _BODY) for paragraph in letter.paragraphs]
    flow += [part for grid in letter.grids for part in _grid(grid)]
    for number, enclosure in enumerate(letter.enclosures, 1):
        flow += [PageBreak(), _text(f"Enclosure {number}: {enclosure.title}", _HEAD)]
        flow += [part for grid in enclosure.grids for part in _grid(grid)]
        flow += [_text(line, _MONO) for line in enclosure.lines]
    document.build(flow, onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph("<br/>".join(escape(latin(line)) for line in text.split("\n")), style)


def _grid(grid: Grid) -> Sequence[Flowable]:
    rows: list[list[Any]] = [
        [_text(cell, _NUMBER if n in grid.right else _SMALL) for n, cell in enumerate(row)]
        for row in (grid.columns, *grid.rows)
    ]
    style: list[Any] = [
        ("LINEBELOW", (0, 0), (-1, 0), 0.7, (0.2, 0.2, 0.2)),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, (0.8, 0.8, 0.8)),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    table = Table(rows, repeatRows=1, style=TableStyle(style), hAlign="LEFT", spaceAfter=10)
    return (_text(grid.heading, _BODY), table)


def _foot(canvas: Canvas, _document: Any) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(LETTER[0] - _MARGIN, 34, f"Page {canvas.getPageNumber()}")
