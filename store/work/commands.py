"""What anybody can do with an item of any queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from store.errors import NotAllowed, Refused
from store.people.roles import Permission
from store.tables import Claim, Denial, Remark, User, WorkItem
from store.text import clean_note
from store.work import leases, queue
from store.work.command import Change, Command, Said, free_text


def open_item(change: Change, item_id: int) -> WorkItem:
    """The open item, which the person may work on and nobody else holds."""
    item = _visible_item(change, item_id)
    if not item.open:
        raise Refused("This item is no longer in the queue.")
    leases.require_free(item, change.actor, change.session, change.now)
    return item


def _visible_item(change: Change, item_id: int) -> WorkItem:
    item = change.get(WorkItem, item_id)
    queue.find(item.queue, change.actor)
    return item


def remark(change: Change, item: WorkItem, text: str) -> None:
    """Keep a dated note on the item's record."""
    cleaned = clean_note(text).strip()
    if not cleaned:
        raise Refused("The note is empty.")
    claim_id = None
    if item.queue == "denials":
        claim_id = change.get(Denial, item.subject_id).claim_id
    elif item.queue in {"claims", "rejections"}:
        claim_id = change.get(Claim, item.subject_id).id
    change.add(
        Remark(
            subject=f"{item.queue}:{item.subject_id}",
            claim_id=claim_id,
            user_id=change.actor.user_id,
            at=change.now,
            text=cleaned,
        )
    )


@dataclass(frozen=True, slots=True)
class Defer(Command):
    """Hide the item until a date; it comes back to the person who deferred it."""

    item_id: int
    until: date
    reason: str = free_text(default="")
    name: ClassVar[str] = "work.defer"

    def apply(self, change: Change) -> Said:
        """Refused for a date that is not in the future, or past the item's deadline."""
        item = open_item(change, self.item_id)
        if self.until <= change.today:
            raise Refused(f"{self.until} is not in the future.")
        if item.due is not None and item.due >= change.today and self.until > item.due:
            raise Refused(f"Its deadline is {item.due}, before {self.until}.", do="Defer it to an earlier date.")
        item.deferred_until, item.assigned_to = self.until, change.actor.user_id
        put_off = queue.find(item.queue, change.actor).put_off
        if put_off is not None:
            put_off(change, item.subject_id)
        if self.reason.strip():
            remark(change, item, f"Deferred until {self.until}: {self.reason}")
        return Said(f"Deferred until {self.until:%b %d}.", item.id)


@dataclass(frozen=True, slots=True)
class Assign(Command):
    """Give the item to a person, or to nobody (None)."""

    item_id: int
    user_id: int | None
    name: ClassVar[str] = "work.assign"

    def apply(self, change: Change) -> Said:
        """Only a supervisor gives work to somebody else."""
        item = open_item(change, self.item_id)
        if self.user_id not in (None, change.actor.user_id) and not change.actor.may(Permission.SUPERVISE):
            raise NotAllowed(f"Your role ({change.actor.role}) lacks the permission '{Permission.SUPERVISE}'.")
        item.assigned_to = self.user_id
        whom = change.get(User, self.user_id).name if self.user_id is not None else "nobody"
        return Said(f"Assigned to {whom}.", item.id)


@dataclass(frozen=True, slots=True)
class Escalate(Command):
    """Put the item before a supervisor, and before the others of its lane, with a note that says why."""

    item_id: int
    reason: str = free_text()
    name: ClassVar[str] = "work.escalate"

    def apply(self, change: Change) -> Said:
        """The note is required."""
        item = open_item(change, self.item_id)
        item.escalated = True
        remark(change, item, f"Escalated: {self.reason}")
        return Said("Escalated to the supervisor.", item.id)


@dataclass(frozen=True, slots=True)
class AddRemark(Command):
    """Write a note on the item's record."""

    item_id: int
    text: str = free_text()
    name: ClassVar[str] = "work.note"

    def apply(self, change: Change) -> Said:
        """Notes are dated, signed and never edited."""
        remark(change, _visible_item(change, self.item_id), self.text)
        return Said("Note kept.", self.item_id)
