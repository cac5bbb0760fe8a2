"""What was agreed with guarantors, and whether the ledger shows that they keep it.

Nothing of this is stored: a plan is current or missed, a promise open, kept or broken, by the payments that came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from store.accounts.balances import among
from store.tables import PatientPayment, PatientPolicy, PaymentPlan, PlanInstalment, Promise


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """A plan that runs: how many parts are missed, what was paid on it, and the next part that is not paid yet."""

    plan_id: int
    total: int
    paid: int
    missed: int
    next_due: date | None
    next_cents: int

    @property
    def current(self) -> bool:
        """Whether everything that was due came."""
        return self.missed == 0

    @property
    def done(self) -> bool:
        """Whether all of it is paid."""
        return self.paid >= self.total


class Kept(StrEnum):
    """How a promise stands."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class PromiseStanding:
    """The latest promise of an account."""

    promise_id: int
    cents: int
    due_on: date
    paid: int
    state: Kept


Payments = dict[int, list[tuple[int, date, int]]]
"""By account: (number, day, cents); a void carries the number and the day of what it takes back."""


def payments_of(session: Session, guarantor_ids: Sequence[int]) -> Payments:
    """What came from these accounts, in order."""
    query = select(PatientPayment).where(among(PatientPayment.guarantor_id, guarantor_ids))
    found: Payments = defaultdict(list)
    days: dict[int, date] = {}
    for one in session.exec(query.order_by(col(PatientPayment.id))).all():
        number = one.voids_id or one.id
        found[one.guarantor_id].append((number, days.setdefault(number, one.paid_on), one.cents))
    return found


def plans(session: Session, policy: PatientPolicy, guarantor_ids: Sequence[int], on: date) -> dict[int, PlanStanding]:
    """The running plan of each account that has one, as it stands on a day."""
    ids = sorted(guarantor_ids)
    query = select(PaymentPlan).where(among(PaymentPlan.guarantor_id, ids), col(PaymentPlan.ended_on).is_(None))
    running = {plan.guarantor_id: plan for plan in session.exec(query.order_by(col(PaymentPlan.id))).all()}
    if not running:
        return {}
    parts: dict[int, list[PlanInstalment]] = defaultdict(list)
    plan_ids = sorted(plan.id for plan in running.values())
    for part in session.exec(select(PlanInstalment).where(among(PlanInstalment.plan_id, plan_ids))).all():
        parts[part.plan_id].append(part)
    paid = payments_of(session, sorted(running))
    return {
        guarantor_id: plan_standing(plan, parts[plan.id], _sum(paid[guarantor_id], plan.after_payment), policy, on)
        for guarantor_id, plan in running.items()
    }


def plan_standing(
    plan: PaymentPlan, parts: Iterable[PlanInstalment], paid: int, policy: PatientPolicy, on: date
) -> PlanStanding:
    """A plan as it stands on a day on which so much was paid on it."""
    owed = missed = 0
    following: PlanInstalment | None = None
    for part in sorted(parts, key=lambda one: one.number):
        owed += part.cents
        if paid < owed:
            following = following or part
            missed += on > part.due_on + timedelta(days=policy.plan_grace)
    return PlanStanding(
        plan.id, plan.total, paid, missed, following.due_on if following else None, following.cents if following else 0
    )


def promises(
    session: Session, policy: PatientPolicy, guarantor_ids: Sequence[int], on: date
) -> dict[int, PromiseStanding]:
    """The latest promise of each account that made one, as it stands on a day."""
    ids = sorted(guarantor_ids)
    query = select(Promise).where(among(Promise.guarantor_id, ids)).order_by(col(Promise.id))
    latest = {one.guarantor_id: one for one in session.exec(query).all()}
    if not latest:
        return {}
    paid = payments_of(session, sorted(latest))
    return {guarantor_id: promise_standing(one, paid[guarantor_id], policy, on) for guarantor_id, one in latest.items()}


def promise_standing(
    promise: Promise, payments: Iterable[tuple[int, date, int]], policy: PatientPolicy, on: date
) -> PromiseStanding:
    """Kept when at least the promised amount came after the promise and by its day and the grace."""
    last = promise.due_on + timedelta(days=policy.promise_grace)
    paid = sum(cents for number, day, cents in payments if number > promise.after_payment and day <= last)
    state = Kept.KEPT if paid >= promise.cents else Kept.OPEN if on <= last else Kept.BROKEN
    return PromiseStanding(promise.id, promise.cents, promise.due_on, paid, state)


def _sum(payments: Iterable[tuple[int, date, int]], after: int) -> int:
    return sum(cents for number, _, cents in payments if number > after)


def last_payment(session: Session, guarantor_id: int) -> int:
    """The number of the account's newest payment, 0 where there is none."""
    query = select(PatientPayment.id).where(PatientPayment.guarantor_id == guarantor_id)
    return session.exec(query.order_by(col(PatientPayment.id).desc())).first() or 0
