"""What tells who a patient is, all of it, as far as a role may read it: for a screen that is shared with others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, func, select

from store.people.areas import rights_of
from store.people.roles import Actor
from store.tables import ClaimVersion, Coverage, Guarantor, Patient, PatientContact

_STREET = re.compile(r'"line1":"((?:[^"\\]|\\.)*)"')
"""What a claim says of where a patient lives, for who reads no address but on claims."""


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
    seen = {area for area, letters in rights_of(actor.role).items() if "r" in letters}
    if seen & {"contact", "account holders"}:
        for last, first, number in _rows(session, Guarantor.last, Guarantor.first, Guarantor.number):
            words |= _words(last, first)
            numbers |= _numbers(number)
    if "insurance" in seen:
        _insured(session, words, numbers, births)
    if "contact" in seen:
        _contact(session, words, numbers)
    elif "claims" in seen:
        for (content,) in session.execute(select(ClaimVersion.content).execution_options(yield_per=500)):
            words |= _words(*_STREET.findall(content))
    return Identities(frozenset(words), frozenset(numbers), frozenset(births), count)


def _contact(session: Session, words: set[str], numbers: set[str]) -> None:
    for table in (Guarantor, PatientContact):
        for line1, phone in _rows(session, table.line1, table.phone):
            words |= _words(line1)
            numbers |= _numbers(phone)


def _insured(session: Session, words: set[str], numbers: set[str], births: set[date]) -> None:
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
