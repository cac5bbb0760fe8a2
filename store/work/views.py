"""Saved views of a queue: a person's own, and those that everybody shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import Session, col, or_, select

from store.errors import NotAllowed, Refused
from store.people.roles import Actor, Permission
from store.tables import SavedView
from store.text import clean_line
from store.work import queue
from store.work.command import Change, Command, Said
from store.work.filters import check
from store.work.sorting import parse_sort, sort_text
from store.work.values import NamedView, View

LONGEST_NAME = 40


def saved_views(session: Session, name: str, actor: Actor) -> tuple[NamedView, ...]:
    """A queue's views that the person may use: own ones first, each group by name."""
    known = queue.find(name, actor)
    columns = known.info.columns
    query = (
        select(SavedView)
        .where(SavedView.queue == name)
        .where(or_(col(SavedView.user_id).is_(None), col(SavedView.user_id) == actor.user_id))
        .order_by(col(SavedView.user_id).is_(None), col(SavedView.name))
    )
    views = []
    for row in session.exec(query).all():
        try:
            sort = parse_sort(row.sort, columns)
        except Refused:
            sort = ()  # a column that a newer version no longer has
        views.append(
            NamedView(row.id, row.name, View(row.filter, sort, row.mine, row.deferred), shared=row.user_id is None)
        )
    return tuple(views)


@dataclass(frozen=True, slots=True)
class SaveView(Command):
    """Keep a filter and a sort under a name; the same name again replaces it."""

    queue: str
    label: str
    view: View
    shared: bool = False
    name: ClassVar[str] = "work.save_view"

    def apply(self, change: Change) -> Said:
        """A shared view is for supervisors to keep; the filter has to be one that the queue understands."""
        known = queue.find(self.queue, change.actor)
        label = clean_line(self.label)[:LONGEST_NAME]
        if not label:
            raise Refused("The view has no name.")
        check(known.columns, self.view.filter, queue.HIDDEN)
        if self.shared:
            _require_sharing(change)
        owner = None if self.shared else change.actor.user_id
        same = select(SavedView).where(SavedView.queue == self.queue, SavedView.name == label)
        row = change.session.exec(same.where(col(SavedView.user_id).is_not_distinct_from(owner))).first()
        row = row or change.add(SavedView(queue=self.queue, user_id=owner, name=label))
        row.filter, row.sort = self.view.filter, sort_text(self.view.sort)
        row.mine, row.deferred = self.view.mine, self.view.deferred
        whose = " for everybody" if self.shared else ""
        return Said(f"View '{label}' is kept{whose}.", row.id)


@dataclass(frozen=True, slots=True)
class DropView(Command):
    """Forget a saved view."""

    view_id: int
    name: ClassVar[str] = "work.drop_view"

    def apply(self, change: Change) -> Said:
        """One's own, or a shared one by a supervisor."""
        row = change.get(SavedView, self.view_id)
        if row.user_id is None:
            _require_sharing(change)
        elif row.user_id != change.actor.user_id:
            raise NotAllowed("This view is somebody else's.")
        label = row.name
        change.session.delete(row)
        return Said(f"View '{label}' is gone.")


def _require_sharing(change: Change) -> None:
    if not change.actor.may(Permission.SUPERVISE):
        raise NotAllowed(
            f"Your role ({change.actor.role}) lacks the permission '{Permission.SUPERVISE}' to share views.",
            do="Keep it for yourself.",
        )
