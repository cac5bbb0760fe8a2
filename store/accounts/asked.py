"""What a screen asks before it acts on an account: choices and figures that only the store knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from store.accounts.balances import account_balance
from store.accounts.payments import by_method, open_payments, own_credits, unapplied
from store.accounts.policy import policy_of
from store.accounts.small_balances import judged, qualifying
from store.errors import Refused
from store.money import show_cents
from store.statements.asked import Known
from store.tables import PatientPayment, SmallBalanceAccount, SmallBalanceRun
from store.text import how_many

if TYPE_CHECKING:
    from store.practice import Practice


def due_of(practice: Practice, guarantor_id: int) -> int:
    """What an account owes, in cents."""
    with practice.reading() as session:
        return account_balance(session, guarantor_id).patient_due


def refundable(practice: Practice, guarantor_id: int) -> int:
    """The guarantor's own money that could go back, in cents; refused where there is none."""
    with practice.reading() as session:
        credits = sum(one.cents for one in own_credits(session, guarantor_id))
        cents = unapplied(session, guarantor_id) + credits
    if cents <= 0:
        raise Refused("This account has no money of its own to give back.")
    return cents


def receipts_of(practice: Practice, guarantor_id: int) -> list[Known]:
    """The payments of an account that stand, the newest first."""
    with practice.reading() as session:
        voided = select(PatientPayment.voids_id).where(col(PatientPayment.voids_id).is_not(None))
        query = select(PatientPayment).where(
            PatientPayment.guarantor_id == guarantor_id,
            col(PatientPayment.voids_id).is_(None),
            col(PatientPayment.id).not_in(voided),
        )
        rows = session.exec(query.order_by(col(PatientPayment.id).desc())).all()
        return [(one.id, f"{one.number}: {show_cents(one.cents, sign='$')} {one.paid_on}") for one in rows]


def drawer_effect(practice: Practice) -> str:
    """What a person posted since the last close."""
    with practice.reading() as session:
        payments = open_payments(session, practice.actor.user_id)
    told = ", ".join(f"{name} {show_cents(cents, sign='$')}" for name, cents in by_method(payments).items() if cents)
    return f"Close the day: {how_many(len(payments), 'receipt')} posted ({told or 'nothing'})?"


def small_effect(practice: Practice) -> str:
    """What a run of small balances would give up."""
    with practice.reading() as session:
        policy = policy_of(session)
        rows = judged(session, policy, practice.now().date())
    inside = qualifying(rows, policy)
    out = f"; {len(rows) - len(inside)} stay out" if len(rows) > len(inside) else ""
    return f"Propose giving up {len(inside)} small balances, {show_cents(sum(inside), sign='$')}{out}?"


def waiting_small_runs(practice: Practice) -> list[Known]:
    """Runs of small balances that nobody has decided."""
    with practice.reading() as session:
        query = (
            select(SmallBalanceRun, func.count(), func.sum(SmallBalanceAccount.cents))
            .join(SmallBalanceAccount, col(SmallBalanceAccount.run_id) == col(SmallBalanceRun.id))
            .where(col(SmallBalanceRun.approved).is_(None), SmallBalanceAccount.included)
            .group_by(col(SmallBalanceRun.id))
        )
        return [
            (run.id, f"{run.made_on}: {how_many(count, 'balance')}, {show_cents(int(cents), sign='$')}: {run.reason}")
            for run, count, cents in session.exec(query).all()
        ]
