"""The work items of many records at once: read together, changed in memory, written together.

The same rules as `store.work.items`, for posting a file of thousands of claims in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlmodel import col, select

from store.bulk import write_rows
from store.tables import WorkItem
from store.work.command import Change

CHUNK = 500
"""How many ids go into one IN list."""


class Board:
    """Items by queue and record.  What is to be changed has to be loaded first; `flush` writes the new ones."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._items: dict[tuple[str, int], WorkItem] = {}
        self._new: dict[tuple[str, int], dict[str, Any]] = {}

    def load(self, queue: str, subject_ids: Iterable[int]) -> None:
        """Read the items of these records, open or closed."""
        ids = sorted(set(subject_ids))
        for start in range(0, len(ids), CHUNK):
            some = col(WorkItem.subject_id).in_(ids[start : start + CHUNK])
            for item in self._change.session.exec(select(WorkItem).where(WorkItem.queue == queue, some)).all():
                self._items[queue, item.subject_id] = item

    def put(
        self,
        queue: str,
        subject_id: int,
        *,
        reason: str,
        cents: int = 0,
        due: date | None = None,
        score: int = 0,
        deferred_until: date | None = None,
    ) -> None:
        """Open the record's item, or open it again, with what the queue sorts by."""
        told = {"reason": reason, "cents": cents, "due": due, "score": score}
        item = self._items.get((queue, subject_id))
        if item is None:
            first = {"queue": queue, "subject_id": subject_id, "open": True, "opened_on": self._change.today}
            self._new[queue, subject_id] = {**first, **told, "deferred_until": deferred_until, "closed_on": None}
            return
        if not item.open:
            item.open, item.opened_on, item.closed_on, item.deferred_until = True, self._change.today, None, None
        for name, value in told.items():
            setattr(item, name, value)
        if deferred_until is not None:
            item.deferred_until = deferred_until

    def force_close(self, queue: str, subject_id: int) -> None:
        """Take the record out of the queue even while somebody looks at it: its matter was settled from outside."""
        new = self._new.get((queue, subject_id))
        if new is not None:
            new["open"], new["closed_on"] = False, self._change.today
        item = self._items.get((queue, subject_id))
        if item is not None and item.open:
            item.open, item.closed_on = False, self._change.today
            item.owner_id = item.lease_until = item.heartbeat_at = None

    def flush(self) -> None:
        """Write everything."""
        self._change.session.flush()
        if self._new and self._change.action.undoable:  # through the session, which keeps an image of each
            self._change.session.add_all(WorkItem(**row) for row in self._new.values())
            self._change.session.flush()
            self._new.clear()
        elif self._new:
            write_rows(self._change.session, WorkItem, list(self._new.values()))
            self._new.clear()
