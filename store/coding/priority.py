"""Which encounter to code first, within those that are late, those that are due soon, and the rest.

    score = expected charge x (1 + age / target), and 1,000 more where the claim has to be filed within 14 days

In dollars.  `age` is the days since the visit, or since the discharge; `target` the practice's coding target in days.
The last day for filing is by the contract of whoever pays first (42 CFR 424.44 for Medicare); where none is on file
nothing is added.  The queue is ordered by the same terms in SQL, so that every day brings its own order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, SQLColumnExpression, and_, case, cast, exists, false, func, not_, or_
from sqlmodel import Session, col, select

from store.claims.coverages import payer_on
from store.claims.deadlines import Anchors, Closing, closing, filing_limit
from store.coding.access import QUEUE
from store.money import show_cents
from store.tables import Coverage, Encounter, Payer, Practice, ServiceLine, WorkItem
from store.work.dates import days_since

SHORT_DAYS = 14
"""With fewer days than these to the last one for filing, an encounter is pressed."""
PRESSED_CENTS = 100_000
_TARGET_DAYS = 3


@dataclass(frozen=True, slots=True)
class Priority:
    """The terms of one encounter's score: cents and days; `file_by` is None where no limit is on file."""

    expected: int
    age: int
    target: int
    file_by: date | None
    today: date

    @property
    def slack(self) -> int | None:
        """Days to the last one for filing."""
        return (self.file_by - self.today).days if self.file_by is not None else None

    @property
    def pressed(self) -> bool:
        """Whether the claim has to be filed soon."""
        return self.slack is not None and self.slack < SHORT_DAYS

    @property
    def cents(self) -> int:
        """The score, in hundredths."""
        grown = self.expected * (self.target + self.age) // self.target
        return grown + PRESSED_CENTS * self.pressed

    def told(self) -> tuple[str, ...]:
        """The score in words and numbers, for `y`."""
        pressed = f" + {PRESSED_CENTS // 100:,}" if self.pressed else ""
        charge = f"Expected charge {show_cents(self.expected, sign='$')} x (1 + {self.age} / {self.target} days)"
        if self.slack is None:
            limit = "No filing limit of the payer is on file."
        elif self.slack < 0:
            limit = f"The last day for filing was {self.file_by}, {-self.slack} days ago."
        else:
            limit = f"The claim has to be filed by {self.file_by}; that is in {self.slack} days."
        return (f"{charge}{pressed} = score {_points(self.cents)}.", limit)


def target_days(session: Session) -> int:
    """The business days in which the practice wants a visit coded."""
    return max(1, session.exec(select(Practice.coding_target_days)).first() or _TARGET_DAYS)


def day_of(encounter: Encounter) -> date:
    """The day from which the age counts and coding is due: of the discharge, else of the visit."""
    return encounter.discharge_date or encounter.service_date


def priority(session: Session, encounter: Encounter, expected: int, today: date) -> Priority:
    """The terms of one encounter's score; `expected` in cents."""
    payer_id = payer_on(session, encounter.patient_id, encounter.service_date)
    payer = session.get(Payer, payer_id) if payer_id is not None else None
    anchors = Anchors(encounter.service_date, day_of(encounter), encounter.discharge_date)
    age = max(0, (today - day_of(encounter)).days)
    limit = filing_limit(payer, anchors) if payer is not None else None
    return Priority(expected, age, target_days(session), limit, today)


def rank(session: Session, today: date) -> ColumnElement[int]:
    """The score as SQL over `WorkItem`: in hundredths, times the target, so that nothing is rounded."""
    return _rank(session, today, target_days(session))


def _rank(session: Session, today: date, target: int) -> ColumnElement[int]:
    age = days_since(func.coalesce(col(Encounter.discharge_date), col(Encounter.service_date)), today)
    grown = cast(_charged_or(col(WorkItem.score)), BigInteger) * case((age > 0, target + age), else_=target)
    pressed = case((_pressed(session, today), PRESSED_CENTS * target), else_=0)
    return (
        select(grown + pressed)
        .where(col(Encounter.id) == col(WorkItem.subject_id))
        .correlate(WorkItem)
        .scalar_subquery()
    )


def _charged_or(cents: SQLColumnExpression[int]) -> ColumnElement[int]:
    charged = (
        select(func.sum(col(ServiceLine.charge)))
        .where(col(ServiceLine.encounter_id) == col(WorkItem.subject_id))
        .correlate(WorkItem)
        .scalar_subquery()
    )
    return func.coalesce(func.nullif(charged, 0), cents)


EXPECTED: ColumnElement[int] = _charged_or(col(WorkItem.cents))
"""What an encounter of the coding queue is expected to charge: its own lines, else what visits like it did."""


def _pressed(session: Session, today: date) -> ColumnElement[bool]:
    """Whether the claim of an item's encounter has to be filed within the days that press."""
    by = today + timedelta(days=SHORT_DAYS - 1)
    soon = {payer.id: found for payer in session.exec(select(Payer)) if (found := closing(payer, by))}
    if not soon:
        return false()
    last = max(one.last for found in soon.values() for one in found)
    first = exists(
        select(Coverage.id)
        .where(col(Coverage.patient_id) == col(Encounter.patient_id), _pays_first())
        .where(or_(*(and_(col(Coverage.payer_id) == payer, _closes(found)) for payer, found in soon.items())))
        .correlate(Encounter)
    )
    return and_(col(Encounter.service_date) <= last, first)


def _pays_first() -> ColumnElement[bool]:
    """Whether no other coverage of the patient's goes before this one on the day of the visit."""
    other = Coverage.__table__.alias("other_coverage")  # type: ignore[attr-defined]
    before = or_(
        other.c.order < col(Coverage.order), and_(other.c.order == col(Coverage.order), other.c.id < col(Coverage.id))
    )
    same = other.c.patient_id == col(Encounter.patient_id)
    another = exists(select(other.c.id).where(same, before, _holds(other.c)).correlate(Encounter, Coverage))
    return and_(_holds(Coverage.__table__.c), not_(another))  # type: ignore[attr-defined]


def _holds(coverage: Any) -> ColumnElement[bool]:
    served = col(Encounter.service_date)
    begun = or_(coverage.valid_from.is_(None), coverage.valid_from <= served)
    return and_(begun, or_(coverage.valid_to.is_(None), coverage.valid_to >= served))


def _closes(found: Iterable[Closing]) -> ColumnElement[bool]:
    """Whether one of a payer's limits is near: the first one that holds for the visit."""
    served = col(Encounter.service_date)
    left = func.coalesce(col(Encounter.discharge_date), served)
    steps = []
    for one in found:
        since, until = one.since or date.min, one.until or date.max
        anchor = served if one.anchor == "dos_from" else left
        steps.append((served.between(since, until), anchor <= one.last))
    return case(*steps, else_=false())


def scores(session: Session, subjects: Sequence[int], today: date) -> dict[int, str]:
    """The score of each encounter of the coding queue, as it is shown."""
    target = target_days(session)
    query = select(WorkItem.subject_id, _rank(session, today, target) / target)
    query = query.where(WorkItem.queue == QUEUE, col(WorkItem.subject_id).in_(subjects))
    return {subject: _points(int(cents)) for subject, cents in session.exec(query)}


def _points(cents: int) -> str:
    """A score as it is shown: whole points, one for each dollar."""
    return f"{round(cents / 100):,}"
