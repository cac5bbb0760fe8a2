"""How columns share a line and how cells are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from store.money import show_cents
from store.work.values import Cell, Column, Kind, SortKey
from tui.widgets.look import HEAD, PLAIN
from tui.widgets.plain import Line, Part, fit, one_line

WIDE_FROM = 100
"""Terminal columns from which `wide` columns are shown."""

_NARROWEST = 10
"""Cells below which a text tells nothing."""

_RIGHT = {Kind.NUMBER, Kind.CENTS, Kind.DAYS, Kind.AGE, Kind.FIGURE}


@dataclass(frozen=True, slots=True)
class Placed:
    """A column that has its place: `index` in the cells, `width` in the line."""

    index: int
    column: Column
    width: int


def place(columns: Sequence[Column], width: int, *, terminal: int) -> tuple[Placed, ...]:
    """The columns that fit, from the left; what is left over widens the text columns, up to twice.

    What may be missing soonest, a wide column or else the last one, gets narrower before it is left out if it is text.
    """
    shown = [(at, column) for at, column in enumerate(columns) if not column.wide or terminal >= WIDE_FROM]
    while len(shown) > 1 and (over := taken(column.width for _, column in shown) - width) > 0:
        least = max((n for n, (_, column) in enumerate(shown) if column.wide), default=len(shown) - 1)
        at, column = shown[least]
        if column.kind is Kind.TEXT and column.width - over >= _NARROWEST:
            shown[least] = (at, replace(column, width=column.width - over))
        else:
            shown.pop(least)
    left = width - taken(column.width for _, column in shown)
    texts = [at for at, column in shown if column.kind is Kind.TEXT and column.width > 4]
    share, rest = divmod(max(0, left), len(texts)) if texts else (0, 0)
    more = {at: share + (n < rest) for n, at in enumerate(texts)}
    return tuple(Placed(at, column, column.width + min(more.get(at, 0), column.width)) for at, column in shown)


def write(cell: Cell, kind: Kind, width: int) -> str:
    """A cell in exactly `width` cells.  A number is never cut: without room it loses cents, then becomes #."""
    if cell is None:
        return " " * width
    if isinstance(cell, date):
        return fit(cell.isoformat() if width >= 10 else cell.strftime("%m-%d"), width)
    if isinstance(cell, int):
        return _number(cell, kind, width)
    return fit(one_line(cell), width, right=kind in _RIGHT)


def say(cell: Cell, kind: Kind = Kind.TEXT) -> str:
    """A cell at its full length."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int):
        return _forms(cell, kind)[0]
    return one_line(cell)


def header(placed: Sequence[Placed], sort: Sequence[SortKey]) -> Line:
    """The titles; those that are sorted by carry an arrow if there is room."""
    line: list[Part] = []
    for at, one in enumerate(placed):
        title = one.column.title
        key = next((key for key in sort if key.column == one.column.key), None)
        if key and len(title) < one.width:
            title += "↓" if key.descending else "↑"
        line.append((" " if at else "", PLAIN))
        line.append((fit(title, one.width, right=one.column.kind in _RIGHT), HEAD))
    return tuple(line)


def cells_line(placed: Sequence[Placed], cells: Sequence[Cell]) -> str:
    """One row's cells."""
    return " ".join(write(cells[one.index], one.column.kind, one.width) for one in placed)


def sort_words(columns: Sequence[Column], sort: Sequence[SortKey]) -> str:
    """A sort as 'EV↓ Slk↑'."""
    titles = {column.key: column.title for column in columns}
    return " ".join(titles.get(key.column, key.column) + ("↓" if key.descending else "↑") for key in sort)


def taken(widths: Iterable[int]) -> int:
    """The cells that columns of these widths take with a blank between them."""
    each = list(widths)
    return sum(each) + len(each) - 1


def _number(number: int, kind: Kind, width: int) -> str:
    for form in _forms(number, kind):
        if len(form) <= width:
            return form.rjust(width)
    return "#" * width


def _forms(number: int, kind: Kind) -> tuple[str, ...]:
    if kind is Kind.CENTS:
        full = show_cents(number)
        dollars = (abs(number) + 50) // 100 * (-1 if number < 0 else 1)
        return (full, full.replace(",", ""), f"{dollars:,}", str(dollars))
    if kind in {Kind.DAYS, Kind.AGE}:
        return (f"{number}d", str(number))
    return (f"{number:,}", str(number))
