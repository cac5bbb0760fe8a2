"""`doctor` finds every unsafe thing that was seeded, and says nothing of a set-up that is as the README tells."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from store import doctor, migrations
from store.db import open_engine, writer
from store.people.grants import prefix_of
from tests.databases import PostgresDatabases
from tests.postgres import Server, running
from tests.store.conftest import make_template
from tests.store.world import World


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "clock_is_synchronised", lambda: True)


def told(world: World) -> str:
    return "\n".join(f"{finding.what} {finding.do}" for finding in doctor.examine(world.engine))


@pytest.mark.sqlite
def test_what_is_wrong_with_a_file_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.sql("UPDATE practice SET one_circle = false")
    world.path.chmod(0o600)
    world.path.parent.chmod(0o700)
    for left in world.path.parent.iterdir():
        left.chmod(0o600)
    assert told(world) == ""
    world.path.chmod(0o644)
    assert "can be opened by others" in told(world)
    world.path.chmod(0o600)
    world.path.parent.chmod(0o777)
    assert "can be written by others" in told(world)
    world.path.parent.chmod(0o700)
    world.sql("UPDATE practice SET one_circle = true")
    assert "roles are not enforced" in told(world)
    world.unguarded("posting")
    assert "guard of posting" in told(world)
    monkeypatch.setattr(doctor, "wal_is_safe", lambda _version: False)
    monkeypatch.setattr(doctor, "file_system", lambda _path: "nfs4")
    monkeypatch.setattr(doctor, "clock_is_synchronised", lambda: False)
    found = told(world)
    for words in ("log-reset race", "on nfs4", "not synchronised"):
        assert words in found


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """As the README tells; its superuser is let in by the socket's owner alone, which here stands for peer."""
    with running(durable=True) as one:
        yield one


@pytest.fixture(scope="module")
def url(server: Server) -> str:
    return make_template(PostgresDatabases(server))


SEEDED = {
    "ALTER ROLE biller SUPERUSER": "biller may do anything to the database: it is SUPERUSER",
    "ALTER ROLE poster CREATEROLE": "poster may do anything to the database: it is CREATEROLE",
    "ALTER ROLE collector REPLICATION": "collector may do anything to the database: it is REPLICATION",
    "ALTER ROLE coder BYPASSRLS": "coder may do anything to the database: it is BYPASSRLS",
    "ALTER ROLE {prefix}_r_admin LOGIN": "{prefix}_r_admin may do anything to the database: it is LOGIN",
    "SET log_min_error_statement = 'error'": "log_min_error_statement is error",
    "SET log_min_messages = 'warning'": "log_min_messages is warning",
    "SET log_statement = 'all'": "log_statement is all",
    "SET log_min_duration_statement = 100": "log_min_duration_statement is 100",
    "SET synchronous_commit = off": "synchronous_commit is off",
    "SET log_error_verbosity = 'default'": "log_error_verbosity is default",
    "ALTER DATABASE {database} SET log_min_messages = 'error'": "log_min_messages is set to log_min_messages=error for",
    "ALTER ROLE coder SET session_replication_role = 'replica'": "session_replication_role=replica for coder",
    # rights that no role gives: to a login, a role, everybody; on a table, a column, a view, and what is not a table
    "GRANT SELECT ON patient_contact TO PUBLIC": "Everybody has SELECT on the table patient_contact",
    "GRANT SELECT ON note TO biller": "biller has SELECT on the table note",
    "GRANT SELECT (phone, line1) ON patient_contact TO coder": "coder has SELECT (line1, phone) on",
    "GRANT UPDATE ON posting TO {prefix}_r_biller": "{prefix}_r_biller has UPDATE on the table posting",
    "GRANT SELECT (email) ON guarantor TO {prefix}_r_coder": "{prefix}_r_coder has SELECT (email) on the table",
    "GRANT SELECT ON claim TO supervisor WITH GRANT OPTION": "supervisor has SELECT WITH GRANT OPTION on the table",
    "CREATE VIEW phones AS SELECT phone FROM patient_contact; GRANT SELECT ON phones TO coder2": (
        "coder2 has SELECT on the table phones"
    ),
    "CREATE SCHEMA other; CREATE TABLE other.copy AS SELECT * FROM note; GRANT SELECT ON other.copy TO PUBLIC": (
        "Everybody has SELECT on the table other.copy"
    ),
    "CREATE FUNCTION leak() RETURNS text SECURITY DEFINER LANGUAGE sql AS 'SELECT text FROM public.note'": (
        "Everybody has EXECUTE on the function leak()"
    ),
    "GRANT CREATE ON SCHEMA public TO PUBLIC": "Everybody has CREATE on the schema public",
    "GRANT CREATE ON SCHEMA public TO poster": "poster has CREATE on the schema public",
    "GRANT TEMP ON DATABASE {database} TO PUBLIC": "Everybody has TEMPORARY on the database",
    "GRANT CREATE ON DATABASE {database} TO admin": "admin has CREATE on the database",
    "GRANT SELECT ON pg_authid TO admin": "admin has SELECT on the table pg_catalog.pg_authid",
    "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO PUBLIC": "has EXECUTE on the function pg_read_file(text)",
    "GRANT SET ON PARAMETER session_replication_role TO biller2": (
        "biller2 has SET on the parameter session_replication_role"
    ),
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC": "Everybody gets SELECT on what is made from now on",
    "REVOKE SELECT (birth) ON patient FROM {prefix}_r_reviewer": "{prefix}_r_reviewer lacks SELECT (birth) on",
    # who is a member of what
    "GRANT pg_read_all_data TO coder": "coder is a member of pg_read_all_data",
    "GRANT pg_write_all_data TO {prefix}_r_poster": "{prefix}_r_poster is a member of pg_write_all_data",
    "CREATE ROLE helper; GRANT pg_monitor TO helper; GRANT helper TO biller": "helper is a member of pg_monitor",
    "GRANT {prefix}_r_collector TO coder2": "coder2 is a member of {prefix}_r_collector",
    "CREATE ROLE friend LOGIN; GRANT {prefix}_owner TO friend": "friend is a member of {prefix}_owner",
    "CREATE ROLE stranger LOGIN; GRANT {prefix}_r_supervisor TO stranger": "stranger is a member of {prefix}",
    "REVOKE {prefix}_r_reviewer FROM reviewer GRANTED BY {prefix}_owner": "reviewer is no member of {prefix}_r_",
    # who owns what, which rows are shown, what guards the ledger and the trail
    "ALTER TABLE fee OWNER TO biller": "The table fee belongs to biller",
    "ALTER TABLE audit_entry OWNER TO admin": "The table audit_entry belongs to admin",
    "ALTER TABLE work_item DISABLE ROW LEVEL SECURITY": "Rows of work_item are not narrowed",
    "ALTER TABLE coding_review DISABLE ROW LEVEL SECURITY": "Rows of coding_review are not narrowed",
    "DROP POLICY superbill_all ON pin": "The policy superbill_all of pin is gone",
    "CREATE POLICY mine ON remark USING (true)": "The policy mine of remark is not superbill's",
    "ALTER POLICY superbill_select ON row_image USING (true)": "The policy superbill_select of row_image was altered",
    "ALTER POLICY superbill_all ON sitting TO supervisor": "The policy superbill_all of sitting was altered",
    "ALTER TABLE posting DISABLE TRIGGER posting_no_update": "posting_no_update of posting is switched off",
    "ALTER TABLE claim DISABLE TRIGGER ALL": "of its references of claim is switched off",
    "DROP TRIGGER audit_entry_no_delete ON audit_entry": "audit_entry_no_delete of audit_entry is gone",
    "DROP TRIGGER ledger_entry_is_even ON ledger_entry": "ledger_entry_is_even of ledger_entry is gone",
    "CREATE TRIGGER skip BEFORE INSERT ON remark FOR EACH ROW EXECUTE FUNCTION superbill_append_only()": (
        "The guard skip of remark is not superbill's"
    ),
    "CREATE RULE quiet AS ON INSERT TO transition DO INSTEAD NOTHING": "The rule quiet of transition is not",
    "CREATE OR REPLACE FUNCTION superbill_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'": (
        "The function superbill_append_only() was altered"
    ),
    "ALTER FUNCTION superbill_me() OWNER TO admin": "The function superbill_me() was altered",
}


