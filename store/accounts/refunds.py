"""Refunds to guarantors: asked for by one person, approved by another, issued with a check number, booked then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from sqlmodel import Session, col, select

from store.accounts.balances import account_balance
from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, post
from store.accounts.payments import own_credits, pair, unapplied
from store.accounts.policy import policy_of
from store.accounts.standing import notice_patient_credit, refresh_account
from store.errors import NotAllowed, Refused
from store.money import show_cents
from store.people.roles import Permission
from store.tables import Guarantor, Refund
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, free_text
from store.work.states import Machine, register

QUEUE = "refunds"


class RefundState(StrEnum):
    """ASKED until another person decides; ISSUED is when the money left."""

    ASKED = "ASKED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    ISSUED = "ISSUED"


_S = RefundState
REFUND = register(
    Machine(
        "refund",
        births=(_S.ASKED,),
        steps={
            _S.ASKED: (_S.APPROVED, _S.REFUSED),
            _S.APPROVED: (_S.ISSUED, _S.REFUSED),
            _S.REFUSED: (),
            _S.ISSUED: (),
        },
    )
)


@dataclass(frozen=True, slots=True)
class AskRefund(Command):
    """Ask that money goes back to a guarantor, with the reason."""

    guarantor_id: int
    cents: int
    reason: str = free_text()
    name: ClassVar[str] = "accounts.ask_refund"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Refused for more than is the guarantor's own, or while the account owes something and policy forbids it."""
        guarantor = change.get(Guarantor, self.guarantor_id, lock=True)
        words = clean_line(self.reason)[:120]
        if not words:
            raise Refused("Say why the money goes back.")
        query = select(Refund.id).where(
            Refund.guarantor_id == guarantor.id, col(Refund.state).in_([_S.ASKED, _S.APPROVED])
        )
        if change.session.exec(query).first() is not None:
            raise Refused(f"A refund of account {guarantor.number} is under way already.")
        _require_own(change, guarantor, self.cents)
        refund = Refund(
            guarantor_id=guarantor.id,
            cents=self.cents,
            reason=words,
            state=_S.ASKED,
            asked_by=change.actor.user_id,
            asked_on=change.today,
        )
        change.born(refund, REFUND, "The refund")
        items.put(change, QUEUE, refund.id, reason="waits for another person", cents=self.cents, score=self.cents)
        notice_patient_credit(change, guarantor.id)
        amount = show_cents(self.cents, sign="$")
        return Said(f"A refund of {amount} to account {guarantor.number} waits for another person.", refund.id)


def _require_own(change: Change, guarantor: Guarantor, cents: int) -> None:
    own = own_money(change.session, guarantor.id)
    if not 0 < cents <= own:
        raise Refused(f"Of the guarantor's own money {show_cents(own, sign='$')} can go back.")
    due = account_balance(change.session, guarantor.id).patient_due
    if due and not policy_of(change.session).refund_other_due:
        raise Refused(
            f"Account {guarantor.number} owes {show_cents(due, sign='$')} on other visits.",
            do="Put the credit on them.",
        )


def own_money(session: Session, guarantor_id: int) -> int:
    """How much of an account's own money can go back, in cents."""
    return unapplied(session, guarantor_id) + sum(item.cents for item in own_credits(session, guarantor_id))


def money_out(session: Session, guarantor_id: int, cents: int) -> list[Leg]:
    """The legs that take a guarantor's own money out: what is on no visit first, then what visits have too much."""
    free = min(cents, max(0, unapplied(session, guarantor_id)))
    legs: list[Leg] = []
    if free:
        legs += [Leg(Book.UNAPPLIED, free, guarantor_id), Leg(Book.PATIENT_CASH, -free, guarantor_id)]
    left = cents - free
    for item in own_credits(session, guarantor_id):
        part = min(left, item.cents)
        if part:
            legs += pair(guarantor_id, item, Book.PATIENT, -part)
            left -= part
    return legs


@dataclass(frozen=True, slots=True)
class ApproveRefund(Command):
    """Another person than who asked approves the refund."""

    refund_id: int
    name: ClassVar[str] = "accounts.approve_refund"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Refused to who asked; nothing is booked before it is issued."""
        refund = _decided(change, self.refund_id, _S.APPROVED)
        return Said(f"The refund of {show_cents(refund.cents, sign='$')} is approved.", refund.id)


@dataclass(frozen=True, slots=True)
class RefuseRefund(Command):
    """The refund is refused, with the reason."""

    refund_id: int
    reason: str = free_text()
    name: ClassVar[str] = "accounts.refuse_refund"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Nothing was booked."""
        words = clean_line(self.reason)[:120]
        if not words:
            raise Refused("Say why it is refused.")
        refund = _decided(change, self.refund_id, _S.REFUSED)
        refund.reason = f"{refund.reason} (refused: {words})"
        return Said(f"The refund of {show_cents(refund.cents, sign='$')} is refused.", refund.id)


def _decided(change: Change, refund_id: int, state: RefundState) -> Refund:
    refund = change.get(Refund, refund_id, lock=True)
    if refund.asked_by == change.actor.user_id:
        raise NotAllowed("Whoever asked for a refund can't decide it.")
    change.move(refund, REFUND, state, "The refund")
    refund.decided_by, refund.decided_on = change.actor.user_id, change.today
    if state is _S.REFUSED:
        items.close(change, QUEUE, refund.id)
    else:
        items.put(change, QUEUE, refund.id, reason="approved: issue it", cents=refund.cents, score=refund.cents)
    return refund


@dataclass(frozen=True, slots=True)
class IssueRefund(Command):
    """The money went out: the check's number is kept and the refund booked."""

    refund_id: int
    check_number: str
    name: ClassVar[str] = "accounts.issue_refund"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused when the money is no longer there, or without a number."""
        refund = change.get(Refund, self.refund_id, lock=True)
        guarantor = change.get(Guarantor, refund.guarantor_id, lock=True)
        number = clean_line(self.check_number)[:30]
        if not number:
            raise Refused("The check's number is needed.")
        change.move(refund, REFUND, _S.ISSUED, "The refund")
        _require_own(change, guarantor, refund.cents)
        legs = money_out(change.session, guarantor.id, refund.cents)
        post(change, Entry(f"refund:{refund.id}", "refund", change.today, tuple(legs), f"check {number}"))
        refund.issued_on, refund.check_number = change.today, number
        items.close(change, QUEUE, refund.id)
        change.session.flush()
        refresh_account(change, guarantor.id)
        return Said(f"{show_cents(refund.cents, sign='$')} went back by check {number}.", refund.id)
