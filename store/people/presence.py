"""One person in the program: coming in and leaving, the locked screen, and notes opened for a reason."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, desc, text
from sqlmodel import Session, col, func, select

from store import clock
from store.db import on_postgresql, writer
from store.errors import NotAllowed, NotFound
from store.people import audit, pin, trail
from store.people.identities import Identities, identities
from store.people.identity import actor_of, login_name, where_from
from store.people.roles import Actor, Permission, Role
from store.storage import storage_told
from store.tables import AuditEntry, Claim, Encounter, Note
from store.work import seats
from store.work.record import Lines, Record, Tab

PRESENT = timedelta(seconds=30)
"""How often a session says that it is still here."""
ASKED = timedelta(seconds=1)
"""A session that was ended reads on for no longer than this."""
GLASS = timedelta(minutes=30)
"""For so long a note that was opened for a reason stays open."""
_GLASS_ACTION = "note.break_glass"


class Presence:
    """What the program knows of its person from coming in to leaving.  Every method makes one short transaction."""

    def __init__(self, engine: Engine, actor: Actor) -> None:
        self.engine = engine
        self.actor = actor
        self._session_id: int | None = None
        self._last_visit: date | None = None
        self._seen = self._asked = datetime.min.replace(tzinfo=UTC)

    # Coming and going

    def _come_in(self, verb: str) -> None:
        with storage_told(), Session(writer(self.engine)) as session:
            self._session_id = seats.begin(session, self.actor, clock.now())
            self._last_visit = seats.last_visit(session, self.actor, self._session_id)
            detail: dict[str, object] = {"session": self._session_id, "pid": os.getpid()}
            if verb:
                detail["verb"] = verb
            self._tell(session, "people.login", self._me, None, detail)
            session.commit()

    def _leave(self) -> None:
        if self._session_id is None:
            return
        with storage_told(), Session(writer(self.engine)) as session:
            seats.end(session, self._session_id, clock.now())
            session.commit()
            self._session_id = None
            where = os.environ.get("SUPERBILL_ANCHOR")
            if where and self.actor.may(Permission.AUDIT):
                trail.anchor(session, Path(where), clock.now())

    def present(self) -> None:
        """Say that this session is still here; refused when an administrator has ended it."""
        if self._session_id is None:
            return
        with storage_told(), Session(writer(self.engine)) as session:
            seats.seen(session, self._session_id, clock.now())
            session.commit()

    def _still_here(self) -> None:
        now = clock.now()
        if self._session_id is not None and now - self._seen >= PRESENT:
            self.present()
            self._seen = self._asked = now
        else:
            self._admitted(timedelta(0))

    def _admitted(self, every: timedelta = ASKED) -> None:
        """Before anything is read: refused when an administrator has ended this session; one row, read now and then."""
        now = clock.now()
        if self._session_id is None or abs(now - self._asked) < every:
            return
        with storage_told(), Session(self.engine) as session:
            seats.require_open(session, self._session_id)
        self._asked = now

    def sessions(self) -> list[dict[str, Any]]:
        """Who is in the program now (administrators see all, others their own)."""
        with storage_told(), Session(self.engine) as session:
            rows = seats.open_sessions(session, clock.now())
        return [row for row in rows if self.actor.may(Permission.ADMIN) or row["login"] == self.actor.name]

    # The locked screen

    def lock_minutes(self) -> int:
        """After how many minutes without a key press the practice locks a screen; 0 for never."""
        with storage_told(), Session(self.engine) as session:
            return pin.lock_minutes(session)

    def is_locked(self) -> bool:
        """Whether this person's screen was locked and not opened since, in an earlier run of the program too."""
        with storage_told(), Session(self.engine) as session:
            return pin.is_locked(session, self.actor)

    def lock(self) -> bool:
        """The screen is locked; whether a PIN opens it."""
        with storage_told(), Session(writer(self.engine)) as session:
            has_pin = pin.lock(session, self.actor, clock.now())
            self._tell(session, "people.lock", self._me, None, {})
            session.commit()
        return has_pin

    def unlock(self, number: str) -> None:
        """Open the screen again; refused with the tries that are left, `LockedOut` when there are none."""
        with storage_told(), Session(writer(self.engine)) as session:
            refused = pin.try_pin(session, self.actor, number, clock.now())
            self._tell(session, "people.wrong_pin" if refused else "people.unlock", self._me, None, {})
            session.commit()
        if refused is not None:
            raise refused

    def set_pin(self, number: str, old: str = "") -> None:
        """Set the person's PIN; one that is there has to be given too."""
        with storage_told(), Session(writer(self.engine)) as session:
            refused = pin.try_pin(session, self.actor, old, clock.now()) if pin.is_set(session, self.actor) else None
            if refused is None:
                pin.set_pin(session, self.actor, number, clock.now())
            self._tell(session, "people.wrong_pin" if refused else "people.set_pin", self._me, None, {})
            session.commit()
        if refused is not None:
            raise refused

    def has_pin(self) -> bool:
        """Whether a PIN is set."""
        with storage_told(), Session(self.engine) as session:
            return pin.is_set(session, self.actor)

    # Notes opened for a reason

    def open_note(self, encounter_id: int, reason: str) -> str:
        """Break the glass: the note of an encounter for a stated reason, which the audit trail keeps."""
        if len(reason.strip()) < 5:
            raise NotAllowed("A note is opened for a reason.", do="Say why you need to read it.")
        self._still_here()
        with storage_told(), Session(writer(self.engine)) as session:
            if on_postgresql(session):
                values = {"id": encounter_id, "reason": reason, "host": self.actor.host}
                query = text("SELECT superbill_open_note(:id, :reason, :host)")
                found = session.connection().execute(query, values).scalar()
            else:
                note = session.get(Note, encounter_id)
                found = note.text if note else None
                patient_id = session.exec(select(Encounter.patient_id).where(Encounter.id == encounter_id)).first()
                self._tell(session, _GLASS_ACTION, f"encounter:{encounter_id}", patient_id, {"reason": reason})
            session.commit()
        if found is None:
            raise NotFound(f"There is no encounter {encounter_id}.")
        return str(found)

    def glass(self, claim_id: int, reason: str) -> Callable[[], Record]:
        """Break the glass at a claim; what is returned gives the note as a record, refused once the time is over."""
        with storage_told(), Session(self.engine) as session:
            query = select(Encounter).join(Claim, col(Claim.encounter_id) == col(Encounter.id))
            encounter = session.exec(query.where(Claim.id == claim_id)).first()
        if encounter is None:
            raise NotFound(f"There is no claim {claim_id}.")
        note, until = self.open_note(encounter.id, reason), clock.now() + GLASS

        def read() -> Record:
            if clock.now() >= until:
                raise NotAllowed("The time for reading this note is over.", do="Say again why you need to read it.")
            tab = Tab("Note", (Lines(tuple(note.split("\n"))),))
            headline = f"Opened for a reason that the trail keeps; it closes at {until:%H:%M} UTC."
            return Record(f"Note of {encounter.number}", headline, "to be read", (tab,))

        return read

    def glass_told(self) -> str:
        """For who examines the trail: how many notes others opened for a reason since this person's last login."""
        if not self.actor.may(Permission.AUDIT):
            return ""
        mine = (
            select(AuditEntry.seq)
            .where(AuditEntry.user_name == self.actor.name, AuditEntry.action == "people.login")
            .order_by(desc(col(AuditEntry.seq)))
            .offset(1)
        )
        with storage_told(), Session(self.engine) as session:
            since = session.exec(mine).first() or 0
            others = select(func.count()).where(
                AuditEntry.action == _GLASS_ACTION, col(AuditEntry.seq) > since, AuditEntry.user_name != self.actor.name
            )
            count = session.exec(others).one()
        if not count:
            return ""
        notes = "1 note was" if count == 1 else f"{count} notes were"
        return f"{notes} opened for a reason since you were last here: r, then Notes opened."

    def identities(self, known: int = -1) -> Identities | None:
        """What tells who patients are, for the mask; None when there are as many as were known."""
        with storage_told(), Session(self.engine) as session:
            return identities(session, self.actor, known)

    # The trail

    @property
    def _me(self) -> str:
        return f"user:{self.actor.user_id}"

    def _tell(
        self, session: Session, action: str, subject: str, patient_id: int | None, detail: dict[str, object]
    ) -> None:
        audit.append(session, self.actor, clock.now(), action, subject, detail, patient_id)


