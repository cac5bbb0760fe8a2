"""NCCI procedure-to-procedure pairs of CMS, tab-separated: `ccipra-v322r0-f1.txt` and its sisters.

Seven columns below a heading of several lines: column 1 code, column 2 code, `*` if in existence
before 1996, effective date, deletion date (`*` none), modifier indicator 0, 1 or 9, rationale.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from codesets.errors import Refused
from codesets.releases.delimited import iso_date
from codesets.releases.files import Member

Row = dict[str, Any]
_CODE = re.compile(r"[0-9A-Z]{4}[0-9A-Z]")
_PAIR = re.compile(rb"^[0-9A-Z]{5}\t[0-9A-Z]{5}\t\*?\t\d{8}\t(?:\d{8}|\*)\t[019]\t", re.M)
_VERSION = re.compile(r"v(\d\d)(\d)r", re.I)
_FIRST_YEAR = 1994
_SERVICES = (("ccipra", "practitioner"), ("ccioph", "hospital"), ("mcd", "medicaid"))


def is_ptp(head: bytes, _name: str = "") -> bool:
    """Does a file hold pairs?"""
    return _PAIR.search(head) is not None


def effective_of(_head: bytes, name: str) -> date | None:
    """The first day of the quarter that the version in the name stands for: v322 is July 2026."""
    found = _VERSION.search(name)
    if not found or not 0 <= int(found[2]) <= 3:
        return None
    return date(_FIRST_YEAR + int(found[1]), 1 + 3 * int(found[2]), 1)


def part_of(_head: bytes, name: str) -> str:
    """The service type, and which of the files it is that a release is cut into."""
    service = next((word for start, word in _SERVICES if start in name.lower()), "practitioner")
    piece = re.search(r"-(f\d)", name.lower())
    return f"{service} {piece[1]}" if piece else service


def read_ptp(member: Member) -> Iterator[tuple[str, Row]]:
    """Rows of `ptppair` and, once each, of `ptprationale`."""
    reasons: dict[str, int] = {}
    before = False
    for number, line in member.lines():
        cells = line.split("\t")
        if not (_CODE.fullmatch(cells[0].strip()) and len(cells) > 1 and _CODE.fullmatch(cells[1].strip())):
            if before and line.strip():
                raise Refused("This is not a pair of codes.", where=f"{member.name}, line {number}")
            continue
        before = True
        where = f"{member.name}, line {number}"
        if len(cells) < 6 or cells[5].strip() not in ("0", "1", "9"):
            raise Refused("The modifier indicator is not 0, 1 or 9.", where=f"{where}, field 6")
        start = iso_date(cells[3], f"{where}, field 4")
        if start is None:
            raise Refused("The pair has no effective date.", where=f"{where}, field 4")
        reason = " ".join(cells[6].split()) if len(cells) > 6 else ""
        if reason not in reasons:
            reasons[reason] = len(reasons)
            yield "ptprationale", {"number": reasons[reason], "text": reason}
        yield (
            "ptppair",
            {
                "column1": cells[0].strip(),
                "column2": cells[1].strip(),
                "effective": start,
                "deletion": iso_date(cells[4], f"{where}, field 5"),
                "indicator": cells[5].strip(),
                "rationale": reasons[reason],
            },
        )
