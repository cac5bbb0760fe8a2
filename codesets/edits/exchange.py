"""Encounters and findings as JSON: what comes in is checked field by field, what goes out is plain values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from codesets.edits.model import CodedEncounter, CodedLine, Diagnosis, Finding
from codesets.edits.reference_data import day_of
from codesets.errors import Refused

Row = Mapping[str, Any]
_LONGEST = 200  # characters of a code, modifier or id
_MOST = 1000  # diagnoses or lines
_LARGEST = 10**9
_WHOLE = re.compile(r"[0-9]{1,9}(\.0+)?")
#: Of each kind of reference row: the fields that must be there, and those that are dates.
_REFERENCE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ptp": (("col1", "col2"), ("effective", "deletion")),
    "mue": (("code", "value"), ()),
    "aoc": (("addon",), ()),
    "pfs": (("code",), ()),
    "lcd": (("code", "covered"), ()),
    "hcpcs": (("code",), ("add", "term")),
    "history": (("code", "dos"), ("dos",)),
    "visits": (("dos",), ("dos",)),
    "em": (("code", "minutes"), ()),
}


def read_object(text: str) -> Row:
    """The object of one JSON line, not looked into yet."""
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("This is not JSON.") from None
    if not isinstance(row, dict):
        raise Refused("An encounter is a JSON object.")
    return row


def id_of(row: Row) -> str | None:
    """The id of an encounter that may be wrong in other ways."""
    found = row.get("id")
    return str(found)[:_LONGEST] if isinstance(found, str | int) and not isinstance(found, bool) else None


def read_encounter(row: Row) -> CodedEncounter:
    """The encounter of one object; `Refused` names the field that is wrong."""
    dos = _date(row, "dos")
    if dos is None:
        raise Refused("dos, the date of service, is missing.")
    setting = _text(row, "setting").lower() or "outpatient"
    if setting not in ("outpatient", "inpatient"):
        raise Refused("setting is outpatient or inpatient.")
    return CodedEncounter(
        dos=dos,
        through=_date(row, "through"),
        sex=_text(row, "sex"),
        birth=_date(row, "birth"),
        setting=setting,
        dx=tuple(_diagnosis(item) for item in _list(row, "dx")),
        lines=tuple(_line(item, number) for number, item in enumerate(_list(row, "lines"), start=1)),
        id=_text(row, "id"),
        ctx=_object(row, "ctx"),
        refdata=_reference(_object(row, "refdata")),
    )


def answer(encounter: CodedEncounter, findings: tuple[Finding, ...], missing: tuple[str, ...]) -> dict[str, Any]:
    """What is answered for one encounter."""
    return {"id": encounter.id, "edits": [as_row(finding) for finding in findings], "not_checked": list(missing)}


def as_row(finding: Finding) -> dict[str, Any]:
    """One finding as plain values."""
    return {
        "edit": finding.edit,
        "severity": str(finding.severity),
        "codes": list(finding.codes),
        "line": finding.line,
        "message": finding.message,
        "source": finding.source,
        "clears_when": finding.clears_when,
    }


def _diagnosis(item: Any) -> Diagnosis:
    if isinstance(item, str):
        return Diagnosis(item[:_LONGEST])
    if not isinstance(item, dict) or not _text(item, "code"):
        raise Refused("Each dx has a code.")
    text = item.get("text") or ""
    return Diagnosis(_text(item, "code"), text if isinstance(text, str) else "")


def _line(item: Any, number: int) -> CodedLine:
    if not isinstance(item, dict) or not _text(item, "code"):
        raise Refused("Each of lines has a code.")
    place = item.get("line", number)
    pointers = _list(item, "pointers")
    if not all(_is_whole(value) for value in (place, *pointers)):
        raise Refused("line and pointers are whole numbers.")
    modifiers = _list(item, "modifiers")
    if not all(isinstance(modifier, str) for modifier in modifiers):
        raise Refused("modifiers are texts.")
    return CodedLine(
        line=place,
        code=_text(item, "code").upper(),
        modifiers=tuple(modifier.strip().upper()[:_LONGEST] for modifier in modifiers),
        units=_units(item.get("units")),
        pointers=tuple(pointers),
        pos=_place(item),
        dos=_date(item, "dos"),
    )


def _place(item: Row) -> str:
    """A place of service has two digits; a number lost its nought."""
    place = _text(item, "pos")
    return place.zfill(2) if isinstance(item.get("pos"), int) else place


def _units(value: Any) -> Decimal:
    """One when nothing is said."""
    if value is None:
        return Decimal(1)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > _LARGEST:
        raise Refused("units is a number.")
    return Decimal(str(value))


def _reference(given: Row) -> dict[str, Any]:
    """The reference rows, each with the fields that its kind needs."""
    checked: dict[str, Any] = {}
    for kind, (needed, dates) in _REFERENCE.items():
        if kind in given:
            checked[kind] = [_reference_row(kind, row, needed, dates) for row in _list(given, kind)]
    if "telehealth" in given:
        rows = _list(given, "telehealth")
        checked["telehealth"] = [str(row.get("code", "") if isinstance(row, dict) else row) for row in rows]
    return checked


def _reference_row(kind: str, row: Any, needed: tuple[str, ...], dates: tuple[str, ...]) -> Row:
    if not isinstance(row, dict) or any(row.get(name) is None for name in needed):
        raise Refused(f"Each row of refdata {kind} has {', '.join(needed)}.")
    for name in dates:
        try:
            day_of(row.get(name))
        except ValueError:
            raise Refused(f"{name} in refdata {kind} is not a date.") from None
    for name in ("value", "minutes"):
        if name in needed and not _WHOLE.fullmatch(str(row[name]).strip()):
            raise Refused(f"{name} in refdata {kind} is not a whole number.")
    if "covered" in needed and not isinstance(row["covered"], list):
        raise Refused("covered in refdata lcd is a list.")
    return row


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refused(f"{name} is a text.")
    return str(value).strip()[:_LONGEST]


def _date(row: Row, name: str) -> date | None:
    value = row.get(name)
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused(f"{name} is not a date of the form 2026-01-31.") from None


def _list(row: Row, name: str) -> list[Any]:
    value = row.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Refused(f"{name} is a list.")
    if len(value) > _MOST:
        raise Refused(f"{name} has {len(value)} entries; at most {_MOST} are read.")
    return value


def _object(row: Row, name: str) -> Row:
    value = row.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused(f"{name} is an object.")
    return value
