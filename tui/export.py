"""Writes the rows of a list to a file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from store.money import show_cents
from store.new_file import new_file
from store.spreadsheet import Sheet
from store.work.values import Cell, Column, Kind, Row

if TYPE_CHECKING:
    from store.reports.values import Report


class Tells(Protocol):
    """What keeps in the trail that rows left."""

    def exported(self, what: str, rows: int, /) -> None:
        """Nothing is written before this is kept."""
        ...


def write_rows(trail: Tells, what: str, name: str, columns: Sequence[Column], rows: Sequence[Row]) -> Path:
    """Writes the rows of a queue to a CSV file."""
    return write_table(trail, what, name, columns, [(row.flag, row.cells) for row in rows])


def write_report(trail: Tells, name: str, report: Report) -> Path:
    """Writes the rows of a report to a CSV file; of `Report.drawn` those are the points that its picture draws."""
    return write_table(
        trail, f"report {report.key}", name, report.columns, [(row.flag, row.cells) for row in report.rows]
    )


def write_table(
    trail: Tells, what: str, name: str, columns: Sequence[Column], rows: Sequence[tuple[str, tuple[Cell, ...]]]
) -> Path:
    """Writes a CSV file that only its owner can read, and gives its path; `Refused` where there is one."""
    path = Path(name).expanduser()
    with new_file(path) as file:
        trail.exported(what, len(rows))
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        sheet = Sheet(text)
        sheet.row(["flag", *(column.title for column in columns)])
        for flag, row in rows:
            sheet.row([flag, *(_cell(cell, column.kind) for cell, column in zip(row, columns, strict=False))])
        text.detach()
    return path


def _cell(cell: Cell, kind: Kind) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, int):
        return show_cents(cell).replace(",", "") if kind is Kind.CENTS else cell
    return str(cell)
