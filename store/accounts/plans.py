"""Agreements: payment plans with a schedule, and promises.  The ledger tells whether they are kept."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlmodel import col, select

from store.accounts.agreements import last_payment, plans
from store.accounts.balances import account_balance
from store.accounts.holds import HoldKind, standing_holds
from store.accounts.policy import policy_of
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.tables import Guarantor, PaymentPlan, PlanInstalment, Promise
from store.text import clean_line, how_many
from store.work.command import Change, Command, Said, free_text

_NEVER = frozenset({HoldKind.DECEASED, HoldKind.BANKRUPTCY, HoldKind.ATTORNEY, HoldKind.QMB})


def _account(change: Change, guarantor_id: int) -> tuple[Guarantor, int]:
    """The account, locked, and what is due; refused where nothing may be asked for."""
    guarantor = change.get(Guarantor, guarantor_id, lock=True)
    for one in standing_holds(change.session, [guarantor.id], change.today).get(guarantor.id, []):
        if one.kind in _NEVER:
            raise Refused(f"Account {guarantor.number} is held ({one.words}): nothing may be asked of it.")
    due = account_balance(change.session, guarantor.id).patient_due
    if due <= 0:
        raise Refused(f"Account {guarantor.number} owes nothing.")
    return guarantor, due


def months_on(first: date, months: int) -> date:
    """The same day so many months later, the last of the month where there is no such day."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))


def schedule(total: int, each: int, first: date) -> list[tuple[date, int]]:
    """The parts of a plan, monthly: (day, cents); the last one is the rest."""
    parts: list[tuple[date, int]] = []
    while total > 0:
        parts.append((months_on(first, len(parts)), min(each, total)))
        total -= each
    return parts


@dataclass(frozen=True, slots=True)
class MakePlan(Command):
    """Agree on monthly payments of `each` cents from a day on, until `total` cents are paid."""

    guarantor_id: int
    total: int
    each: int
    first_on: date
    name: ClassVar[str] = "accounts.plan"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Refused for more than is due, for less a month or for longer than the policy allows, beside another plan."""
        from store.calls.due import refresh_call

        guarantor, due = _account(change, self.guarantor_id)
        policy = policy_of(change.session)
        if not 0 < self.total <= due:
            raise Refused(f"The account owes {show_cents(due, sign='$')}; a plan is for that or less.")
        if self.each < min(policy.plan_least, self.total):
            raise Refused(f"A plan pays at least {show_cents(policy.plan_least, sign='$')} a month.")
        if self.first_on < change.today:
            raise Refused(f"{self.first_on} is past.")
        parts = schedule(self.total, self.each, self.first_on)
        if len(parts) > policy.plan_months:
            raise Refused(f"That takes {len(parts)} months.", do=f"At most {policy.plan_months} are allowed.")
        if plans(change.session, policy, [guarantor.id], change.today):
            raise Refused(f"Account {guarantor.number} has a plan already.", do="End it first.")
        plan = change.add(
            PaymentPlan(
                guarantor_id=guarantor.id,
                total=self.total,
                made_on=change.today,
                made_by=change.actor.user_id,
                after_payment=last_payment(change.session, guarantor.id),
            )
        )
        for number, (day, cents) in enumerate(parts, 1):
            change.session.add(PlanInstalment(plan_id=plan.id, number=number, due_on=day, cents=cents))
        refresh_call(change, guarantor.id)
        said = f"Plan: {how_many(len(parts), 'payment')} of {show_cents(self.each, sign='$')} from {self.first_on} on"
        return Said(f"{said}, for {show_cents(self.total, sign='$')}.", plan.id)


@dataclass(frozen=True, slots=True)
class EndPlan(Command):
    """End the running plan of an account, with the reason: broken, paid early, another one agreed."""

    guarantor_id: int
    reason: str = free_text()
    name: ClassVar[str] = "accounts.end_plan"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Refused where there is none."""
        from store.calls.due import refresh_call

        guarantor = change.get(Guarantor, self.guarantor_id, lock=True)
        query = select(PaymentPlan).where(PaymentPlan.guarantor_id == guarantor.id, col(PaymentPlan.ended_on).is_(None))
        plan = change.session.exec(query).first()
        if plan is None:
            raise Refused(f"Account {guarantor.number} has no plan.")
        words = clean_line(self.reason)[:120]
        if not words:
            raise Refused("Say why the plan ends.")
        plan.ended_on, plan.ended_why = change.today, words
        refresh_call(change, guarantor.id)
        return Said(f"The plan of account {guarantor.number} has ended: {words}.", plan.id)


@dataclass(frozen=True, slots=True)
class MakePromise(Command):
    """Keep a promise to pay so much by a day; the account rests until then and returns by itself when it is broken."""

    guarantor_id: int
    cents: int
    due_on: date
    call_id: int | None = None
    name: ClassVar[str] = "accounts.promise"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Refused for more than is due or for a day that is past."""
        from store.calls.due import refresh_call

        guarantor, due = _account(change, self.guarantor_id)
        if not 0 < self.cents <= due:
            raise Refused(f"The account owes {show_cents(due, sign='$')}; a promise is for that or less.")
        if self.due_on < change.today:
            raise Refused(f"{self.due_on} is past.")
        promise = change.add(
            Promise(
                guarantor_id=guarantor.id,
                cents=self.cents,
                due_on=self.due_on,
                made_on=change.today,
                made_by=change.actor.user_id,
                after_payment=last_payment(change.session, guarantor.id),
                call_id=self.call_id,
            )
        )
        refresh_call(change, guarantor.id)
        return Said(f"Promised: {show_cents(self.cents, sign='$')} by {self.due_on:%b %d}.", promise.id)
