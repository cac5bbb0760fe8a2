"""What each table and column is about, and what each permission may do with it.

`areas.csv` names every column of every table with its area.  A column that stands in no line there is granted to
nobody on PostgreSQL: new data is closed until somebody has said what it is.  Rights are r (read), a (add), w (change)
and d (delete).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from store.people.roles import PERMISSIONS, Permission, Role

_P = Permission

EVERYBODY: Mapping[str, str] = {
    "reference": "r", "directory": "r", "rules": "r", "dispositions": "r", "review rules": "r", "wording": "r",
    "people": "r", "names": "r", "own": "rawd", "picks": "rad", "sessions": "raw", "work": "rawd", "remarks": "rad",
    "actions": "raw", "history": "ra", "steps": "ra", "version": "r",
}  # fmt: skip
"""What any user of the practice may do; `own`, `work`, `remarks`, `actions` and `history` are narrowed row by row."""

_BILLING: Mapping[str, str] = {
    "patients": "r", "registration": "w", "codes": "rw", "contact": "rw", "phones": "rw", "insurance": "rw",
    "claims": "rawd", "money": "ra", "statements": "r", "statement pages": "r", "collection": "raw", "calls": "raw",
    "call notes": "raw",
}  # fmt: skip
_POSTING: Mapping[str, str] = {
    "patients": "r", "codes": "r", "billing states": "w", "accounts": "w", "account holders": "r", "insurance": "r",
    "claims": "rawd", "money": "ra", "collection": "raw",
}  # fmt: skip
"""What an answer of a payer changes.  The next payer's claim, which is made at once, needs insurances; the address that
stands on it comes from a function of the database."""

_RULES: Mapping[str, str] = dict.fromkeys(("rules", "dispositions", "review rules", "wording"), "rawd")

OF_PERMISSION: Mapping[Permission, Mapping[str, str]] = {
    _P.CODE: {"patients": "r", "codes": "rawd", "payers of a patient": "r", "billed": "r", "billed lines": "rw"},
    _P.NOTE: {"notes": "r"},
    _P.IMPORT_ENCOUNTERS: {
        "patients": "ra", "codes": "raw", "contact": "ra", "phones": "ra", "insurance": "ra", "notes": "a",
        "directory": "ra", "told": "raw",
    },
    _P.CLAIM: _BILLING,
    _P.SEND: _BILLING,
    _P.POST: _POSTING,
    _P.DENIAL: {**_BILLING, "dispositions": "rawd"},
    _P.WRITE_OFF: _BILLING,
    _P.STATEMENT: {
        "patients": "r", "codes": "r", "contact": "rw", "phones": "rw", "insurance": "rad",
        "billing states": "w", "accounts": "w", "claims": "r", "money": "ra", "statements": "rawd",
        "statement pages": "rawd", "collection": "rawd", "calls": "rawd", "call notes": "rawd", "wording": "rawd",
    },
    _P.CONTACT: {"contact": "r", "phones": "r", "insurance": "r", "call notes": "r"},
    _P.MONEY: {
        "patients": "r", "codes": "r", "claims": "r", "money": "r", "statements": "r", "collection": "r", "calls": "r",
    },
    _P.REVIEW: {"codes": "raw", "review rules": "rawd"},
    _P.SUPERVISE: {"claims": "rw", "notes": "raw", **_RULES},
    _P.AUDIT: {"trail": "r", "actions": "r"},
    _P.ADMIN: {"reference": "rawd", "directory": "rawd", **_RULES, "names": "w"},
}  # fmt: skip
"""What a permission adds.  Nobody has any right on the audit trail but through the database's own functions."""


@dataclass(frozen=True, slots=True)
class Area:
    """Some columns of one table that are about the same thing."""

    table: str
    name: str
    columns: tuple[str, ...]


@cache
def areas() -> tuple[Area, ...]:
    """Every line of `areas.csv`."""
    text = files("store.people").joinpath("areas.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(Area(row["table"], row["area"], tuple(row["columns"].split())) for row in rows)


def known_columns() -> dict[str, set[str]]:
    """The columns of each table that somebody has said something about."""
    found: dict[str, set[str]] = defaultdict(set)
    for area in areas():
        found[area.table] |= set(area.columns)
    return found


def rights_of(role: Role) -> dict[str, set[str]]:
    """The rights of a role in each area."""
    found: dict[str, set[str]] = defaultdict(set)
    for rights in (EVERYBODY, *(OF_PERMISSION.get(permission, {}) for permission in PERMISSIONS[role])):
        for area, letters in rights.items():
            found[area] |= set(letters)
    return found
