"""Add-on codes of CMS with the primary codes they go with, comma- or tab-separated; dates are YYYYDDD."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from codesets.errors import Refused
from codesets.releases.delimited import Columns, header_of, iso_date, read_records
from codesets.releases.files import Member

Row = dict[str, Any]
COLUMNS: Columns = {
    "code": ("addoncode",),
    "ended": ("aocdeldtjulian",),
    "type": ("aocedittype",),
    "start": ("aocediteffdtjulian",),
    "end": ("aoceditdeldtjulian",),
    "primary": ("primarycode",),
    "primary_end": ("primarycodedeldtjulian",),
    "note": ("specialinstructionnotes",),
}
_REQUIRED = ("code", "type", "primary")


def is_addon(head: bytes, _name: str = "") -> bool:
    """Does a file hold add-on codes?"""
    return header_of(head, COLUMNS, _REQUIRED) is not None


def effective_of(_head: bytes, name: str) -> date | None:
    """The quarter in the name: `AOC_V2026Q3-MCR`."""
    found = re.search(r"(20\d\d)\D{0,2}q([1-4])", name.lower())
    return date(int(found[1]), 3 * int(found[2]) - 2, 1) if found else None


def read_addon(member: Member) -> Iterator[tuple[str, Row]]:
    """Rows of `addon`; a pair ends with the earliest of its own, the code's and the primary's end."""
    for record in read_records(member, COLUMNS, _REQUIRED):
        where = f"{member.name}, line {record.line}"
        if record["type"] not in ("1", "2", "3"):
            raise Refused("The edit type is not 1, 2 or 3.", where=f"{where}, field type")
        ends = [iso_date(record[name], f"{where}, field {name}") for name in ("ended", "end", "primary_end")]
        yield (
            "addon",
            {
                "code": record["code"],
                "primary": record["primary"],
                "edit_type": record["type"],
                "valid_from": iso_date(record["start"], f"{where}, field start"),
                "valid_to": min((end for end in ends if end), default=None),
                "note": record["note"],
            },
        )