AND_SO = {
    "biller is a member of helper",
    "sequence fee_id_seq belongs to biller",
    "audit_entry_seq_seq belongs to admin",
}
"""What comes with one of them."""


def _found(connection: Connection) -> dict[str, str]:
    return {finding.what: finding.do for finding in doctor._postgresql(connection)}


def test_every_unsafe_thing_of_a_server_is_found_and_nothing_else(url: str) -> None:
    """All at once, and each is told by itself; doing what is told and an upgrade then mend them."""
    engine = open_engine(url)
    with writer(engine).connect() as connection:
        names = {"database": engine.url.database, "prefix": prefix_of(connection)}
        before = _found(connection)
        for seed in SEEDED:
            connection.exec_driver_sql(seed.format(**names))
        found = _found(connection)
        for what, do in found.items():
            if what not in before and do.startswith(("REVOKE", "DROP", "ALTER")):
                connection.exec_driver_sql(do.partition("; then")[0])
        migrations.install(connection)  # as an upgrade does
        mended = _found(connection)
        connection.rollback()
    engine.dispose()
    told = {words.format(**names) for words in SEEDED.values()}
    assert [words for words in told if not any(words in what for what in found)] == []
    told |= AND_SO
    assert {what for what in found if what not in before and not any(words in what for words in told)} == set()
    assert {what for what in mended if not what.startswith(("log_", "synchronous", "reviewer"))} <= {*before}


def test_a_server_that_is_set_up_as_told_has_two_findings_less_than_none(url: str) -> None:
    """What is left is what the tests' own server needs: a superuser named owner, and `trust` for it."""
    engine = open_engine(url)
    with engine.connect() as connection:
        left = {finding.what for finding in doctor._postgresql(connection)}
    engine.dispose()
    assert all("trust" in what or what.startswith("owner may") for what in left), left


def test_a_server_that_trusts_everybody_or_does_not_write_through_is_found() -> None:
    with running(settings=("synchronous_commit=off", "listen_addresses=*")) as unsafe:
        unsafe.stop()
        unsafe.run("pg_checksums", "--disable", "-D", unsafe.data)
        unsafe.start()
        engine = open_engine(make_template(PostgresDatabases(unsafe)))
        methods = ("trust", "password", "md5", "ident")
        unsafe.write("pg_hba.conf", "".join(f"host all all 10.0.0.0/8 {method}\n" for method in methods))
        with engine.connect() as connection:
            found = "\n".join(finding.what for finding in doctor._postgresql(connection))
        engine.dispose()
    for number, method in enumerate(methods, 1):
        assert f"pg_hba.conf line {number}: {method} lets people in" in found
    for words in (
        "data_checksums is off",
        "listens on * without encryption",
        "fsync is off",
        "full_page_writes is off",
        "synchronous_commit is off",
    ):
        assert words in found
