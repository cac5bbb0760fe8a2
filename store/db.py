"""Opening the practice database: driver, connection hooks, version gate.

SQLite goes through the `sqlcipher3` wheel, whose SQLite carries the fix of the write-ahead-log reset race (SQLite
3.51.3, 3.50.7, 3.44.6); with an older SQLite the journal mode is DELETE and not WAL.  Every writer starts with
BEGIN IMMEDIATE: a deferred transaction that reads and then writes can lose a lease to another process.
"""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from store import keys
from store.errors import Refused
from store.places import home
from store.turns import turn

BUSY_SECONDS = 30
"""How long a writer waits for another; waits of ten seconds were seen with twenty busy processes."""

_ASKED_SECONDS, _ASKED_AT_MOST_SECONDS = 0.0005, 0.005
"""After how long the first in line asks for the lock of a SQLite file again: the first time, and in the end."""

_POSTGRESQL = {
    "search_path": "public",
    "lock_timeout": f"{BUSY_SECONDS}s",
    "statement_timeout": "10min",
    "idle_in_transaction_session_timeout": "10min",
}


def default_url() -> str:
    """`SUPERBILL_DB`, or a SQLite file in the user's data folder (`SUPERBILL_HOME` overrides the folder)."""
    given = os.environ.get("SUPERBILL_DB")
    return given if given else sqlite_url(home() / "practice.db")


def at_hand() -> bool:
    """Whether there is a database to open without naming one."""
    return bool(os.environ.get("SUPERBILL_DB")) or (home() / "practice.db").is_file()


def sqlite_url(path: Path) -> str:
    """The database URL of a SQLite file."""
    return f"sqlite:///{path}"


def sqlite_path(url: str) -> Path | None:
    """The file behind a SQLite URL, None for PostgreSQL; `Refused` for anything else."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Refused(
            "This is not a database URL.", where=url[:80], do="Write sqlite:////full/path/practice.db."
        ) from None
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return None
    if backend != "sqlite":
        raise Refused(f"A {backend} database can't be used.", do="Use sqlite:/// or postgresql+psycopg://.")
    return Path(parsed.database or "")


def open_engine(url: str) -> Engine:
    """An engine on an existing or new database; writers use `writer(engine)`."""
    path = sqlite_path(url)
    if path is None:
        return _postgresql(url)
    if not path.name:
        raise Refused("The database has to be a file.", where=url, do="Write sqlite:////full/path/practice.db.")
    driver = _driver()
    engine = create_engine(
        url, module=driver, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
    )
    event.listen(engine, "connect", _SqliteSetup(driver, path))
    event.listen(engine, "begin", _begin)
    return engine


def _postgresql(url: str) -> Engine:
    """Few connections, looked at before use, with limits so that one person's trouble never stops the others."""
    if importlib.util.find_spec("psycopg") is None:
        raise Refused("The PostgreSQL driver is not installed.", do="Install superbill[postgresql].")
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_size=2,
        max_overflow=0,
        hide_parameters=True,
        connect_args={
            "application_name": "superbill",
            "connect_timeout": 10,
            "keepalives_idle": 30,
            "options": " ".join(f"-c {name}={value}" for name, value in _POSTGRESQL.items()),
        },
    )
    event.listen(engine, "connect", _sums_are_whole)
    return engine


def _sums_are_whole(connection: Any, _record: object) -> None:
    """PostgreSQL adds up integers to a numeric, which would come as a Decimal: sums of cents are integers here."""
    from psycopg.types.numeric import NumericLoader

    class Whole(NumericLoader):
        def load(self, data: Any) -> Any:
            number = super().load(data)
            return int(number) if number == number.to_integral_value() else number

    connection.adapters.register_loader("numeric", Whole)


def on_postgresql(connection: Connection | Session) -> bool:
    """Whether the database is PostgreSQL, which guards roles by itself."""
    bind = connection if isinstance(connection, Connection) else connection.get_bind()
    return bind.dialect.name == "postgresql"


def writer(engine: Engine) -> Engine:
    """The same database for a transaction that will write."""
    return engine.execution_options(superbill_writes=True)


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite may use WAL with several processes: the reset race is fixed in it (3.52.0 was withdrawn)."""
    if version >= (3, 51, 3):
        return version != (3, 52, 0)
    return (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)


def _driver() -> ModuleType:
    try:
        from sqlcipher3 import dbapi2
    except ImportError:
        return sqlite3
    module: ModuleType = dbapi2
    return module


class _SqliteSetup:
    """What each new SQLite connection is told."""

    def __init__(self, driver: ModuleType, path: Path) -> None:
        self.path = path
        numbers = [int(part) for part in driver.sqlite_version.split(".")]
        self.journal = "WAL" if wal_is_safe((numbers[0], numbers[1], numbers[2])) else "DELETE"
        self.cipher = driver is not sqlite3

    def __call__(self, connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the begin hook decides, not the driver
        cursor = connection.cursor()
        if self.cipher:
            cursor.execute("PRAGMA cipher_log_level=NONE")  # it would write into the terminal
            if (key := keys.of(self.path)) is not None:
                cursor.execute(keys.pragma(key))
        self._set_journal(cursor)
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "temp_store=MEMORY",
            "recursive_triggers=ON",
            "trusted_schema=OFF",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def _set_journal(self, cursor: Any) -> None:
        """The journal's mode, kept in the file; changing it does not wait for others by itself."""
        until = time.monotonic() + BUSY_SECONDS
        while cursor.execute("PRAGMA journal_mode").fetchone()[0].upper() != self.journal:
            try:
                cursor.execute(f"PRAGMA journal_mode={self.journal}")
            except Exception as failure:
                if "locked" not in str(failure) or time.monotonic() > until:
                    raise
                time.sleep(0.02)


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("superbill_writes"):
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Take the file's write lock, in the order in which people came.

    SQLite's own wait asks again every tenth of a second, the newcomer as often as who has waited for long: with
    twenty people the last of them waits for seconds.  Here the first in line alone asks: after half a millisecond, then
    after longer and longer, up to five milliseconds.
    """
    cursor: Any = connection.connection.cursor()
    begun, pause = time.monotonic(), _ASKED_SECONDS
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        with turn(_folder(connection.engine), BUSY_SECONDS):
            while time.monotonic() - begun < BUSY_SECONDS:
                try:
                    cursor.execute("BEGIN IMMEDIATE")
                    return
                except Exception as failure:
                    if "locked" not in str(failure):
                        break
                time.sleep(pause)
                pause = min(pause * 1.5, _ASKED_AT_MOST_SECONDS)
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # told as any failure of the database is
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        cursor.close()


def _folder(engine: Engine) -> Path:
    return Path(engine.url.database or "").parent
