"""A small table of a record as lines of text."""

from __future__ import annotations

from store.work.record import Table
from tui.widgets.columns import cells_line, header, place
from tui.widgets.look import DIM, PLAIN
from tui.widgets.plain import Line


def table_lines(table: Table, width: int) -> list[Line]:
    """The titles and the rows; columns drop from the right as in a queue's list."""
    placed = place(table.columns, width, terminal=width)
    if not table.rows:
        return [header(placed, ()), (("none", DIM),)]
    return [header(placed, ()), *(((cells_line(placed, row), PLAIN),) for row in table.rows)]
