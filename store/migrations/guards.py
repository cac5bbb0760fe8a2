"""Triggers that keep the append-only tables as they are, made anew after every upgrade.

On SQLite they stop a bug of ours, not a person who holds the file.  On PostgreSQL they stand behind the grants
(`store.people.grants`), and the ledger is guarded more: an entry has to sum to zero when its transaction ends, and
postings can only be added in the transaction that made their entry, so that nothing is ever slipped under an old one.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect

APPEND_ONLY = ("ledger_entry", "posting", "audit_entry", "claim_version", "row_image", "transition", "patient_payment")
SET_ONCE = {"claim_version": "batch_id", "patient_payment": "close_id"}
"""A row of this table is final once this column is filled in: a claim version when it goes out in a batch, a payment
when its day is closed."""


def install(connection: Connection) -> None:
    """Make the triggers, in place of those that are there."""
    there = set(inspect(connection).get_table_names())
    make = _on_sqlite if connection.dialect.name == "sqlite" else _on_postgresql
    for table in APPEND_ONLY:
        if table in there:
            make(connection, table, SET_ONCE.get(table))
    if connection.dialect.name == "postgresql":
        for statement in _LEDGER:
            connection.exec_driver_sql(statement)


def _on_sqlite(connection: Connection, table: str, once: str | None) -> None:
    when = f"WHEN OLD.{once} IS NOT NULL" if once else ""
    for event in ("update", "delete"):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{event}")
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _on_postgresql(connection: Connection, table: str, once: str | None) -> None:
    when = f"WHEN (OLD.{once} IS NOT NULL)" if once else ""
    connection.exec_driver_sql(_REFUSE)
    for event in ("update", "delete"):
        connection.exec_driver_sql(
            f"CREATE OR REPLACE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table} "
            f"FOR EACH ROW {when} EXECUTE FUNCTION superbill_append_only()"
        )
    connection.exec_driver_sql(
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "EXECUTE FUNCTION superbill_append_only()"
    )


_REFUSE = """
CREATE OR REPLACE FUNCTION superbill_append_only() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$"""

_LEDGER = (
    """
CREATE OR REPLACE FUNCTION superbill_entry_is_even() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE legs bigint; total numeric;
BEGIN
    SELECT count(*), sum(cents) INTO legs, total FROM public.posting WHERE entry_id = NEW.id;
    IF legs < 2 OR total <> 0 THEN
        RAISE EXCEPTION 'a ledger entry does not sum to zero' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$""",
    "DROP TRIGGER IF EXISTS ledger_entry_is_even ON ledger_entry",
    """
CREATE CONSTRAINT TRIGGER ledger_entry_is_even AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION superbill_entry_is_even()""",
    """
CREATE OR REPLACE FUNCTION superbill_posting_is_new() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM 1 FROM public.ledger_entry WHERE id = NEW.entry_id AND xmin = pg_current_xact_id()::xid;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'postings belong to the transaction of their entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$""",
    """
CREATE OR REPLACE TRIGGER posting_is_new BEFORE INSERT ON posting
FOR EACH ROW EXECUTE FUNCTION superbill_posting_is_new()""",
)
