"""`superbill codes load` beside a practice: its open work goes back, now or when the command is run again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from codesets import LoadReport, Refused
from codesets.library.model import ChangedCode
from store.tables import Claim, Encounter
from tests.store.world import DAY, World, on
from tui import commands
from tui.cli import app

REPORT = LoadReport(
    path=Path("codes.sqlite"), kind="icd10cm-addenda", system="ICD10CM", effective=DAY.replace(month=1),
    labels=("ICD-10-CM code addenda",), source="addenda.txt", rows=1, already=False, added=(),
    deleted=(ChangedCode("I10", "Essential (primary) hypertension"),), revised=(), notice="", seconds=0.0,
)  # fmt: skip


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command; what a load says is given, for a load itself takes half a minute."""
    if not app.registered_groups:
        commands.register(app)
    loads: list[LoadReport] = []

    def load(*_: Any, **__: Any) -> LoadReport:
        loads.append(replace(REPORT, already=bool(loads)))
        return loads[-1]

    monkeypatch.setattr("codesets.library.load.load", load)
    monkeypatch.setattr(commands.codes, "prepare_reading", lambda _shown: None)

    def call(db: str, *more: str) -> Any:
        with on(DAY):
            return CliRunner().invoke(app, ["codes", "load", "icd10cm-addenda", "addenda.txt", "--db", db, *more])

    return call


def test_a_load_gives_the_open_work_of_the_practice_back_to_the_coders(world: World, run: Any) -> None:
    claim_id = world.claim()
    document = json.loads(run(world.url, "--json").stdout)
    encounter = world.get(Encounter, world.get(Claim, claim_id).encounter_id)
    assert document["changed"] == ["I10"]
    assert [(row["encounter"], row["claim"]) for row in document["open_work"]] == [(encounter.number, claim_id)]
    assert encounter.state == "RECODE"


def test_where_giving_back_fails_the_library_stays_loaded_and_running_it_again_gives_back(
    world: World, run: Any
) -> None:
    claim_id = world.claim()
    failed = run("sqlite:////nowhere/at/all.db")
    assert isinstance(failed.exception, Refused)
    assert "is loaded, but open work was not given back" in failed.exception.what
    assert "again" in failed.exception.do
    told = run(world.url).stdout
    assert "loaded already" in told
    assert "1 of them went back to coding" in told
    assert world.get(Encounter, world.get(Claim, claim_id).encounter_id).state == "RECODE"
    assert "No open work" in run(world.url).stdout or "went back" in run(world.url).stdout
