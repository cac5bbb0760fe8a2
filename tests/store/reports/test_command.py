"""What `superbill report` and `superbill codes` print and write is what the practice and the library hold."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from codesets import CodeLibrary
from codesets.library.place import LIBRARY_NAME
from store.coding.diagnoses import AddDiagnosis
from store.reports import REPORTS
from tests.store.world import World
from tui import commands
from tui.cli import app
from tui.widgets.columns import place

Say = Callable[..., str]


@pytest.fixture
def say(world: World, built_library_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    folder = tmp_path / "codes"
    folder.mkdir()
    (folder / LIBRARY_NAME).symlink_to(built_library_path)
    monkeypatch.setenv("SUPERBILL_CODES", str(folder))
    monkeypatch.setenv("SUPERBILL_DB", world.engine.url.render_as_string(hide_password=False))
    if not app.registered_groups:
        commands.register(app)

    def run(*words: str) -> str:
        told = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert told.exit_code == 0, told.output
        return told.stdout

    return run


def test_a_search_by_command_ranks_as_the_library_does(say: Say, library: CodeLibrary) -> None:
    told = json.loads(say("codes", "search", "ckd", "3b", "--plain", "--json", "--on", "2026-03-09"))
    hits = library.search("ckd 3b", on=date(2026, 3, 9), limit=20)
    assert [one["code"] for one in told] == [one.code for one in hits]
    assert told[0]["code"] == "N18.32"
    shown = say("codes", "show", "E1122", "--on", "2026-03-09")
    assert shown.startswith("E11.22  ")
    assert "billable, in force from" in shown


def test_a_favourite_is_listed_until_it_is_none_and_a_phrase_is_learned_until_it_is_forgotten(
    say: Say, world: World
) -> None:
    assert "Nothing was learned yet." in say("codes", "learned")
    say("codes", "favourite", "I10")
    assert [code for _, code in json.loads(say("codes", "learned", "--json"))["favourites"]] == ["I10"]
    say("codes", "favourite", "I10")
    world.do(AddDiagnosis(world.encounter("PRMUT"), "R05.1", typed="bad cold"))
    learned = json.loads(say("codes", "learned", "--json"))
    assert ([one["code"] for one in learned["picks"]], learned["favourites"]) == (["R05.1"], [])
    say("codes", "forget", "bad", "cold")
    assert json.loads(say("codes", "learned", "--json")) == {"picks": [], "favourites": []}


def test_a_report_says_the_same_as_json_and_as_a_file(say: Say, world: World, tmp_path: Path) -> None:
    world.claim()
    words = ("report", "kpi", "not-sent", "--from", "2026-03-01", "--to", "2026-03-31")
    told = json.loads(say(*words, "--json"))
    path = tmp_path / "rows.csv"
    assert str(path) in say(*words, "--csv", str(path))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert told["report"] == "kpi"
    assert len(told["rows"]) == 2
    assert told["rows"][0]["numerator"] == 22_700
    assert len(rows) == 1 + len(told["rows"])


def test_what_a_report_draws_is_written_as_the_points_of_its_trend_or_the_bars(
    say: Say, world: World, tmp_path: Path
) -> None:
    world.claim()
    days = ("--from", "2026-03-01", "--to", "2026-03-31")
    for name, words, head, last in (
        ("trend", ("kpi", "not-sent"), "flag,What,From,To,Value,Unit,Numerator,Denominator",
         ",\"Final billed, not sent\",2026-03-01,2026-03-31,31,days,227.00,227.00"),
        ("parts", ("kpi", "not-sent:by"), "flag,Hold reason,Days", ",READY,31"),
        ("ages", ("ageing",), 'flag,Age in days,"Owed, dollars"', ",over 120,0"),
    ):  # fmt: skip
        path = tmp_path / f"{name}.csv"
        say("report", *words, *days, "--plot", "--csv", str(path))
        lines = path.read_text(encoding="utf-8").splitlines()
        assert (lines[0], lines[-1]) == (head, last)
    (series,) = json.loads(say("report", "kpi", "not-sent", *days, "--json"))["series"]
    assert series["points"][-1] == {
        "start": "2026-03-01", "end": "2026-03-31", "value": 31.0, "numerator": 22_700, "denominator": 22_700
    }  # fmt: skip
    assert {one["label"]: one["value"] for one in json.loads(say("report", "ageing", *days, "--json"))["bars"]}[
        "0-30"
    ] == 227


def test_every_column_of_every_report_has_its_place_at_80_columns_but_those_that_are_for_wide_ones(
    world: World,
) -> None:
    world.claim()
    asked = [(key, "") for key in REPORTS] + [("kpi", "not-sent"), ("kpi", "not-sent:by"), ("ageing", "service:all")]
    for key, argument in asked:
        columns = world.owner.report(key, argument=argument).columns
        placed = {one.column.key for one in place(columns, 77, terminal=80)}
        assert {one.key for one in columns if not one.wide} <= placed, (key, argument)
