"""`superbill doctor`: what about this set-up is not safe, and what to do about it.

It looks at the server and the file as they are, not at what they should be; on PostgreSQL it sees everything only as
the server's superuser.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from store.db import sqlite_path, wal_is_safe
from store.migrations.guards import APPEND_ONLY

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
    ("log_error_verbosity", "terse", "Values of patients get into the server's log."),
    ("log_min_error_statement", "panic", "Statements with values get into the server's log."),
    ("log_statement", "none", "Statements with values get into the server's log."),
    ("log_min_duration_statement", "-1", "Slow statements with values get into the server's log."),
)

_CATALOG = (
    (
        "SELECT line_number || ': ' || auth_method FROM pg_hba_file_rules "
        "WHERE auth_method IN ('trust', 'password', 'md5', 'ident')",
        "pg_hba.conf line {0} lets people in without proof of who they are.",
        "Use peer for local lines and scram-sha-256 for others.",
    ),
    (
        "SELECT r.rolname FROM pg_roles r JOIN app_user u ON u.name = r.rolname "
        "WHERE r.rolsuper OR r.rolcreaterole OR r.rolbypassrls OR r.rolreplication",
        "The login {0} may do anything to the database.",
        "Work with an ordinary login: ALTER ROLE … NOSUPERUSER NOCREATEROLE NOBYPASSRLS NOREPLICATION",
    ),
    (
        "SELECT privilege_type FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a "
        "WHERE d.datname = current_database() AND a.grantee = 0",
        "Everybody on the server has {0} on this database.",
        "superbill upgrade sets the rights up again.",
    ),
    (
        "SELECT a.privilege_type FROM pg_namespace n, aclexplode(n.nspacl) a "
        "WHERE n.nspname = 'public' AND a.grantee = 0",
        "Everybody has {0} on the schema.",
        "superbill upgrade sets the rights up again.",
    ),
    (
        "SELECT DISTINCT table_name FROM information_schema.table_privileges "
        "WHERE table_schema = 'public' AND grantee = 'PUBLIC'",
        "Everybody has a right on the table {0}.",
        "superbill upgrade sets the rights up again.",
    ),
    (
        "SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND r.rolcanlogin",
        "The table {0} belongs to somebody who can log in.",
        "superbill upgrade sets the rights up again.",
    ),
    (
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND NOT relrowsecurity "
        "AND relname IN ('work_item', 'remark', 'action', 'row_image', 'transition', 'sitting', 'pin', "
        "'coding_review')",
        "Rows of {0} are not narrowed to who may see them.",
        "superbill upgrade sets the rights up again.",
    ),
    (
        "SELECT tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'",
        "The guard {0} is switched off.",
        "ALTER TABLE … ENABLE TRIGGER ALL, then superbill check",
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
    names = set(connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")).scalars())
    yield from _triggers(connection, names)
