"""Tables that leave for a spreadsheet: the one place that makes exported cells harmless and writes CSV.

A spreadsheet computes a cell that begins like a formula, also one that somebody's name or note put there: such a cell
gets an apostrophe, which makes it text.  Numbers stay numbers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import TextIO

from store.text import clean_note

_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?", re.ASCII)
_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a formula begins with; some spreadsheets take the full-width signs for the same."""


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, where it skips blanks before the sign neither."""
    text = clean_note(text)
    if _NUMBER.fullmatch(text) or not {text[:1], text.lstrip()[:1]} & _FORMULA:
        return text
    return "'" + text


class Sheet:
    """Writes rows as CSV into a stream that was opened with newline=""."""

    def __init__(self, stream: TextIO, *, quoted: bool = False, end: str = "\r\n") -> None:
        self._rows = csv.writer(stream, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator=end)

    def row(self, cells: Iterable[str | int | None]) -> None:
        """One row; nothing is an empty cell."""
        self._rows.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in cells])

    def rows(self, rows: Iterable[Iterable[str | int | None]]) -> None:
        """Several rows."""
        for cells in rows:
            self.row(cells)
