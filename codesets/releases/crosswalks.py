"""Which code stands for which: the conversion table of ICD-10-CM, and the general equivalence mappings.

The conversion table (CDC/NCHS, one for each fiscal year) has the columns current code, effective, and previous
code or codes.  A mapping file (CMS, last issued for FY2018) has three fixed fields a line, source, target and five
flags, no dots: approximate, no map, combination, scenario, choice list.  Both are public domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from codesets.errors import Refused
from codesets.releases.delimited import Columns, header_of, read_records
from codesets.releases.files import Member, decoded

Row = dict[str, Any]
ICD10, ICD9 = "ICD10CM", "ICD9CM"
TO_TEN, TO_NINE = "ICD-9 to ICD-10", "ICD-10 to ICD-9"

_COLUMNS: Columns = {
    "new": ("currentcodeassignment", "currentcode", "newcode", "icd10cmcode"),
    "year": ("effective", "yearcodeassignmentbecameeffective", "yeareffective", "fiscalyear"),
    "old": ("previouscodesassignment", "previouscodeassignment", "previouscode", "oldcode", "priorcode"),
}
_REQUIRED = ("new", "old")
_TEN = r"[A-Z](?:[0-9][0-9A-Z]|[A-Z][0-9])[0-9A-Z]{0,4}"
_NINE = r"[0-9]{3,5}|V[0-9]{2,4}|E[0-9]{3,4}"
_LINE = re.compile(rf"(?P<source>{_TEN}|{_NINE}) +(?P<target>{_TEN}|{_NINE}|NODX) +(?P<flags>[01]{{3}}[0-9]{{2}}) *")
_CODE = re.compile(r"[A-Z](?:[0-9][0-9A-Z]|[A-Z][0-9])(?:\.?[0-9A-Z]{1,4})?(?![0-9A-Z])")
_NONE = re.compile(r"(?:none|new|n/?a|no previous code|-)\.?", re.IGNORECASE)
_LOOKED_AT = 20


def is_conversion(head: bytes, _name: str = "") -> bool:
    """Does a file begin with the conversion table's header?"""
    return header_of(head, _COLUMNS, _REQUIRED) is not None


def read_conversion(member: Member) -> Iterator[tuple[str, Row]]:
    """Rows of `crosswalk`: one for each code and each code before it, with the day of the change."""
    for record in read_records(member, _COLUMNS, _REQUIRED):
        where = f"{member.name}, line {record.line}"
        new = _CODE.fullmatch(record["new"].upper())
        if new is None:
            raise Refused(f"{record['new'][:12]!r} is not a diagnosis.", where=f"{where}, field current code")
        before = list(dict.fromkeys(_CODE.findall(record["old"].upper())))
        if not before and not _NONE.fullmatch(record["old"]):
            raise Refused(f"{record['old'][:20]!r} names no code.", where=f"{where}, field previous code")
        since = _first_day(record["year"], f"{where}, field effective")
        for old in before:
            yield "crosswalk", {
                "source_system": ICD10, "source": _key(old), "target_system": ICD10, "target": _key(new.group()),
                "flags": "", "since": since,
            }  # fmt: skip


def _first_day(text: str, where: str) -> str | None:
    """The first day of a fiscal year ("2025": October 2024), or of the month written before a year."""
    if not text:
        return None
    found = re.fullmatch(r"(?:FY ?)?(\d{4})", text, re.IGNORECASE)
    if found:
        return f"{int(found[1]) - 1}-10-01"
    dated = re.search(r"(Apr|Oct|4/|10/)[a-z0-9/ ,]*?(\d{4})$", text, re.IGNORECASE)
    if not dated:
        raise Refused(f"{text[:20]!r} is not a year.", where=where)
    return f"{dated[2]}-{'04' if dated[1].lower() in ('apr', '4/') else '10'}-01"


def is_mapping(head: bytes, _name: str = "") -> bool:
    """Does a file hold an equivalence mapping of diagnoses (those of procedures have other codes)?"""
    lines = [line for line in decoded(head).splitlines()[:_LOOKED_AT] if line.strip()]
    found = [_LINE.fullmatch(line.upper()) for line in lines]
    return bool(found) and all(found) and len({_is_nine(line.split()[0]) for line in lines}) == 1


def direction_of(head: bytes, _name: str = "") -> str:
    """Which way the mapping goes."""
    return TO_TEN if _is_nine(decoded(head).split()[0]) else TO_NINE


def _is_nine(code: str) -> bool:
    return code[:1].isdigit()


def read_mapping(member: Member) -> Iterator[tuple[str, Row]]:
    """Rows of `crosswalk` with the five flags; a code without an equivalent has an empty target."""
    systems = (ICD9, ICD10) if direction_of(member.head()) == TO_TEN else (ICD10, ICD9)
    for number, line in member.lines():
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.upper())
        if found is None:
            raise Refused(
                "This is not a line of a mapping: source, target and five flags.", where=f"{member.name}, line {number}"
            )
        target = "" if found["target"] == "NODX" else found["target"]
        if (not target) != (found["flags"][1] == "1"):
            raise Refused("The flag of a code without equivalent does not fit.", where=f"{member.name}, line {number}")
        yield "crosswalk", {
            "source_system": systems[0], "source": found["source"], "target_system": systems[1], "target": target,
            "flags": found["flags"], "since": None,
        }  # fmt: skip


def _key(code: str) -> str:
    return code.replace(".", "")
