"""Records as plain text lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from store.money import show_cents
from store.text import clean_line
from store.work.record import Block, Facts, Lines, Record, Table
from store.work.values import Cell, Kind


def record_lines(record: Record) -> Iterator[str]:
    """Title and headline, then each tab with its blocks."""
    yield clean_line(f"{record.title}  [{record.state}]")
    yield clean_line(record.headline)
    for tab in record.tabs:
        yield ""
        yield f"-- {tab.title} --"
        for block in tab.blocks:
            yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    if block.title:
        yield f"{block.title}:"
    if isinstance(block, Facts):
        wide = max((len(label) for label, _ in block.pairs), default=0)
        for label, value in block.pairs:
            yield f"  {label.ljust(wide)}  {cell_text(value)}"
    elif isinstance(block, Lines):
        for line in block.lines:
            yield f"  {clean_line(line)}"
    else:
        yield from _table(block)


def _table(table: Table) -> Iterator[str]:
    kinds = [column.kind for column in table.columns]
    rows = [[cell_text(cell, kind) for cell, kind in zip(row, kinds, strict=True)] for row in table.rows]
    titles = [column.title for column in table.columns]
    widths = [max(len(text) for text in column) for column in zip(titles, *rows, strict=True)]
    for row in (titles, *rows):
        cells = (
            text.ljust(wide) if kind is Kind.TEXT else text.rjust(wide)
            for text, wide, kind in zip(row, widths, kinds, strict=True)
        )
        yield ("  " + "  ".join(cells)).rstrip()


def cell_text(cell: Cell, kind: Kind = Kind.TEXT) -> str:
    """A cell as text; cents as an amount."""
    if cell is None:
        return ""
    if kind is Kind.CENTS and isinstance(cell, int):
        return show_cents(cell)
    return cell.isoformat() if isinstance(cell, date) else clean_line(str(cell))
