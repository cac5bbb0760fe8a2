"""The schema by alembic: `HEAD` is the version that this program works with.

alembic is imported only when a schema is made or upgraded; at every start the version alone is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from store import keys
from store.db import sqlite_path, writer
from store.errors import Refused
from store.migrations import guards, postgresql
from store.people import grants
from store.people.roles import Permission

HEAD = "0028"


class Older(Refused):
    """The database is of an older version than the program."""


def schema_version(engine: Engine) -> str | None:
    """The version of the database, None for one that holds no practice."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def require_current(engine: Engine) -> None:
    """Refuse a database that has no practice, is older or is newer than this program."""
    path = sqlite_path(str(engine.url))
    where = str(path or engine.url.render_as_string(hide_password=True))
    missing = path is not None and not (path.is_file() and path.stat().st_size)  # opening it would make it
    version = None if missing else _readable_version(engine, where)
    if version is None:
        raise Refused("There is no practice here yet.", where=where, do="Run: superbill init")
    if version > HEAD:
        raise Refused("This database is from a newer superbill.", where=where, do="Install that version.")
    if version < HEAD:
        raise Older("This database is from an older superbill.", where=where, do="Run: superbill upgrade")


def _readable_version(engine: Engine, where: str) -> str | None:
    try:
        return schema_version(engine)
    except DatabaseError as failure:
        path = sqlite_path(str(engine.url))
        if path is not None and keys.is_encrypted(path):
            what = "The key does not open this file" if keys.known(path) else "This file is encrypted, or no database"
            keys.give(path, None)
            raise Refused(
                f"{what}.", where=where, do="Start again with its key, or give it by SUPERBILL_KEY_FILE."
            ) from None
        why = str(failure.orig).splitlines()[0].strip().rstrip(".")
        what = "This is not a practice's database" if path is not None else "The database does not answer"
        raise Refused(f"{what}: {why}.", where=where) from None


def upgrade(engine: Engine, to: str = HEAD) -> None:
    """Bring the schema to a version in one transaction; two processes at once are safe (the second waits).

    A table of SQLite that is made anew has to be dropped while others refer to it: references are checked at the end.
    """
    with unlinked(engine) as connection, connection.begin():
        upgrade_in(connection, to)


def upgrade_in(connection: Connection, to: str = HEAD) -> None:
    """The same in a transaction of the caller's; on SQLite on a connection that is `unlinked`."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    if connection.dialect.name == "postgresql":
        grants.require_superuser(connection)
        connection.execute(text("SELECT pg_advisory_xact_lock(7265346)"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    install(connection)
    if connection.dialect.name == "postgresql":
        return
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RuntimeError(f"the upgrade breaks what {broken[0]} refers to")


def install(connection: Connection) -> None:
    """Guards, and on PostgreSQL functions, roles and rights, in place of those that are there."""
    if connection.dialect.name != "postgresql":
        guards.install(connection)
        return
    postgresql.install(connection)
    guards.install(connection)
    grants.install(connection, queues())


@contextmanager
def unlinked(engine: Engine) -> Iterator[Connection]:
    """A connection on which SQLite leaves references alone, which it can be told only outside of a transaction."""
    with writer(engine).connect() as connection:
        raw = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
        if raw is None:
            yield connection
            return
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            connection.rollback()
            raw.execute("PRAGMA foreign_keys=ON")


def queues() -> dict[str, Permission]:
    """The permission that each queue needs."""
    import store.stages  # noqa: F401 - makes the queues known
    from store.work.queue import QUEUES

    return {name: queue.permission for name, queue in QUEUES.items()}
