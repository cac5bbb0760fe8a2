"""Financial assistance: charity and sliding fees, by the practice's own table, until they expire.

The table says what is taken off up to so many percent of the federal poverty guideline of the household; guideline
and table are data with their year and their day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlmodel import Session, col, select

from store.accounts.balances import OpenItem, open_items
from store.accounts.given_up import give_up
from store.accounts.holds import HoldKind, lift, place
from store.accounts.plans import months_on
from store.accounts.standing import refresh_account
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.tables import Assistance, DiscountStep, Guarantor, LedgerEntry, PovertyGuideline
from store.text import clean_line
from store.work.command import Change, Command, Said, free_text

KINDS = ("charity", "sliding")


def guideline(session: Session, on: date) -> PovertyGuideline | None:
    """The newest guideline of a year that has begun."""
    query = select(PovertyGuideline).where(PovertyGuideline.year <= on.year)
    return session.exec(query.order_by(col(PovertyGuideline.year).desc())).first()


def step_for(session: Session, kind: str, percent: int, on: date) -> DiscountStep | None:
    """The row of the table in force that an income of so many percent of the guideline falls in."""
    query = select(DiscountStep).where(DiscountStep.kind == kind, DiscountStep.valid_from <= on)
    rows = session.exec(query).all()
    newest = max((row.valid_from for row in rows), default=None)
    fitting = [row for row in rows if row.valid_from == newest and percent <= row.up_to]
    return min(fitting, key=lambda row: row.up_to, default=None)


def standing(session: Session, guarantor_id: int, on: date) -> Assistance | None:
    """The assistance that holds on a day."""
    query = select(Assistance).where(
        Assistance.guarantor_id == guarantor_id, col(Assistance.granted).is_(True), col(Assistance.valid_until) >= on
    )
    return session.exec(query.order_by(col(Assistance.percent).desc())).first()


def open_application(session: Session, guarantor_id: int) -> Assistance | None:
    """The application that nobody has decided yet."""
    query = select(Assistance).where(Assistance.guarantor_id == guarantor_id, col(Assistance.granted).is_(None))
    return session.exec(query.order_by(col(Assistance.id).desc())).first()


@dataclass(frozen=True, slots=True)
class SetGuideline(Command):
    """The poverty guideline of a year, in cents: for one person, and for each person more."""

    year: int
    first_person: int
    each_more: int
    name: ClassVar[str] = "accounts.guideline"
    permission: ClassVar[Permission] = Permission.ADMIN

    def apply(self, change: Change) -> Said:
        """Replaces what was there for the year."""
        if min(self.first_person, self.each_more) <= 0 or not 2000 <= self.year <= 2100:
            raise Refused("A guideline has a year and amounts above zero.")
        row = change.session.exec(select(PovertyGuideline).where(PovertyGuideline.year == self.year)).first()
        if row is None:
            row = change.add(PovertyGuideline(year=self.year))
        row.first_person, row.each_more = self.first_person, self.each_more
        return Said(f"The guideline of {self.year} is {show_cents(self.first_person, sign='$')} for one.", row.id)


@dataclass(frozen=True, slots=True)
class SetDiscounts(Command):
    """A discount table from a day on: (up to percent of the guideline, percent off) each, good for `months`."""

    kind: str
    valid_from: date
    steps: tuple[tuple[int, int], ...]
    months: int = 6
    name: ClassVar[str] = "accounts.discounts"
    permission: ClassVar[Permission] = Permission.ADMIN

    def apply(self, change: Change) -> Said:
        """Refused for percents that there aren't, or when the day has a table already."""
        if self.kind not in KINDS:
            raise Refused(f"There is no table '{self.kind}'.", do=f"There are: {', '.join(KINDS)}.")
        if not self.steps or any(up_to <= 0 or not 0 < percent <= 100 for up_to, percent in self.steps):
            raise Refused("Each step is a percent of the guideline and 1 to 100 percent off.")
        same = select(DiscountStep.id).where(DiscountStep.kind == self.kind, DiscountStep.valid_from == self.valid_from)
        if change.session.exec(same).first() is not None:
            raise Refused(f"A {self.kind} table of {self.valid_from} is there already.", do="Give it a later day.")
        for up_to, percent in self.steps:
            change.add(
                DiscountStep(
                    kind=self.kind, up_to=up_to, percent=percent, months=self.months, valid_from=self.valid_from
                )
            )
        return Said(f"The {self.kind} table has {len(self.steps)} steps from {self.valid_from} on.")


