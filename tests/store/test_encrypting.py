"""A SQLite file with a key: nothing of it can be read without it, and everything works with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

from store import keys
from store.check import check
from store.copying import backup, copy, restore
from store.db import open_engine, sqlite_url
from store.encrypting import set_key
from store.errors import Refused
from store.migrations import require_current
from store.people.users import found_practice
from store.practice import Practice
from store.tables import Patient
from tests.scratch import full_disk
from tests.store.conftest import practice_row
from tests.store.world import World

pytestmark = pytest.mark.sqlite
KEY = "it's four words long"


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("SUPERBILL_KEY", "SUPERBILL_KEY_FILE", "SUPERBILL_KEY_FD"):
        monkeypatch.delenv(name, raising=False)
    keys._known.clear()
    keys._asks.clear()
    yield
    keys._known.clear()


def forget() -> None:
    keys._known.clear()


def names(url: str) -> list[str]:
    engine = open_engine(url)
    with Session(engine) as session:
        found = list(session.exec(select(Patient.last)).all())
    engine.dispose()
    return found


def in_the_files(folder: Path, words: str) -> bool:
    return any(words.encode() in path.read_bytes() for path in folder.iterdir())


def test_a_practice_that_is_encrypted_is_whole_and_shows_nothing_without_its_key(world: World) -> None:
    world.encounter("PRMUT")
    before, (last, *_) = world.dump(everything=True), names(world.url)
    world.engine.dispose()
    assert in_the_files(world.path.parent, last)
    assert "is encrypted" in set_key(world.url, KEY)
    assert not in_the_files(world.path.parent, last)
    assert world.path.stat().st_mode & 0o077 == 0
    world.engine.dispose()
    assert world.dump(everything=True) == before
    forget()
    for key, words in ((None, "encrypted, or no database"), ("wrong words here", "key does not open")):
        keys.give(world.path, key)
        with pytest.raises(Refused, match=words):
            require_current(open_engine(world.url))
    with pytest.raises(Exception, match="not a database"):
        __import__("sqlite3").connect(world.path).execute("SELECT 1 FROM patient")


def test_its_backups_copies_and_a_changed_key_hold_what_was_there(world: World, tmp_path: Path) -> None:
    world.encounter("PRMUT")
    wanted = names(world.url)
    world.engine.dispose()
    set_key(world.url, KEY)
    saved, moved, plain = tmp_path / "b.db", tmp_path / "c.db", tmp_path / "p.db"
    backup(world.url, saved)
    restore(saved, sqlite_url(moved))
    assert keys.is_encrypted(saved)
    assert keys.is_encrypted(moved)
    assert "another key" in set_key(world.url, "other words now")
    forget()
    keys.give(world.path, "other words now")
    assert names(world.url) == wanted
    keys.give(moved, KEY)
    assert names(sqlite_url(moved)) == wanted
    keys.give(plain, None)
    with Session(open_engine(world.url)) as session:
        assert not any(proof.faults for proof in check(session))
    keys.give(saved, KEY)
    copy(sqlite_url(saved), sqlite_url(tmp_path / "d.db"))
    assert keys.is_encrypted(tmp_path / "d.db")


def test_a_key_is_not_changed_while_somebody_is_in_the_program_and_never_a_short_one(world: World) -> None:
    opened = Practice.open(world.url)
    with pytest.raises(Refused, match="is in the program"):
        set_key(world.url, KEY)
    opened.close()
    with pytest.raises(Refused, match="too short"):
        set_key(world.url, "short")
    assert not keys.is_encrypted(world.path)


def test_on_a_full_disk_a_practice_stays_as_it_was_without_a_key_or_with_its_old_one(world: World) -> None:
    world.encounter("PRMUT")
    before = world.dump(everything=True)
    folder, room = world.path.parent, world.path.stat().st_size // 2
    world.engine.dispose()
    with full_disk(room), pytest.raises(Refused, match="disk"):
        set_key(world.url, KEY)
    assert [one.name for one in folder.iterdir() if "encrypting" in one.name] == []
    assert not keys.is_encrypted(world.path)
    assert keys.known(world.path) is None
    assert world.dump(everything=True) == before
    world.engine.dispose()
    set_key(world.url, KEY)
    with full_disk(room), pytest.raises(Refused, match="could not be changed; the old one still opens the file"):
        set_key(world.url, "another four words long")
    world.engine.dispose()
    assert world.dump(everything=True) == before


def test_a_new_practice_is_encrypted_from_its_first_byte(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    keys.give(path, KEY)
    engine = open_engine(sqlite_url(path))
    found_practice(engine, practice_row(), "owner")
    assert keys.is_encrypted(path)
    assert not in_the_files(tmp_path, practice_row().name)
    engine.dispose()


@pytest.mark.parametrize("way", ["file", "environment", "descriptor", "person"])
def test_the_key_comes_from_everywhere_but_the_command_line(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"\x01" * 4096)
    held = tmp_path / "key"
    held.write_text(KEY + "\n")
    held.chmod(0o600)
    if way == "file":
        monkeypatch.setenv("SUPERBILL_KEY_FILE", str(held))
    elif way == "environment":
        monkeypatch.setenv("SUPERBILL_KEY", KEY)
    elif way == "descriptor":
        monkeypatch.setenv("SUPERBILL_KEY_FD", str(os.open(held, os.O_RDONLY)))
    else:
        keys.asked_by(lambda question: KEY if "x.db" in question else "")
    assert keys.of(path) == KEY
    assert keys.of(path) == KEY
    assert "SUPERBILL_KEY" not in os.environ


def test_a_key_that_others_can_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = tmp_path / "key"
    held.write_text(KEY)
    held.chmod(0o644)
    monkeypatch.setenv("SUPERBILL_KEY_FILE", str(held))
    with pytest.raises(Refused, match="Others can read the key"):
        keys.given()


def test_the_commands_take_it_too(tmp_path: Path) -> None:
    told = dict(os.environ, SUPERBILL_DB=sqlite_url(tmp_path / "c.db"), SUPERBILL_KEY=KEY)
    words = ["--name", "P", "--npi", practice_row().npi, "--tax-id", "123456789", "--taxonomy", "193200000X"]
    words += ["--street", "1 A", "--city", "B", "--state", "TX", "--zip", "787010001", "--phone", "5125550100"]
    run = [sys.executable, "-m", "tui.cli"]
    subprocess.run([*run, "init", "--encrypt", *words], env=told, check=True, capture_output=True)
    assert keys.is_encrypted(tmp_path / "c.db")
    subprocess.run([*run, "check"], env=told, check=True, capture_output=True)
    told["SUPERBILL_KEY"] = "wrong words here"
    wrong = subprocess.run([*run, "check"], env=told, check=False, capture_output=True, text=True)
    assert (wrong.returncode, "key does not open" in wrong.stderr) == (1, True)
