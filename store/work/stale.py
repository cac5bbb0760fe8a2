"""What somebody else changed in a record that was being saved: who, when, and each field before and after."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Engine, desc
from sqlalchemy.orm import Session as SaSession
from sqlmodel import Session, col, select

from store.errors import Stale
from store.tables import Action, RowImage, User
from store.tables.base import Versioned
from store.work.images import Changed, row_id, table_name

if TYPE_CHECKING:
    from store.work.command import Change

_UNTOLD = frozenset({"version", "text", "content", "note", "answer", "question"})
"""Counters, and texts that are too long for a sentence."""
_MOST = 4
_DO = "Nothing of yours was saved; look again."


def being_saved(session: SaSession) -> list[tuple[str, int]]:
    """The records that a flush is about to write over: (table, id)."""
    return [(table_name(row), row_id(row)) for row in session.dirty if isinstance(row, Versioned)]


def stale(engine: Engine, saved: Sequence[tuple[str, int]]) -> Stale:
    """The refusal, with what the last other save of one of these records did, as far as the person may see it."""
    with Session(engine) as session:
        for table, number in saved:
            found = next(_saves(session, table, number), None)
            if found is not None:
                image, action, user = found
                fields = "; ".join(_differences(image))
                what = f"{user.name} saved this {table.replace('_', ' ')} at {action.at:%H:%M} UTC"
                return Stale(f"{what}{': ' + fields if fields else ''}.", do=_DO)
    return Stale("Somebody else saved this record meanwhile.", do="Look again and redo it.")


@contextmanager
def over(change: Change, seen: str | None, called: str, stands: Callable[[], str]) -> Iterator[None]:
    """What is set inside takes the place of `seen`, which the person saw there; None where nothing was seen.

    `stands` reads what stands there.  `Stale` where that is neither what was seen nor what is set: it tells who changed
    it, when, and what it says now.  A version of the row would not do: it moves on with changes of other fields too.
    """
    if seen is None:
        yield
        return
    found, before = stands(), len(change.changed)
    yield
    change.session.flush()
    if found not in (seen, stands()):
        who = _who_changed(change.session, change.changed[before:], seen)
        raise Stale(f"{who}: {_shown(seen)} → {_shown(found)}.", where=called, do=_DO)


def _who_changed(session: Session, mine: Sequence[Changed], seen: str) -> str:
    """Who last saved what these changes write over, and when; for a new row, who took the one away that was seen."""
    for one in mine:
        number = row_id(one.row) if one.before is not None else None
        for image, action, user in _saves(session, one.table, number):
            before, after = (json.loads(text or "{}") for text in (image.before, image.after))
            if seen in before.values() if number is None else {*(one.before or ())} & {*after}:
                return f"{user.name} changed it at {action.at:%H:%M} UTC"
    return "Somebody else changed it meanwhile"


def _saves(session: Session, table: str, number: int | None) -> Iterator[tuple[RowImage, Action, User]]:
    """The saves of a row, the last one first; None for the rows of the table that were taken away."""
    which = col(RowImage.after).is_(None) if number is None else RowImage.row_id == number
    query = (
        select(RowImage, Action, User)
        .join(Action, col(Action.id) == col(RowImage.action_id))
        .join(User, col(User.id) == col(Action.user_id))
        .where(RowImage.table_name == table, which)
        .order_by(desc(col(RowImage.id)))
    )
    yield from session.exec(query)


def _differences(image: RowImage) -> Iterable[str]:
    before, after = json.loads(image.before or "{}"), json.loads(image.after or "{}")
    names = [name for name in after if name not in _UNTOLD and before.get(name) != after[name]]
    for name in names[:_MOST]:
        yield f"{name.replace('_', ' ')} {_shown(before.get(name))} → {_shown(after[name])}"
    if len(names) > _MOST:
        yield f"and {len(names) - _MOST} more"


def _shown(value: object) -> str:
    return "empty" if value in (None, "") else str(value)[:40]
