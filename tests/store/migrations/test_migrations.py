"""The schema: one truth in the tables and in the migrations, and the rows that nobody can change."""

from __future__ import annotations

import multiprocessing
import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel

from store import migrations
from store.accounts.payments import CloseDay, TakePayment
from store.db import open_engine, sqlite_url, writer
from store.errors import Refused
from store.migrations import HEAD, require_current, schema_version, upgrade
from store.migrations.guards import APPEND_ONLY
from store.people.users import found_practice
from store.practice import Practice
from store.tables import Guarantor
from tests.store.conftest import practice_row
from tests.store.world import World


@pytest.fixture
def empty(tmp_path: Path) -> Engine:
    return open_engine(sqlite_url(tmp_path / "new.db"))


def test_a_new_database_is_what_the_tables_say(empty: Engine) -> None:
    upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrations_write_the_very_tables_that_the_models_would(empty: Engine, tmp_path: Path) -> None:
    """Checks, unique columns and AUTOINCREMENT too, which the comparison above does not look at."""
    upgrade(empty)
    other = open_engine(sqlite_url(tmp_path / "models.db"))
    SQLModel.metadata.create_all(writer(other))
    migrated, modelled = _tables(empty), _tables(other)
    migrated.pop("alembic_version")
    assert migrated == modelled


def _tables(engine: Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type='table' AND sql NOT NULL"))
        return {name: _parts(sql) for name, sql in rows if not name.startswith("sqlite_")}


def _parts(sql: str) -> list[str]:
    """The columns and constraints of a CREATE TABLE, whatever their order."""
    inner = " ".join(sql.split()).partition("(")[2].rpartition(")")[0]
    return sorted(part.strip() for part in re.split(r",(?![^(]*\))", inner))


@pytest.mark.sqlite
def test_no_number_is_ever_given_twice(world: World) -> None:
    """Every table with an id counts on after a delete, so that histories never tell of the wrong record."""
    with world.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            made = connection.execute(text("SELECT sql FROM sqlite_master WHERE name=:name"), {"name": table}).scalar()
            if "id" in {column["name"] for column in inspect(connection).get_columns(table)}:
                assert "AUTOINCREMENT" in str(made), table


@pytest.mark.parametrize(
    ("version", "words"), [("9999", "newer superbill"), ("0000", "older superbill"), (None, "no practice here yet")]
)
def test_another_version_of_the_schema_is_refused(world: World, version: str | None, words: str) -> None:
    world.sql("DELETE FROM alembic_version")
    if version:
        world.sql("INSERT INTO alembic_version VALUES (:v)", v=version)
    before = world.dump(everything=True)
    with pytest.raises(Refused, match=words):
        require_current(world.engine)
    assert world.dump(everything=True) == before


def test_this_version_is_accepted(world: World) -> None:
    require_current(world.engine)
    assert schema_version(world.engine) == HEAD


def test_upgrading_what_is_current_changes_nothing(world: World) -> None:
    before = world.dump(everything=True)
    upgrade(world.engine)
    assert world.dump(everything=True) == before


def test_a_migration_that_fails_leaves_nothing_behind(empty: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_connection: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("store.migrations.guards.install", fail)
    with pytest.raises(RuntimeError):
        upgrade(empty)
    with empty.connect() as connection:
        assert inspect(connection).get_table_names() == []
    monkeypatch.undo()
    upgrade(empty)
    assert schema_version(empty) == HEAD


def test_files_of_before_keep_their_numbers_and_each_partner_counts_on_from_its_own(empty: Engine) -> None:
    """SQLite makes the table of files anew while claims refer to it."""
    _upgrade_to(empty, "0015")
    kinds = (("837P", None, "T"), ("837P", None, "P"), ("837I", 2, "P"), ("paper", None, "P"), ("837P", None, "P"))
    with writer(empty).begin() as connection:
        connection.exec_driver_sql("INSERT INTO trading_partner VALUES (2,'D','S','R','N','ZZ','ZZ','P',0,'',1,2,5)")
        for n, (kind, partner, usage) in enumerate(kinds, 1):
            connection.execute(
                text(
                    'INSERT INTO batch (id, interchange, "group", set_control, reference, file_name, sha256, usage,'
                    " state, made_at, claims, charge, kind, partner_id) VALUES"
                    " (:n, :n, :n, '0001', 'SB' || :n, 'f', 'h', :usage, 'HEARD', '2026-01-01', 1, 1, :kind, :partner)"
                ),
                {"n": n, "usage": usage, "kind": kind, "partner": partner},
            )
        connection.exec_driver_sql("INSERT INTO archived_file VALUES (1,'ack','in','f','h',1,'c','2026-01-01','')")
    upgrade(empty)
    with empty.connect() as connection:
        rows = connection.execute(text("SELECT series, interchange FROM batch ORDER BY id")).all()
        last = {row.series: row.last for row in connection.execute(text("SELECT series, last FROM control_number"))}
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert [tuple(row) for row in rows] == [("T", 1), ("P", 2), ("2P", 3), ("paper", 4), ("P", 5)]
    assert last == {"T": 1, "P": 5, "2P": 3, "paper": 4}


def _upgrade_to(engine: Engine, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with writer(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _upgrade(path: str) -> str:
    engine = open_engine(sqlite_url(Path(path)))
    try:
        upgrade(engine)
        return schema_version(engine) or ""
    finally:
        engine.dispose()


def _found(path: str) -> str:
    engine = open_engine(sqlite_url(Path(path)))
    try:
        found_practice(engine, practice_row(), "owner")
    except Refused:
        return "refused"
    finally:
        engine.dispose()
    return "made"


def test_several_processes_migrate_at_once_and_all_succeed(tmp_path: Path) -> None:
    path = str(tmp_path / "shared.db")
    with multiprocessing.get_context("fork").Pool(3) as pool:
        assert pool.map(_upgrade, [path] * 3) == [HEAD] * 3
        assert sorted(pool.map(_found, [path] * 3)) == ["made", "refused", "refused"]
    opened = Practice.open(sqlite_url(tmp_path / "shared.db"))
    assert len(opened.users()) == 1
    opened.close()


def test_a_practice_is_founded_once(world: World) -> None:
    before = world.dump(everything=True)
    with pytest.raises(Refused, match="already"):
        found_practice(world.engine, practice_row(), "somebody")
    assert world.dump(everything=True) == before


def test_a_wrong_npi_founds_nothing(empty: Engine) -> None:
    row = practice_row()
    row.npi = "2999900015"
    with pytest.raises(Refused, match="check digit"):
        found_practice(empty, row, "owner")
    assert schema_version(empty) is None


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE {t} SET {c}={c}",
        "DELETE FROM {t}",
        pytest.param("INSERT OR REPLACE INTO {t} SELECT * FROM {t}", marks=pytest.mark.sqlite),
    ],
)
def test_what_is_append_only_can_neither_change_nor_go(world: World, table: str, attack: str) -> None:
    world.sent()
    world.do(TakePayment(world.all(Guarantor)[0].id, 100, "cash"))
    world.do(CloseDay(100))
    column = inspect(world.engine).get_columns(table)[-1]["name"]
    before = world.dump(everything=True)
    with pytest.raises(DatabaseError, match="append-only"):
        world.sql(attack.format(t=table, c=column))
    assert world.dump(everything=True) == before


def test_a_claim_version_is_final_only_once_it_is_sent(world: World) -> None:
    world.claim()
    world.sql("UPDATE claim_version SET frequency='1'")
    world.send()
    with pytest.raises(DatabaseError, match="append-only"):
        world.sql("UPDATE claim_version SET frequency='7'")
