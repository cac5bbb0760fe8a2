"""Where a person left: kept when they leave, or when the line drops, and read when they come back."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from store.people.roles import Actor
from store.tables import Sitting

LONGEST = 100_000
"""Characters that are kept at most."""


def read(session: Session, actor: Actor) -> str:
    """What was kept, as it was given; empty the first time."""
    row = session.get(Sitting, actor.user_id)
    return row.content if row else ""


def keep(session: Session, actor: Actor, content: str, now: datetime) -> None:
    """Keep it in the place of what was kept before; nothing when it is too long to be sensible."""
    if len(content) > LONGEST:
        return
    row = session.get(Sitting, actor.user_id)
    if row is None:
        session.add(Sitting(user_id=actor.user_id, content=content, at=now))
    else:
        row.content, row.at = content, now
    session.commit()
