"""What the edits are told beside the codes: drugs of the note, earlier visits; and what they could not look at."""

from __future__ import annotations

from datetime import date, timedelta

from codesets.edits import not_checked
from store.coding.case import whole_case
from store.coding.desk import read_desk
from store.tables import Encounter
from tests.store.world import DOS, World, person

NOTE = "HPI: Type 2 diabetes. Takes insulin glargine 20 units nightly.\nA/P: Type 2 diabetes, stable.\n"


def edits_on(world: World, encounter_id: int) -> set[str]:
    with world.owner.reading() as session:
        return {finding.edit for finding in read_desk(session, world.library, encounter_id).findings}


def test_the_drugs_of_the_note_reach_the_edits(world: World) -> None:
    encounter_id = world.encounter("PRMUT", note=NOTE)
    world.code(encounter_id, ("E11.9",), finish=False)
    assert "DX.DM_INSULIN" in edits_on(world, encounter_id)
    other = world.encounter("PRMUT", note="A/P: Type 2 diabetes, stable. Denies insulin.")
    world.code(other, ("E11.9",), finish=False)
    assert "DX.DM_INSULIN" not in edits_on(world, other)


def test_the_words_behind_a_code_reach_the_edits(world: World) -> None:
    note = "A/P: Probable pneumonia."
    encounter_id = world.encounter("PRMUT", note=note)
    from store.coding.diagnoses import AddDiagnosis

    world.do(AddDiagnosis(encounter_id, "J18.9", 5, 23))
    assert "DX.UNCERTAIN" in edits_on(world, encounter_id)


def test_a_patient_seen_before_is_not_new(world: World) -> None:
    somebody = person("RETURNS")
    world.encounter("PRMUT", patient=somebody, day=DOS - timedelta(days=40))
    encounter_id = world.encounter("PRMUT", patient=somebody)
    world.sql("UPDATE fee SET code='99203' WHERE code='G0438'")
    world.code(encounter_id, ("I10",), (("99203", (), 1, (1,)),), finish=False)
    assert "PX.NEW_EST" in edits_on(world, encounter_id)


def test_without_three_years_of_records_nobody_is_called_new(world: World) -> None:
    """An established patient of a practice that started with the program this year is not questioned."""
    encounter_id = world.encounter("PRMUT")
    world.sql("UPDATE fee SET code='99213' WHERE code='G0438'")
    world.code(encounter_id, ("I10",), (("99213", (), 1, (1,)),), finish=False)
    assert "PX.NEW_EST" not in edits_on(world, encounter_id)
    with world.owner.reading() as session:
        case = whole_case(session, world.library, session.get_one(Encounter, encounter_id))
    assert any("PX.NEW_EST" in told for told in not_checked(case, world.library))


def test_with_three_years_of_records_an_unknown_patient_is_no_established_one(world: World) -> None:
    world.encounter("PRMUT", day=date(2022, 1, 3))
    encounter_id = world.encounter("PRMUT")
    world.sql("UPDATE fee SET code='99213' WHERE code='G0438'")
    world.code(encounter_id, ("I10",), (("99213", (), 1, (1,)),), finish=False)
    assert "PX.NEW_EST" in edits_on(world, encounter_id)


def test_what_is_not_loaded_is_told_as_not_checked(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id, finish=False)
    with world.owner.reading() as session:
        told = " ".join(read_desk(session, world.library, encounter_id).not_checked)
    for edit in ("PX.PTP", "PX.MUE", "PX.ADDON", "PX.MEDNEC", "PX.GLOBAL"):
        assert edit in told
