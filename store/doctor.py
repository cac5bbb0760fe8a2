"""`superbill doctor`: what about this set-up is not safe, and what to do about it.

It looks at the server and the file as they are, not at what they should be; on PostgreSQL it sees everything only as
the server's superuser.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from store.db import sqlite_path, wal_is_safe
from store.migrations import queues
from store.migrations.compared import GRANTABLE, Difference, differences
from store.migrations.guards import APPEND_ONLY
from store.people.grants import QUIET

_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph"})
_CLOCK_NOT_SYNCHRONISED = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not safe, and what would make it so."""

    what: str
    do: str


def examine(engine: Engine) -> list[Finding]:
    """Every unsafe thing that was found; empty when there is none."""
    path = sqlite_path(str(engine.url))
    with engine.connect() as connection:
        found = list(_sqlite(connection, path) if path is not None else _postgresql(connection))
    return [*found, *_machine()]


def _machine() -> Iterator[Finding]:
    if not clock_is_synchronised():
        yield Finding("This machine's clock is not synchronised.", "Run an NTP client: the trail tells times.")


def clock_is_synchronised() -> bool:
    """What the kernel says of its clock; True where it can't be asked."""
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
    except (OSError, AttributeError):
        return True
    return bool(state != _CLOCK_NOT_SYNCHRONISED)


def _sqlite(connection: Connection, path: Path) -> Iterator[Finding]:
    for one in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        if one.exists() and one.stat().st_mode & 0o077:
            yield Finding(f"{one.name} can be opened by others.", f"chmod 600 {one}")
    if path.parent.stat().st_mode & 0o022:
        yield Finding(f"The folder {path.parent} can be written by others.", f"chmod 700 {path.parent}")
    kind = file_system(path)
    if kind in _REMOTE:
        yield Finding(f"The file is on {kind}: locks and the log are not safe there.", "Move it to a local disk.")
    version = str(connection.execute(text("SELECT sqlite_version()")).scalar())
    first, second, third, *_ = (int(part) for part in f"{version}.0.0".split(".")[:3])
    if not wal_is_safe((first, second, third)):
        yield Finding(f"SQLite {version} has the log-reset race.", "Install sqlcipher3; until then a journal is used.")
    yield from _triggers(connection, set(connection.execute(text("SELECT name FROM sqlite_master")).scalars()))
    if connection.execute(text("SELECT max(one_circle) FROM practice")).scalar():
        yield Finding("The owner lets several people use one SQLite file: roles are not enforced.", "superbill copy")


def _triggers(connection: Connection, there: set[str]) -> Iterator[Finding]:
    tables = set(inspect(connection).get_table_names())
    for table in APPEND_ONLY:
        for event in ("update", "delete"):
            if table in tables and f"{table}_no_{event}" not in there:
                yield Finding(f"The guard of {table} against {event} is gone.", "superbill upgrade, then check")


