"""A practice copied from one database into an empty one, of either kind, and proved equal; backups are such copies.

A backup is a SQLite file whatever the practice runs on.  It is made while people work, from one snapshot, and is
believed only after every proof of `store.check` has held on the copy.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from store import keys
from store.check import check
from store.db import on_postgresql, open_engine, sqlite_path, sqlite_url, writer
from store.errors import Refused
from store.migrations import require_current, schema_version, upgrade
from store.people import grants

_SLICE = 2000
Progress = Callable[[int, int, str], None]


def copy(source: str, target: str, progress: Progress = lambda _done, _total, _what: None) -> dict[str, int]:
    """Copy everything from one database into an empty one: rows of each table.  Nothing stays when it fails.

    `Refused` when the target holds anything, or when a single value came out different.
    """
    _same_key(source, target)
    there, here = open_engine(source), open_engine(target)
    try:
        require_current(there)
        _require_empty(here, target)
        upgrade(here)
        with _snapshot(there) as old, writer(here).begin() as new:
            counts = _copy_tables(old, new, progress)
            _copy_counters(old, new)
            _require_equal(old, new)
        if on_postgresql_url(target):
            _give_logins(here)
    finally:
        there.dispose()
        here.dispose()
    return counts


def _same_key(source: str, target: str) -> None:
    """A copy of an encrypted file is encrypted with the same key, unless it was given one of its own."""
    there, here = sqlite_path(source), sqlite_path(target)
    if there is not None and here is not None and not here.exists() and keys.known(here) is None:
        keys.give(here, keys.of(there))


def on_postgresql_url(url: str) -> bool:
    """Whether a URL is that of a PostgreSQL database."""
    return sqlite_path(url) is None


def backup(source: str, path: Path, progress: Progress = lambda _done, _total, _what: None) -> int:
    """Make a verified copy in a new file that only its owner can read; how many rows were proved."""
    if path.exists():
        raise Refused("The file exists already.", where=str(path), do="Name another one.")
    before = os.umask(0o077)
    try:
        file = sqlite_path(source)
        if file is None:
            copy(source, sqlite_url(path), progress)
        else:
            if keys.known(path) not in {None, keys.of(file)}:
                raise Refused("A backup of an encrypted file has the file's own key.", do="Leave --encrypt away.")
            _same_key(source, sqlite_url(path))
            _vacuum_into(source, path)
        return _proved(path)
    except BaseException:
        for left in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            left.unlink(missing_ok=True)
        raise
    finally:
        os.umask(before)


def restore(path: Path, target: str, progress: Progress = lambda _done, _total, _what: None) -> int:
    """Put a backup into an empty database; how many rows were proved beforehand."""
    if not path.is_file():
        raise Refused("There is no such file.", where=str(path))
    rows = _proved(path)
    copy(sqlite_url(path), target, progress)
    return rows


def before_upgrade(engine: Engine, url: str) -> Path | None:
    """A copy of the database as it is, before its schema is changed; None when there is nothing to keep.

    SQLite: a file beside it.  PostgreSQL: what `pg_dump` writes into the working folder.
    """
    version = schema_version(engine)
    if version is None:
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    before = os.umask(0o077)
    try:
        file = sqlite_path(url)
        if file is not None:
            path = file.with_name(f"{file.stem}.before-upgrade-{version}-{stamp}.db")
            _vacuum_into(url, path)
            return path
        return _dump(engine, Path.cwd() / f"superbill.before-upgrade-{version}-{stamp}.dump")
    finally:
        os.umask(before)


def _dump(engine: Engine, path: Path) -> Path:
    program = shutil.which("pg_dump")
    if program is None:
        raise Refused("pg_dump is not installed, so there would be no backup.", do="Install PostgreSQL's client tools.")
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    environment = {**os.environ}
    if engine.url.password:  # never on a command line, which everybody can read
        environment["PGPASSWORD"] = str(engine.url.password)
        address = engine.url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run([program, "-Fc", "-f", str(path), address], env=environment, capture_output=True, check=False)
    if done.returncode:
        raise Refused(f"pg_dump failed: {done.stderr.decode(errors='replace')[:200]}", do="Nothing was changed.")
    return path


def _vacuum_into(url: str, path: Path) -> None:
    engine = open_engine(url)
    raw = engine.raw_connection()
    try:
        driver = raw.driver_connection
        if driver is not None:
            driver.execute("VACUUM INTO ?", (str(path),))
    finally:
        raw.close()
        engine.dispose()


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


def _snapshot(engine: Engine) -> Any:
    if engine.dialect.name == "postgresql":
        connection = engine.connect().execution_options(isolation_level="REPEATABLE READ")
        grants.require_superuser(connection)
        return connection
    return engine.connect()


def _tables() -> list[Table]:
    return list(SQLModel.metadata.sorted_tables)


def _copy_tables(old: Connection, new: Connection, progress: Progress) -> dict[str, int]:
    for table in reversed(_tables()):  # what the migrations themselves put in
        new.execute(table.delete())
    counts: dict[str, int] = {}
    tables = _tables()
    for number, table in enumerate(tables):
        progress(number, len(tables), table.name)
        counts[table.name] = 0
        for rows in _slices(old, table):
            new.execute(insert(table), rows)
            counts[table.name] += len(rows)
    return counts


def _slices(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    result = connection.execution_options(yield_per=_SLICE).execute(select(table).order_by(*table.primary_key.columns))
    for part in result.mappings().partitions(_SLICE):
        yield [dict(row) for row in part]


def _copy_counters(old: Connection, new: Connection) -> None:
    """No number is ever given twice, in the copy neither."""
    for table in _tables():
        if "id" not in table.columns:
            continue
        last = max(_counter(old, table), new.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())
        if not last:
            continue
        name = {"name": table.name, "last": last}
        if on_postgresql(new):
            new.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"), name)
        else:
            new.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
            new.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), name)


def _counter(connection: Connection, table: Table) -> int:
    if on_postgresql(connection):
        sequence = connection.execute(text("SELECT pg_get_serial_sequence(:n, 'id')"), {"n": table.name}).scalar()
        query = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")
        return int(connection.execute(query).scalar() or 0)
    query = text("SELECT seq FROM sqlite_sequence WHERE name = :n")
    return int(connection.execute(query, {"n": table.name}).scalar() or 0)


def _require_equal(old: Connection, new: Connection) -> None:
    for table in _tables():
        if digest(old, table) != digest(new, table):
            raise Refused(f"The copy of {table.name} is not equal; nothing was kept.")


def digest(connection: Connection, table: Table) -> str:
    """One hash over every value of a table, the same on either kind of database."""
    total = hashlib.sha256()
    for rows in _slices(connection, table):
        for row in rows:
            total.update(repr([row[column.name] for column in table.columns]).encode())
    return total.hexdigest()


def _give_logins(engine: Engine) -> None:
    with writer(engine).begin() as connection:
        prefix = grants.prefix_of(connection)
        people = connection.execute(text("SELECT name, uid, role, active FROM app_user ORDER BY id")).all()
        for name, uid, role, active in people:
            values = {"name": name, "uid": uid, "role": role, "active": active, "prefix": prefix}
            connection.execute(text("SELECT superbill_set_user(:name, :uid, :role, :active, :prefix)"), values)
