"""Fields of a claim that arrive with an encounter, before there is a claim: which there are, and how they are kept.

They are those of `store.claims.fields` that are not of a line; a clinician comes with the name, for a file can't know
who is on file here.
"""

from __future__ import annotations

from store.claims.facility import BILL_FIELDS, bill_fault, change_bill
from store.claims.facts import BY_NAME, put
from store.errors import Refused
from store.tables import Encounter
from store.text import clean_line
from store.work.command import Change

NEEDED = ("bill_type", "revenue")
"""What a hospital's bill can't be without."""


def arriving() -> tuple[str, ...]:
    """The names of the fields that may arrive."""
    return (*(name for line, name in BY_NAME if not line), *BILL_FIELDS)


def fault_of(name: str, text: str) -> str:
    """Why a field can't say this, '' where it can."""
    try:
        field = BY_NAME.get((False, name))
        if field is not None:
            field.check(None, clean_line(text))
        else:
            bill_fault(name, clean_line(text))
    except Refused as wrong:
        return f"{wrong.what} {wrong.do}".strip()
    return ""


def lacks(fields: tuple[tuple[str, str], ...]) -> str:
    """The field without which those of a hospital's bill say nothing; '' where none is wanted."""
    names = {name for name, _ in fields}
    return next((name for name in NEEDED if name not in names), "") if names & BILL_FIELDS.keys() else ""


def keep(change: Change, encounter: Encounter, fields: tuple[tuple[str, str], ...]) -> None:
    """Keep what arrived with a new encounter; `Refused` names the field that is wrong."""
    bill = {name: clean_line(text) for name, text in fields if name in BILL_FIELDS}
    for name, text in fields:
        if name not in BILL_FIELDS:
            put(change.session, encounter.id, None, name, text)
    if bill:
        change_bill(change, encounter.id, bill)
