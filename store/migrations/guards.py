"""Triggers against our own mistakes: what is append-only can't be updated or deleted on SQLite.

They stop a bug, not a person who holds the file: that takes PostgreSQL.
"""

from __future__ import annotations

from sqlalchemy import Connection

APPEND_ONLY = ("ledger_entry", "posting", "audit_entry", "claim_version", "row_image", "transition")
SET_ONCE = {"claim_version": "batch_id"}
"""A row of this table is final once this column is filled in: a claim version, when it goes out in a batch."""


def install(connection: Connection) -> None:
    """Make the triggers (SQLite only; PostgreSQL has grants)."""
    if connection.dialect.name != "sqlite":
        return
    for table in APPEND_ONLY:
        once = SET_ONCE.get(table)
        when = f"WHEN OLD.{once} IS NOT NULL" if once else ""
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
