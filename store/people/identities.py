"""What tells who a patient is, all of it, as far as a role may read it: for a screen that is shared with others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, func, select

from store.people.areas import rights_of
from store.people.roles import Actor
from store.tables import Coverage, Guarantor, Patient, PatientContact


@dataclass(frozen=True, slots=True)
class Identities:
    """Words of names and addresses, numbers and e-mail addresses, all casefolded, and dates of birth.

    `patients` is how many there were.
    """

    words: frozenset[str]
    numbers: frozenset[str]
    births: frozenset[date]
    patients: int


def identities(session: Session, actor: Actor, known: int = -1) -> Identities | None:
    """Everybody's; None when there are as many patients as were `known`."""
    count = session.exec(select(func.count()).select_from(Patient)).one()
    if count == known:
        return None
    words: set[str] = set()
    numbers: set[str] = set()
    births: set[date] = set()
    people = _rows(session, Patient.last, Patient.first, Patient.number, Patient.source_id, Patient.birth)
    for last, first, number, source_id, birth in people:
        words |= _words(last, first)
        numbers |= _numbers(number, source_id)
        births.add(birth)
    rights = rights_of(actor.role)
    if "r" in rights.get("contact", ()):
        _contact(session, words, numbers, births)
    if "r" in rights.get("phones", ()):
        for (phone,) in _rows(session, PatientContact.phone):
            numbers |= _numbers(phone)
    return Identities(frozenset(words), frozenset(numbers), frozenset(births), count)


def _contact(session: Session, words: set[str], numbers: set[str], births: set[date]) -> None:
    payers = _rows(session, Guarantor.last, Guarantor.first, Guarantor.line1, Guarantor.number, Guarantor.phone)
    for last, first, line1, number, phone in payers:
        words |= _words(last, first, line1)
        numbers |= _numbers(number, phone)
    for (line1,) in _rows(session, PatientContact.line1):
        words |= _words(line1)
    insured = _rows(
        session, Coverage.member_id, Coverage.subscriber_last, Coverage.subscriber_first, Coverage.subscriber_birth
    )
    for member_id, last, first, birth in insured:
        words |= _words(last, first)
        numbers |= _numbers(member_id)
        births |= {birth} if birth else set()


def _rows(session: Session, *columns: Any) -> Any:
    """Columns as they come."""
    return session.execute(select(*columns))


def _words(*texts: str) -> set[str]:
    parts = (part for text in texts for part in text.replace("-", " ").replace(",", " ").split())
    return {part.casefold().strip(".'") for part in parts if len(part) > 1 and part[0].isalpha()}


def _numbers(*texts: str) -> set[str]:
    return {text.casefold() for text in texts if len(text) > 2}
