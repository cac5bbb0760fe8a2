"""The one way to change a record.

A command is a frozen dataclass that says what is to be done.  `run` checks the permission, applies it, keeps an image
of every row that it changed, records the state transitions, appends the audit entry, and commits: all in one
transaction or not at all.  Because the images are kept, every undoable command knows its undo without saying it:
`undo` restores the rows, if nobody has changed them since, and reverses the ledger entries.
"""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session as SaSession
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, SQLModel, col, select

from store import clock
from store.bulk import write_rows
from store.db import writer
from store.errors import NotAllowed, NotFound, Refused
from store.people import audit
from store.people.roles import Actor, Permission
from store.people.trail import digest_of_action, digest_of_images
from store.storage import retried, storage_told
from store.tables import Action, RowImage, Transition
from store.work import images, leases
from store.work.stale import being_saved, stale
from store.work.states import Machine
from store.work.values import Done, Lease

if TYPE_CHECKING:
    from codesets import CodeLibrary
    from store.practice import Practice

Record = TypeVar("Record", bound=SQLModel)

MANY_STEPS = 500
"""From so many on the audit entry counts steps instead of listing them."""


def free_text(*, default: Any = dataclasses.MISSING) -> Any:
    """A field of a command whose text stays out of the audit trail (notes and reasons may name a patient)."""
    return dataclasses.field(default=default, metadata={"free_text": True})


def bulk(*, default: Any = dataclasses.MISSING) -> Any:
    """A field of a command with a whole file in it: only how much it is stays with the action, nothing in the audit."""
    return dataclasses.field(default=default, metadata={"free_text": True, "bulk": True})


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answers: a sentence for the status line, and a result that JSON can hold."""

    sentence: str
    result: Any = None


class Command:
    """A change of a record.  Subclasses are frozen dataclasses with the fields that it needs."""

    name: ClassVar[str]
    permission: ClassVar[Permission | None] = None
    undoable: ClassVar[bool] = True

    def prepare(self) -> Any:
        """What can be read from the command alone, before a transaction is begun; `apply` finds it in the change.

        A large file is read here, while nobody has to wait for the database, and a damaged one is refused here.
        """
        return None

    def apply(self, change: Change) -> Said:
        """Make the change; raise `Refused` to leave everything as it was."""
        raise NotImplementedError(self.name)

    def subject(self) -> str:
        """The record that the audit trail names."""
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            if field.name.endswith("_id"):
                return f"{field.name[:-3]}:{getattr(self, field.name)}"
        return ""


class Job:
    """Work of several commands with files beside the database; each command is whole by itself."""

    def carry_out(self, practice: Practice, key: str) -> Done:
        """Do it; doing it again goes on where an earlier try stopped."""
        raise NotImplementedError(type(self).__name__)


class Change:
    """One transaction of one command: the session, who and when, and everything that was touched.

    `prepared` is what the command read before the transaction was begun.
    """

    def __init__(
        self, session: Session, actor: Actor, codes: CodeLibrary | None, lease: Lease | None, prepared: Any = None
    ) -> None:
        self.session = session
        self.prepared = prepared
        self.actor = actor
        self.now = clock.now()
        self.today: date = clock.today()
        self.lease = lease
        self.patient_id: int | None = None
        self.changed: list[images.Changed] = []
        self.steps: list[tuple[str, SQLModel, str, str, bool]] = []
        self.stepped: Counter[tuple[str, str, str]] = Counter()
        self.noted: set[int] = set()
        self._locked: set[tuple[type[SQLModel], int | None]] = set()
        self._codes = codes
        self.action = Action(
            key="", command="", args="", said="", result="", user_id=actor.user_id, at=self.now, undoable=False
        )

    @property
    def codes(self) -> CodeLibrary:
        """The code-set library; refused with what to do where there is none."""
        if self._codes is None:
            raise Refused("The code sets are not built yet.", do="Run: superbill codes build")
        return self._codes

    @property
    def known_codes(self) -> CodeLibrary | None:
        """The code-set library, None where there is none: for checks that are left out then."""
        return self._codes

    def get(self, model: type[Record], row_id: int | None, *, lock: bool = False) -> Record:
        """The record, locked for the rest of the transaction where asked; SQLite has locked the whole file anyway."""
        lock = lock and (model, row_id) not in self._locked and self.session.get_bind().dialect.name != "sqlite"
        row = self.session.get(model, row_id, with_for_update=lock) if row_id is not None else None
        if lock:
            self._locked.add((model, row_id))
        if row is None:
            raise NotFound(f"There is no {model.__name__.lower()} {row_id}.")
        return row

    def add(self, row: Record) -> Record:
        """Keep a new record; its id is known on return."""
        self.session.add(row)
        self.session.flush()
        return row

    def move(
        self, row: SQLModel, machine: Machine, after: str, called: str, write: Callable[[Any, str, Any], None] = setattr
    ) -> None:
        """One step of the record's state machine, refused if the machine doesn't have it.

        `write` sets the state where the record is not saved by the session (row, "state", after).
        """
        before = row.state  # type: ignore[attr-defined]
        machine.require(before, after, called)
        write(row, "state", after)
        self.steps.append((machine.name, row, before, after, False))

    def born(self, row: Record, machine: Machine, called: str) -> Record:
        """Keep a new record in its first state."""
        state = row.state  # type: ignore[attr-defined]
        machine.require("", state, called)
        self.steps.append((machine.name, row, "", state, False))
        return self.add(row)

    def write_steps(self) -> None:
        """Write the steps so far and forget their records: for a command that changes more than memory should hold.

        The audit trail then tells how many records made each step; the steps themselves are in their own table.
        """
        if len(self.steps) < MANY_STEPS:
            return
        self.session.flush()
        _keep_steps(self)
        self.stepped.update((machine, before, after) for machine, _, before, after, _ in self.steps)
        self.steps.clear()


class Runner:
    """Carries out commands on one database for one person."""

    def __init__(self, engine: Engine, actor: Actor, codes: CodeLibrary | None = None) -> None:
        self.engine = writer(engine)
        self.actor = actor
        self.codes = codes

    def run(self, command: Command, *, key: str | None = None, lease: Lease | None = None) -> Done:
        """Do it, once: a second call with the same key answers what the first did.

        Raises `NotAllowed` naming the permission, `Stale` when somebody saved the record in between, or whatever the
        command refuses; nothing is left half-done.
        """
        self._require(command.permission)
        under = key or uuid.uuid4().hex
        prepared = command.prepare()
        return retried(lambda: self._once(command, prepared, under, lease))

    def _once(self, command: Command, prepared: Any, key: str, lease: Lease | None) -> Done:
        with Session(self.engine, expire_on_commit=False) as session:
            before = session.exec(select(Action).where(Action.key == key)).first()
            if before is not None:
                return _answered(before)
            change = Change(session, self.actor, self.codes, lease, prepared)
            saved: list[tuple[str, int]] = []
            event.listen(
                session, "before_flush", lambda saving, *_: saved.__setitem__(slice(None), being_saved(saving))
            )
            try:
                return self._carry_out(change, command, key)
            except StaleDataError as other:
                session.rollback()
                raise stale(self.engine, saved) from other

    def _require(self, permission: Permission | None) -> None:
        if permission is not None and not self.actor.may(permission):
            raise NotAllowed(f"Your role ({self.actor.role}) lacks the permission '{permission}'.")

    def _carry_out(self, change: Change, command: Command, key: str) -> Done:
        session = change.session
        action = change.action
        action.key, action.command, action.undoable = key, command.name, command.undoable
        action.args = _json(_args(command, audited=False))
        session.add(action)
        session.flush()
        with _Watch(session, change) if command.undoable else nullcontext():
            if change.lease is not None:
                leases.fence(session, self.actor, change.lease, change.now)
            said = command.apply(change)
            session.flush()
        action.said, action.result = said.sentence, _json(said.result)
        _keep_steps(change)
        detail: dict[str, object] = {
            "action": action.id,
            "words": digest_of_action(action),
            **_keep_images(change),
            "args": _args(command, audited=True),
            "steps": [[s[0], s[2], s[3]] for s in change.steps],
        }
        if change.stepped:
            detail["many_steps"] = [[*step, count] for step, count in sorted(change.stepped.items())]
        session.flush()
        audit.append(session, self.actor, change.now, command.name, command.subject(), detail, change.patient_id)
        session.commit()
        return Done(action.id, said.sentence, said.result, undoable=command.undoable)

    def undo(self, *, key: str | None = None) -> Done:
        """Take back this person's last undoable action that still stands."""
        from store.work.undo import Undo

        with storage_told(), Session(self.engine) as session:
            before = session.exec(select(Action).where(Action.key == key)).first()
            if before is not None:
                return _answered(before)
            undone = select(Action.undoes_id).where(col(Action.undoes_id).is_not(None))
            last = session.exec(
                select(Action)
                .where(Action.user_id == self.actor.user_id, col(Action.undoes_id).is_(None))
                .where(col(Action.id).not_in(undone))
                .order_by(col(Action.id).desc())
            ).first()
            if last is None or not last.undoable:
                said = f" Your last action can't be taken back: {last.said}" if last else ""
                raise Refused(f"There is nothing to undo.{said}")
            action_id = last.id
        return self.run(Undo(action_id), key=key)


