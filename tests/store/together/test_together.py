"""Many people at once, and people who are cut off: nothing twice, nothing lost, nothing half."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from store.coding.whole import CodeEncounter
from store.tables import Encounter
from tests.store.together.hands import kill_at_random, many_items, percentile, together, twice
from tests.store.together.killed import KINDS, finish, prepare, trial
from tests.store.world import VISIT, LoginWorld, World

ITEMS = 100
SEED = 8


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> World:
    """A practice on each kind of database, whatever the other tests run on."""
    if request.param == "sqlite":
        found: World = request.getfixturevalue("world")
        if not found.on_sqlite:
            pytest.skip("the same is tested with the other parameter")
        return found
    on_postgres: LoginWorld = request.getfixturevalue("postgres_world")
    return on_postgres


def test_every_item_goes_to_one_person_and_all_are_worked(either: World) -> None:
    many_items(either, ITEMS)
    taken = together(either, hands=8, seconds=60)
    assert twice(taken) == []
    assert len({one.item_id for one in taken}) == len(taken)
    assert len(taken) >= ITEMS
    assert len({one.user_id for one in taken}) >= 2
    assert either.sql("SELECT count(*) FROM work_item WHERE queue='coding' AND open") == [(0,)]
    assert either.sql("SELECT count(*) FROM remark WHERE text='worked'") == [(len(taken),)]
    assert percentile(taken, 99) > 0


def test_what_was_said_to_be_done_is_done_whenever_the_process_is_killed(either: World, tmp_path: Path) -> None:
    """Each kill at a random moment: the books hold, every acknowledged encounter is coded, and the run goes on."""
    chance = random.Random(SEED)
    acks = tmp_path / "acks"
    encounters = [either.encounter("PRMUT") for _ in range(24)]
    for _ in range(6):
        kill_at_random(either, encounters, acks, chance)
        said = {int(line) for line in acks.read_text().splitlines()} if acks.exists() else set()
        coded = {one.id for one in either.all(Encounter) if one.state in {"CODED", "RELEASED"}}
        assert said <= coded, f"seed {SEED}: lost {said - coded}"
        assert either.faults() == []
    for encounter_id in encounters:
        either.do(CodeEncounter(encounter_id, (("I10", None, None),), VISIT), key=f"code {encounter_id}")
    assert {one.state for one in either.all(Encounter)} == {"RELEASED"}
    assert either.faults() == []


def test_whatever_is_killed_at_any_statement_loses_nothing_that_was_said(world: World, tmp_path: Path) -> None:
    """Import, coding, posting and a statement run, each killed by lot; then all of it is done once, under its keys."""
    work = prepare(world, 3)
    killed = [
        trial(world, work, kind, tmp_path / "out", tmp_path / "acks", SEED * 1_000 + 2 * number)
        for number, kind in enumerate(KINDS)
    ]
    assert any(killed)
    finish(world, work, tmp_path / "out")