def file_system(path: Path) -> str:
    """The kind of file system that a path is on, by the longest mount point above it."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    here = os.path.realpath(path)
    best = ("", "")
    for line in mounts:
        _device, point, kind, *_ = line.split(" ")
        inside = here == point or here.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best[0]):
            best = (point, kind)
    return best[1]


_SETTINGS = (
    ("fsync", "on", "A crash of the machine can destroy the database."),
    ("full_page_writes", "on", "A crash of the machine can tear pages."),
    ("synchronous_commit", "on", "What was said to be saved can be lost in a crash."),
    ("data_checksums", "on", "Damage of the disk is not noticed (pg_checksums --enable, while it is stopped)."),
    *((name, value, "Values of patients get into the server's log.") for name, value in QUIET.items()),
)

_CATALOG = (
    (
        "SELECT line_number || ': ' || auth_method FROM pg_hba_file_rules "
        "WHERE auth_method IN ('trust', 'password', 'md5', 'ident')",
        "pg_hba.conf line {0} lets people in without proof of who they are.",
        "Use peer for local lines and scram-sha-256 for others.",
    ),
    (
        "SELECT setting FROM pg_settings WHERE name = 'listen_addresses' AND setting NOT IN "
        "('', 'localhost', '127.0.0.1', '::1') AND current_setting('ssl') = 'off'",
        "The server listens on {0} without encryption.",
        "Use the unix socket, or TLS.",
    ),
)


def _postgresql(connection: Connection) -> Iterator[Finding]:
    if not connection.execute(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).scalar():
        yield Finding("Not everything could be looked at.", "Run it as the server's superuser.")
        return
    for name, wanted, why in _SETTINGS:
        value = str(connection.execute(text("SELECT current_setting(:name, true)"), {"name": name}).scalar())
        if value != wanted:
            yield Finding(f"{name} is {value}. {why}", f"Set {name} = {wanted}.")
    for query, what, do in _CATALOG:
        for row in connection.execute(text(query.replace(":", "\\:"))).scalars():
            yield Finding(what.format(row), do)
    if connection.execute(text("SELECT pg_is_in_recovery()")).scalar():
        yield Finding("This is a standby: rights and guards were not looked at.", "Run it on the primary too.")
        return
    for difference in differences(connection, queues()):
        yield _TELL[difference.kind](difference)


_AGAIN = "superbill upgrade sets the rights and guards up again"


def _right(one: Difference) -> Finding:
    parts = [part for part in one.more or one.less if part]
    columns = f" ({', '.join(parts)})" if parts and "" not in one.more else ""
    if not one.more:
        return Finding(f"{one.who} lacks {one.name}{columns} on the {one.on}.", _AGAIN)
    undo = f"REVOKE {one.name.removesuffix(GRANTABLE)}{columns} ON {one.on} FROM {_quoted(one.who)}"
    return Finding(
        f"{_everybody(one.who)} has {one.name}{columns} on the {one.on}, which no role gives.",
        f"{undo}; then superbill upgrade",
    )


def _everybody(who: str) -> str:
    return "Everybody" if who == "PUBLIC" else who


def _member(one: Difference) -> Finding:
    if one.more:
        undo = f"REVOKE {_quoted(one.name)} FROM {_quoted(one.who)} GRANTED BY {_quoted(one.more[0])}"
        return Finding(f"{one.who} is a member of {one.name}, which the users of the practice don't say.", undo)
    role = one.name.rpartition("_r_")[2]
    return Finding(f"{one.who} is no member of {one.name}.", f"superbill users role {one.who} {role}")


def _attribute(one: Difference) -> Finding:
    if not one.more:
        return Finding(f"The role {one.name} lacks {one.less[0]}.", _AGAIN)
    undo = " ".join(f"NO{name}" for name in one.more)
    return Finding(
        f"{one.name} may do anything to the database: it is {', '.join(one.more)}.",
        f"ALTER ROLE {_quoted(one.name)} {undo}",
    )


def _altered(one: Difference, called: str, undo: str = "") -> Finding:
    """Of what an upgrade makes: gone, altered, or somebody's own, which an upgrade leaves where it is."""
    if one.more and not one.less:
        return Finding(f"{called} is not superbill's.", undo or _AGAIN)
    return Finding(f"{called} {'was altered' if one.more else 'is gone'}.", _AGAIN)


def _guard(one: Difference) -> Finding:
    if any(told.startswith(("D", "R")) for told in one.more):
        undo = f"ALTER TABLE {one.on} ENABLE TRIGGER ALL; then superbill check"
        return Finding(f"The guard {one.name} of {one.on} is switched off.", undo)
    found = _altered(one, f"The guard {one.name} of {one.on}", f"DROP TRIGGER {_quoted(one.name)} ON {one.on}")
    return Finding(found.what, f"{found.do}; then superbill check")


def _quoted(name: str) -> str:
    return name if name == "PUBLIC" else '"' + name.replace('"', '""') + '"'


_TELL: Mapping[str, Callable[[Difference], Finding]] = {
    "right": _right,
    "member": _member,
    "attribute": _attribute,
    "guard": _guard,
    "role": lambda one: Finding(f"The role {one.name} is gone.", _AGAIN),
    "later": lambda one: Finding(f"{_everybody(one.who)} gets {one.name} on what is made from now on.", one.more[0]),
    "owner": lambda one: Finding(f"The {one.on} belongs to {', '.join(one.more) or 'nobody'}.", _AGAIN),
    "narrowed": lambda one: Finding(f"Rows of {one.on} are not narrowed to who may see them.", _AGAIN),
    "policy": lambda one: _altered(
        one, f"The policy {one.name} of {one.on}", f"DROP POLICY {_quoted(one.name)} ON {one.on}"
    ),
    "rule": lambda one: _altered(one, f"The rule {one.name} of {one.on}", f"DROP RULE {_quoted(one.name)} ON {one.on}"),
    "function": lambda one: _altered(one, f"The function {one.on}", f"DROP FUNCTION {one.on}"),
    "setting": lambda one: Finding(
        f"{one.name} is set to {', '.join(one.more) or 'nothing'} for {one.who or 'the database'}.",
        f"ALTER ROLE {_quoted(one.who)} RESET {one.name}" if one.who else _AGAIN,
    ),
    "keeper": lambda one: Finding(
        f"The {one.on} belongs to {', '.join(one.more)}, who is a user.", f"ALTER {one.on.upper()} OWNER TO postgres"
    ),
}
