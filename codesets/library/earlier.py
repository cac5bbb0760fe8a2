"""Days before the first loaded release: which codes of that release were there already.

Each code's first day is a fact of its own (`icd10cm_begun`), so a code of today is judged on an earlier day too.  What
was deleted in between is not known, nor how the notes read then.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from codesets.library import sql
from codesets.library.model import Validity, ValidityStatus
from codesets.tables import read_table

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary, CodeRow

#: ICD-10-CM is in use since this day.
INTRODUCED = date(2015, 10, 1)


@lru_cache(maxsize=1)
def _begun() -> dict[str, date]:
    return {row["prefix"]: date.fromisoformat(row["begins"]) for row in read_table("icd10cm_begun")}


def began(key: str) -> date:
    """The first day of a code (without dot) of the FY2026 release."""
    known = _begun()
    return next((known[key[:end]] for end in range(len(key), 2, -1) if key[:end] in known), INTRODUCED)


def judge_earlier(library: CodeLibrary, row: CodeRow, later: Validity, on: date) -> Validity:
    """How a code of the first release, which says `later` of it, stands on an earlier day."""
    day = on.isoformat()
    if on < INTRODUCED:
        text = f"{row.code} is not in force on {day}; ICD-10-CM is in use since {INTRODUCED}."
        return Validity(ValidityStatus.NOT_IN_FORCE, row.code, text)
    if row.billable and (first := began(row.key)) > on:
        text = f"{row.code} is not in force on {day}; it is from {first}."
        return Validity(ValidityStatus.NOT_IN_FORCE, row.code, text)
    if row.billable:
        return Validity(ValidityStatus.OK, row.code, f"{row.code} is in force on {day}.")
    if all(began(key) > on for key in _below(library, row)):
        text = f"Whether {row.code} was a code on {day} is not known: what stands below it is from later days."
        return Validity(ValidityStatus.NOT_KNOWN, row.code, text)
    return later


def _below(library: CodeLibrary, row: CodeRow) -> list[str]:
    """The keys of the codes below a heading in the first release."""
    reach = {"low": row.key, "high": row.key + "~", "start": row.valid_from, "system": row.system}
    return [str(code).replace(".", "") for (code,) in library.rows(sql.CODES_BEGUN_UNDER, reach)]
