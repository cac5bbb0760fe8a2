"""Relative values of the physician fee schedule: `PPRRVU26_JUL.csv`.

Some lines of preamble, a heading over several rows whose last begins with HCPCS, MOD, then 31
columns in a fixed order.  The descriptions are licensed and are not taken.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from codesets.errors import Refused
from codesets.releases.delimited import bare, scaled
from codesets.releases.files import Member, decoded

Row = dict[str, Any]
_MONTHS = {
    name: n
    for n, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_CODE = re.compile(r"[0-9A-Z]{4}[0-9A-Z]")
_LEAST = 25
#: Column numbers, from 0.
_PLACES = {
    "status": 3, "professional_technical": 13, "global_days": 14, "multiple": 18, "bilateral": 19, "assistant": 20,
    "co_surgeon": 21, "team": 22,
}  # fmt: skip
_VALUES = {"work": 5, "practice_office": 6, "practice_facility": 8, "malpractice": 10}
_CONVERSION = 24


def _heading(line: str) -> str | None:
    for delimiter in ",\t":
        cells = [bare(cell) for cell in line.split(delimiter)]
        if len(cells) >= _LEAST and cells[:2] in (["hcpcs", "mod"], ["hcpcs", "modifier"]):
            return delimiter
    return None


def is_values(head: bytes, _name: str = "") -> bool:
    """Does a file hold relative values?"""
    return any(_heading(line) for line in decoded(head).splitlines()[:30])


def effective_of(_head: bytes, name: str) -> date | None:
    """The month in the name: `PPRRVU26_JUL`, `PPRRVU2026_Jan_nonQPP`."""
    found = re.search(r"rvu(?:20)?(\d\d)[_-]?([a-z]{3})?", name.lower())
    return date(2000 + int(found[1]), _MONTHS.get(found[2] or "jan", 1), 1) if found else None


def part_of(_head: bytes, name: str) -> str:
    """Since 2026 there are two files, for those who take part in advanced payment models and others."""
    found = re.search(r"(non)?[_-]?(qpp|apm)", name.lower())
    return ("not qualifying" if found[1] else "qualifying") if found else ""


def read_values(member: Member) -> Iterator[tuple[str, Row]]:
    """Rows of `fee`: values in hundredths, the conversion factor in ten-thousandths."""
    lines = (line for _, line in member.lines())
    above, delimiter = 0, None
    for line in lines:
        above += 1
        delimiter = _heading(line)
        if delimiter:
            break
    if delimiter is None:
        raise Refused("The heading HCPCS, MOD, … was not found.", where=member.name)
    rows = csv.reader(lines, delimiter=delimiter)
    for cells in rows:
        where = f"{member.name}, line {above + rows.line_num}"
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < _LEAST or not _CODE.fullmatch(cells[0].strip()):
            raise Refused("This is not a line of relative values.", where=where)
        row: Row = {"code": cells[0].strip(), "modifier": cells[1].strip()}
        row |= {name: cells[place].strip() for name, place in _PLACES.items()}
        row |= {name: scaled(cells[place], 2, f"{where}, field {place + 1}") for name, place in _VALUES.items()}
        row["conversion"] = scaled(cells[_CONVERSION], 4, f"{where}, field {_CONVERSION + 1}")
        yield "fee", row
