"""Who is in the program now: each run of it is a session that others can see and an administrator can end."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.errors import NotAllowed, NotFound
from store.people.roles import Actor, Permission
from store.tables import LoginSession, User, WorkItem
from store.work.command import Change, Command, Said

GONE = timedelta(minutes=5)
"""A session that has not been heard of for so long is taken for one that was cut off."""


def begin(session: Session, actor: Actor, now: datetime) -> int:
    """Somebody came in; the number of the session."""
    row = LoginSession(user_id=actor.user_id, host=actor.host, pid=os.getpid(), started_at=now, seen_at=now)
    session.add(row)
    session.flush()
    return row.id


def last_visit(session: Session, actor: Actor, session_id: int) -> date | None:
    """The day on which the person was last here before this session; None for the first time."""
    query = select(func.max(LoginSession.seen_at)).where(
        LoginSession.user_id == actor.user_id, LoginSession.id != session_id
    )
    at = session.exec(query).one()
    return at.date() if at is not None else None


def seen(session: Session, session_id: int, now: datetime) -> None:
    """Still here.  Refused when an administrator has ended the session meanwhile."""
    require_open(session, session_id).seen_at = now


def require_open(session: Session, session_id: int) -> LoginSession:
    """The session; refused when an administrator has ended it."""
    row = session.get(LoginSession, session_id)
    if row is None or row.ended_at is not None:
        raise NotAllowed("Your session was ended by an administrator.", do="Start the program again.")
    return row


def end(session: Session, session_id: int, now: datetime) -> None:
    """Somebody left."""
    row = session.get(LoginSession, session_id)
    if row is not None and row.ended_at is None:
        row.ended_at = now


def open_sessions(session: Session, now: datetime) -> list[dict[str, Any]]:
    """Every session that has not ended: its number, who, where from, since when, when last seen, whether cut off."""
    query = (
        select(LoginSession, User)
        .join(User, col(User.id) == col(LoginSession.user_id))
        .where(col(LoginSession.ended_at).is_(None))
        .order_by(col(LoginSession.id))
    )
    return [
        {"session": row.id, "login": user.name, "from": row.host, "since": row.started_at, "seen": row.seen_at,
         "cut off": now - row.seen_at > GONE}
        for row, user in session.exec(query).all()
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class EndSession(Command):
    """Show somebody out: their next step is refused and what they hold is given back."""

    session_id: int
    name: ClassVar[str] = "people.end_session"
    permission: ClassVar[Permission] = Permission.ADMIN
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """The person's leases are freed; what was typed stays as a draft."""
        row = change.session.get(LoginSession, self.session_id)
        if row is None or row.ended_at is not None:
            raise NotFound(f"There is no open session {self.session_id}.")
        row.ended_at, row.ended_by = change.now, change.actor.user_id
        held = select(WorkItem).where(WorkItem.owner_id == row.user_id)
        for item in change.session.exec(held).all():
            item.owner_id = item.lease_until = item.heartbeat_at = None
        return Said(f"Session {row.id} is ended.", row.id)
