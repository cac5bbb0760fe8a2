"""HCPCS Level II: the fixed-width file of CMS, delimited tables, and tables of further names.

In `HCPCyyyy_…_ANWEB.txt` a record has 320 columns (the last ones may be missing): 1-5 code (a
modifier in 4-5), 6-10 sequence, 11 record kind (3 code, 4 its continuation, 7 modifier, 8 its
continuation), 12-91 long description, 92-119 short one, 230 coverage, 269-276 date added, 277-284
date of the last action, 285-292 date terminated, 293 action.  Free text stands above the records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from codesets.errors import Refused
from codesets.releases.delimited import Columns, header_of, iso_date, read_records
from codesets.releases.files import Member

_FIRST = re.compile(r"(?:[A-Z]\d{4}|   [A-Z0-9]{2})\d{5}[37]")
_NEXT = re.compile(r"(?:[A-Z]\d{4}|   [A-Z0-9]{2})\d{5}[48]")
_LEAST_WIDTH = 292
_CODE = re.compile(r"[A-Z]\d{4}|[A-Z0-9]{2}")
_MONTHS = {"jan": 1, "apr": 4, "jul": 7, "oct": 10}
COLUMNS: Columns = {
    "code": ("code", "hcpcscode", "hcpcs", "hcpc"),
    "long": ("long", "longdescription", "longdescriptor", "description", "descriptor"),
    "short": ("short", "shortdescription", "shortdescriptor"),
    "kind": ("kind",),
    "added": ("adddt", "adddate", "added", "effectivedate"),
    "ended": ("termdt", "terminationdate", "termdate", "terminated", "discontinued"),
}
ALIASES: Columns = {"term": ("term", "alias", "name"), "codes": ("codes", "code"), "kind": ("kind",)}


@dataclass(slots=True)
class HcpcsLine:
    """One code or modifier with the days it was added and terminated (ISO dates, None when not told)."""

    code: str
    modifier: bool
    long: str
    short: str
    added: str | None
    ended: str | None
    line: int


def is_fixed(head: bytes) -> bool:
    """Does a file hold records of the fixed-width layout?"""
    lines = head.decode("latin-1").splitlines()[:-1]
    return any(_FIRST.match(line) and len(line) >= _LEAST_WIDTH for line in lines)


def is_delimited(head: bytes) -> bool:
    """Does a file hold a table of HCPCS codes with long and short descriptions?"""
    found = header_of(head, COLUMNS, ("code", "short"))
    if found is None:
        return False
    rows = head.decode("latin-1").splitlines()[found[1] : -1]
    return bool(rows) and all(_CODE.match(row.lstrip('"')) for row in rows[:50])


def is_aliases(head: bytes) -> bool:
    """Does a file hold a table of names with the codes they stand for?"""
    return header_of(head, ALIASES, ("term", "codes")) is not None


def effective_of(name: str) -> date | None:
    """The first day of the quarter that a file name tells: HCPC2025_OCT_ANWEB, HCPC2019_CONTR_ANWEB."""
    found = re.search(r"hcpc(?:s)?[^\d]*(\d{4})(?:[_-]?(jan|apr|jul|oct))?", name.lower())
    return date(int(found[1]), _MONTHS.get(found[2] or "jan", 1), 1) if found else None


def read_hcpcs(member: Member) -> Iterator[HcpcsLine]:
    """Every code and modifier of a file in either layout."""
    return _fixed(member) if is_fixed(member.head()) else _delimited(member)


def _fixed(member: Member) -> Iterator[HcpcsLine]:
    current: HcpcsLine | None = None
    for number, line in member.lines():
        where = f"{member.name}, line {number}"
        if _FIRST.match(line):
            if current:
                yield current
            current = _record(line, number, where)
        elif _NEXT.match(line):
            if current is None or current.code != line[:5].strip():
                raise Refused("A continuation line has no record before it.", where=f"{where}, columns 1-11")
            current.long = f"{current.long} {line[11:91].strip()}".strip()
        elif current is not None and line.strip():
            raise Refused("This is not a record of the HCPCS file.", where=f"{where}, columns 1-11")
    if current is None:
        raise Refused("The file has no HCPCS record.", where=member.name)
    yield current


def _record(line: str, number: int, where: str) -> HcpcsLine:
    if len(line) < _LEAST_WIDTH - 16:  # the termination date may be cut off when blank
        raise Refused(f"The record has {len(line)} columns; it is cut off.", where=where)
    return HcpcsLine(
        code=line[:5].strip(),
        modifier=line[10] == "7",
        long=" ".join(line[11:91].split()),
        short=" ".join(line[91:119].split()),
        added=iso_date(line[268:276], f"{where}, columns 269-276"),
        ended=iso_date(line[284:292], f"{where}, columns 285-292"),
        line=number,
    )


def _delimited(member: Member) -> Iterator[HcpcsLine]:
    for record in read_records(member, COLUMNS, ("code",)):
        code = record["code"].upper()
        where = f"{member.name}, line {record.line}"
        if not _CODE.fullmatch(code):
            raise Refused(f"{code[:20]!r} is not a HCPCS code.", where=f"{where}, field code")
        if not (record["long"] or record["short"]):
            raise Refused("The code has no description.", where=f"{where}, field long")
        yield HcpcsLine(
            code=code,
            modifier=len(code) == 2,
            long=record["long"] or record["short"],
            short=record["short"],
            added=iso_date(record["added"], f"{where}, field added"),
            ended=iso_date(record["ended"], f"{where}, field ended"),
            line=record.line,
        )


def read_aliases(member: Member) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Names with the codes they stand for and their lines."""
    for record in read_records(member, ALIASES, ("term", "codes")):
        codes = tuple(code.strip().upper() for code in re.split(r"[|, ]+", record["codes"]) if code.strip())
        odd = [code for code in codes if not re.fullmatch(r"[A-Z]\d{4}", code)]
        if odd:
            where = f"{member.name}, line {record.line}, field codes"
            raise Refused(f"{odd[0][:20]!r} is not a HCPCS code.", where=where)
        yield record["term"], codes, record.line
