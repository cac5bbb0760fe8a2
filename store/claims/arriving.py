"""Fields of a claim that arrive with an encounter, before there is a claim: which there are, and how they are kept.

They are those of `store.claims.fields`; a clinician comes with the name, for a file can't know who is on file here.
A field of a line comes before the line does, so it names the procedure that it goes with:

    line.ndc   J1885=00409-3793-01 1 ML | J3301=00003-0293-05 40 UN

What is told once of a procedure goes with each line of it; what is told several times, with one line after the other.
"""

from __future__ import annotations

import re

from sqlmodel import col, select

from store.claims.facility import BILL_FIELDS, bill_fault, change_bill
from store.claims.facts import AWAITING, BY_NAME, INSTITUTIONAL, LINE_FIELDS, put, put_awaiting
from store.errors import Refused
from store.tables import ClaimFact, Encounter, ServiceLine
from store.text import clean_line
from store.work.command import Change

OF_LINE = "line."
"""How the name of a field of a line begins where it arrives."""
_CODE = re.compile(r"[0-9A-Z]{4,5}", re.ASCII)
NEEDED = ("bill_type", "revenue")
"""What a hospital's bill can't be without."""


def arriving() -> tuple[str, ...]:
    """The names of the fields that may arrive; those of a line begin with `OF_LINE`."""
    of_claim = (name for line, name in BY_NAME if not line)
    return (*of_claim, *BILL_FIELDS, *(f"{OF_LINE}{one.name}" for one in LINE_FIELDS))


def fault_of(name: str, text: str) -> str:
    """Why a field can't say this, '' where it can."""
    try:
        field = BY_NAME.get((False, name))
        if name.startswith(OF_LINE):
            for _, told in by_procedure(text):
                BY_NAME[True, name.removeprefix(OF_LINE)].check(None, told)
        elif field is not None:
            field.check(None, clean_line(text))
        else:
            bill_fault(name, clean_line(text))
    except Refused as wrong:
        return f"{wrong.what} {wrong.do}".strip()
    return ""


def lacks(fields: tuple[tuple[str, str], ...]) -> str:
    """The field without which those of a hospital's bill say nothing; '' where none is wanted."""
    names = {name for name, _ in fields}
    of_bill = {*BILL_FIELDS, *(f"{OF_LINE}{name}" for name in INSTITUTIONAL)}
    return next((name for name in NEEDED if name not in names), "") if names & of_bill else ""


def keep(change: Change, encounter: Encounter, fields: tuple[tuple[str, str], ...]) -> None:
    """Keep what arrived with a new encounter; `Refused` names the field that is wrong."""
    bill = {name: clean_line(text) for name, text in fields if name in BILL_FIELDS}
    for name, text in fields:
        if name.startswith(OF_LINE):
            put_awaiting(change.session, encounter.id, name.removeprefix(OF_LINE), by_procedure(text))
        elif name not in BILL_FIELDS:
            put(change.session, encounter.id, None, name, text)
    if bill:
        change_bill(change, encounter.id, bill)


def by_procedure(text: str) -> list[tuple[str, str]]:
    """What a field of lines tells: (procedure, text) in order; `Refused` where a procedure is not named."""
    told = []
    for part in clean_line(text).split("|"):
        code, equals, value = (one.strip() for one in part.partition("="))
        if not (equals and value and _CODE.fullmatch(code.upper())):
            raise Refused(f"{part.strip()[:40]!r} names no procedure.", do="Write CODE=text, and | between several")
        told.append((code.upper(), value))
    return told


def take_up(change: Change, service: ServiceLine) -> None:
    """What arrived for this procedure becomes the line's own, with its first claim; it can be changed there."""
    mark = f"{AWAITING}{service.code}"
    rows = select(ClaimFact).where(ClaimFact.encounter_id == service.encounter_id, col(ClaimFact.name).endswith(mark))
    told: dict[str, list[str]] = {}
    for row in change.session.exec(rows.order_by(col(ClaimFact.id))).all():
        told.setdefault(row.name.removesuffix(mark), []).append(row.value)
    if not told:
        return
    alike = select(ServiceLine.id).where(
        ServiceLine.encounter_id == service.encounter_id, ServiceLine.code == service.code
    )
    number = list(change.session.exec(alike.order_by(col(ServiceLine.position))).all()).index(service.id)
    for name, values in told.items():
        if len(values) == 1 or number < len(values):
            put(change.session, service.encounter_id, service.id, name, values[min(number, len(values) - 1)])
