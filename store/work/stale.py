"""What somebody else changed in a record that was being saved: who, when, and each field before and after."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Engine, desc
from sqlalchemy.orm import Session as SaSession
from sqlmodel import Session, col, select

from store.errors import Stale
from store.tables import Action, RowImage, User
from store.tables.base import Versioned
from store.work.images import row_id, table_name

_UNTOLD = frozenset({"version", "text", "content", "note", "answer", "question"})
"""Counters, and texts that are too long for a sentence."""
_MOST = 4


def being_saved(session: SaSession) -> list[tuple[str, int]]:
    """The records that a flush is about to write over: (table, id)."""
    return [(table_name(row), row_id(row)) for row in session.dirty if isinstance(row, Versioned)]


def stale(engine: Engine, saved: Sequence[tuple[str, int]]) -> Stale:
    """The refusal, with what the last other save of one of these records did, as far as the person may see it."""
    with Session(engine) as session:
        for table, number in saved:
            query = (
                select(RowImage, Action, User)
                .join(Action, col(Action.id) == col(RowImage.action_id))
                .join(User, col(User.id) == col(Action.user_id))
                .where(RowImage.table_name == table, RowImage.row_id == number)
                .order_by(desc(col(RowImage.id)))
            )
            found = session.exec(query).first()
            if found is not None:
                image, action, user = found
                fields = "; ".join(_differences(image))
                what = f"{user.name} saved this {table.replace('_', ' ')} at {action.at:%H:%M} UTC"
                return Stale(f"{what}{': ' + fields if fields else ''}.", do="Nothing of yours was saved; look again.")
    return Stale("Somebody else saved this record meanwhile.", do="Look again and redo it.")


def _differences(image: RowImage) -> Iterable[str]:
    before, after = json.loads(image.before or "{}"), json.loads(image.after or "{}")
    names = [name for name in after if name not in _UNTOLD and before.get(name) != after[name]]
    for name in names[:_MOST]:
        yield f"{name.replace('_', ' ')} {_shown(before.get(name))} → {_shown(after[name])}"
    if len(names) > _MOST:
        yield f"and {len(names) - _MOST} more"


def _shown(value: object) -> str:
    return "empty" if value in (None, "") else str(value)[:30]
