"""`superbill codes` loads, lists, tells a code's life, and says what it would fetch."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from codesets import Refused
from codesets.library.place import LIBRARY_NAME
from tui import commands
from tui.cli import app

MUE = (
    "HCPCS/CPT Code,Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n"
    "G0101,1,2 Date of Service Edit: Policy,Invented\n"
)


@pytest.fixture
def run(built_library_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    folder = tmp_path / "codes"
    folder.mkdir()
    shutil.copyfile(built_library_path, folder / LIBRARY_NAME)
    monkeypatch.setenv("SUPERBILL_CODES", str(folder))
    if not app.registered_groups:
        commands.register(app)
    return CliRunner()


def test_a_release_is_loaded_and_then_listed(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "mue.csv"
    path.write_text(MUE)
    told = run.invoke(app, ["codes", "load", "ncci-mue", str(path), "--effective", "2026-07-01", "--json"])
    report = json.loads(told.stdout)
    assert (report["rows"], report["already"], report["effective"]) == (1, False, "2026-07-01")
    again = run.invoke(app, ["codes", "load", "ncci-mue", str(path), "--effective", "2026-07-01"])
    assert "loaded already" in again.stdout
    assert "American Medical Association" in again.stdout
    listed = run.invoke(app, ["codes", "list"]).stdout
    assert "NCCI unit limits practitioner" in listed
    assert "ICD-10-CM FY2027" in listed
    assert "Not loaded, so not checked" in listed


def test_a_file_without_a_date_asks_for_it(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "mue.csv"
    path.write_text(MUE)
    told = run.invoke(app, ["codes", "load", "ncci-mue", str(path)])
    assert isinstance(told.exception, Refused)
    assert "--effective" in str(told.exception)


def test_the_life_of_a_code_is_told(run: CliRunner) -> None:
    told = run.invoke(app, ["codes", "history", "I42.0"]).stdout
    assert "I42.00, I42.01, I42.09" in told
    assert "became a heading" in told


def test_nothing_is_fetched_before_it_is_explained_and_agreed_to(run: CliRunner) -> None:
    listed = run.invoke(app, ["codes", "fetch"]).stdout
    assert "icd10cm-2027-order" in listed
    asked = run.invoke(app, ["codes", "fetch", "icd10cm-2027-order"], input="n\n")
    assert asked.exit_code == 1
    assert "public domain" in asked.stdout
    assert "https://www.cms.gov/" in asked.stdout
