"""An opened practice: the one object through which a screen or the command line reads and changes anything."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Engine, union
from sqlmodel import Session, select

import store.stages  # noqa: F401 - registers every queue and state machine
from store import clock
from store.accounts.view import account_record
from store.claims.opened import claim_record
from store.claims.release import ReleaseCoded, waiting
from store.db import default_url, open_engine, writer
from store.errors import NotAllowed, NotFound, Refused, Stale
from store.migrations import require_current
from store.people import audit
from store.people.identity import actor_of
from store.people.presence import Presence, refused_login
from store.people.roles import Actor, Permission
from store.storage import storage_told
from store.tables import Claim, Encounter, Patient, User, WorkItem
from store.work import assignment, leases, queue, sitting, views
from store.work.command import Command, Job, Runner
from store.work.record import Record
from store.work.values import BoardLine, Done, Lease, NamedView, Page, QueueInfo, View, Why

if TYPE_CHECKING:
    from codesets import CodeLibrary
    from store.coding.desk import Desk
    from store.reports.values import Report


Found = TypeVar("Found")

_OF_ENCOUNTERS = {"coding", "encounter", "past", "history", "reviews"}
"""Kinds of looks whose subject is an encounter."""

LOOK = timedelta(minutes=5)
"""Looks at the same record within this time are one look."""


class Practice(Presence):
    """One person's door to one practice database.

    Every method is blocking and makes one short transaction; none keeps a session.  They raise
    `store.errors.Refused` with a sentence for the person.  Long jobs tell `store.work.progress` how far they are.
    """

    def __init__(self, engine: Engine, actor: Actor) -> None:
        super().__init__(engine, actor)
        self._codes: CodeLibrary | None = None
        self._looked: dict[tuple[str, int | str], datetime] = {}

    @classmethod
    def open(cls, url: str | None = None, verb: str = "") -> Practice:
        """Open the database as the operating system's user, who has to be a user of the practice.

        `verb` is the command for which it is opened: the trail keeps its name.
        """
        engine = open_engine(url or default_url())
        require_current(engine)
        with storage_told(), Session(engine) as session:
            try:
                opened = cls(engine, actor_of(session))
            except NotAllowed:
                session.rollback()
                refused_login(engine)
                raise
        opened._come_in(verb)
        return opened

    def close(self) -> None:
        """Leave, anchor the audit trail where that is asked for, and close every connection."""
        with contextlib.suppress(Refused):
            self._leave()
        self.engine.dispose()

    def _viewed(self, kind: str, subject_id: int | str, patients: Collection[int]) -> None:
        """A look at patients' data is in the trail before it is shown; the same again within minutes is one look.

        Of an account each of its patients has an entry, so that the trail of a patient tells of it.
        """
        now = clock.now()
        before = self._looked.get((kind, subject_id))
        if before is not None and now - before < LOOK:
            return
        with storage_told(), Session(writer(self.engine)) as session:
            for patient_id in patients or (None,):
                self._tell(session, f"view.{kind}", f"{kind}:{subject_id}", patient_id, {})
            session.commit()
        self._looked[kind, subject_id] = now

    def look(self, kind: str, subject_id: int | str, permission: Permission, read: Callable[[Session], Found]) -> Found:
        """What `read` finds, for whom has the permission; the look is in the trail before it is shown."""
        self.require(permission)
        with self.reading() as session:
            found = read(session)
            patients = _patients_behind(session, kind, subject_id)
        self._viewed(kind, subject_id, patients)
        return found

    def exported(self, what: str, rows: int) -> None:
        """Rows left the program for a file: in the trail, as a disclosure."""
        with storage_told(), Session(writer(self.engine)) as session:
            self._tell(session, "export", what[:200], None, {"rows": rows})
            session.commit()

    def copied(self, subject: str, letters: int) -> None:
        """Words of a record (`subject` is queue:subject_id) go to a person's clipboard: in the trail first."""
        with storage_told(), Session(writer(self.engine)) as session:
            self._tell(session, "copy", subject[:80], None, {"letters": letters})
            session.commit()

    def rights(self) -> frozenset[str]:
        """What the person's role may do, by the names that commands need."""
        return frozenset(str(one) for one in Permission if self.actor.may(one))

    @property
    def codes(self) -> CodeLibrary:
        """The code-set library, opened at first use; refused with what to do when it isn't built."""
        if self._codes is None:
            from codesets import open_library

            self._codes = open_library()
        return self._codes

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading, which knows whose it is; plain values leave it, records don't.

        Refused when an administrator has ended the person's session.
        """
        self._admitted()
        with storage_told(), Session(self.engine, info={"actor": self.actor}) as session:
            yield session

    def do(self, command: Command | Job, *, key: str | None = None, lease: Lease | None = None) -> Done:
        """Carry out a command, once for each `key`, or a job of several."""
        self._still_here()
        if isinstance(command, Job):
            return command.carry_out(self, key or uuid.uuid4().hex)
        return self._runner().run(command, key=key, lease=lease)

    def undo(self, *, key: str | None = None) -> Done:
        """Take back this person's last action."""
        self._still_here()
        return self._runner().undo(key=key)

    def queues(self) -> tuple[QueueInfo, ...]:
        """The queues that this person may see, in the order of an encounter's life."""
        return tuple(known.info for known in queue.QUEUES.values() if self.actor.may(known.permission))

    def queue(self, name: str) -> QueueInfo:
        """One queue's columns."""
        return queue.find(name, self.actor).info

    def board(self) -> tuple[BoardLine, ...]:
        """Every queue that this person may see, with its figures."""
        self._still_here()
        self._release()
        today = clock.today()
        with self.reading() as session:
            return tuple(
                queue.board_line(session, known, self.actor, today)
                for known in queue.QUEUES.values()
                if self.actor.may(known.permission)
            )

    def page(self, name: str, view: View, *, start: int = 0, limit: int = 200, counted: Page | None = None) -> Page:
        """A page of a queue; that its list was looked at is in the trail.

        `counted` is a page of the same view that came moments ago: its figures are kept, as far as the rows bear them
        out, which spares counting the whole queue for each page of it.
        """
        known = queue.find(name, self.actor)
        self._viewed("queue", name, ())
        if name == "claims":
            self._release()
        with self.reading() as session:
            today, visit = clock.today(), self._last_visit
            return queue.page(session, known, self.actor, view, today, start, limit, visit, counted)

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
        self._viewed("report", key, ())
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
            found = known.record(session, subject_id)
            patients = _patients_of(session, name, subject_id, found)
        self._viewed(name, subject_id, patients)
        return found

    def desk(self, encounter_id: int) -> Desk:
        """An encounter with its note on the coding desk."""
        from store.coding.desk import read_desk

        return self.look(
            "encounter", encounter_id, Permission.CODE, lambda session: read_desk(session, self.codes, encounter_id)
        )

    def claim(self, claim_id: int) -> Record:
        """The one claim view."""
        return self.look("claim", claim_id, Permission.MONEY, lambda session: claim_record(session, claim_id))

    def edi(self, claim_id: int) -> Record:
        """A claim as the other side sees it: its segments, and what each answer says of it."""
        from store.claims.edi_view import edi_record

        return self.look("claim", claim_id, Permission.MONEY, lambda session: edi_record(session, claim_id))

    def ledger(self, guarantor_id: int) -> Record:
        """An account with its balances and every posting."""
        return self.look(
            "account", guarantor_id, Permission.MONEY, lambda session: account_record(session, guarantor_id)
        )

    def why(self, item_id: int) -> Why:
        """Why an item is in its queue, and what would take it out."""
        with self.reading() as session:
            item = session.get(WorkItem, item_id)
            if item is None:
                raise NotFound("This item is no longer in the queue.")
            return queue.find(item.queue, self.actor).why(session, item)

    def lease(self, item_id: int) -> Lease:
        """Take an item to work on it; `Taken` says who has it."""
        self._still_here()
        with storage_told(), Session(writer(self.engine)) as session:
            item = session.get(WorkItem, item_id)
            if item is not None:
                queue.find(item.queue, self.actor)
            lease = leases.take(session, self.actor, item_id, clock.now())
            self._log(session, "lease", lease)
            return lease

    def next_item(self, name: str, *, beside: int = 0) -> Lease | None:
        """Take the best free item of a queue, another than `beside`; None when there is none."""
        known = queue.find(name, self.actor)
        self._still_here()
        for everywhere in (False, True):  # of a queue without a rank both times the same: others took all that was seen
            with storage_told(), Session(self.engine) as reader:
                best = queue.best(reader, known, self.actor, clock.today(), everywhere=everywhere, beside=beside)
            if best is None:
                return None
            with storage_told(), Session(writer(self.engine)) as session:
                lease = leases.take_first(session, self.actor, best, clock.now())
                if lease is not None:
                    self._log(session, "lease", lease)
                    return lease
        return None

    def beat(self, lease: Lease) -> Lease:
        """Keep a lease alive."""
        self._still_here()
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
        """Do what is due by the calendar, as far as the person may; what was done, or nothing.

        Holds that end, queries that are overdue; claim files, claims and payers that were not heard of in time;
        deadlines that pass, checks that go stale.
        """
        from store.calendar import due

        with self.reading() as session:
            commands = due(session, self.actor, clock.today())
        said = []
        for command in commands:
            with contextlib.suppress(Stale):  # somebody else looked at the same moment
                said.append(self.do(command).said)
        return "  ".join(said)

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
        self.require(Permission.MONEY)

    def require(self, permission: Permission) -> None:
        """Refuse, by its name, what the role lacks."""
        if not self.actor.may(permission):
            raise NotAllowed(f"Your role ({self.actor.role}) lacks the permission '{permission}'.")

    def _log(self, session: Session, action: str, lease: Lease) -> None:
        detail: dict[str, object] = {"token": lease.token}
        if action == "lease" and lease.taken_from:
            action, detail = "take_over", detail | {"from": lease.taken_from}
        audit.append(session, self.actor, clock.now(), f"work.{action}", f"item:{lease.item_id}", detail)
        session.commit()


def _patients_of(session: Session, name: str, subject_id: int, found: Record) -> Collection[int]:
    """The patients whom a record is about."""
    if name in _OF_ENCOUNTERS:
        return _patients_behind(session, name, subject_id)  # a coder's login reads no claim
    if found.claim_id is not None:
        return _patients_behind(session, "claim", found.claim_id)
    if found.account_id is not None:
        return _patients_behind(session, "account", found.account_id)
    return _patients_behind(session, name, subject_id)


def _patients_behind(session: Session, kind: str, subject_id: int | str) -> Collection[int]:
    """The patient of a claim, or of an encounter by whichever of its views; everybody of whom an account is."""
    if kind == "account":
        seen = union(
            select(Patient.id).where(Patient.guarantor_id == subject_id),
            select(Claim.patient_id).where(Claim.guarantor_id == subject_id),
        )
        return sorted(session.execute(seen).scalars())
    table: type[Claim | Encounter] | None = Claim if kind == "claim" else Encounter if kind in _OF_ENCOUNTERS else None
    if table is None:
        return ()
    return session.exec(select(table.patient_id).where(table.id == subject_id)).all()
