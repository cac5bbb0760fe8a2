"""Opening the database: what each connection is told, who may write when, and which SQLite may use WAL."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, StatementError
from sqlmodel import Session

from store.bulk import write_rows
from store.db import open_engine, sqlite_path, sqlite_url, wal_is_safe, writer
from store.errors import Refused
from store.money import MAX_CENTS, parse_cents
from store.people.users import found_practice
from store.practice import Practice
from store.tables import Fee, Holiday
from store.turns import turn
from tests.store.conftest import practice_row
from tests.store.world import World

SAFE = ("3.44.6", "3.44.9", "3.50.7", "3.50.99", "3.51.3", "3.51.4", "3.52.1", "3.53.0", "3.53.4", "4.0.0")
UNSAFE = ("3.7.0", "3.40.1", "3.44.5", "3.45.0", "3.46.1", "3.49.9", "3.50.4", "3.50.6", "3.51.0", "3.51.2", "3.52.0")


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("temp_store", 2),
        ("recursive_triggers", 1),
        ("trusted_schema", 0),
        ("busy_timeout", 30_000),
    ],
)
def test_every_connection_is_told_the_same(world: World, pragma: str, value: object) -> None:
    with world.engine.connect() as first, world.engine.connect() as second:
        for connection in (first, second):
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


@pytest.mark.parametrize("version", SAFE)
def test_a_sqlite_with_the_fix_may_use_wal(version: str) -> None:
    assert wal_is_safe(_numbers(version))


@pytest.mark.parametrize("version", UNSAFE)
def test_a_sqlite_without_the_fix_may_not(version: str) -> None:
    assert not wal_is_safe(_numbers(version))


def _numbers(version: str) -> tuple[int, int, int]:
    first, second, third = map(int, version.split("."))
    return first, second, third


def test_an_unsafe_sqlite_gets_a_journal_and_no_wal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.db.wal_is_safe", lambda _version: False)
    engine = open_engine(sqlite_url(tmp_path / "old.db"))
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "delete"
    engine.dispose()


@pytest.mark.sqlite
def test_a_writer_holds_the_database_from_its_first_statement(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """BEGIN IMMEDIATE: what a writer reads can't change before it writes."""
    monkeypatch.setattr("store.db.BUSY_SECONDS", 0.05)
    quick = open_engine(sqlite_url(world.path))
    with Session(writer(world.engine)) as first:
        first.connection()
        with Session(writer(quick)) as second, pytest.raises(OperationalError, match="locked"):
            second.connection()
    quick.dispose()


def test_a_reader_does_not_wait_for_a_writer(world: World) -> None:
    with Session(writer(world.engine)) as first:
        first.connection().execute(text("UPDATE practice SET phone='1'"))
        with Session(world.engine) as reader:
            assert reader.connection().execute(text("SELECT phone FROM practice")).scalar() != "1"


@pytest.mark.parametrize("money", [1.5, 0.1 + 0.2, Decimal("1.00"), "100", True, MAX_CENTS + 1, float("nan")])
def test_a_money_column_takes_whole_cents_and_nothing_else(world: World, money: Any) -> None:
    fee = Fee(code="ZZ999", system="LOCAL", title="x", cents=money, valid_from=date(2026, 1, 1))
    with Session(writer(world.engine)) as session:
        session.add(fee)
        with pytest.raises((TypeError, StatementError), match="integer cents"):
            session.flush()


@pytest.mark.parametrize("cents", [pytest.param("1.5", marks=pytest.mark.sqlite), "'abc'", "0", str(MAX_CENTS + 1)])
def test_a_posting_that_is_no_whole_amount_is_refused_by_the_database_itself(world: World, cents: str) -> None:
    world.unguarded_postings()
    with pytest.raises((IntegrityError, DataError)):
        world.sql(f"INSERT INTO posting (entry_id, book, cents) VALUES (1, 'cash', {cents})")


def test_ten_cents_and_twenty_cents_are_thirty() -> None:
    assert parse_cents("0.1") + parse_cents("0.2") == parse_cents("0.3") == 30


def test_a_thousand_dimes_are_a_hundred_dollars_in_the_database(world: World) -> None:
    with Session(writer(world.engine)) as session:
        for _ in range(1000):
            session.add(
                Fee(code="DIME", system="LOCAL", title="x", cents=parse_cents("0.10"), valid_from=date(2026, 1, 1))
            )
        session.commit()
    assert world.sql("SELECT sum(cents), sum(cents) = 10000 FROM fee WHERE code='DIME'") == [(10_000, 1)]


def test_a_database_has_to_be_a_file() -> None:
    with pytest.raises(Refused, match="has to be a file"):
        open_engine("sqlite://")


