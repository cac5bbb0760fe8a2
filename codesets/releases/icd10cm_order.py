"""The ICD-10-CM order file: every header and code of a release, `icd10cm_order_YYYY.txt`.

Columns 1-5 order number, 7-13 code without dot, 15 `0` header or `1` billable, 17-76 short
description, from 78 the long one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from codesets.errors import Refused
from codesets.releases.files import Member

_LINE = re.compile(r"(\d{5}) ([A-Z][0-9A-Z]{2,6}) *([01]) ")
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?00001 [A-Z][0-9A-Z]{2,6} *[01] ")


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One header or code; `key` has no dot."""

    key: str
    billable: bool
    short: str
    title: str
    line: int


def is_order_file(head: bytes) -> bool:
    """Does a file begin like an order file?"""
    return _FIRST.match(head) is not None


def read_order_file(member: Member) -> Iterator[OrderLine]:
    """Every line of the file in tabular order; a gap in the numbers or a code told twice is refused."""
    known: set[str] = set()
    for number, line in member.lines():
        if not line.strip():
            continue
        where = f"{member.name}, line {number}"
        found = _LINE.match(line)
        if not found or len(line) < 78:
            raise Refused("This is not a line of an order file.", where=where, do="Nothing was changed.")
        order, key = int(found[1]), found[2]
        if order != len(known) + 1:
            raise Refused(f"Order number {order} stands where {len(known) + 1} belongs.", where=f"{where}, columns 1-5")
        if key in known:
            raise Refused(f"The code {key} stands in the file twice.", where=f"{where}, columns 7-13")
        known.add(key)
        yield OrderLine(key, line[14] == "1", " ".join(line[16:76].split()), " ".join(line[77:].split()), number)
    if not known:
        raise Refused("The order file is empty.", where=member.name)
