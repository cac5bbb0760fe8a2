"""Write-offs above a person's limit wait for another person, who approves or refuses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import col, select

from store.accounts.books import Book
from store.denials.commands import book, settle, workable
from store.denials.limits import limit_of, waiting_request
from store.denials.states import DenialState
from store.denials.steps import QUEUE, move
from store.errors import NotAllowed, Refused
from store.money import show_cents
from store.people.roles import Permission, Role
from store.tables import Claim, Denial, User, WriteOffLimit, WriteOffRequest
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, free_text
from store.work.commands import remark


@dataclass(frozen=True, slots=True)
class SetWriteOffLimit(Command):
    """How much a person of a role may write off alone, per denial, in cents; None takes the limit away."""

    role: str
    cents: int | None
    name: ClassVar[str] = "denials.set_limit"
    permission: ClassVar[Permission] = Permission.ADMIN

    def apply(self, change: Change) -> Said:
        """Holds for what is asked from now on."""
        if self.role not in set(Role):
            raise Refused(f"There is no role '{self.role}'.", do=f"There are: {', '.join(Role)}.")
        if self.cents is not None and self.cents < 0:
            raise Refused("A limit is never below zero.")
        row = change.session.exec(select(WriteOffLimit).where(col(WriteOffLimit.role) == self.role)).first()
        if self.cents is None:
            if row is not None:
                change.session.delete(row)
            return Said(f"A {self.role} has no limit for write-offs.")
        if row is None:
            change.add(WriteOffLimit(role=self.role, cents=self.cents))
        else:
            row.cents = self.cents
        return Said(f"A {self.role} may write off {show_cents(self.cents, sign='$')} alone.")


@dataclass(frozen=True, slots=True)
class ApproveWriteOff(Command):
    """Another person than who asked approves the write-off, and it is booked."""

    denial_id: int
    name: ClassVar[str] = "denials.approve"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Refused to who asked, above the approver's own limit, and for more than is still open at the payer."""
        denial, claim, asked = _asked(change, self.denial_id)
        limit = limit_of(change.session, change.actor.role)
        if limit is not None and asked.cents > limit:
            raise NotAllowed(f"Your own limit is {show_cents(limit, sign='$')}.")
        who = change.get(User, asked.asked_by).name
        book(change, denial, claim, Book.WRITE_OFF, "write-off", f"{asked.reason} (asked by {who})")
        _decide(change, asked, approved=True)
        settle(change, denial, DenialState.CLOSED_WO)
        return Said(f"Approved: {show_cents(asked.cents, sign='$')} of {claim.control_number} written off.", denial.id)


@dataclass(frozen=True, slots=True)
class RefuseWriteOff(Command):
    """The write-off is refused, with the reason; the denial goes back to who asked."""

    denial_id: int
    reason: str = free_text()
    name: ClassVar[str] = "denials.refuse"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Nothing is booked."""
        denial, claim, asked = _asked(change, self.denial_id)
        words = clean_line(self.reason)
        if not words:
            raise Refused("Say why it is refused.")
        _decide(change, asked, approved=False)
        move(change, denial, DenialState.WORKING)
        item = items.find(change, QUEUE, denial.id)
        if item is not None:
            item.escalated, item.assigned_to = False, asked.asked_by
            item.reason = "write-off refused"
            remark(change, item, f"Write-off refused: {words}")
        return Said(f"The write-off of {claim.control_number} is refused.", denial.id)


def _asked(change: Change, denial_id: int) -> tuple[Denial, Claim, WriteOffRequest]:
    denial, claim = workable(change, denial_id)
    asked = waiting_request(change.session, denial.id)
    if asked is None or denial.state != DenialState.WRITEOFF_REQ:
        raise Refused("No write-off of this denial waits for approval.")
    if asked.asked_by == change.actor.user_id:
        raise NotAllowed("Whoever asked for a write-off can't decide it.")
    return denial, claim, asked


def _decide(change: Change, asked: WriteOffRequest, *, approved: bool) -> None:
    asked.approved, asked.decided_by, asked.decided_on = approved, change.actor.user_id, change.today
