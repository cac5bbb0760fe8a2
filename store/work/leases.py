"""Leases: the right of one person to work on one item for a while.

A lease is taken with one UPDATE whose WHERE repeats every condition, so that two people can't both get it; its token
grows each time and fences off the saves of whoever held it before.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, or_, update
from sqlmodel import Session, col, select

from store.errors import NotFound, Stale, Taken
from store.people.roles import Actor
from store.tables import User, WorkItem
from store.work.values import Lease

LEASE_SECONDS = 120
"""A lease without a heartbeat ends after this; screens beat every thirty seconds."""


def take(session: Session, actor: Actor, item_id: int, now: datetime) -> Lease:
    """Lease an item; `Taken` names who works on it and until when."""
    holder = session.exec(select(WorkItem.owner_id).where(WorkItem.id == item_id).with_for_update()).first()
    lease = _try(session, actor, item_id, now, holder)
    if lease is None:
        raise _taken(session, item_id)
    return lease


def take_first(session: Session, actor: Actor, best: Select[Any], now: datetime) -> Lease | None:
    """Lease what the query of `store.work.queue.best` finds; None when others took all of that."""
    row = session.execute(best).first()
    return _try(session, actor, row[0], now, row[1]) if row is not None else None


def beat(session: Session, actor: Actor, lease: Lease, now: datetime) -> Lease:
    """Keep a lease alive; `Stale` when another person took the item meanwhile."""
    until = now + timedelta(seconds=LEASE_SECONDS)
    if session.exec(_held(actor, lease).values(lease_until=until, heartbeat_at=now)).rowcount != 1:
        raise _lost(session, lease)
    return Lease(lease.item_id, lease.subject_id, lease.token, until, cents=lease.cents)


def release(session: Session, actor: Actor, lease: Lease) -> None:
    """Give the item back; nothing happens when it is no longer this lease's."""
    session.exec(_held(actor, lease).values(owner_id=None, lease_until=None, heartbeat_at=None))


def fence(session: Session, actor: Actor, lease: Lease, now: datetime) -> None:
    """Refuse a save made under a lease that ran out and went to somebody else."""
    beat(session, actor, lease, now)


def require_free(item: WorkItem, actor: Actor, session: Session, now: datetime) -> None:
    """Refuse to change an item that another person holds."""
    held = item.owner_id not in (None, actor.user_id) and item.lease_until is not None
    if held and item.lease_until is not None and item.lease_until > now:
        raise _taken(session, item.id)


def _free(actor: Actor, now: datetime) -> ColumnElement[bool]:
    return or_(
        col(WorkItem.owner_id).is_(None), col(WorkItem.owner_id) == actor.user_id, col(WorkItem.lease_until) <= now
    )


def _try(session: Session, actor: Actor, item_id: int, now: datetime, holder: int | None) -> Lease | None:
    """Lease an item if it is free; `holder` is who is written down as having it, whose hold may have run out."""
    until = now + timedelta(seconds=LEASE_SECONDS)
    statement = (
        update(WorkItem)
        .where(col(WorkItem.id) == item_id, col(WorkItem.open), _free(actor, now))
        .values(
            owner_id=actor.user_id,
            token=WorkItem.token + 1,
            lease_until=until,
            heartbeat_at=now,
            attempts=WorkItem.attempts + 1,
        )
        .returning(col(WorkItem.subject_id), col(WorkItem.token), col(WorkItem.cents))
        .execution_options(synchronize_session=False)
    )
    row = session.execute(statement).first()
    if row is None:
        return None
    before = None if holder in {None, actor.user_id} else session.get(User, holder)
    return Lease(item_id, row[0], row[1], until, before.name if before else "", row[2])


def _held(actor: Actor, lease: Lease) -> Update:
    return (
        update(WorkItem)
        .where(
            col(WorkItem.id) == lease.item_id,
            col(WorkItem.token) == lease.token,
            col(WorkItem.owner_id) == actor.user_id,
        )
        .execution_options(synchronize_session=False)
    )


def _taken(session: Session, item_id: int) -> Taken | NotFound:
    row = session.exec(
        select(WorkItem, User).join(User, col(User.id) == WorkItem.owner_id, isouter=True).where(WorkItem.id == item_id)
    ).first()
    if row is None or not row[0].open:
        return NotFound("This item is no longer in the queue.")
    item, user = row
    since = f"{item.lease_until:%H:%M} UTC" if item.lease_until else "now"
    return Taken(f"{user.name if user else 'Somebody'} is working on it (until {since}).")


def _lost(session: Session, lease: Lease) -> Stale:
    return Stale(f"Your hold on this item ran out: {_taken(session, lease.item_id).what}", do="Open it again.")
