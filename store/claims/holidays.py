"""The holidays of the practice: the days that no timer counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from sqlmodel import Session, col, select

from store.errors import NotFound, Refused
from store.people.roles import Permission
from store.tables import Holiday
from store.text import clean_line
from store.work.command import Change, Command, Said

FIRST_YEAR, LAST_YEAR = 2000, 2099


@dataclass(frozen=True, slots=True)
class SaveHoliday(Command):
    """Put a day on file on which nobody works."""

    day: date
    called: str
    name: ClassVar[str] = "claims.save_holiday"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Timers that run already keep their day; a day that is there gets the new name."""
        called = clean_line(self.called)[:60]
        if not called:
            raise Refused("Say what the day is called.")
        _save(change, self.day, called)
        return Said(f"{self.day} is {called}: no timer counts it.", str(self.day))


@dataclass(frozen=True, slots=True)
class SaveFederalHolidays(Command):
    """Put the federal holidays of a year on file, on the days on which they are observed."""

    year: int
    name: ClassVar[str] = "claims.save_federal_holidays"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Days that are there keep their name; the result counts what is new."""
        there = {day for day, _ in listed(change.session)}
        new = [(day, called) for day, called in federal(self.year) if day not in there]
        for day, called in new:
            _save(change, day, called)
        return Said(f"{len(new)} federal holidays of {self.year} are on file.", len(new))


@dataclass(frozen=True, slots=True)
class ForgetHoliday(Command):
    """Take a holiday off the list."""

    day: date
    name: ClassVar[str] = "claims.forget_holiday"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Refused where it is none."""
        row = change.session.exec(select(Holiday).where(Holiday.day == self.day)).first()
        if row is None:
            raise NotFound(f"{self.day} is no holiday.")
        change.session.delete(row)
        return Said(f"{self.day} is a day like any other.", str(self.day))


def _save(change: Change, day: date, called: str) -> None:
    row = change.session.exec(select(Holiday).where(Holiday.day == day)).first()
    if row is None:
        row = Holiday(day=day, name=called)
    row.name = called
    change.add(row)


def listed(session: Session) -> Sequence[tuple[date, str]]:
    """Every holiday with its name, in order."""
    return [(one.day, one.name) for one in session.exec(select(Holiday).order_by(col(Holiday.day))).all()]


def federal(year: int) -> list[tuple[date, str]]:
    """The federal holidays of a year (5 U.S.C. 6103), Saturday's observed on Friday and Sunday's on Monday."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(f"{year} is no year from {FIRST_YEAR} to {LAST_YEAR}.", where="year")
    return [
        (_observed(date(year, 1, 1)), "New Year's Day"),
        (_nth(year, 1, 0, 3), "Birthday of Martin Luther King, Jr."),
        (_nth(year, 2, 0, 3), "Washington's Birthday"),
        (_nth(year, 6, 0, 1) - timedelta(days=7), "Memorial Day"),
        (_observed(date(year, 6, 19)), "Juneteenth"),
        (_observed(date(year, 7, 4)), "Independence Day"),
        (_nth(year, 9, 0, 1), "Labor Day"),
        (_nth(year, 10, 0, 2), "Columbus Day"),
        (_observed(date(year, 11, 11)), "Veterans Day"),
        (_nth(year, 11, 3, 4), "Thanksgiving Day"),
        (_observed(date(year, 12, 25)), "Christmas Day"),
    ]


def _observed(day: date) -> date:
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    """The so-manieth Monday (0), ... of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
