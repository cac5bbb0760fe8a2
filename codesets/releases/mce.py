"""Age, sex and other flags of diagnoses from the Medicare Code Editor.

A table with the columns code, age_category, sex_list…, flags; or the two-column lists of CMS's
risk-adjustment software ("A34<TAB>2 maternity (age 12-55)", "A34<TAB>2 female").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from codesets.errors import Refused
from codesets.releases.delimited import Columns, header_of, read_records
from codesets.releases.files import Member

Row = dict[str, Any]
COLUMNS: Columns = {"code": ("code",), "age": ("agecategory",), "sex": ("sexlist", "sex"), "flags": ("flags",)}
_PLAIN = re.compile(r"([A-Z][0-9A-Z]{2,6})\t(\d) ([a-z]+)(?: \(age (\d+) ?([-+]?)(\d*)\))?\s*")
_CODE = re.compile(r"[A-Z][0-9A-Z]{2,6}")


def is_mce(head: bytes, _name: str = "") -> bool:
    """Does a file hold flags of diagnoses?"""
    lines = head.decode("latin-1").splitlines()
    plain = bool(lines) and all(_PLAIN.fullmatch(line) for line in lines[:20])
    return plain or header_of(head, COLUMNS, ("code", "flags")) is not None


def part_of(head: bytes, _name: str) -> str:
    """Which list it is; "" for the table of all."""
    first = head.decode("latin-1").splitlines()[0]
    found = _PLAIN.fullmatch(first)
    return "" if not found else ("sex" if found[3] in ("male", "female") else "age")


def read_mce(member: Member) -> Iterator[tuple[str, Row]]:
    """Rows of `dxflag`; the age category is a word with its years ("maternity12-55"), the sex M or F."""
    if part_of(member.head(), member.name):
        return _plain(member)
    return _table(member)


def _plain(member: Member) -> Iterator[tuple[str, Row]]:
    for number, line in member.lines():
        if not line.strip():
            continue
        found = _PLAIN.fullmatch(line)
        if not found:
            raise Refused("This is not a line of the list.", where=f"{member.name}, line {number}")
        word = found[3]
        row = {"code": found[1], "age": "", "sex": "", "flags": ""}
        if word in ("male", "female"):
            row["sex"] = word[0].upper()
        else:
            last = found[6] or ("124" if found[5] else found[4])
            row["age"] = word + (f"{found[4]}-{last}" if found[4] else "")
        yield "dxflag", row


def _table(member: Member) -> Iterator[tuple[str, Row]]:
    for record in read_records(member, COLUMNS, ("code",)):
        code = record["code"].replace(".", "")
        if not _CODE.fullmatch(code):
            raise Refused(f"{code[:12]!r} is not a diagnosis.", where=f"{member.name}, line {record.line}, field code")
        yield "dxflag", {"code": code, "age": record["age"], "sex": record["sex"], "flags": record["flags"]}
