"""What the calendar does with credit balances by itself: checks go stale, what others took or gave back is noticed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from sqlmodel import Session, col, select

from store.accounts.balances import account_balances
from store.accounts.policy import policy_of
from store.people.roles import Permission
from store.tables import CreditBalance, PatientPayment, Refund
from store.text import how_many
from store.variance.credits import CALLED, QUEUE, look_for_patient_credits
from store.variance.states import CREDIT, CREDIT_OPEN, CreditState
from store.work import items
from store.work.command import Change, Command, Said

LOOKED_BACK_DAYS = 31
"""For so long a payment that a collector took is looked at by the next person who posts."""


@dataclass(frozen=True, slots=True)
class CarryOnCredits(Command):
    """Do what is due today on credit balances; again the same day it does nothing."""

    name: ClassVar[str] = "credits.carry_on"
    permission: ClassVar[Permission | None] = Permission.POST
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """The result counts what was noticed and what went stale."""
        stale = _stale(change.session, change.today)
        for row in stale:
            change.move(row, CREDIT, CreditState.STALE, CALLED)
            item = items.put(
                change, QUEUE, row.id, reason=f"check {row.check_number} is stale", cents=row.cents, score=row.cents
            )
            item.deferred_until = None
        lagging = _lagging(change.session, change.today)
        look_for_patient_credits(change, lagging)
        told = (f"{how_many(len(lagging), 'credit balance')} noticed", f"{how_many(len(stale), 'check')} went stale")
        counted = (len(lagging), len(stale))
        said = ", ".join(words for words, number in zip(told, counted, strict=True) if number)
        return Said(f"Credits: {said or 'nothing was due'}.", {"noticed": counted[0], "stale": counted[1]})


def anything_due(session: Session, today: date) -> bool:
    """Whether `CarryOnCredits` would do something."""
    return bool(_stale(session, today) or _lagging(session, today))


def _stale(session: Session, today: date) -> list[CreditBalance]:
    first = today - timedelta(days=policy_of(session).stale_check_days)
    query = select(CreditBalance).where(
        CreditBalance.state == CreditState.ISSUED, col(CreditBalance.issued_on) <= first
    )
    return list(session.exec(query.order_by(col(CreditBalance.id))).all())


def _lagging(session: Session, today: date) -> set[int]:
    """Accounts whose rows don't say yet what a person without the right to post has done."""
    own = col(CreditBalance.claim_id).is_(None)
    rows = session.exec(select(CreditBalance).where(own, col(CreditBalance.state).in_(CREDIT_OPEN))).all()
    since = today - timedelta(days=LOOKED_BACK_DAYS)
    paid = session.exec(select(PatientPayment.guarantor_id).where(PatientPayment.paid_on >= since).distinct()).all()
    known = {row.guarantor_id: row.cents for row in rows if row.state != CreditState.STALE}
    ids = sorted({*paid, *known})
    balances = account_balances(session, ids) if ids else {}
    asked = {row.guarantor_id for row in rows if row.refund_id is not None}
    moved = {key for key in ids if balances[key].credit != known.get(key, 0) and key not in asked}
    decided = select(CreditBalance.guarantor_id).join(Refund, col(Refund.id) == col(CreditBalance.refund_id))
    behind = decided.where(own, col(CreditBalance.state).in_(("REFUND_REQ", "APPROVED")))
    states = (col(Refund.state) == "ASKED", col(CreditBalance.state) == "REFUND_REQ")
    same = (states[0] & states[1]) | ((col(Refund.state) == "APPROVED") & (col(CreditBalance.state) == "APPROVED"))
    loose = (
        select(CreditBalance.guarantor_id)
        .join(Refund, col(Refund.guarantor_id) == col(CreditBalance.guarantor_id))
        .where(own, col(CreditBalance.refund_id).is_(None), col(CreditBalance.state).in_(CREDIT_OPEN))
        .where(col(Refund.state).in_(("ASKED", "APPROVED")))
    )
    return moved | set(session.exec(behind.where(~same)).all()) | set(session.exec(loose).all())
