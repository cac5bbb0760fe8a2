"""Which accounts get a statement: each is in or out with exactly one reason, always found in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.balances import Balance, account_balances
from store.accounts.books import Book
from store.money import show_cents
from store.tables import Guarantor, Posting, Practice

FINAL_LEVEL = 4
IN = "patient balance due"


@dataclass(frozen=True, slots=True)
class Judged:
    """One account of a selection: in or out, and why; amounts in cents."""

    guarantor_id: int
    included: bool
    reason: str
    due: int
    pending: int


def judge_all(session: Session, as_of: date) -> list[Judged]:
    """Every account with something at its patient or its insurers, by id."""
    practice = session.exec(select(Practice)).one()
    query = (
        select(Posting.guarantor_id)
        .where(col(Posting.guarantor_id).is_not(None), Posting.book == Book.PATIENT)
        .group_by(col(Posting.guarantor_id))
        .having(func.sum(Posting.cents) != 0)
        .order_by(col(Posting.guarantor_id))
    )
    ids = [guarantor_id for guarantor_id in session.exec(query).all() if guarantor_id is not None]
    return judge(session, practice, ids, as_of)


def judge(session: Session, practice: Practice, guarantor_ids: Sequence[int], as_of: date) -> list[Judged]:
    """These accounts, judged on a date."""
    found = []
    for start in range(0, len(guarantor_ids), 500):
        part = guarantor_ids[start : start + 500]
        balances = account_balances(session, part)
        query = select(Guarantor).where(col(Guarantor.id).in_(part)).order_by(col(Guarantor.id))
        for guarantor in session.exec(query).all():
            balance = balances[guarantor.id]
            why_not = _why_not(guarantor, balance, practice, as_of)
            found.append(
                Judged(guarantor.id, not why_not, why_not or IN, balance.patient_due, balance.insurance_pending)
            )
    return found


def _why_not(guarantor: Guarantor, balance: Balance, practice: Practice, as_of: date) -> str:
    """The first reason that keeps an account out, in the fixed order; empty when it is in."""
    minimum = practice.minimum_statement_cents
    if guarantor.hold:
        return f"on hold: {guarantor.hold}"
    if balance.patient_due <= 0 < balance.insurance_pending:
        return "insurance pending"
    if balance.patient_due <= 0:
        return "credit" if balance.patient_due < 0 else "nothing due"
    if balance.patient_due < minimum:
        return f"under the minimum of {show_cents(minimum, sign='$')}"
    last = guarantor.last_statement_on
    if last is not None and as_of < last + timedelta(days=practice.statement_cycle_days):
        return f"too soon: sent on {last}"
    if guarantor.dunning >= FINAL_LEVEL:
        return "final notice was sent: for review"
    if not (guarantor.line1 and guarantor.city and guarantor.state and guarantor.zip):
        return "address is not complete"
    return ""
