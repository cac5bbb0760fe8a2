"""Practices as older versions left them: kept whole before anything is changed, brought up to date, and restored."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, event, text
from sqlmodel import Session

from store import row_copy
from store.check import check
from store.copying import restore
from store.db import open_engine, sqlite_url
from store.errors import Refused
from store.migrations import HEAD, require_current, schema_version, upgrade
from store.older import bring_up_to_date, copy_as_it_is
from store.practice import Practice
from store.row_copy import digest, tables_found
from store.work.values import View
from tests.databases import PostgresDatabases
from tests.scratch import full_disk

VERSIONS = ("0001", "0015")
Made = Callable[[str], str]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A SQLite file of each old version."""
    found = {}
    for version in VERSIONS:
        path = found[version] = tmp_path_factory.mktemp(version) / "old.db"
        engine = open_engine(sqlite_url(path))
        upgrade(engine, version)
        engine.dispose()
        connection = sqlite3.connect(path)
        connection.executescript((Path(__file__).parent / "practices" / f"{version}.sql").read_text("utf-8"))
        connection.close()
    return found


@pytest.fixture(scope="module")
def servers(files: dict[str, Path], postgres_databases: PostgresDatabases) -> dict[str, str]:
    """The same on PostgreSQL."""
    found = {}
    for version, path in files.items():
        url = found[version] = postgres_databases.new("old")
        engine = open_engine(sqlite_url(path))
        assert sum(copy_as_it_is(engine, url, version).values()) > 100
        engine.dispose()
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Makes a practice of an old version; no program of PostgreSQL's is at hand."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def made(version: str) -> str:
        if request.param == "sqlite":
            return sqlite_url(Path(shutil.copy(request.getfixturevalue("files")[version], tmp_path / "old.db")))
        databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
        return databases.copied(request.getfixturevalue("servers")[version])

    return made


_SCHEMA = {
    "sqlite": "SELECT name, sql FROM sqlite_master ORDER BY name",
    "postgresql": "SELECT table_name, column_name, data_type, is_nullable, column_default "
    "FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position",
}
_found: dict[tuple[Any, ...], list[Table]] = {}


def tables(connection: Connection) -> list[Table]:
    """What `tables_found` finds, asked for once of each schema, for that takes longer than reading all the rows."""
    schema = tuple(map(tuple, connection.execute(text(_SCHEMA[connection.dialect.name])).all()))
    if schema not in _found:
        _found[schema] = tables_found(connection)
    return _found[schema]


def values(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return {table.name: digest(connection, table) for table in tables(connection)}


def faults(url: str) -> list[str]:
    with Session(open_engine(url)) as session:
        return [fault for proof in check(session) for fault in proof.faults]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_old_practice_is_kept_whole_brought_up_to_date_and_can_be_restored(
    old: Made, tmp_path: Path, version: str
) -> None:
    url = old(version)
    engine = open_engine(url)
    before = values(engine)
    kept = bring_up_to_date(url, tmp_path)
    assert kept is not None
    assert kept.stat().st_mode & 0o077 == 0
    there = open_engine(sqlite_url(kept))
    assert (schema_version(there), values(there)) == (version, before)
    assert (schema_version(engine), faults(url)) == (HEAD, [])
    opened = Practice.open(url)
    assert len(opened.page("coding", View()).rows) == 3
    opened.close()
    if version != VERSIONS[-1] or url.startswith("sqlite"):
        return
    back = sqlite_url(tmp_path / "back.db")
    assert restore(kept, back) > 100
    assert faults(back) == []
    assert (schema_version(there), values(there)) == (version, before)
    assert bring_up_to_date(url, tmp_path) is None


def test_what_can_not_be_kept_is_not_changed(old: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = old("0015")
    before = sorted(path.name for path in tmp_path.iterdir())
    monkeypatch.setattr("store.older.require_sound", lambda *_: (_ for _ in ()).throw(Refused("The copy is damaged.")))
    monkeypatch.setattr(row_copy, "digest", lambda connection, _table: str(id(connection)))
    with pytest.raises(Refused, match=r"not equal|damaged"):
        bring_up_to_date(url, tmp_path)
    assert schema_version(open_engine(url)) == "0015"
    assert [name for name in before if name.endswith(".db")] == [p.name for p in tmp_path.glob("*.db")]


class PowerCutError(Exception):
    """The power went."""


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_an_upgrade_that_is_cut_anywhere_leaves_the_old_practice(old: Made, share: float) -> None:
    url = old("0015")
    engine = open_engine(url)
    before = values(engine)
    count = 0

    def cut(*_: object) -> None:
        nonlocal count
        count += 1
        if count == at:
            raise PowerCutError

    event.listen(engine, "before_cursor_execute", cut)
    at = int(share * (200 if url.startswith("sqlite") else 110))
    with pytest.raises(PowerCutError):
        upgrade(engine)
    event.remove(engine, "before_cursor_execute", cut)
    assert (schema_version(engine), values(engine)) == ("0015", before)
    with pytest.raises(Refused, match="older superbill"):
        require_current(engine)


def test_on_a_full_disk_what_can_not_be_kept_is_not_changed(old: Made, tmp_path: Path) -> None:
    url = old("0015")
    before, files = values(open_engine(url)), sorted(tmp_path.iterdir())
    with full_disk(), pytest.raises(Refused, match="disk is full or can't be written"):
        bring_up_to_date(url, tmp_path)
    assert (schema_version(open_engine(url)), values(open_engine(url))) == ("0015", before)
    assert [one for one in sorted(tmp_path.iterdir()) if one.suffix not in {"-wal", "-shm"}] == files


def test_a_disk_that_is_full_in_the_middle_of_an_upgrade_leaves_the_old_practice_and_its_copy(
    old: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = old("0015")
    before = values(open_engine(url))

    def filling(opened: str) -> Engine:
        engine = open_engine(opened)
        if opened == url:
            event.listen(engine, *_FULL[engine.dialect.name])
        return engine

    monkeypatch.setattr("store.older.open_engine", filling)
    with pytest.raises(Refused, match="disk is full or can't be written"):
        bring_up_to_date(url, tmp_path)
    monkeypatch.undo()
    assert (schema_version(open_engine(url)), values(open_engine(url))) == ("0015", before)
    (kept,) = tmp_path.glob("*before-upgrade*.db")
    assert values(open_engine(sqlite_url(kept))) == before


def _no_page_more(raw: Any, _record: object) -> None:
    pages = raw.execute("PRAGMA page_count").fetchone()[0]
    raw.execute(f"PRAGMA max_page_count={pages}")


def _no_room_for_the_last(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    """The server's own error, in the middle of the transaction."""
    if statement.startswith("UPDATE alembic_version") and "0025" in statement:
        full = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
        connection.exec_driver_sql(full)


_FULL: dict[str, tuple[str, Callable[..., None]]] = {
    "sqlite": ("connect", _no_page_more),
    "postgresql": ("before_cursor_execute", _no_room_for_the_last),
}


def test_a_newer_practice_and_none_are_refused_and_left_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no practice here"):
        bring_up_to_date(sqlite_url(tmp_path / "nothing.db"))
    assert list(tmp_path.iterdir()) == []
    url = sqlite_url(tmp_path / "new.db")
    upgrade(open_engine(url))
    with sqlite3.connect(tmp_path / "new.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num='9999'")
    with pytest.raises(Refused, match="newer superbill"):
        bring_up_to_date(url)
