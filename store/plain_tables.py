"""Small files that people write or a bank or printer sends: CSV with a header, and TOML; refused with their place."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from store.errors import Refused
from store.text import clean_line


class Told(NamedTuple):
    """One row: where it stands in words, its line, and its cells by column, cleaned; a missing one is empty."""

    where: str
    line: int
    cells: dict[str, str]


def rows_of(content: bytes, name: str, needed: Sequence[str]) -> Iterator[Told]:
    """The rows of UTF-8 CSV whose header has these columns, in any case; `Refused` names line and column."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("The file is not UTF-8 text.", where=name) from None
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [clean_line(column).lower() for column in next(reader, [])]
        missing = [column for column in needed if column not in header]
        if missing:
            raise Refused(f"Columns of the header are missing: {', '.join(missing)}.", where=f"{name}, line 1")
        for row in reader:
            if row:
                cells = dict.fromkeys(header, "") | dict(zip(header, map(clean_line, row), strict=False))
                yield Told(f"{name}, line {reader.line_num}", reader.line_num, cells)
    except csv.Error as wrong:
        raise Refused(f"This is not CSV: {wrong}.", where=f"{name}, line {reader.line_num}") from None


def toml_of(text: str, where: str = "") -> dict[str, Any]:
    """A TOML document; `Refused` says what is wrong with it."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise Refused("This is not TOML: it is nested too deep.", where=where) from None
    except ValueError as wrong:  # also a number with more digits than Python reads
        raise Refused(f"This is not TOML: {str(wrong)[:200]}.", where=where) from None
