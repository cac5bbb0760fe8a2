"""The reading file: derived from the library, written once, whole or not at all."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from codesets import open_library
from codesets.reading.lexicon import lexicon_of
from codesets.reading.lexicon_build import ensure_built, fingerprint, reading_path
from codesets.reading.wordings import wordings
from codesets.tables import read_table


@pytest.fixture
def copied(built_library_path: Path, tmp_path: Path) -> Path:
    target = tmp_path / "codes.sqlite"
    shutil.copy(built_library_path, target)
    return target


def test_the_file_is_written_beside_the_library_once_and_again_when_it_is_damaged(copied: Path) -> None:
    with open_library(copied) as library:
        path = ensure_built(library)
        assert path == copied.with_name("reading.sqlite")
        stamp = path.stat().st_mtime_ns
        assert ensure_built(library).stat().st_mtime_ns == stamp
        path.write_bytes(b"not a database")
        assert ensure_built(library).stat().st_size > 1_000_000
    assert not list(copied.parent.glob("*.building"))


def test_a_library_that_cannot_be_written_beside_has_its_file_in_the_cache(
    copied: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("os.access", lambda *_: False)
    with open_library(copied) as library:
        assert reading_path(library).parent == tmp_path / "cache" / "superbill"


def test_an_outdated_file_that_cannot_be_written_over_is_left_and_the_cache_used(
    copied: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = copied.with_name("reading.sqlite")
    old.write_bytes(b"of another version")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("os.access", lambda *_: False)
    with open_library(copied) as library:
        assert ensure_built(library).parent == tmp_path / "cache" / "superbill"
    assert old.read_bytes() == b"of another version"


def test_what_has_no_diagnoses_leaves_the_file_as_it_is(copied: Path) -> None:
    with open_library(copied) as library:
        before = fingerprint(library)
    with sqlite3.connect(copied) as connection:
        connection.execute("UPDATE meta SET value = 'another' WHERE name = 'fingerprint'")
    with open_library(copied) as library:
        assert fingerprint(library) == before
    with sqlite3.connect(copied) as connection:
        connection.execute("DELETE FROM phrase WHERE id = 1")
    with open_library(copied) as library:
        assert fingerprint(library) != before


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("hypertenion", "hypertension"), ("diabtes", "diabetes"), ("pnuemonia", "pneumonia"), ("asthma", "asthma")],
)
def test_one_slip_is_understood(typed: str, meant: str, built_library_path: Path) -> None:
    with open_library(built_library_path) as library:
        assert lexicon_of(library).respelt(typed) == meant


def test_a_short_or_far_word_is_left_alone(built_library_path: Path) -> None:
    with open_library(built_library_path) as library:
        lexicon = lexicon_of(library)
        assert lexicon.respelt("gaut") == ""
        assert lexicon.respelt("xqzwvutsr") == ""


def test_a_title_is_met_without_its_list_words() -> None:
    assert set(wordings("J449", "title", "Chronic obstructive pulmonary disease, unspecified")) == {
        ("chronic", "disease", "lung", "obstructive")
    }
    assert ("breast", "cancer") in set(wordings("C50", "title", "Malignant neoplasm of breast"))
    assert list(wordings("W19", "title", "Unspecified fall")) == []
    assert list(wordings("I25", "title", "Other forms of heart disease")) == []


def test_every_code_of_the_tables_is_in_the_library(built_library_path: Path) -> None:
    columns = [
        ("note_terms", "code"),
        ("note_history", "personal"),
        ("note_history", "family"),
        ("drug_classes", "code"),
    ]
    with open_library(built_library_path) as library:
        for table, column in columns:
            for row in read_table(table):
                key = row[column].replace(".", "")
                known = not key or library.code_rows(key) or library.code_rows(key.rstrip("X"))
                assert known, (table, row)
