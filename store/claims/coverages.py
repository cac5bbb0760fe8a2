"""Which coverages hold on a day, and in which order they pay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_
from sqlmodel import Session, col, select

from store.tables import Coverage

SEQUENCES = "PST"


def in_force(coverage: Coverage, day: date) -> bool:
    """Whether a coverage holds on a day; an end that is not known is open."""
    begun = coverage.valid_from is None or coverage.valid_from <= day
    return begun and (coverage.valid_to is None or day <= coverage.valid_to)


def place_of(coverage: Coverage, known: Sequence[Coverage]) -> str:
    """P, S or T: the place of a coverage among those that hold on the day, in their order."""
    before = sum(1 for one in known if (one.order, one.id) < (coverage.order, coverage.id))
    return SEQUENCES[min(before, len(SEQUENCES) - 1)]


def payer_on(session: Session, patient_id: int, day: date) -> int | None:
    """The id of the payer who pays first on a day; asks for nothing that a coder may not see."""
    query = (
        select(Coverage.payer_id)
        .where(Coverage.patient_id == patient_id)
        .where(or_(col(Coverage.valid_from).is_(None), col(Coverage.valid_from) <= day))
        .where(or_(col(Coverage.valid_to).is_(None), col(Coverage.valid_to) >= day))
        .order_by(col(Coverage.order), col(Coverage.id))
    )
    return session.exec(query).first()
