"""Putting items into queues and taking them out, from inside a command."""

from __future__ import annotations

from datetime import date

from sqlmodel import select

from store.tables import WorkItem
from store.work import leases
from store.work.command import Change


def find(change: Change, queue: str, subject_id: int) -> WorkItem | None:
    """The item of a record in a queue, open or closed."""
    query = select(WorkItem).where(WorkItem.queue == queue, WorkItem.subject_id == subject_id)
    return change.session.exec(query).first()


def put(
    change: Change, queue: str, subject_id: int, *, reason: str, cents: int = 0, due: date | None = None, score: int = 0
) -> WorkItem:
    """Open the record's item, or open it again, with what the queue sorts by."""
    item = find(change, queue, subject_id)
    if item is None:
        return change.add(
            WorkItem(
                queue=queue,
                subject_id=subject_id,
                opened_on=change.today,
                due=due,
                score=score,
                cents=cents,
                reason=reason,
            )
        )
    if not item.open:
        item.open, item.opened_on, item.closed_on, item.deferred_until = True, change.today, None, None
        item.escalated = False
    item.reason, item.cents, item.due, item.score = reason, cents, due, score
    change.session.flush()
    return item


def close(change: Change, queue: str, subject_id: int) -> None:
    """Take the record out of the queue; nothing when it isn't there.  Refused while another person holds it."""
    require_free(change, queue, subject_id)
    force_close(change, queue, subject_id)


def require_free(change: Change, queue: str, subject_id: int) -> None:
    """Refuse to change a record whose item another person holds."""
    item = find(change, queue, subject_id)
    if item is not None:
        leases.require_free(item, change.actor, change.session, change.now)


def force_close(change: Change, queue: str, subject_id: int) -> None:
    """Take the record out of the queue even while somebody looks at it: its matter was settled from outside."""
    item = find(change, queue, subject_id)
    if item is not None and item.open:
        item.open, item.closed_on = False, change.today
        item.owner_id = item.lease_until = item.heartbeat_at = None
        change.session.flush()
