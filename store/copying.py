"""A practice copied from one database into an empty one, of either kind, and proved equal; backups are such copies.

A backup is a SQLite file whatever the practice runs on.  It is made while people work, from one snapshot, and is
believed only after every proof of `store.check` has held on the copy.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from store import keys
from store.check import check
from store.db import open_engine, sqlite_path, sqlite_url, writer
from store.errors import Refused
from store.migrations import require_current, upgrade, upgrade_in
from store.older import of_this_version, remove, vacuum_into
from store.people import grants
from store.people.presence import taken_out
from store.row_copy import Progress, copy_rows, program_tables, snapshot
from store.storage import storage_told


@storage_told()
def copy(source: str, target: str, progress: Progress = lambda _done, _total, _what: None) -> dict[str, int]:
    """Copy everything from one database into an empty one: rows of each table.  Nothing stays when it fails.

    `Refused` when the target holds anything, or when a single value came out different.  Who takes the copy is in the
    trail of the source first, and so of both.
    """
    _tell(source, "the whole practice, to another database")
    return _carry(source, target, progress)


def _tell(source: str, what: str) -> None:
    there = open_engine(source)
    try:
        require_current(there)
        taken_out(there, what)
    finally:
        there.dispose()


def _carry(source: str, target: str, progress: Progress) -> dict[str, int]:
    _same_key(source, target)
    there, here = open_engine(source), open_engine(target)
    try:
        require_current(there)
        _require_empty(here, target)
        with _gone_when_it_fails(here, sqlite_path(target)):
            if on_postgresql_url(target):
                return _all_at_once(there, here, progress)
            upgrade(here)
            with snapshot(there) as old, writer(here).begin() as new:
                return copy_rows(old, new, program_tables(), progress)
    finally:
        there.dispose()
        here.dispose()


def _all_at_once(there: Engine, here: Engine, progress: Progress) -> dict[str, int]:
    """On a server tables, roles, rows and logins come in one transaction, or nothing of them."""
    with snapshot(there) as old, writer(here).begin() as new:
        upgrade_in(new)
        counts = copy_rows(old, new, program_tables(), progress)
        _give_logins(new)
    return counts


@contextmanager
def _gone_when_it_fails(engine: Engine, file: Path | None) -> Iterator[None]:
    try:
        yield
    except BaseException:
        engine.dispose()
        if file is not None:
            remove(file)
        raise


def _same_key(source: str, target: str) -> None:
    """A copy of an encrypted file is encrypted with the same key, unless it was given one of its own."""
    there, here = sqlite_path(source), sqlite_path(target)
    if there is not None and here is not None and not here.exists() and keys.known(here) is None:
        keys.give(here, keys.of(there))


def on_postgresql_url(url: str) -> bool:
    """Whether a URL is that of a PostgreSQL database."""
    return sqlite_path(url) is None


@storage_told()
def backup(source: str, path: Path, progress: Progress = lambda _done, _total, _what: None) -> int:
    """Make a verified copy in a new file that only its owner can read; how many rows were proved."""
    if path.exists():
        raise Refused("The file exists already.", where=str(path), do="Name another one.")
    if not path.parent.is_dir():
        raise Refused("There is no such folder.", where=str(path.parent), do="Make it first, or name another one.")
    before = os.umask(0o077)
    try:
        file = sqlite_path(source)
        _tell(source, f"the whole practice, a backup: {path.name}")
        if file is None:
            _carry(source, sqlite_url(path), progress)
        else:
            if keys.known(path) not in {None, keys.of(file)}:
                raise Refused("A backup of an encrypted file has the file's own key.", do="Leave --encrypt away.")
            _same_key(source, sqlite_url(path))
            vacuum_into(source, path)
        return _proved(path)
    except BaseException:
        remove(path)
        raise
    finally:
        os.umask(before)


@storage_told()
def restore(path: Path, target: str, progress: Progress = lambda _done, _total, _what: None) -> int:
    """Put a backup into an empty database; how many rows were proved beforehand.

    One of an older version, as an upgrade keeps it, is brought to this one in a copy and left as it is.
    """
    if not path.is_file():
        raise Refused("There is no such file.", where=str(path))
    with of_this_version(path) as file:
        rows = _proved(file)
        _carry(sqlite_url(file), target, progress)
    return rows


def _proved(path: Path) -> int:
    engine = open_engine(sqlite_url(path))
    try:
        require_current(engine)
        with Session(engine) as session:
            proofs = check(session)
    except DBAPIError as damaged:
        raise Refused(f"The file is damaged: {damaged.orig}.", where=str(path)) from None
    finally:
        engine.dispose()
    faults = [fault for proof in proofs for fault in proof.faults]
    if faults:
        raise Refused(f"The copy does not hold: {faults[0]}.", where=str(path), do="Run: superbill check")
    return sum(proof.rows for proof in proofs)


def _require_empty(engine: Engine, url: str) -> None:
    path = sqlite_path(url)
    if path is not None:
        if path.exists() and path.stat().st_size:
            raise Refused("The target holds something already.", where=str(path), do="Name a new file.")
        path.touch(mode=0o600)
        return
    with engine.connect() as connection:
        if inspect(connection).get_table_names():
            raise Refused("The target database is not empty.", do="Make a new one: createdb")


def _give_logins(connection: Connection) -> None:
    prefix = grants.prefix_of(connection)
    people = connection.execute(text("SELECT name, uid, role, active FROM app_user ORDER BY id")).all()
    for name, uid, role, active in people:
        values = {"name": name, "uid": uid, "role": role, "active": active, "prefix": prefix}
        connection.execute(text("SELECT superbill_set_user(:name, :uid, :role, :active, :prefix)"), values)
