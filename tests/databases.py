"""Databases for tests, on SQLite or, with `SUPERBILL_TEST_DB=postgresql`, on a PostgreSQL server of the run's own.

A test asks for an empty database or for a copy of one that was prepared; it never says which kind it is.
"""

from __future__ import annotations

import os
import shutil
from itertools import count
from pathlib import Path
from typing import Protocol

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

    def new(self, name: str = "") -> str:
        database = self._name(name)
        self._do(f'CREATE DATABASE "{database}"')
        return self._server.url(database)

    def put(self, source: str, target: str) -> None:
        self._do(f'DROP DATABASE IF EXISTS "{make_url(target).database}" WITH (FORCE)')
        self._copy(source, str(make_url(target).database))

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
        self._engine.dispose()
