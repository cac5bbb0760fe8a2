"""An opened practice: the one object through which a screen or the command line reads and changes anything."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlmodel import Session, select

import store.stages  # noqa: F401 - registers every queue and state machine
from store import clock
from store.accounts.view import account_record
from store.claims.release import ReleaseCoded, waiting
from store.claims.view import claim_record
from store.db import default_url, open_engine, writer
from store.errors import NotAllowed, NotFound, Refused
from store.migrations import require_current
from store.people import audit
from store.people.identity import actor_of
from store.people.roles import Actor, Permission
from store.storage import storage_told
from store.tables import User, WorkItem
from store.work import assignment, leases, queue, sitting, views
from store.work.command import Command, Job, Runner
from store.work.record import Record
from store.work.values import BoardLine, Done, Lease, NamedView, Page, QueueInfo, View, Why

if TYPE_CHECKING:
    from codesets import CodeLibrary
    from store.reports.values import Report


class Practice:
    """One person's door to one practice database.

    Every method is blocking and makes one short transaction; none keeps a session.  They raise
    `store.errors.Refused` with a sentence for the person.  Long jobs `tell` how far they are: done, of how many, what.
    """

    def __init__(self, engine: Engine, actor: Actor) -> None:
        self.engine = engine
        self.actor = actor
        self._codes: CodeLibrary | None = None
        self.tell: Callable[[int, int, str], None] = lambda _done, _total, _what: None

    @classmethod
    def open(cls, url: str | None = None) -> Practice:
        """Open the database as the operating system's user, who has to be a user of the practice."""
        engine = open_engine(url or default_url())
        require_current(engine)
        with Session(engine) as session:
            return cls(engine, actor_of(session))

    def listen(self, hear: Callable[[int, int, str], None]) -> None:
        """Have long jobs tell how far they are: done, of how many, what."""
        self.tell = hear

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @property
    def codes(self) -> CodeLibrary:
        """The code-set library, opened at first use; refused with what to do when it isn't built."""
        if self._codes is None:
            from codesets import open_library

            self._codes = open_library()
        return self._codes

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading; plain values leave it, records don't."""
        with storage_told(), Session(self.engine) as session:
            yield session

    def do(self, command: Command | Job, *, key: str | None = None, lease: Lease | None = None) -> Done:
        """Carry out a command, once for each `key`, or a job of several."""
        if isinstance(command, Job):
            return command.carry_out(self, key or uuid.uuid4().hex)
        return self._runner().run(command, key=key, lease=lease)

    def undo(self, *, key: str | None = None) -> Done:
        """Take back this person's last action."""
        return self._runner().undo(key=key)

    def queues(self) -> tuple[QueueInfo, ...]:
        """The queues that this person may see, in the order of an encounter's life."""
        return tuple(known.info for known in queue.QUEUES.values() if self.actor.may(known.permission))

    def queue(self, name: str) -> QueueInfo:
        """One queue's columns."""
        return queue.find(name, self.actor).info

    def board(self) -> tuple[BoardLine, ...]:
        """Every queue that this person may see, with its figures."""
        self._release()
        today = clock.today()
        with self.reading() as session:
            return tuple(
                queue.board_line(session, known, self.actor, today)
                for known in queue.QUEUES.values()
                if self.actor.may(known.permission)
            )

    def page(self, name: str, view: View, *, start: int = 0, limit: int = 200) -> Page:
        """A page of a queue."""
        known = queue.find(name, self.actor)
        if name == "claims":
            self._release()
        with self.reading() as session:
            return queue.page(session, known, self.actor, view, clock.today(), start, limit)

    def views(self, name: str) -> tuple[NamedView, ...]:
        """A queue's saved views: the person's own, then those of everybody."""
        with self.reading() as session:
            return views.saved_views(session, name, self.actor)

    def sitting(self) -> str:
        """Where this person left, as it was kept."""
        with self.reading() as session:
            return sitting.read(session, self.actor)

    def keep_sitting(self, content: str) -> None:
        """Keep where this person is."""
        with storage_told(), Session(writer(self.engine)) as session:
            sitting.keep(session, self.actor, content, clock.now())

    def report(self, key: str, start: date | None = None, end: date | None = None, argument: str = "") -> Report:
        """A report over a period (the last 90 days unless said), or what stands behind one of its rows."""
        from store import reports
        from store.reports.values import Asked, period_of

        known = reports.find(key, self.actor)
        asked = Asked(period_of(start, end, clock.today()), argument)
        with self.reading() as session:
            return known.make(session, self.actor, asked)

    def reports(self) -> tuple[tuple[str, str, str], ...]:
        """The reports that this person may see: (key, title, what it shows)."""
        from store import reports

        return tuple(
            (one.key, one.title, one.help) for one in reports.REPORTS.values() if self.actor.may(one.permission)
        )

    def rules(self, name: str) -> tuple[tuple[int, str, str], ...]:
        """A queue's rules of assignment: (id, filter, person)."""
        queue.find(name, self.actor)
        with self.reading() as session:
            return tuple(assignment.rules(session, name))

    def record(self, name: str, subject_id: int) -> Record:
        """One record of a queue, ready to read."""
        known = queue.find(name, self.actor)
        with self.reading() as session:
            return known.record(session, subject_id)

    def claim(self, claim_id: int) -> Record:
        """The one claim view."""
        self._require(Permission.MONEY)
        with self.reading() as session:
            return claim_record(session, claim_id)

    def ledger(self, guarantor_id: int) -> Record:
        """An account with its balances and every posting."""
        self._require(Permission.MONEY)
        with self.reading() as session:
            return account_record(session, guarantor_id)

    def why(self, item_id: int) -> Why:
        """Why an item is in its queue, and what would take it out."""
        with self.reading() as session:
            item = session.get(WorkItem, item_id)
            if item is None:
                raise NotFound("This item is no longer in the queue.")
            return queue.find(item.queue, self.actor).why(session, item)

    def lease(self, item_id: int) -> Lease:
        """Take an item to work on it; `Taken` says who has it."""
        with storage_told(), Session(writer(self.engine)) as session:
            item = session.get(WorkItem, item_id)
            if item is not None:
                queue.find(item.queue, self.actor)
            lease = leases.take(session, self.actor, item_id, clock.now())
            self._log(session, "lease", lease)
            return lease

    def next_item(self, name: str) -> Lease | None:
        """Take the best free item of a queue; None when there is none."""
        known = queue.find(name, self.actor)
        with storage_told(), Session(writer(self.engine)) as session:
            items = queue.candidates(session, known, self.actor, clock.today())
            lease = leases.take_first(session, self.actor, items, clock.now())
            if lease is not None:
                self._log(session, "lease", lease)
            return lease

    def beat(self, lease: Lease) -> Lease:
        """Keep a lease alive."""
        with storage_told(), Session(writer(self.engine)) as session:
            kept = leases.beat(session, self.actor, lease, clock.now())
            session.commit()
            return kept

    def release(self, lease: Lease) -> None:
        """Give an item back."""
        with storage_told(), Session(writer(self.engine)) as session:
            leases.release(session, self.actor, lease)
            self._log(session, "release", lease)

    def tend(self) -> str:
        """Do what is due by the calendar: holds that end, queries that are overdue; what was done, or nothing."""
        from store.queries.due import CarryOnCoding, anything_due

        with self.reading() as session:
            due = anything_due(session, clock.today())
        return self.do(CarryOnCoding()).said if due else ""

    def users(self) -> tuple[tuple[int, str], ...]:
        """Active users: (id, name)."""
        with self.reading() as session:
            return tuple((user.id, user.name) for user in session.exec(select(User).where(User.active)).all())

    def now(self) -> datetime:
        """The moment, as the store sees it."""
        return clock.now()

    def _release(self) -> None:
        """What coders finished and could not bill themselves is billed before claims are looked at."""
        if not self.actor.may(Permission.CLAIM):
            return
        with self.reading() as session:
            if not waiting(session):
                return
        with contextlib.suppress(Refused):
            self.do(ReleaseCoded())

    def _runner(self) -> Runner:
        try:
            codes = self.codes
        except Refused:
            codes = None
        return Runner(self.engine, self.actor, codes)

    def require_money(self) -> None:
        """Refuse whoever may not see money."""
        self._require(Permission.MONEY)

    def _require(self, permission: Permission) -> None:
        if not self.actor.may(permission):
            raise NotAllowed(f"Your role ({self.actor.role}) lacks the permission '{permission}'.")

    def _log(self, session: Session, action: str, lease: Lease) -> None:
        detail: dict[str, object] = {"token": lease.token}
        audit.append(session, self.actor, clock.now(), f"work.{action}", f"item:{lease.item_id}", detail)
        session.commit()
