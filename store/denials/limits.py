"""What a role may write off alone, and the request for more."""

from __future__ import annotations

from sqlmodel import Session, col, select

from store.denials.steps import QUEUE, ask_write_off
from store.errors import Refused
from store.money import show_cents
from store.tables import Denial, WriteOffLimit, WriteOffRequest
from store.text import clean_line
from store.work import items
from store.work.command import Change


def limit_of(session: Session, role: str) -> int | None:
    """The most that a person of the role may write off alone, in cents; None without a limit."""
    return session.exec(select(WriteOffLimit.cents).where(col(WriteOffLimit.role) == role)).first()


def above_limit(change: Change, denial: Denial) -> bool:
    """Whether this write-off needs a second person."""
    limit = limit_of(change.session, change.actor.role)
    return limit is not None and denial.cents > limit


def waiting_request(session: Session, denial_id: int) -> WriteOffRequest | None:
    """The request that nobody has decided yet."""
    query = select(WriteOffRequest).where(
        WriteOffRequest.denial_id == denial_id, col(WriteOffRequest.approved).is_(None)
    )
    return session.exec(query.order_by(col(WriteOffRequest.id).desc())).first()


def ask(change: Change, denial: Denial, reason: str) -> str:
    """Put the write-off before a supervisor; nothing is booked yet.  The sentence that says so."""
    words = clean_line(reason)
    if not words:
        raise Refused("A reason is needed.")
    ask_write_off(change, denial)
    change.add(
        WriteOffRequest(
            denial_id=denial.id, cents=denial.cents, reason=words, asked_by=change.actor.user_id, asked_on=change.today
        )
    )
    amount = show_cents(denial.cents, sign="$")
    item = items.find(change, QUEUE, denial.id)
    if item is not None:
        item.escalated, item.assigned_to, item.deferred_until = True, None, None
        item.reason = f"write-off of {amount} asked by {change.actor.name}: {words}"
    return f"{amount} is above your limit: the write-off waits for a supervisor's approval."