@dataclass(frozen=True, slots=True)
class AskAssistance(Command):
    """A guarantor asks for assistance: statements and calls rest until it is decided."""

    guarantor_id: int
    kind: str = "charity"
    name: ClassVar[str] = "accounts.ask_assistance"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Refused while one waits already."""
        from store.calls.due import refresh_call

        guarantor = change.get(Guarantor, self.guarantor_id, lock=True)
        if self.kind not in KINDS:
            raise Refused(f"There is no assistance '{self.kind}'.", do=f"There are: {', '.join(KINDS)}.")
        if open_application(change.session, guarantor.id) is not None:
            raise Refused(f"An application of account {guarantor.number} waits already.")
        row = change.add(Assistance(guarantor_id=guarantor.id, kind=self.kind, asked_on=change.today))
        place(change, guarantor.id, HoldKind.CHARITY, self.kind)
        refresh_call(change, guarantor.id)
        return Said(f"Account {guarantor.number} asks for assistance ({self.kind}): nothing is sent meanwhile.", row.id)


@dataclass(frozen=True, slots=True)
class DecideAssistance(Command):
    """Decide an application by the table, from the household and its yearly income in cents."""

    guarantor_id: int
    household: int
    income: int = free_text()
    name: ClassVar[str] = "accounts.decide_assistance"
    permission: ClassVar[Permission] = Permission.WRITE_OFF

    def apply(self, change: Change) -> Said:
        """Granted where the table has a step: what is due is lowered at once, and what comes until it expires."""
        guarantor = change.get(Guarantor, self.guarantor_id, lock=True)
        row = open_application(change.session, guarantor.id)
        if row is None:
            raise Refused(f"Account {guarantor.number} has not asked for assistance.")
        year = guideline(change.session, change.today)
        if year is None:
            raise Refused("No poverty guideline is on file.", do="Set this year's first.")
        if self.household < 1 or self.income < 0:
            raise Refused("A household has at least one person, an income is not below zero.")
        line = year.first_person + (self.household - 1) * year.each_more
        percent = -(-self.income * 100 // line)
        step = step_for(change.session, row.kind, percent, change.today)
        row.household, row.income, row.fpl_percent = self.household, self.income, percent
        row.decided_on, row.decided_by = change.today, change.actor.user_id
        lift(change, guarantor.id, HoldKind.CHARITY)
        row.granted = step is not None
        if step is None:
            row.reason = "above the table"
            change.session.flush()
            refresh_account(change, guarantor.id)
            return Said(f"{percent}% of the guideline is above the {row.kind} table: not granted.", row.id)
        row.percent, row.valid_until = step.percent, months_on(change.today, step.months)
        change.session.flush()
        taken = apply_assistance(change, row)
        refresh_account(change, guarantor.id)
        said = f"Granted: {step.percent}% off until {row.valid_until} ({percent}% of the {year.year} guideline)"
        return Said(f"{said}; {show_cents(taken, sign='$')} taken off now.", row.id)


@dataclass(frozen=True, slots=True)
class PresumeAssistance(Command):
    """Grant assistance without an application, because something else shows the need; the reason is kept."""

    guarantor_id: int
    percent: int
    months: int
    reason: str = free_text()
    name: ClassVar[str] = "accounts.presume_assistance"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Refused without a reason or for percents that there aren't."""
        guarantor = change.get(Guarantor, self.guarantor_id, lock=True)
        words = clean_line(self.reason)[:120]
        if not words or not 0 < self.percent <= 100 or not 0 < self.months <= 24:
            raise Refused("Say why; 1 to 100 percent, for 1 to 24 months.")
        row = open_application(change.session, guarantor.id) or change.add(
            Assistance(guarantor_id=guarantor.id, kind="charity", asked_on=change.today)
        )
        row.granted, row.percent, row.reason = True, self.percent, f"presumed: {words}"
        row.decided_on, row.decided_by = change.today, change.actor.user_id
        row.valid_until = months_on(change.today, self.months)
        lift(change, guarantor.id, HoldKind.CHARITY)
        change.session.flush()
        taken = apply_assistance(change, row)
        refresh_account(change, guarantor.id)
        return Said(
            f"{self.percent}% off until {row.valid_until}; {show_cents(taken, sign='$')} taken off now.", row.id
        )


def apply_assistance(change: Change, row: Assistance) -> int:
    """Take the percent off every line that is due and has not had it; how much, in cents."""
    parts: list[tuple[OpenItem, int]] = []
    mine = col(LedgerEntry.ref).startswith(f"assist:{row.id}:")
    reversed_ids = select(LedgerEntry.reverses_id).where(col(LedgerEntry.reverses_id).is_not(None))
    query = select(LedgerEntry.ref).where(mine, col(LedgerEntry.id).not_in(reversed_ids))
    done = set(change.session.exec(query).all())
    for item in open_items(change.session, row.guarantor_id):
        if item.cents > 0 and not any(ref.startswith(_ref(row, item)) for ref in done):
            parts.append((item, (item.cents * row.percent + 50) // 100))
    why = f"{row.kind}, {row.percent}% until {row.valid_until}"
    return sum(
        give_up(change, row.guarantor_id, [part], f"{_ref(row, part[0])}{change.action.id}", why) for part in parts
    )


def _ref(row: Assistance, item: OpenItem) -> str:
    return f"assist:{row.id}:{item.encounter_id}:{item.claim_line_id}:"


def refresh_assistance(change: Change) -> int:
    """Take assistance that still holds off what became due since; how many accounts had something taken off."""
    query = select(Assistance).where(col(Assistance.granted).is_(True), col(Assistance.valid_until) >= change.today)
    count = 0
    for row in change.session.exec(query.order_by(col(Assistance.id))).all():
        if apply_assistance(change, row):
            refresh_account(change, row.guarantor_id)
            count += 1
    return count
