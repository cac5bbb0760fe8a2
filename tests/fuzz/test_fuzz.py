"""Whatever a file holds, it is read or refused in a sentence; a few tries here, many in `tests.bench.fuzz`."""

from __future__ import annotations

import contextlib
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import codesets
import store
import tui
from codesets import Refused as CodesRefused
from codesets.releases.files import MAX_MEMBERS, members_of
from store.copying import restore
from store.db import sqlite_url
from store.errors import Refused
from store.intake.plain_file import read_bytes
from tests.fuzz.damage import thrown
from tests.fuzz.readers import BOMB, CODE_FILES, COMMANDS, READERS, Reader, survives
from tests.store.conftest import engine, library, still, template, world
from tests.store.world import World

__all__ = ["engine", "library", "still", "template", "world"]
FEW = settings(max_examples=25, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize("reader", READERS, ids=lambda one: one.name)
def test_no_file_makes_a_reader_stumble(reader: Reader, tmp_path: Path) -> None:
    @FEW
    @given(thrown(reader.seeds))
    def tried(data: bytes) -> None:
        survives(reader, data, tmp_path)

    tried()


def test_no_file_makes_a_command_stumble(world: World) -> None:
    @settings(FEW, max_examples=60)
    @given(st.sampled_from(COMMANDS).flatmap(lambda one: st.tuples(st.just(one), thrown(one[1]))))
    def tried(thing: tuple[Any, bytes]) -> None:
        (_, _, make), data = thing
        with contextlib.suppress(Refused):
            world.do(make(data))

    tried()
    assert world.faults() == []


def test_a_file_of_codes_that_swells_or_names_a_place_elsewhere_is_refused(tmp_path: Path) -> None:
    bomb = next(one for one in CODE_FILES if one.name == "tabular list")
    with pytest.raises(CodesRefused):
        bomb.read(BOMB, tmp_path)
    path = tmp_path / "tricks.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("../../etc/cron.d/x", "/etc/passwd", "..\\..\\x.txt", "C:\\x.txt", ".hidden", "a/b/c.txt"):
            archive.writestr(name, "G0101")
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    found = members_of(path)
    assert [one.name for one in found] == ["x", "passwd", "x.txt", "c.txt", "link"]
    assert found[-1].head() == b"/etc/passwd"  # the link's own words, never what it names
    assert [one.name for one in tmp_path.iterdir() if one.suffix not in {".zip", ".xml"}] == []
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(MAX_MEMBERS + 1):
            archive.writestr(f"{number}", "")
    with pytest.raises(CodesRefused, match="more than any release"):
        members_of(many)


@pytest.mark.parametrize("reader", CODE_FILES, ids=lambda one: one.name)
def test_the_good_files_of_codes_are_read_so_that_their_damage_is_tried(reader: Reader, tmp_path: Path) -> None:
    for data in reader.seeds:
        if data is not BOMB:
            assert [one for one in reader.read(data, tmp_path) if one]


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_plain_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    path = Path("/dev/zero") if kind == "device" else tmp_path / kind
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    with pytest.raises(Refused, match=r"not a plain file|can't be opened"):
        read_bytes(path)
    with pytest.raises(Refused, match=r"no such file|can't be opened|not a plain file"):
        restore(path, sqlite_url(tmp_path / "new.db"))
    if kind != "folder":
        with pytest.raises(CodesRefused, match="not a plain file"):
            members_of(path)


def test_nothing_that_can_run_what_it_reads_is_used() -> None:
    """Rules, settings and letters are TOML, tables are CSV: no reader makes objects or runs words of a file."""
    names = re.compile(r"\b(?:import|from) (?:yaml|pickle|marshal|shelve|dill|joblib)\b|(?<![\w.])(?:eval|exec)\(")
    found = [
        str(path)
        for room in (codesets, store, tui)
        for path in Path(str(room.__file__)).parent.rglob("*.py")
        if names.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
