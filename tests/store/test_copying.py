"""A practice moves between databases of either kind without losing a value; a backup is one that was proved."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

from store.copying import backup, copy, restore
from store.db import open_engine, sqlite_url
from store.errors import Refused
from store.older import before_upgrade
from store.people.identity import login_name
from store.practice import Practice
from store.row_copy import digest
from store.tables import AuditEntry
from tests.databases import PostgresDatabases
from tests.scratch import full_disk
from tests.store.world import LoginWorld, World


def values(url: str) -> dict[str, str]:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = {table.name: digest(connection, table) for table in SQLModel.metadata.sorted_tables}
    engine.dispose()
    return found


@pytest.fixture
def full(world: World) -> World:
    world.denied()
    world.code(world.encounter())
    world.encounter("PRMUT", note="Ünïcode, 'quotes' and\ta tab.\n— and a line")
    world.who("coder").lease(world.item("coding", world.encounter("PRMUT")).id)
    return world


@pytest.mark.sqlite
def test_a_practice_goes_to_postgresql_and_back_and_nothing_is_lost(
    full: World, postgres_databases: PostgresDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = postgres_databases.new("moved")
    before = values(full.url)
    with monkeypatch.context() as cut:
        cut.setattr("store.copying._give_logins", _fails)
        with pytest.raises(Refused, match="at the very end"):
            copy(full.url, there)
    assert _left(there) == []
    counts = copy(full.url, there)
    assert sum(counts.values()) > 100
    moved = {name: one for name, one in values(there).items() if name != "audit_entry"}  # which tells of the logins
    assert moved == {name: one for name, one in before.items() if name != "audit_entry"}
    back = sqlite_url(tmp_path / "back.db")
    copy(there, back)
    assert values(back) == values(there)
    engine = open_engine(back)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name='action'")).scalar() is not None
    assert World(back, engine, full.library).faults() == []
    engine.dispose()


def _fails(_connection: object) -> None:
    raise Refused("at the very end")


def _left(url: str) -> list[object]:
    """What of a practice is in a database of PostgreSQL, and of its roles on the server."""
    engine = open_engine(url)
    name = make_url(url).database
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace "
                "UNION SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
                "UNION SELECT rolname::text FROM pg_roles WHERE rolname LIKE :like "
                "UNION SELECT unnest(setconfig) FROM pg_db_role_setting WHERE setdatabase = "
                "(SELECT oid FROM pg_database WHERE datname = current_database())"
            ),
            {"like": f"{name}%"},
        )
        left: list[object] = [row[0] for row in found]
    engine.dispose()
    return left


@pytest.mark.sqlite
def test_nothing_is_ever_copied_over_something(full: World, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"mine")
    with pytest.raises(Refused, match="holds something"):
        copy(full.url, sqlite_url(other))
    assert other.read_bytes() == b"mine"
    with pytest.raises(Refused, match="no practice here"):
        copy(sqlite_url(tmp_path / "nothing.db"), sqlite_url(tmp_path / "new.db"))


def test_a_backup_is_made_while_people_work_and_restored_it_is_the_same(full: World, tmp_path: Path) -> None:
    before = values(full.url)
    path = tmp_path / "backup.db"
    assert backup(full.url, path) > 100
    assert path.stat().st_mode & 0o077 == 0
    now = values(full.url)
    assert {name for name in now if now[name] != before[name]} == {"audit_entry"}  # which tells of the backup
    assert values(sqlite_url(path)) == now
    target = sqlite_url(tmp_path / "restored.db")
    restore(path, target)
    assert values(target) == now
    with pytest.raises(Refused, match="exists already"):
        backup(full.url, path)
    opened = Practice.open(target)
    opened.close()


@pytest.mark.sqlite
def test_a_backup_of_damaged_books_is_refused_and_leaves_no_file(full: World, tmp_path: Path) -> None:
    full.unguarded("posting")
    full.sql("UPDATE posting SET cents = cents + 1 WHERE id = 1")
    with pytest.raises(Refused, match="does not hold"):
        backup(full.url, tmp_path / "backup.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sqlite
def test_on_a_full_disk_a_backup_and_a_restored_practice_are_whole_or_not_there(full: World, tmp_path: Path) -> None:
    path = tmp_path / "backup.db"
    full.engine.dispose()  # its log goes into the file
    before = values(full.url)
    half = full.path.stat().st_size // 2
    with full_disk(half), pytest.raises(Refused, match="disk is full or can't be written"):
        backup(full.url, path)
    assert list(tmp_path.iterdir()) == []
    assert {name for name, one in values(full.url).items() if one != before[name]} == {"audit_entry"}
    backup(full.url, path)
    kept = path.read_bytes()
    with full_disk(), pytest.raises(Refused, match="disk is full or can't be written"):
        restore(path, sqlite_url(tmp_path / "restored.db"))
    assert path.read_bytes() == kept
    assert [one.name for one in tmp_path.iterdir()] == ["backup.db"]
    with full_disk(half), pytest.raises(Refused, match="disk is full or can't be written"):
        restore(path, sqlite_url(tmp_path / "restored.db"))
    assert [one.name for one in tmp_path.iterdir()] == ["backup.db"]
    restore(path, sqlite_url(tmp_path / "restored.db"))


def test_on_a_full_disk_a_backup_of_a_server_leaves_no_file(postgres_world: World, tmp_path: Path) -> None:
    with full_disk(), pytest.raises(Refused, match="disk is full or can't be written"):
        backup(postgres_world.url, tmp_path / "backup.db")
    assert list(tmp_path.iterdir()) == []
    assert postgres_world.faults() == []


def test_who_takes_a_copy_from_a_server_is_in_its_trail_and_who_may_not_takes_none(
    postgres_world: LoginWorld, tmp_path: Path
) -> None:
    postgres_world.sql("DROP ROLE IF EXISTS keeper")
    postgres_world.sql("CREATE ROLE keeper SUPERUSER LOGIN")  # as the server's own account is: no user of the practice
    told = len(postgres_world.all(AuditEntry))
    for who, words in (("coder", "'administer'"), ("supervisor", "'administer'"), ("admin", "superuser")):
        with pytest.raises(Refused, match=words):
            backup(_url_of(postgres_world, who), tmp_path / "taken.db")
    assert list(tmp_path.iterdir()) == []
    backup(_url_of(postgres_world, "owner"), tmp_path / "owner.db")
    backup(_url_of(postgres_world, "keeper"), tmp_path / "keeper.db")
    assert [(one.user_name, one.action, one.subject) for one in postgres_world.all(AuditEntry)[told:]] == [
        ("admin", "export", "the whole practice, a backup: taken.db"),
        ("owner", "export", "the whole practice, a backup: owner.db"),
        (login_name(), "export", "the whole practice, a backup: keeper.db"),
    ]
    assert postgres_world.faults() == []


def _url_of(world: World, login: str) -> str:
    return make_url(world.url).set(username=login).render_as_string(False)


@pytest.mark.sqlite
def test_a_damaged_backup_is_not_restored(full: World, tmp_path: Path) -> None:
    path = tmp_path / "backup.db"
    backup(full.url, path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4096] = bytes(4096)
    path.write_bytes(bytes(content))
    with pytest.raises(Refused):
        restore(path, sqlite_url(tmp_path / "restored.db"))


def test_an_upgrade_keeps_a_copy_of_what_was(full: World, tmp_path: Path) -> None:
    path = before_upgrade(full.engine, full.url, tmp_path)
    assert path is not None
    assert path.stat().st_mode & 0o077 == 0
    assert values(sqlite_url(path)) == values(full.url)
