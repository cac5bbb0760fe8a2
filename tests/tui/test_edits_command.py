"""`superbill codes edits`: JSON lines in, an answer a line out, in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from tui import commands

GOOD = {"id": "e1", "dos": "2026-05-12", "dx": [{"code": "E10.9"}, {"code": "E11.9"}]}
FIELDS = ["edit", "severity", "codes", "line", "message", "source", "clears_when"]


@pytest.fixture
def app(built_library_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setenv("SUPERBILL_CODES", str(built_library_path.parent))
    made = typer.Typer()
    commands.register(made)
    return made


def run(app: typer.Typer, *arguments: str, lines: str | None = None) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(app, ["codes", "edits", *arguments], input=lines)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_an_encounter_is_answered_with_its_findings(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "encounters.jsonl"
    file.write_text(json.dumps(GOOD) + "\n", encoding="utf-8")
    code, (answer,) = run(app, str(file), "--json")
    assert code == 0
    assert answer["id"] == "e1"
    (finding,) = answer["edits"]
    assert list(finding) == FIELDS
    assert (finding["edit"], finding["severity"]) == ("DX.EX1", "error")
    assert finding["source"].startswith("Excludes1 at E10: ")
    assert answer["not_checked"]


@pytest.mark.parametrize(
    "wrong",
    [
        "no json",
        "[]",
        "null",
        "{}",
        '{"dos": "2026-02-30"}',
        '{"dos": 20260101}',
        '{"dos": "2026-05-12", "dx": "I10"}',
        '{"dos": "2026-05-12", "dx": [{"text": "no code"}]}',
        '{"dos": "2026-05-12", "dx": [], "lines": [{"code": "J1885", "units": "2"}]}',
        '{"dos": "2026-05-12", "lines": [{"code": "J1885", "units": NaN}]}',
        '{"dos": "2026-05-12", "lines": [{"code": "J1885", "pointers": ["1"]}]}',
        '{"dos": "2026-05-12", "lines": [{"code": "J1885", "modifiers": [25]}]}',
        '{"dos": "2026-05-12", "setting": "somewhere"}',
        '{"dos": "2026-05-12", "ctx": []}',
        '{"dos": "2026-05-12", "refdata": {"mue": [{"code": "J1885"}]}}',
        '{"dos": "2026-05-12", "refdata": {"mue": [{"code": "J1885", "value": "many"}]}}',
        '{"dos": "2026-05-12", "refdata": {"ptp": [{"col1": "A", "col2": "B", "effective": "soon"}]}}',
        '{"dos": "2026-05-12", "refdata": {"lcd": [{"code": "A", "covered": "E11"}]}}',
        "[" * 100_000,
    ],
    ids=lambda text: text[:60],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(app: typer.Typer, wrong: str) -> None:
    good = json.dumps(GOOD)
    code, answers = run(app, "-", lines=f"{good}\n\n{wrong}\n{good}\n")
    assert code == 1
    assert [answer.get("id") for answer in answers] == ["e1", None, "e1"]
    assert answers[1]["line"] == 3
    assert answers[1]["error"].endswith(".")


def test_a_bad_line_keeps_the_id_that_it_had(app: typer.Typer) -> None:
    code, (answer,) = run(app, "-", lines='{"id": "e7", "dos": "soon"}\n')
    assert (code, answer["id"], answer["line"]) == (1, "e7", 1)


def test_what_is_left_out_has_its_usual_value(app: typer.Typer) -> None:
    line: dict[str, Any] = {"code": "J1885", "modifiers": None, "units": None, "pointers": [1], "line": 4}
    given: dict[str, Any] = {"dos": "2026-05-12", "setting": "Outpatient", "dx": ["I10"], "lines": [line], "ctx": None}
    given |= {"refdata": {"mue": [{"code": "j1885", "value": 1.0, "mai": 2}], "telehealth": [{"code": "J1885"}]}}
    code, (answer,) = run(app, "-", lines=json.dumps(given) + "\n")
    assert (code, answer["id"], answer["edits"]) == (0, "", [])


def test_every_edit_is_listed(app: typer.Typer) -> None:
    listed = json.loads(CliRunner().invoke(app, ["codes", "edits", "--list", "--json"]).stdout)
    assert {"DX.EX1", "PX.PTP", "PX.TELEHEALTH"} <= {row["edit"] for row in listed}
    assert "DX.EX1" in CliRunner().invoke(app, ["codes", "edits", "--list"]).stdout


def test_without_a_file_it_is_wrong_usage(app: typer.Typer) -> None:
    assert CliRunner().invoke(app, ["codes", "edits"]).exit_code == 2
