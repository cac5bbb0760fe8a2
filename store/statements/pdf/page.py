"""The pages of one statement: a first page made to be understood at a glance, and pages of further details."""

from __future__ import annotations

from dataclasses import dataclass

from store.money import show_cents
from store.statements.pdf.common import Common, draw_columns
from store.statements.pdf.letters import wrap_to
from store.statements.pdf.paper import Paper
from store.statements.pdf.pen import (
    BODY,
    BOLD,
    GREY,
    INK,
    ITALIC,
    LABEL,
    LEFT,
    NAVY,
    NOTE,
    PLAIN,
    RIGHT,
    SECTION,
    SMALL,
    STRONG,
    TINT,
    WARM,
    Pen,
    Style,
    box,
    rule,
)
from store.statements.pdf.rows import COLUMNS, INDENT, VISIT, Row, detail_rows, share_out
from store.statements.pdf.stub import draw_stub
from store.statements.pdf.window import mail_window
from store.statements.values import MAX_LEVEL, Statement
from store.statements.words import Words, fill

FACTS_X = 396.0
_FOLD = 528.0
_MESSAGE = Style(PLAIN, 9.5, INK)
_LAST_MESSAGE = Style(BOLD, 9, INK)
_MESSAGE_LEAD = 12.5
_MESSAGE_MOST = 4
_NEXT_TOP = 712.0
_MORE_HIGH = 12.0
_NEXT_FOOT = 40.0
_ROW_STYLES = {
    "visit": (VISIT, LEFT + 8),
    "line": (BODY, INDENT),
    "more": (BODY, INDENT),
    "note": (NOTE, INDENT + 8),
    "due": (Style(BOLD, 11, NAVY), INDENT),
    "aside": (BODY, INDENT),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the drawing of one statement needs on each of its pages."""

    paper: Paper
    pen: Pen
    statement: Statement
    words: Words
    common: Common
    pages: int


def draw_statement(paper: Paper, statement: Statement, words: Words, common: Common) -> None:
    """Put the statement on as many pages as it takes."""
    message = _message(statement, words)
    style = _message_style(statement)
    size, message_lines = wrap_to(message, style.font, style.size, RIGHT - LEFT - 14, _MESSAGE_MOST)
    top = _FOLD - 8 - (len(message_lines) * _MESSAGE_LEAD + 8 if message_lines else 0)
    first_room = top - 36 - common.details_foot
    next_room = _NEXT_TOP - 36 - _NEXT_FOOT
    rows = detail_rows(statement, words)
    pages = share_out(rows, first_room, next_room, words)
    if len(pages) > 1:  # room to say so on the first
        pages = share_out(rows, first_room - _MORE_HIGH, next_room, words)
    sheet = Sheet(paper, Pen(paper), statement, words, common, len(pages))
    _first_page(sheet, style.sized(size), message_lines, top, pages[0])
    for number, rows in enumerate(pages[1:], 2):
        _next_page(sheet, number, rows)


def _message(statement: Statement, words: Words) -> str:
    if not (statement.message or statement.amount_due):
        return words.for_information
    return words.message(statement.level, statement.practice.phone, statement.due_date, statement.message)


def _message_style(statement: Statement) -> Style:
    return _LAST_MESSAGE if statement.level == MAX_LEVEL and statement.amount_due else _MESSAGE


def _first_page(sheet: Sheet, style: Style, message: list[str], top: float, rows: list[Row]) -> None:
    paper, pen, statement = sheet.paper, sheet.pen, sheet.statement
    paper.doForm(sheet.common.name)
    _facts(sheet)
    _due_box(sheet)
    mail_window(pen, statement.guarantor)
    _draw_message(sheet, style, message)
    _details(sheet, top, rows)
    if sheet.pages > 1:
        pen.left(INDENT, sheet.common.details_foot + 2, sheet.words.more, Style(ITALIC, 8.5, NAVY))
    if statement.amount_due:
        _ageing(sheet)
        draw_stub(pen, statement, sheet.words)
    pen.flush()
    paper.showPage()


def _next_page(sheet: Sheet, number: int, rows: list[Row]) -> None:
    statement, pen, words = sheet.statement, sheet.pen, sheet.words
    pen.left(LEFT, 744, statement.practice.name, Style(BOLD, 11, NAVY), 280)
    facts = f"{words.account} {statement.account}  ·  {words.number} {statement.number}"
    pen.left(LEFT, 730, facts, SMALL, 320)
    pen.right(RIGHT, 744, _page(sheet, number), STRONG)
    pen.right(RIGHT, 730, words.day(statement.statement_date), SMALL)
    rule(sheet.paper, 722, NAVY, w=1)
    _details(sheet, _NEXT_TOP, rows, words.continued)
    pen.flush()
    sheet.paper.showPage()


def _page(sheet: Sheet, number: int) -> str:
    return fill(sheet.words.page, page=str(number), pages=str(sheet.pages))


def _facts(sheet: Sheet) -> None:
    statement, words, pen = sheet.statement, sheet.words, sheet.pen
    facts = (
        (words.account, statement.account),
        (words.number, statement.number),
        (words.statement_date, words.day(statement.statement_date)),
    )
    y = 712.0
    for label, value in facts:
        pen.left(FACTS_X, y, label, LABEL)
        pen.right(RIGHT, y, value, STRONG, 100)
        y -= 14
    pen.right(RIGHT, y, _page(sheet, 1), SMALL)


def _due_box(sheet: Sheet) -> None:
    statement, words, pen = sheet.statement, sheet.words, sheet.pen
    foot, high = 557.0, 92.0
    box(sheet.paper, FACTS_X, foot, RIGHT - FACTS_X, high, TINT)
    box(sheet.paper, FACTS_X, foot + high - 3, RIGHT - FACTS_X, 3, NAVY)
    x, room = FACTS_X + 12, RIGHT - FACTS_X - 24
    pen.left(x, foot + 70, words.amount_due, Style(BOLD, 10, NAVY))
    pen.left(x, foot + 42, show_cents(statement.amount_due, sign="$"), Style(BOLD, 27, NAVY), room)
    _asides(sheet, foot - 11)
    if not statement.amount_due:
        pen.left(x, foot + 15, words.nothing_due, Style(BOLD, 12, INK), room)
        return
    pen.left(x, foot + 26, words.pay_by, Style(PLAIN, 8.5, GREY))
    pen.left(x, foot + 11, words.day(statement.due_date), Style(BOLD, 12.5, INK), room)


def _asides(sheet: Sheet, y: float) -> None:
    """Under the box: money that is waiting or held, so that nobody looks for it in the amount due."""
    statement, words = sheet.statement, sheet.words
    for text, cents in ((words.short_pending, statement.pending), (words.short_credit, statement.credit)):
        if cents:
            aside = fill(text, amount=show_cents(cents, sign="$"))
            sheet.pen.left(FACTS_X + 12, y, aside, Style(PLAIN, 8.5, INK), RIGHT - FACTS_X - 12)
            y -= 11


def _draw_message(sheet: Sheet, style: Style, lines: list[str]) -> None:
    if not lines:
        return
    high = len(lines) * _MESSAGE_LEAD + 2
    head = _FOLD - 6
    box(sheet.paper, LEFT, head - high, 3, high, WARM if sheet.statement.level >= 3 else NAVY)
    for place, line in enumerate(lines):
        sheet.pen.left(LEFT + 12, head - 10 - place * _MESSAGE_LEAD, line, style)


def _details(sheet: Sheet, top: float, rows: list[Row], suffix: str = "") -> None:
    title = f"{sheet.words.details} ({suffix})" if suffix else sheet.words.details
    sheet.pen.left(LEFT, top - 8, title, SECTION, 250)
    draw_columns(sheet.paper, sheet.pen, sheet.words, top - 10)
    y = top - 36
    for row in rows:
        _row(sheet, row, y)
        y -= row.high


def _row(sheet: Sheet, row: Row, head: float) -> None:
    if row.kind == "gap":
        return
    pen, paper = sheet.pen, sheet.paper
    style, x = _ROW_STYLES[row.kind]
    if row.kind == "visit":
        box(paper, LEFT, head - 16, RIGHT - LEFT, 14.5, TINT)
        pen.left(x, head - 12, row.text, style, RIGHT - x - 56)
        for amount in row.amounts:
            pen.right(RIGHT, head - 12, amount, style, 54)
        return
    base = head - (16 if row.kind == "due" else 9.5)
    if row.kind == "due":
        rule(paper, head - 2, NAVY, w=1)
    pen.left(x, base, row.text, style)
    for amount, column in zip(row.amounts, COLUMNS[-len(row.amounts) :], strict=False):
        pen.right(column, base, amount, style, 50 if row.kind == "line" else 0)


def _ageing(sheet: Sheet) -> None:
    ageing, foot = sheet.statement.ageing, sheet.common.ageing_foot
    buckets = (ageing.current, ageing.days_31, ageing.days_61, ageing.over_90, sheet.statement.amount_due)
    wide = (RIGHT - LEFT) / len(buckets)
    for place, cents in enumerate(buckets):
        x = LEFT + (place + 1) * wide - 8
        last = place == len(buckets) - 1
        style = Style(BOLD, 10, NAVY) if last else Style(PLAIN, 9.5, INK if cents else GREY)
        sheet.pen.right(x, foot + 7, show_cents(cents, sign="$"), style, wide - 12)
