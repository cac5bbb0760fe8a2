"""`superbill note suggest`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from codesets import Refused
from tui import commands


@pytest.fixture
def run(built_library_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):  # type: ignore[no-untyped-def]
    """The command on a note, with the tests' own library."""
    monkeypatch.setenv("SUPERBILL_CODES", str(built_library_path.parent))
    app = typer.Typer()
    commands.register(app)

    def running(content: bytes, *options: str):  # type: ignore[no-untyped-def]
        note = tmp_path / "note.txt"
        note.write_bytes(content)
        return CliRunner().invoke(app, ["note", "suggest", str(note), "--on", "2026-05-12", *options])

    return running


def test_a_note_s_codes_are_listed_with_their_reasons(run) -> None:  # type: ignore[no-untyped-def]
    told = run(b"ASSESSMENT\n1. HTN\n2. Knee pain\n")
    assert told.exit_code == 0
    assert "I10" in told.output
    assert "'HTN' in Assessment; not negated" in told.output
    assert "not told: side" in told.output


def test_json_has_sections_mentions_and_suggestions(run) -> None:  # type: ignore[no-untyped-def]
    document = json.loads(run(b"HPI: possible pneumonia, cough\n", "--json").output)
    assert set(document) == {"sections", "mentions", "suggestions"}
    assert [m["assertion"] for m in document["mentions"]] == ["uncertain", "present"]
    assert [s["code"] for s in document["suggestions"]] == ["R05.9"]


def test_the_setting_decides_on_uncertain_diagnoses(run) -> None:  # type: ignore[no-untyped-def]
    assert "J18.9" in run(b"ASSESSMENT\n1. Possible pneumonia\n", "--setting", "inpatient").output
    assert "Nothing to suggest" in run(b"ASSESSMENT\n1. Possible pneumonia\n").output


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a" * 1_000_001])
def test_a_file_that_is_no_note_is_refused(content: bytes, run) -> None:  # type: ignore[no-untyped-def]
    assert isinstance(run(content).exception, Refused)


def test_the_library_is_built_with_what_the_reading_needs(
    built_library_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copy(built_library_path, tmp_path / built_library_path.name)
    monkeypatch.setenv("SUPERBILL_CODES", str(tmp_path))
    app = typer.Typer()
    commands.register(app)
    assert CliRunner().invoke(app, ["codes", "build"]).exit_code == 0
    assert (tmp_path / "reading.sqlite").stat().st_size > 1_000_000
