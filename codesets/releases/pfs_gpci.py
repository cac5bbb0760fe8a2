"""Geographic practice cost indices of the physician fee schedule: `GPCI2026.csv`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from codesets.releases.delimited import Columns, header_of, read_records, scaled
from codesets.releases.files import Member

Row = dict[str, Any]
COLUMNS: Columns = {
    "carrier": ("medicareadministrativecontractor", "mac", "carrier"),
    "state": ("state",),
    "locality": ("localitynumber",),
    "name": ("localityname",),
    "work": ("pwgpci", "workgpci"),
    "practice": ("pegpci",),
    "malpractice": ("mpgpci",),
}
_REQUIRED = ("carrier", "locality", "work", "practice", "malpractice")


def is_gpci(head: bytes, _name: str = "") -> bool:
    """Does a file hold the indices?"""
    return header_of(head, COLUMNS, _REQUIRED) is not None


def effective_of(_head: bytes, name: str) -> date | None:
    """The calendar year in the name."""
    found = re.search(r"(20\d\d)", name)
    return date(int(found[1]), 1, 1) if found else None


def read_gpci(member: Member) -> Iterator[tuple[str, Row]]:
    """Rows of `locality`, indices in thousandths."""
    for record in read_records(member, COLUMNS, ("carrier",)):
        if not record["carrier"].isdecimal():
            continue  # remarks below the table
        where = f"{member.name}, line {record.line}"
        row: Row = {name: record[name] for name in ("carrier", "state", "locality", "name")}
        row |= {n: scaled(record[n], 3, f"{where}, field {n}") for n in ("work", "practice", "malpractice")}
        yield "locality", row
