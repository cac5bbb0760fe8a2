"""Small fact tables in our own words, one CSV file each, read through `read_table`."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from codesets.errors import Refused

Row = dict[str, str]
_FOLDER = Path(__file__).parent


@lru_cache(maxsize=16)
def read_table(name: str) -> tuple[Row, ...]:
    """The rows of `name`.csv, each a mapping of column to text; lines that begin with # are remarks."""
    path = _FOLDER / f"{name}.csv"
    if not name.isidentifier() or not path.is_file():
        raise Refused(f"There is no table {name!r}.", where="codesets/tables")
    with path.open(encoding="utf-8", newline="") as handle:
        lines = (line for line in handle if line.strip() and not line.startswith("#"))
        return tuple(csv.DictReader(lines))
