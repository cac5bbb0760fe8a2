"""Medically unlikely edits of CMS, comma-separated: `MCR_MUE_PractitionerServices_Eff_07-01-2026.csv`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from codesets.errors import Refused
from codesets.releases.delimited import Columns, header_of, read_records
from codesets.releases.files import Member

Row = dict[str, Any]
COLUMNS: Columns = {
    "code": ("hcpcscptcode",),
    "units": ("practitionerservicesmuevalues", "outpatienthospitalservicesmuevalues", "dmesupplierservicesmuevalues"),
    "adjudication": ("mueadjudicationindicator",),
    "rationale": ("muerationale",),
}
_REQUIRED = ("code", "units", "adjudication")
_SERVICES = (("practitioner", "practitioner"), ("outpatienthospital", "hospital"), ("dme", "supplier"))


def is_mue(head: bytes, _name: str = "") -> bool:
    """Does a file hold unit limits?"""
    return header_of(head, COLUMNS, _REQUIRED) is not None


def effective_of(_head: bytes, name: str) -> date | None:
    """The date in the name: `…_Eff_07-01-2026`."""
    found = re.search(r"(\d\d)-(\d\d)-(\d{4})", name)
    return date(int(found[3]), int(found[1]), int(found[2])) if found else None


def part_of(head: bytes, _name: str) -> str:
    """The service type that the heading names."""
    start = re.sub(rb"[^a-z]", b"", head[:4000].lower()).decode()
    return next((word for name, word in _SERVICES if f"{name}services" in start), "practitioner")


def read_mue(member: Member) -> Iterator[tuple[str, Row]]:
    """Rows of `mue`."""
    for record in read_records(member, COLUMNS, _REQUIRED):
        where = f"{member.name}, line {record.line}"
        if not record["units"].isdecimal():
            raise Refused("The number of units is not a whole number.", where=f"{where}, field units")
        if record["adjudication"][:1] not in ("1", "2", "3"):
            raise Refused("The adjudication indicator is not 1, 2 or 3.", where=f"{where}, field adjudication")
        yield (
            "mue",
            {
                "code": record["code"],
                "units": int(record["units"]),
                "adjudication": record["adjudication"][:1],
                "rationale": record["rationale"],
            },
        )
