"""Which coverages hold on a day, and in which order they pay: of what is at hand, and as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_
from sqlmodel import Session, col, select

from store.tables import Coverage, Encounter, Payer

SEQUENCES = "PST"
_COVERAGE = Coverage.__table__  # type: ignore[attr-defined]


def in_force(coverage: Coverage, day: date) -> bool:
    """Whether a coverage holds on a day; an end that is not known is open."""
    begun = coverage.valid_from is None or coverage.valid_from <= day
    return begun and (coverage.valid_to is None or day <= coverage.valid_to)


def place_of(coverage: Coverage, known: Sequence[Coverage]) -> str:
    """P, S or T: the place of a coverage among those that hold on the day, in their order."""
    before = sum(1 for one in known if (one.order, one.id) < (coverage.order, coverage.id))
    return SEQUENCES[min(before, len(SEQUENCES) - 1)]


def _holds(coverage: Any, day: Any) -> ColumnElement[bool]:
    """The same as `in_force`, as SQL: `day` is a date or a column of dates."""
    begun = or_(coverage.valid_from.is_(None), coverage.valid_from <= day)
    return and_(begun, or_(coverage.valid_to.is_(None), coverage.valid_to >= day))


def payer_on(session: Session, patient_id: int, day: date) -> int | None:
    """The id of the payer who pays first on a day; asks for nothing that a coder may not see."""
    query = select(Coverage.payer_id).where(Coverage.patient_id == patient_id, _holds(_COVERAGE.c, day))
    return session.exec(query.order_by(col(Coverage.order), col(Coverage.id))).first()


PAYER_OF_VISIT: ColumnElement[str] = (
    select(col(Payer.payer_id))
    .join(Coverage, col(Coverage.payer_id) == col(Payer.id))
    .where(col(Coverage.patient_id) == col(Encounter.patient_id), _holds(_COVERAGE.c, col(Encounter.service_date)))
    .order_by(col(Coverage.order), col(Coverage.id))
    .limit(1)
    .correlate(Encounter)
    .scalar_subquery()
)
"""Who pays first on the day of the visit: SQL over `Encounter`."""


def covers_visit_first() -> ColumnElement[bool]:
    """Whether a `Coverage` of the patient's is the one that pays first on the day of the visit: SQL over both."""
    other, day = _COVERAGE.alias("other_coverage"), col(Encounter.service_date)
    before = or_(
        other.c.order < col(Coverage.order), and_(other.c.order == col(Coverage.order), other.c.id < col(Coverage.id))
    )
    same = other.c.patient_id == col(Encounter.patient_id)
    another = exists(select(other.c.id).where(same, before, _holds(other.c, day)).correlate(Encounter, Coverage))
    return and_(col(Coverage.patient_id) == col(Encounter.patient_id), _holds(_COVERAGE.c, day), not_(another))
