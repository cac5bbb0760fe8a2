"""Setting a practice up, and who may work in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Engine, or_
from sqlmodel import Session, col, select

from store import clock
from store.db import sqlite_path, writer
from store.errors import Refused
from store.intake.npi import is_npi
from store.migrations import schema_version, upgrade
from store.people import audit
from store.people.roles import Actor, Permission, Role
from store.tables import Practice, User
from store.work.command import Change, Command, Said


def found_practice(engine: Engine, practice: Practice, login: str) -> None:
    """Make an empty database a practice; the person who does it becomes its owner.

    Refused when the database holds one already.  A new file can be read by nobody else.
    """
    if not is_npi(practice.npi):
        raise Refused(f"{practice.npi!r} is not an NPI: its check digit is wrong.", where="npi")
    path = sqlite_path(str(engine.url))
    if path is not None:
        path.touch(mode=0o600)
    if schema_version(engine) is None:
        upgrade(engine)
    with Session(writer(engine)) as session:
        if session.exec(select(Practice.id)).first() is not None:
            raise Refused("There is a practice here already.", do="Nothing was changed.")
        owner = User(name=login, uid=os.getuid(), role=Role.OWNER)
        session.add(practice)
        session.add(owner)
        session.flush()
        actor = Actor(owner.id, owner.name, Role.OWNER)
        audit.append(session, actor, clock.now(), "people.found", f"practice:{practice.id}", {})
        session.commit()


@dataclass(frozen=True, slots=True)
class AddUser(Command):
    """Let a person of the operating system work in the practice, in a role."""

    login: str
    uid: int
    role: str
    name: ClassVar[str] = "people.add_user"
    permission: ClassVar[Permission] = Permission.ADMIN

    def apply(self, change: Change) -> Said:
        """Refused for an unknown role or a person who is there already."""
        if self.role not in set(Role):
            raise Refused(f"There is no role '{self.role}'.", do=f"There are: {', '.join(Role)}.")
        same = or_(col(User.uid) == self.uid, col(User.name) == self.login)
        if change.session.exec(select(User).where(same)).first() is not None:
            raise Refused(f"{self.login} is a user already.")
        user = change.add(User(name=self.login, uid=self.uid, role=self.role))
        return Said(f"{self.login} is now a {self.role}.", user.id)


def list_users(session: Session) -> list[dict[str, Any]]:
    """Every user: name, role, whether active."""
    users = session.exec(select(User).order_by(User.name)).all()
    return [{"name": user.name, "role": user.role, "active": user.active} for user in users]
