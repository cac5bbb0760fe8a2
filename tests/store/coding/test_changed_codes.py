"""A release that deletes or revises codes sends the open work that holds them back to the coders."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from store.coding.changed_codes import ReturnTouched
from store.coding.diagnoses import AddDiagnosis, RemoveDiagnosis
from store.coding.flow import FinishCoding, HoldEncounter
from store.tables import Batch, Claim, Diagnosis, Encounter, WorkItem
from tests.store.world import DOS, World

BEFORE = date(2026, 1, 1)
HELD_UNTIL = DOS + timedelta(days=30)


def load(world: World, *deleted: str, revised: tuple[str, ...] = (), effective: date = BEFORE) -> list[list[object]]:
    rows = world.do(ReturnTouched(effective, deleted, revised)).result
    assert isinstance(rows, list)
    return rows


def item(world: World, encounter_id: int) -> WorkItem:
    return world.one(WorkItem, queue="coding", subject_id=encounter_id)


def test_a_claim_that_has_not_gone_out_comes_back_to_coding_and_waits(world: World) -> None:
    claim_id = world.claim()
    encounter_id = world.get(Claim, claim_id).encounter_id
    ((number, on, _, codes, claim),) = load(world, "I10", "Z99.2")
    encounter = world.get(Encounter, encounter_id)
    assert (number, on, codes, claim) == (encounter.number, DOS.isoformat(), ["I10"], claim_id)
    assert encounter.state == "RECODE"
    assert item(world, encounter_id).open
    assert item(world, encounter_id).reason == "recode: codes of 2026-01-01: I10 deleted"
    with pytest.raises(Exception, match="ready"):
        world.send()
    assert world.all(Batch) == []


def test_the_recoded_encounter_goes_out_with_the_new_code(world: World) -> None:
    claim_id = world.claim()
    encounter_id = world.get(Claim, claim_id).encounter_id
    load(world, "I10")
    world.do(AddDiagnosis(encounter_id, "R05.1", first=True))
    world.do(RemoveDiagnosis(encounter_id, world.one(Diagnosis, encounter_id=encounter_id, code="I10").id))
    for line in (1, 2):
        point(world, encounter_id, line)
    world.do(FinishCoding(encounter_id))
    assert load(world, "I10") == []
    assert "R051" in world.send()


def point(world: World, encounter_id: int, position: int) -> None:
    from store.coding.lines import TogglePointer
    from store.tables import ServiceLine

    line = world.one(ServiceLine, encounter_id=encounter_id, position=position)
    diagnosis = world.one(Diagnosis, encounter_id=encounter_id, code="R05.1")
    world.do(TogglePointer(encounter_id, line.id, diagnosis.id))


def test_work_that_the_coders_have_stays_there_and_says_why(world: World) -> None:
    encounter_id, held = world.encounter("PRMUT"), world.encounter("PRMUT")
    for one in (encounter_id, held):
        world.do(AddDiagnosis(one, "I10"))
    world.do(HoldEncounter(held, HELD_UNTIL, "waiting for the report"))
    rows = load(world, revised=("I10",))
    assert [(row[2], row[4]) for row in rows] == [("IN_PROGRESS", None), ("HOLD", None)]
    assert item(world, encounter_id).reason == "codes of 2026-01-01: I10 revised"
    assert world.get(Encounter, held).state == "HOLD"


def test_a_procedure_code_counts_too(world: World) -> None:
    world.claim()
    assert [row[3] for row in load(world, "G0438")] == [["G0438"]]


def test_what_was_sent_and_what_is_of_an_earlier_date_is_left_alone(world: World) -> None:
    sent = world.sent()
    waiting = world.claim()
    before = world.dump()
    assert load(world, "I10", effective=DOS + timedelta(days=1)) == []
    assert world.dump() == before
    assert [row[4] for row in load(world, "I10")] == [waiting]
    assert world.get(Encounter, world.get(Claim, sent).encounter_id).state == "RELEASED"


def test_the_discharge_date_of_an_inpatient_decides(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    world.do(AddDiagnosis(encounter_id, "I10"))
    effective = DOS + timedelta(days=2)
    assert load(world, "I10", effective=effective) == []
    world.sql(f"UPDATE encounter SET discharge_date='{effective}'")
    assert len(load(world, "I10", effective=effective)) == 1
