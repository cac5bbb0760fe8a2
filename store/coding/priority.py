"""Which encounter to code first, within those that are late, those that are due soon, and the rest.

    score = expected charge x (1 + age / target), and 1,000 more where the claim has to be filed within 14 days

In dollars.  `age` is the days since the visit, or since the discharge; `target` the practice's coding target in days.
The last day for filing is by the contract of whoever pays first (42 CFR 424.44 for Medicare); where none is on file
nothing is added.  The queue is ordered by the same terms in SQL, so that every day brings its own order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, ColumnElement, SQLColumnExpression, case, cast, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from store.claims.coverages import payer_on
from store.claims.deadlines import Anchors, filing_limit
from store.claims.pressing import files_within
from store.coding.access import QUEUE
from store.money import show_cents
from store.tables import Encounter, Payer, Practice, ServiceLine, WorkItem
from store.text import how_many
from store.work.dates import days_since
from store.work.queue import AnySelect

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
        return self.within(SHORT_DAYS)

    def within(self, days: int) -> bool:
        """Whether fewer days than these are left to the last one for filing."""
        return self.slack is not None and self.slack < days

    @property
    def cents(self) -> int:
        """The score, in hundredths."""
        grown = self.expected * (self.target + self.age) // self.target
        return grown + PRESSED_CENTS * self.pressed

    def told(self) -> tuple[str, ...]:
        """The score in words and numbers, for `y`."""
        pressed = f" + {PRESSED_CENTS // 100:,}" if self.pressed else ""
        charge = f"Expected charge {show_cents(self.expected, sign='$')} x (1 + {self.age} / {self.target} days)"
        return (f"{charge}{pressed} = score {_points(self.cents)}.", self.filing)

    @property
    def filing(self) -> str:
        """The last day for filing in words."""
        if self.slack is None:
            return "No filing limit of the payer is on file."
        if self.slack < 0:
            return f"The last day for filing was {self.file_by}, {-self.slack} days ago."
        return f"The claim has to be filed by {self.file_by}; that is in {how_many(self.slack, 'day')}."


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


def with_encounter(query: AnySelect) -> AnySelect:
    """A query over `WorkItem` with what `rank` reads: a join, which costs a third of asking for each row."""
    return query.outerjoin(Encounter, col(Encounter.id) == col(WorkItem.subject_id))


def rank(session: Session, today: date) -> ColumnElement[int]:
    """The score as SQL over `WorkItem` with its encounter: in hundredths, times the target, so nothing is rounded."""
    return _rank(session, today, target_days(session))


def _rank(session: Session, today: date, target: int) -> ColumnElement[int]:
    since = func.coalesce(col(Encounter.discharge_date), col(Encounter.service_date))
    times = case((since < today, target + days_since(since, today)), else_=target)
    grown = cast(_charged_or(col(WorkItem.score)), BigInteger) * times
    return grown + case((files_within(session, today, SHORT_DAYS), PRESSED_CENTS * target), else_=0)


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


def scores(session: Session, subjects: Sequence[int], today: date) -> dict[int, str]:
    """The score of each encounter of the coding queue, as it is shown."""
    target = target_days(session)
    query = with_encounter(sql_select(col(WorkItem.subject_id), _rank(session, today, target) / target))
    query = query.where(col(WorkItem.queue) == QUEUE, col(WorkItem.subject_id).in_(subjects))
    return {subject: _points(int(cents)) for subject, cents in session.execute(query)}


def _points(cents: int) -> str:
    """A score as it is shown: whole points, one for each dollar."""
    return f"{round(cents / 100):,}"
