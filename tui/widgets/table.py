"""A small table of a record as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from store.work.record import Table
from store.work.values import Cell, Column, Kind
from tui.widgets.columns import Placed, header, place, say, taken, write
from tui.widgets.look import DIM, PLAIN
from tui.widgets.plain import Line, fold

LONG_FROM, LONG_LEAST = 40, 24
"""A text column of so many cells holds sentences: it is folded, and keeps at least so many where room is short."""


def table_lines(table: Table, width: int) -> list[Line]:
    """The titles and the rows; columns drop from the right as in a queue's list, but never the one with sentences."""
    fitted, long = _fitted(table.columns, width)
    indexes = [at for at, _ in fitted]
    placed = [
        replace(one, index=indexes[one.index]) for one in place([one for _, one in fitted], width, terminal=width)
    ]
    if not table.rows:
        return [header(placed, ()), (("none", DIM),)]
    return [header(placed, ()), *(line for row in table.rows for line in _row(placed, row, long))]


def _fitted(columns: Sequence[Column], width: int) -> tuple[list[tuple[int, Column]], str]:
    """The columns with their places among the cells, and the key of that with sentences ('' where there is none).

    That one is made narrower where they don't fit.
    """
    kept = list(enumerate(columns))
    long = next((one for one in columns if one.kind is Kind.TEXT and one.width >= LONG_FROM), None)
    if long is None:
        return kept, ""
    while len(kept) > 1 and taken(LONG_LEAST if one is long else one.width for _, one in kept) > width:
        kept.pop(max(n for n, (_, one) in enumerate(kept) if one is not long))
    room = width - taken(0 if one is long else one.width for _, one in kept)
    return [(at, replace(one, width=min(one.width, room)) if one is long else one) for at, one in kept], long.key


def _row(placed: Sequence[Placed], cells: Sequence[Cell], long: str) -> Iterator[Line]:
    """A row, with as many further lines as its sentences need."""
    folded = next((fold(say(cells[one.index]), one.width) for one in placed if one.column.key == long), [""])
    for number, part in enumerate(folded):
        own = [part if one.column.key == long else None if number else cells[one.index] for one in placed]
        told = (write(cell, one.column.kind, one.width) for cell, one in zip(own, placed, strict=True))
        yield ((" ".join(told).rstrip(), PLAIN),)
