"""The number that opens a locked screen again: set by the person, kept as a salted hash, tried a few times only.

It guards a screen that somebody walked away from (45 CFR 164.312(a)(2)(iii)); who the person is the operating system
has said before.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import delete, text
from sqlmodel import Session, col, select

from store.db import on_postgresql
from store.errors import LockedOut, NotAllowed, NotFound, Refused
from store.people.roles import Actor, Permission
from store.tables import Pin, Practice, User
from store.work.command import Change, Command, Said

TRIES = 5
SHORTEST = 4
LONGEST_LOCK = 480
"""Minutes; a working day."""


def set_pin(session: Session, actor: Actor, number: str, now: datetime) -> None:
    """Keep the hash of a new number (any characters, at least four)."""
    if len(number) < SHORTEST:
        raise Refused("That is too short.", do=f"Take {SHORTEST} characters or more.")
    if len(set(number)) < 2 or number in "01234567890" or number in "09876543210":
        raise Refused("That is guessed at once.", do="Take another one.")
    row = session.get(Pin, actor.user_id) or Pin(user_id=actor.user_id, hash="", at=now)
    row.hash, row.wrong, row.locked, row.at = _hash(number, os.urandom(16)), 0, False, now
    session.add(row)


def lock(session: Session, actor: Actor, now: datetime) -> bool:
    """The screen is locked from now on, in the next run of the program too; whether a number opens it."""
    row = session.get(Pin, actor.user_id)
    if row is None:
        return False
    row.locked, row.at = True, now
    return True


def is_set(session: Session, actor: Actor) -> bool:
    """Whether the person has a number."""
    return session.get(Pin, actor.user_id) is not None


def is_locked(session: Session, actor: Actor) -> bool:
    """Whether the person's screen was locked and has not been opened since."""
    row = session.get(Pin, actor.user_id)
    return row is not None and row.locked


def try_pin(session: Session, actor: Actor, number: str, now: datetime) -> Refused | None:
    """None when it is right and the screen is open again; else what is to be said, the try being counted."""
    query = select(Pin).where(Pin.user_id == actor.user_id).with_for_update()
    row = session.exec(query).first()
    if row is None:
        return NotAllowed("You have set no PIN.", do="superbill users pin")
    salt = bytes.fromhex(row.hash.split("$")[0])
    if hmac.compare_digest(_hash(number, salt), row.hash):
        row.wrong, row.locked, row.at = 0, False, now
        return None
    row.wrong, row.at = row.wrong + 1, now
    left = TRIES - row.wrong % TRIES
    if left == TRIES:
        return LockedOut("That was wrong too often.", do="Log in again; an administrator can take the PIN away.")
    return NotAllowed("That is not it.", do=f"{left} more {'try' if left == 1 else 'tries'}.")


def lock_minutes(session: Session) -> int:
    """After how many minutes the practice locks its screens; 0 for never."""
    return session.exec(select(Practice.lock_minutes)).first() or 0


def _hash(number: str, salt: bytes) -> str:
    digest = hashlib.scrypt(number.encode(), salt=salt, n=1 << 14, r=8, p=1)
    return f"{salt.hex()}${digest.hex()}"


@dataclass(frozen=True, slots=True)
class SetLock(Command):
    """After how many minutes without a key press everybody's screen locks; 0 for never."""

    minutes: int
    name: ClassVar[str] = "people.set_lock"
    permission: ClassVar[Permission] = Permission.ADMIN
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """A person's own settings may make it shorter, never longer."""
        if not 0 <= self.minutes <= LONGEST_LOCK:
            raise Refused(f"{self.minutes} minutes are not possible.", do=f"Give 1 to {LONGEST_LOCK}, or 0 for never.")
        change.session.exec(select(Practice)).one().lock_minutes = self.minutes
        if not self.minutes:
            return Said("Screens lock by hand only.")
        return Said(f"Screens lock after {self.minutes} minutes without a key press.")


@dataclass(frozen=True, slots=True)
class ForgetPin(Command):
    """Take away a number that somebody forgot; they can set a new one."""

    login: str
    name: ClassVar[str] = "people.forget_pin"
    permission: ClassVar[Permission] = Permission.ADMIN
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused for a person who is not known; nothing happens when there was no number."""
        user = change.session.exec(select(User).where(User.name == self.login)).first()
        if user is None:
            raise NotFound(f"There is no user {self.login[:40]!r}.")
        if on_postgresql(change.session):
            query = text("SELECT superbill_forget_pin(:user)")
            change.session.connection().execute(query, {"user": user.id})
        else:  # past the object mapper, so that no image of the hash is kept
            change.session.execute(delete(Pin).where(col(Pin.user_id) == user.id))
        return Said(f"{self.login} has no PIN now.", user.id)