class _Watch:
    """Collects what each flush of a session writes."""

    def __init__(self, session: Session, change: Change) -> None:
        self.session, self.change = session, change

    def __enter__(self) -> None:
        event.listen(self.session, "after_flush", self._flushed)

    def __exit__(self, *_: object) -> None:
        event.remove(self.session, "after_flush", self._flushed)

    def _flushed(self, session: SaSession, _context: object) -> None:
        self.change.changed.extend(images.collect(session))


def _keep_images(change: Change) -> dict[str, str]:
    """Keep what was changed, and say its hash: the audit trail covers what was before and after."""
    rows = [
        {
            "action_id": change.action.id,
            "table_name": changed.table,
            "row_id": images.row_id(changed.row),
            "before": images.encode(changed.before),
            "after": images.encode(changed.after),
        }
        for changed in change.changed
    ]
    if not rows:
        return {}
    write_rows(change.session, RowImage, rows)
    told = [(str(r["table_name"]), int(str(r["row_id"])), r["before"], r["after"]) for r in rows]
    return {"images": digest_of_images(told)}  # type: ignore[arg-type]


def _keep_steps(change: Change) -> None:
    rows = [
        {
            "action_id": change.action.id,
            "machine": machine,
            "subject_id": images.row_id(row),
            "before": before,
            "after": after,
            "undo": undo,
        }
        for machine, row, before, after, undo in change.steps
    ]
    write_rows(change.session, Transition, rows)


def _args(command: Command, *, audited: bool) -> dict[str, Any]:
    fields = dataclasses.fields(command)  # type: ignore[arg-type]
    given = {
        field.name: getattr(command, field.name)
        for field in fields
        if not (audited and field.metadata.get("free_text"))
    }
    for field in fields:
        if given.get(field.name) is not None and field.metadata.get("bulk"):
            given[field.name] = f"{len(given[field.name])} in all"
    return given


def _json(value: Any) -> str:
    return json.dumps(value, default=_jsonable, separators=(",", ":"))


def _jsonable(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)


def _answered(action: Action) -> Done:
    return Done(action.id, action.said, json.loads(action.result), action.undoable, repeated=True)
