"""The rungs of an appeal: where it goes, until when, from which amount on, and when it has to be decided.

Medicare's five levels are shipped as dated data; any other payer's are what its contract says, or not on file.
Filed is received: the last day is counted from the notice, and moves to the next workday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from sqlmodel import Session, col, select

from codesets.tables import read_table
from store import clock
from store.claims.deadlines import MEDICARE_FILINGS
from store.errors import Refused
from store.money import show_cents
from store.tables import AppealLevel, Payer


@dataclass(frozen=True, slots=True)
class Rung:
    """One level: days from the notice to file, days to decide (None: no clock), whether an amount is asked for."""

    level: int
    name: str
    file_days: int
    decide_days: int | None
    minimum: int = 0
    medicare: bool = False

    def file_by(self, notice_on: date) -> date:
        """The last day on which the appeal has to be received."""
        day = notice_on + timedelta(days=self.file_days)
        while day.weekday() >= 5:
            day += timedelta(days=1)
        return day

    def decide_by(self, filed_on: date) -> date | None:
        """The day by which it has to be decided."""
        return None if self.decide_days is None else filed_on + timedelta(days=self.decide_days)

    def least(self, year: int) -> int:
        """Cents from which on this level hears a case that is filed in a year; `Refused` where that is not loaded."""
        return _medicare_minimum(self.level, year) if self.medicare else self.minimum

    def require_amount(self, cents: int, year: int) -> None:
        """Refuse an amount that is too small for this level in the year of filing."""
        least = self.least(year)
        if cents < least:
            raise Refused(
                f"Level {self.level} ({self.name}) takes {show_cents(least, sign='$')} or more in {year}; "
                f"this is {show_cents(cents, sign='$')}."
            )


def rung(session: Session, payer: Payer, level: int, on: date) -> Rung | None:
    """The rung that holds on a day, None where there is none above or none on file."""
    if payer.filing in MEDICARE_FILINGS:
        found = [one for one, begins, ends in _medicare() if one.level == level and begins <= on <= ends]
        return found[0] if found else None
    query = (
        select(AppealLevel)
        .where(AppealLevel.payer_id == payer.id, AppealLevel.level == level, AppealLevel.valid_from <= on)
        .order_by(col(AppealLevel.valid_from).desc())
    )
    row = session.exec(query).first()
    return Rung(row.level, row.name, row.file_days, row.decide_days, row.minimum) if row else None


def rungs(session: Session, payer: Payer) -> list[tuple[Rung, date]]:
    """Every rung on file with its first day, the oldest ladder first; of Medicare's those that hold today."""
    if payer.filing in MEDICARE_FILINGS:
        today = clock.today()
        return [(one, begins) for one, begins, ends in _medicare() if begins <= today <= ends]
    query = select(AppealLevel).where(AppealLevel.payer_id == payer.id)
    rows = session.exec(query.order_by(col(AppealLevel.valid_from), col(AppealLevel.level))).all()
    return [(Rung(row.level, row.name, row.file_days, row.decide_days, row.minimum), row.valid_from) for row in rows]


@cache
def _medicare() -> tuple[tuple[Rung, date, date], ...]:
    found = []
    for row in read_table("medicare_appeals"):
        days = int(row["file_days"]) + int(row["receipt_days"])
        decide = int(row["decide_days"]) if row["decide_days"] else None
        ends = date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max
        one = Rung(int(row["level"]), row["name"], days, decide, medicare=True)
        found.append((one, date.fromisoformat(row["valid_from"]), ends))
    return tuple(found)


def _medicare_minimum(level: int, year: int) -> int:
    rows = {int(row["year"]): int(row["cents"]) for row in read_table("medicare_appeals_amounts") if
            int(row["level"]) == level}  # fmt: skip
    if rows and year not in rows:
        raise Refused(
            f"The least amount in controversy of level {level} for {year} is not loaded.",
            do="Add it to the table medicare_appeals_amounts.",
        )
    return rows.get(year, 0)