def test_another_backend_has_no_path() -> None:
    assert sqlite_path("postgresql+psycopg://localhost/practice") is None


def test_opening_what_is_not_there_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no practice here yet"):
        Practice.open(sqlite_url(tmp_path / "missing.db"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"Dear Sir or Madam,\n" * 90], ids=["empty", "letter"])
def test_a_file_that_is_no_practice_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(content)
    with pytest.raises(Refused):
        Practice.open(sqlite_url(path))
    assert path.read_bytes() == content


def test_nobody_else_can_read_a_new_database(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "new.db"))
    found_practice(engine, practice_row(), "owner")
    with writer(engine).begin() as connection:
        connection.execute(text("UPDATE practice SET phone='1'"))
        modes = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    engine.dispose()
    assert set(modes.values()) == {0}, modes


def test_a_person_who_is_no_user_is_told_so(world: World) -> None:
    world.sql("UPDATE app_user SET active=false WHERE name='owner'")
    with pytest.raises(Refused, match="not a user of this practice"):
        Practice.open(world.url)
    world.sql("UPDATE app_user SET active=true WHERE name='owner'")
    opened = Practice.open(world.url)
    assert opened.actor.name == "owner"
    opened.close()


@pytest.mark.sqlite
def test_who_waits_for_the_file_gets_it_as_soon_as_it_is_free(world: World) -> None:
    freed: list[float] = []

    def work() -> None:
        with writer(world.engine).begin():
            begun.set()
            time.sleep(0.4)
        freed.append(time.monotonic())

    begun = threading.Event()
    other = threading.Thread(target=work)
    other.start()
    begun.wait()
    with writer(world.engine).begin() as connection:
        got = time.monotonic()
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
    other.join()
    assert got - freed[0] < 0.5  # a busy machine wakes late


@pytest.mark.sqlite
def test_who_waits_to_write_gets_in_while_another_writes_without_a_pause(world: World) -> None:
    def write() -> None:
        with writer(world.engine).begin():
            pass

    hands = [threading.Thread(target=write) for _ in range(4)]
    with writer(world.engine).begin():
        for hand in hands:
            hand.start()
        time.sleep(0.05)
    again = 0
    while any(hand.is_alive() for hand in hands):
        write()
        again += 1
        assert again < 5_000


@pytest.mark.sqlite
def test_who_is_stopped_while_first_in_line_costs_each_process_one_wait_and_one_thread(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """He has his place from another process, or from another thread: the lock is on what was opened."""
    monkeypatch.setattr("store.turns.PATIENCE_SECONDS", 1.0)
    _write(world)
    stopped = os.open(world.path.parent, os.O_RDONLY)
    fcntl.flock(stopped, fcntl.LOCK_EX)  # and never asks
    threads, handles = threading.active_count(), len(os.listdir("/proc/self/fd"))
    begun = time.monotonic()
    for _ in range(4):
        _write(world)
    assert 1.0 <= time.monotonic() - begun < 2.0  # one wait, not four
    assert threading.active_count() <= threads + 1
    assert len(os.listdir("/proc/self/fd")) <= handles + 1
    os.close(stopped)  # the line moves again
    until = time.monotonic() + 10
    while threading.active_count() > threads and time.monotonic() < until:
        time.sleep(0.005)
    begun = time.monotonic()
    with writer(world.engine).begin(), turn(world.path.parent, 1):  # nobody who gave up stands in it
        assert time.monotonic() - begun < 0.9
    with turn(world.path.parent, 1):
        begun = time.monotonic()
        _write(world)
        assert time.monotonic() - begun >= 0.9  # and whoever comes waits for his turn


@pytest.mark.sqlite
def test_who_finds_no_room_for_a_thread_to_wait_in_writes_without_his_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    _write(world)
    handles = len(os.listdir("/proc/self/fd"))
    with turn(world.path.parent, 1):
        monkeypatch.setattr(threading.Thread, "start", start)
        _write(world)
    assert len(os.listdir("/proc/self/fd")) == handles


def _write(world: World) -> None:
    with writer(world.engine).begin() as connection:
        connection.execute(text("UPDATE practice SET phone='1'"))


def test_rows_are_written_under_their_names_in_whatever_order_they_name_them(world: World) -> None:
    with Session(writer(world.engine)) as session:
        write_rows(session, Holiday, [{"name": "Founding day", "day": date(2026, 3, 9)}])
        session.commit()
    assert [(one.day, one.name) for one in world.all(Holiday, name="Founding day")] == [
        (date(2026, 3, 9), "Founding day")
    ]
