"""`doctor` finds every unsafe thing that was seeded, and says nothing of a set-up that is as the README tells."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from store import doctor
from store.db import open_engine, writer
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


SAFE = ("log_error_verbosity=terse", "log_min_error_statement=panic")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """As the README tells; its superuser is let in by the socket's owner alone, which here stands for peer."""
    with running(durable=True, settings=SAFE) as one:
        yield one


@pytest.fixture(scope="module")
def url(server: Server) -> str:
    return make_template(PostgresDatabases(server))


SEEDED = {
    "ALTER ROLE biller SUPERUSER": "The login biller may do anything",
    "ALTER ROLE poster CREATEROLE": "The login poster may do anything",
    "ALTER ROLE poster REPLICATION": "The login poster may do anything",
    "ALTER TABLE coding_review DISABLE ROW LEVEL SECURITY": "Rows of coding_review are not narrowed",
    "SET log_min_error_statement = 'error'": "log_min_error_statement is error",
    "ALTER ROLE coder BYPASSRLS": "The login coder may do anything",
    "GRANT SELECT ON patient_contact TO PUBLIC": "a right on the table patient_contact",
    "GRANT CREATE ON SCHEMA public TO PUBLIC": "Everybody has CREATE on the schema",
    "GRANT TEMP ON DATABASE {database} TO PUBLIC": "Everybody on the server has TEMPORARY",
    "ALTER TABLE fee OWNER TO biller": "The table fee belongs to somebody who can log in",
    "ALTER TABLE work_item DISABLE ROW LEVEL SECURITY": "Rows of work_item are not narrowed",
    "ALTER TABLE posting DISABLE TRIGGER posting_no_update": "posting_no_update is switched off",
    "DROP TRIGGER audit_entry_no_delete ON audit_entry": "guard of audit_entry against delete",
    "SET log_statement = 'all'": "log_statement is all",
    "SET log_min_duration_statement = 100": "log_min_duration_statement",
    "SET synchronous_commit = off": "synchronous_commit is off",
    "SET log_error_verbosity = 'default'": "log_error_verbosity is default",
}


@pytest.mark.parametrize("seed", SEEDED)
def test_every_unsafe_thing_of_a_server_is_found(url: str, seed: str) -> None:
    engine = open_engine(url)
    with writer(engine).connect() as connection:
        before = {finding.what for finding in doctor._postgresql(connection)}
        connection.execute(text(seed.format(database=engine.url.database)))
        after = {finding.what for finding in doctor._postgresql(connection)}
        connection.rollback()
    engine.dispose()
    assert any(SEEDED[seed] in what for what in after - before), after - before


def test_a_server_that_is_set_up_as_told_has_two_findings_less_than_none(url: str) -> None:
    """What is left is what the tests' own server needs: a superuser named owner, and `trust` for it."""
    engine = open_engine(url)
    with engine.connect() as connection:
        left = {finding.what for finding in doctor._postgresql(connection)}
    engine.dispose()
    assert all("trust" in what or "login owner" in what for what in left), left


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
