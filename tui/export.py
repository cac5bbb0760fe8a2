"""Writes the rows of a list to a file."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from store.errors import Refused
from store.money import show_cents
from store.text import safe_cell
from store.work.values import Cell, Column, Kind, Row


def write_rows(name: str, columns: Sequence[Column], rows: Sequence[Row]) -> Path:
    """Writes the rows of a queue to a CSV file."""
    return write_table(name, columns, [(row.flag, row.cells) for row in rows])


def write_table(name: str, columns: Sequence[Column], rows: Sequence[tuple[str, tuple[Cell, ...]]]) -> Path:
    """Writes a CSV file that only its owner can read, and gives its path.

    A file that is there is never overwritten and no link is followed; no cell can be taken for a formula.
    """
    path = Path(name).expanduser()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise Refused("That file is there already.", where=str(path), do="Choose another name.") from None
    except OSError as error:
        raise Refused(f"The file can't be written: {error.strerror}.", where=str(path)) from None
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["flag", *(safe_cell(column.title) for column in columns)])
        for flag, row in rows:
            out.writerow([flag, *(_cell(cell, column.kind) for cell, column in zip(row, columns, strict=False))])
    return path


def _cell(cell: Cell, kind: Kind) -> str:
    if cell is None:
        return ""
    if isinstance(cell, int):
        return show_cents(cell).replace(",", "") if kind is Kind.CENTS else str(cell)
    return safe_cell(str(cell))