def taken_out(engine: Engine, what: str) -> None:
    """A copy of the whole practice is about to leave it: for an administrator of it or of the machine, in the trail."""
    try:
        with storage_told(), Session(writer(engine)) as session:
            audit.append(session, _keeper(session), clock.now(), "export", what[:200], {"rows": "all"})
            session.commit()
    except NotAllowed:
        refused_login(engine)
        raise


def _keeper(session: Session) -> Actor:
    """Who keeps copies: a user who administers; else the machine's own account, from cron, whom its server knows."""
    try:
        actor = actor_of(session)
    except NotAllowed:
        if os.getuid() != 0 and not on_postgresql(session):
            raise
        return Actor(0, login_name(), Role.ADMIN, where_from())
    if not actor.may(Permission.ADMIN):
        raise NotAllowed(f"Your role ({actor.role}) lacks the permission '{Permission.ADMIN}'.")
    return actor


def refused_login(engine: Engine) -> None:
    """Somebody who is no user tried to come in; a PostgreSQL server keeps such people out itself, and logs it."""
    if engine.dialect.name != "sqlite":
        return
    nobody = Actor(0, login_name(), Role.CODER, where_from())
    with storage_told(), Session(writer(engine)) as session:
        audit.append(session, nobody, clock.now(), "people.refused", f"uid:{os.getuid()}", {})
        session.commit()
