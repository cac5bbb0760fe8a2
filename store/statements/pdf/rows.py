"""The details of a statement as rows of known height, shared out to pages."""

from __future__ import annotations

from dataclasses import dataclass, replace

from store.money import show_cents
from store.statements.apart import in_all, on_line
from store.statements.pdf.letters import wrap
from store.statements.pdf.pen import BODY, BOLD, LEFT, NOTE, RIGHT, Style
from store.statements.values import Line, Statement, Visit
from store.statements.words import Words, fill

COLUMNS = (356.0, 410.0, 464.0, 510.0, RIGHT)
"""Where the five money columns end."""

INDENT = LEFT + 8
DESCRIPTION_ROOM = 240.0
VISIT = Style(BOLD, 9.5)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of text: its kind, its height in points, the amounts at its right.

    `keep` holds it on the page of the row that follows; `band` is the text of the visit that it belongs to.
    """

    kind: str
    high: float
    text: str
    amounts: tuple[str, ...] = ()
    keep: bool = False
    band: str = ""


def detail_rows(statement: Statement, words: Words) -> list[Row]:
    """All rows from the first visit to the totals."""
    rows: list[Row] = []
    for visit in statement.visits:
        rows += _visit_rows(visit, words)
    return rows + _total_rows(statement, words)


def _visit_rows(visit: Visit, words: Words) -> list[Row]:
    band = "  ·  ".join(
        (visit.patient, words.day(visit.service_date), fill(words.with_provider, provider=visit.provider))
    )
    heads = wrap(band, VISIT.font, VISIT.size, RIGHT - INDENT - 60)
    rows = [Row("visit", 17, text, keep=True) for text in heads]
    rows[-1] = replace(rows[-1], amounts=(show_cents(visit.owes, sign="$"),))
    for line in visit.lines:
        rows += _line_rows(line, words, band)
    return [*rows, Row("gap", 5, "")]


def _line_rows(line: Line, words: Words, band: str) -> list[Row]:
    texts = wrap(line.description, BODY.font, BODY.size, DESCRIPTION_ROOM)
    rows = [Row("line", 12.5, texts[0], _amounts(line), band=band)]
    rows += [Row("more", 12, text, band=band) for text in texts[1:]]
    for template, cents in on_line(line, words):
        rows += _notes(fill(template, amount=show_cents(cents, sign="$")), band)
    rows += _notes(line.reason, band)
    rows[-1] = replace(rows[-1], high=rows[-1].high + 1.5)
    rows[0] = replace(rows[0], keep=len(rows) > 1)
    return rows


def _notes(text: str, band: str) -> list[Row]:
    return [Row("note", 10.5, part, band=band) for part in wrap(text, NOTE.font, NOTE.size, RIGHT - INDENT - 60)]


def _amounts(line: Line) -> tuple[str, ...]:
    return (
        show_cents(line.charge, sign="$"),
        _less(line.insurance_paid),
        _less(line.insurance_adjusted + line.discount),
        _less(line.patient_paid),
        show_cents(line.owes, sign="$"),
    )


def _less(cents: int) -> str:
    """What lowers the charge, with a minus; nothing is a dash, so that the eye finds the amounts."""
    return show_cents(-cents, sign="$") if cents else "--"


def _total_rows(statement: Statement, words: Words) -> list[Row]:
    asides = [Row("aside", 14, text, (show_cents(cents, sign="$"),)) for text, cents in in_all(statement, words)]
    due = Row("due", 22, words.amount_due, (show_cents(statement.amount_due, sign="$"),), keep=bool(asides))
    return [due, *asides]


def share_out(rows: list[Row], first_room: float, next_room: float, words: Words) -> list[list[Row]]:
    """The rows by page.  Rows that are kept together move together; a visit that goes on says so on the next page."""
    pages: list[list[Row]] = [[]]
    left = first_room
    for group in _groups(_totals_with_last_line(rows)):
        high = sum(row.high for row in group)
        if high > left and group[0].kind != "gap":
            pages.append([])
            left = next_room
            if group[0].band:
                head = Row("visit", 17, f"{group[0].band}  ({words.continued})")
                pages[-1].append(head)
                left -= head.high
        pages[-1] += group
        left -= high
    return pages


def _totals_with_last_line(rows: list[Row]) -> list[Row]:
    """The rows with the last service held to the totals, so that no page shows totals alone."""
    last = max((place for place, row in enumerate(rows) if row.kind == "line"), default=0)
    return [*rows[:last], *(replace(row, keep=True) for row in rows[last:-1]), rows[-1]]


def _groups(rows: list[Row]) -> list[list[Row]]:
    groups: list[list[Row]] = []
    joined = False
    for row in rows:
        if joined:
            groups[-1].append(row)
        else:
            groups.append([row])
        joined = row.keep
    return groups
