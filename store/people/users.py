"""Setting a practice up, and who may work in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Engine, or_, text
from sqlmodel import Session, col, select

from store import clock
from store.db import on_postgresql, sqlite_path, writer
from store.errors import NotFound, Refused
from store.intake.npi import is_npi
from store.migrations import schema_version, upgrade
from store.people import audit, grants
from store.people.identity import machine_s_name
from store.people.roles import Actor, Permission, Role
from store.tables import Practice, User
from store.text import clean_line
from store.work.command import Change, Command, Said, free_text


def found_practice(engine: Engine, practice: Practice, login: str, uid: int | None = None) -> None:
    """Make an empty database a practice; `login` becomes its owner.

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
        session.add(practice)
        session.flush()
        owner_id = _set_user(session, login, os.getuid() if uid is None else uid, Role.OWNER, active=True)
        session.get_one(User, owner_id).full_name = machine_s_name(login)
        actor = Actor(owner_id, login, Role.OWNER)
        audit.append(session, actor, clock.now(), "people.found", f"practice:{practice.id}", {})
        session.commit()


def _set_user(session: Session, login: str, uid: int | None, role: str, *, active: bool) -> int:
    """Add or change a person; on PostgreSQL the database does it, with the login and its grants."""
    if on_postgresql(session):
        prefix = grants.prefix_of(session.connection())
        values = {"name": login, "uid": uid, "role": str(role), "active": active, "prefix": prefix}
        query = text("SELECT superbill_set_user(:name, :uid, :role, :active, :prefix)")
        return int(session.connection().execute(query, values).scalar_one())
    user = session.exec(select(User).where(User.name == login)).first()
    if user is None:
        user = User(name=login, uid=uid, role=role)
        session.add(user)
    user.role, user.active = role, active
    session.flush()
    return user.id


def _require_role(role: str) -> None:
    if role not in set(Role):
        raise Refused(f"There is no role '{role}'.", do=f"There are: {', '.join(Role)}.")


@dataclass(frozen=True, slots=True)
class AddUser(Command):
    """Let a person of the operating system work in the practice, in a role."""

    login: str
    uid: int
    role: str
    full_name: str = free_text(default="")
    name: ClassVar[str] = "people.add_user"
    permission: ClassVar[Permission] = Permission.ADMIN
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused for an unknown role, a person who is there already, and on a file that is its owner's alone."""
        _require_role(self.role)
        same = or_(col(User.uid) == self.uid, col(User.name) == self.login)
        if change.session.exec(select(User).where(same)).first() is not None:
            raise Refused(f"{self.login} is a user already.", do="Change the role: superbill users role")
        _require_owner(change, self.role)
        if not on_postgresql(change.session) and not change.session.exec(select(Practice.one_circle)).first():
            raise Refused(
                "On a SQLite file roles can't be enforced, so it is for one person.",
                do="Move to PostgreSQL (superbill copy), or say that all may see all: superbill users trust",
            )
        user_id = _set_user(change.session, self.login, self.uid, self.role, active=True)
        full_name = clean_line(self.full_name)[:60]
        if full_name:
            change.get(User, user_id).full_name = full_name
        return Said(f"{self.login} is now a {self.role}.", user_id)


@dataclass(frozen=True, slots=True)
class SetUser(Command):
    """Give a person another role, or let them in no more."""

    login: str
    role: str = ""
    active: bool = True
    name: ClassVar[str] = "people.set_user"
    permission: ClassVar[Permission] = Permission.ADMIN
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Nobody changes their own role; only an owner makes or changes an owner, and the last one stays."""
        user = _user(change, self.login)
        role = self.role or user.role
        _require_role(role)
        if user.id == change.actor.user_id:
            raise Refused("Nobody changes their own role or shuts themselves out.", do="Ask another administrator.")
        _require_owner(change, role, user.role)
        _set_user(change.session, self.login, None, role, active=self.active)
        change.session.expire_all()
        return Said(f"{self.login} is {'a ' + role if self.active else 'let in no more'}.", user.id)


@dataclass(frozen=True, slots=True)
class NameUser(Command):
    """What a person is called: it is said on the telephone and stands under letters."""

    login: str
    full_name: str = free_text()
    name: ClassVar[str] = "people.name_user"
    permission: ClassVar[Permission] = Permission.ADMIN
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused for nobody's login and for an empty name."""
        user = _user(change, self.login)
        full_name = clean_line(self.full_name)[:60]
        if not full_name:
            raise Refused("What are they called?")
        user.full_name = full_name
        return Said(f"{user.name} is called {full_name}.", user.id)


def _user(change: Change, login: str) -> User:
    user = change.session.exec(select(User).where(User.name == login)).first()
    if user is None:
        raise NotFound(f"There is no user {login[:40]!r}.")
    return user


def _require_owner(change: Change, *roles: str) -> None:
    if Role.OWNER in roles and change.actor.role is not Role.OWNER:
        raise Refused("Only an owner makes or changes an owner.")


@dataclass(frozen=True, slots=True)
class TrustFile(Command):
    """The owner says that all who can open the SQLite file may see everything in it, or takes that back."""

    trusted: bool = True
    name: ClassVar[str] = "people.trust_file"
    permission: ClassVar[Permission] = Permission.ADMIN
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused on PostgreSQL, which separates roles itself."""
        if on_postgresql(change.session):
            raise Refused("PostgreSQL separates the roles; there is nothing to declare.")
        if change.actor.role is not Role.OWNER:
            raise Refused("Only the owner can say so.")
        practice = change.session.exec(select(Practice)).one()
        practice.one_circle = self.trusted
        if self.trusted:
            return Said("Everybody who can open the file may see and change everything in it; roles only guide.")
        return Said("The file is for its owner alone.")


def list_users(session: Session) -> list[dict[str, Any]]:
    """Every user: login, what they are called, role, whether active."""
    users = session.exec(select(User).order_by(User.name)).all()
    return [
        {"name": user.name, "full_name": user.full_name, "role": user.role, "active": user.active} for user in users
    ]
