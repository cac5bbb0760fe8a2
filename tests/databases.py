"""Databases for tests, on SQLite or, with `SUPERBILL_TEST_DB=postgresql`, on a PostgreSQL server of the run's own.

A test asks for an empty database or for a copy of one that was prepared; it never says which kind it is.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from store.db import sqlite_url
from tests.postgres import Server

ON_POSTGRESQL = os.environ.get("SUPERBILL_TEST_DB", "sqlite") == "postgresql"
_numbers = count(1)


class Databases(Protocol):
    """Where test databases come from."""

    def new(self, name: str = "") -> str:
        """The URL of an empty database."""
        ...

    def put(self, source: str, target: str) -> None:
        """Make `target` a copy of `source`; nobody may be connected to either."""
        ...

    def copied(self, source: str, name: str = "") -> str:
        """The URL of a new copy of `source`."""
        ...


class SqliteDatabases:
    """Files, each in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self, name: str = "") -> str:
        folder = self._folder / f"{next(_numbers)}"
        folder.mkdir()
        return sqlite_url(folder / f"{name or 'practice'}.db")

    def put(self, source: str, target: str) -> None:
        path = Path(str(make_url(target).database))
        for old in path.parent.iterdir():
            old.unlink()
        shutil.copy(str(make_url(source).database), path)

    def copied(self, source: str, name: str = "") -> str:
        url = self.new(name)
        self.put(source, url)
        return url


class PostgresDatabases:
    """Databases of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._engine = create_engine(server.url(), isolation_level="AUTOCOMMIT")
        self._kept: dict[str, Kept] = {}

    def new(self, name: str = "") -> str:
        database = self._name(name)
        self._do(f'CREATE DATABASE "{database}"')
        return self._server.url(database)

    def put(self, source: str, target: str) -> None:
        kept = self._kept.get(target)
        if kept is None or kept.source != source or not kept.put_back(kept.new):
            self._copy_over(source, target)

    def rows(self, target: str) -> Rows:
        """What a database that was `put` holds now."""
        return self._kept[target].rows()

    def put_rows(self, rows: Rows, target: str) -> None:
        """Make a database that was `put` hold these rows, and be what it was then for the rest."""
        kept = self._kept[target]
        if not kept.put_back(rows):
            self._copy_over(kept.source, target)
            self._kept[target].put_back(rows)

    def written(self, target: str) -> int:
        """What is another value after anything was written since a database was `put`."""
        return self._kept[target].written()

    def _copy_over(self, source: str, target: str) -> None:
        self._do(f'DROP DATABASE IF EXISTS "{make_url(target).database}" WITH (FORCE)')
        self._copy(source, str(make_url(target).database))
        self._kept[target] = Kept(source, target)

    def copied(self, source: str, name: str = "") -> str:
        database = self._name(name)
        self._copy(source, database)
        return self._server.url(database)

    def _name(self, name: str) -> str:
        return f"{name or 'practice'}_{next(_numbers)}"

    def _copy(self, source: str, database: str) -> None:
        template = make_url(source).database
        # Copying files takes a third of the processor time of copying through the log, the default.
        self._do(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY file_copy')

    def _do(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))

    def close(self) -> None:
        """Let the server go."""
        for kept in self._kept.values():
            kept.close()
        self._engine.dispose()


_CATALOGS = (
    "pg_class",
    "pg_attribute",
    "pg_attrdef",
    "pg_constraint",
    "pg_index",
    "pg_trigger",
    "pg_proc",
    "pg_policy",
    "pg_type",
    "pg_namespace",
    "pg_default_acl",
    "pg_description",
    "pg_depend",
    "pg_rewrite",
    "pg_extension",
    "pg_event_trigger",
    "pg_db_role_setting",
    "pg_database",
)
"""Where PostgreSQL keeps what is not a row of ours; what changes there has another number of a transaction."""
_DEFINED = " UNION ALL ".join(f"SELECT '{name}', count(*), sum(xmin::text::bigint) FROM {name}" for name in _CATALOGS)
_IN_THE_MIDDLE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
)
"""Ends whoever a test left in the middle of a transaction, as `DROP DATABASE … WITH (FORCE)` does."""


@dataclass(frozen=True)
class Rows:
    """All rows of a database, by table as COPY gives them, and the statement that sets its numbers."""

    tables: dict[str, bytes]
    numbers: str


class Kept:
    """What a database held when it was new, to be put back as long as nothing but rows was changed since.

    That takes a third of the time of a new copy, and who is connected stays so: a new connection reads the catalogues
    and compiles each trigger anew, which is half of what a short test does on PostgreSQL.
    """

    def __init__(self, source: str, target: str) -> None:
        self.source = source
        self._connection = psycopg.connect(make_url(target).set(drivername="postgresql").render_as_string(False))
        tables = [row[0] for row in self._all("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        self._filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables)
        self._defined = self._all(_DEFINED)
        self.new = self.rows()

    def rows(self) -> Rows:
        """What it holds now."""
        tables = {row[0]: self._copy_of(row[0]) for row in self._all(self._filled)}
        numbers = self._all(
            "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences"
        )
        self._connection.commit()
        return Rows(
            tables, "SELECT " + ", ".join(f"setval('\"{name}\"', {last}, {used})" for name, last, used in numbers)
        )

    def written(self) -> int:
        """The number of the next transaction that writes."""
        ((number,),) = self._all("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        self._connection.commit()
        return int(number)

    def put_back(self, rows: Rows) -> bool:
        """Make rows and numbers what they were; False, and nothing done, when more than rows was changed."""
        if self._connection.broken or self._all(_DEFINED) != self._defined:
            self.close()
            return False
        self._all(_IN_THE_MIDDLE)
        self._connection.execute("SET session_replication_role = replica")  # no trigger has a say in this
        if filled := [f'DELETE FROM "{row[0]}"' for row in self._all(self._filled)]:
            self._connection.execute("; ".join(filled))
        for table, content in rows.tables.items():
            with self._connection.cursor().copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(content)
        self._all(rows.numbers)
        self._connection.commit()
        return True

    def close(self) -> None:
        """Let the database go."""
        self._connection.close()

    def _all(self, query: str) -> list[Any]:
        return self._connection.execute(query.encode()).fetchall()

    def _copy_of(self, table: str) -> bytes:
        with self._connection.cursor().copy(f'COPY "{table}" TO STDOUT'.encode()) as copy:
            return b"".join(bytes(part) for part in copy)
