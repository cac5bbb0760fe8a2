"""Who sits at the keyboard: the operating system's and the database's word, never an environment variable's."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session, select

from store.db import on_postgresql
from store.errors import NotAllowed
from store.people.roles import Actor, Permission, Role
from store.tables import Practice, User


def login_name() -> str:
    """The operating system's name of the person, which no environment variable can forge."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def machine_s_name(login: str) -> str:
    """What this machine calls the person of a login; empty where it does not say."""
    import pwd

    try:
        return pwd.getpwnam(login).pw_gecos.partition(",")[0].strip()
    except KeyError:
        return ""


def speaker(session: Session) -> str:
    """How the person who works with this session is called by name; the login where nobody gave a name.

    A session that is nobody's (`Practice.reading` says whose it is) speaks for the billing office.
    """
    actor = session.info.get("actor")
    if not isinstance(actor, Actor):
        return "the billing office"
    return session.exec(select(User.full_name).where(User.id == actor.user_id)).first() or actor.name


def may_see(session: Session, permission: Permission) -> bool:
    """Whether what needs a permission is shown in this session; in one that is nobody's everything is."""
    actor = session.info.get("actor")
    return not isinstance(actor, Actor) or actor.may(permission)


def where_from() -> str:
    """This machine, the terminal and the address that an SSH session came from, for the audit trail."""
    terminal = ""
    for stream in (0, 1, 2):
        try:
            terminal = os.ttyname(stream).removeprefix("/dev/")
        except OSError:
            continue
        break
    here = f"{socket.gethostname()} {terminal or os.path.basename(sys.argv[0] or 'python')}"[:80]
    address = ssh_client()
    return f"{here} from {address}" if address else here


def ssh_client(proc: Path = Path("/proc")) -> str:
    """The address that this session's SSH connection came from; empty at the machine itself.

    A shell can set the variable anew for what it starts, so it is read from the eldest process of this person among
    those that this one comes from: the one that the SSH server started.
    """
    told = os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_CLIENT") or ""  # where /proc tells nothing
    elder: list[str] = []
    pid = os.getppid()
    with contextlib.suppress(OSError, ValueError):
        while pid > 1 and (proc / str(pid)).stat().st_uid == os.getuid():
            elder.append(_ssh_of((proc / str(pid) / "environ").read_bytes()))
            status = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
            pid = int(status.rpartition(")")[2].split()[1])
    if elder:
        told = next(filter(None, reversed(elder)), "")
    try:
        return str(ip_address(told.split(" ")[0].partition("%")[0]))
    except ValueError:
        return ""


def _ssh_of(environ: bytes) -> str:
    variables = dict(one.partition(b"=")[::2] for one in environ.split(b"\0"))
    return (variables.get(b"SSH_CONNECTION") or variables.get(b"SSH_CLIENT") or b"").decode("ascii", "replace")


def actor_of(session: Session) -> Actor:
    """The person as the practice knows them.

    On PostgreSQL it is the login that the server let in.  On SQLite it is the user number, and a second person is
    refused unless the owner has said that all who can open the file may see everything in it.
    """
    if on_postgresql(session):
        name = session.connection().execute(text("SELECT session_user")).scalar()
        user = session.exec(select(User).where(User.name == name)).first()
        return _known(user, str(name))
    user = session.exec(select(User).where(User.uid == os.getuid())).first()
    actor = _known(user, login_name())
    if actor.role is not Role.OWNER and not session.exec(select(Practice.one_circle)).first():
        raise NotAllowed(
            "On a SQLite file roles can't be enforced: who can open it can read and change everything in it.",
            do="Move the practice to PostgreSQL (superbill copy), or let its owner say that this is wanted: "
            "superbill users trust.",
        )
    return actor


def _known(user: User | None, login: str) -> Actor:
    if user is None or not user.active:
        raise NotAllowed(
            "You are not a user of this practice.", where=login, do="Its owner can add you: superbill users add"
        )
    return Actor(user.id, user.name, Role(user.role), where_from())
