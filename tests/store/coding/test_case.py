"""What the edits are told beside the codes: drugs of the note, earlier visits; and what they could not look at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from codesets import CodeLibrary, open_library
from codesets.edits import not_checked
from store.claims.facts import put
from store.coding.case import whole_case
from store.coding.desk import read_desk
from store.tables import Encounter
from tests.codesets.edits.rules import library_with_rules
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


@pytest.fixture(scope="module")
def ruled(built_library_path: Path) -> Iterator[CodeLibrary]:
    """The library with pairs, limits, add-on codes and a fee schedule."""
    with open_library(library_with_rules(built_library_path)) as opened:
        yield opened


def told(world: World, library: CodeLibrary, encounter_id: int, edit: str) -> list[tuple[str, str]]:
    """Severity and message of each finding of an edit, as the desk shows them."""
    with world.owner.reading() as session:
        found = read_desk(session, library, encounter_id).findings
    return [(finding.severity.value, finding.message) for finding in found if finding.edit == edit]


def test_procedures_of_other_encounters_of_the_day_count_for_pairs_limits_and_add_ons(
    world: World, ruled: CodeLibrary
) -> None:
    somebody = person("TWICE")
    earlier = world.encounter("PRMUT", patient=somebody)
    world.code(earlier, lines=(("G0438", (), 1, (1,)), ("J0696", (), 3, (1,))), finish=False)
    world.sql(
        "UPDATE fee SET code='G2211' WHERE code NOT IN ('G0438', 'G0008', 'J0696') AND id = (SELECT max(id) FROM fee)"
    )
    now = world.encounter("PRMUT", patient=somebody)
    world.code(now, lines=(("G0008", (), 1, (1,)), ("J0696", (), 2, (1,)), ("G2211", (), 1, (1,))), finish=False)
    pairs = told(world, ruled, now, "PX.PTP")
    assert [severity for severity, _ in pairs] == ["error", "warn"]
    assert "G0008 is not paid beside G0438 on the same day (of another encounter)" in pairs[0][1]
    assert told(world, ruled, now, "PX.MUE") == [("warn", "J0696 has 5 units; 4 at most are paid on one day.")]
    assert told(world, ruled, now, "PX.ADDON") == []
    world.sql("UPDATE encounter SET service_date=:day WHERE id=:id", day=DOS - timedelta(days=1), id=earlier)
    assert [severity for severity, _ in told(world, ruled, now, "PX.PTP")] == ["warn"]
    assert told(world, ruled, now, "PX.MUE") == []
    assert told(world, ruled, now, "PX.ADDON") != []


def test_a_visit_in_the_global_days_of_an_earlier_procedure_is_asked_about(world: World, ruled: CodeLibrary) -> None:
    somebody = person("SURGERY")
    world.encounter("PRMUT", day=DOS - timedelta(days=400))
    surgery = world.encounter("PRMUT", patient=somebody, day=DOS - timedelta(days=60))
    world.code(surgery, lines=(("J0696", (), 1, (1,)),), finish=False)
    world.sql("UPDATE fee SET code='99213' WHERE code='G0438'")
    now = world.encounter("PRMUT", patient=somebody)
    world.code(now, lines=(("99213", (), 1, (1,)),), finish=False)
    ((severity, message),) = told(world, ruled, now, "PX.GLOBAL")
    assert severity == "warn"
    assert "90 global days of J0696" in message
    world.sql("UPDATE service_line SET modifiers='24' WHERE code='99213'")
    assert told(world, ruled, now, "PX.GLOBAL") == []
    world.sql("UPDATE service_line SET modifiers='' WHERE code='99213'")
    world.sql("UPDATE encounter SET service_date=:day WHERE id=:id", day=DOS - timedelta(days=91), id=surgery)
    assert told(world, ruled, now, "PX.GLOBAL") == []


def test_the_desk_names_the_surgery_in_whose_global_days_a_visit_falls_and_its_authorisation(
    world: World, ruled: CodeLibrary
) -> None:
    somebody = person("SURGERY")
    surgery = world.encounter("PRMUT", patient=somebody, day=DOS - timedelta(days=60))
    world.code(surgery, lines=(("J0696", (), 1, (1,)),), finish=False)
    now = world.encounter("PRMUT", patient=somebody)
    with Session(world.engine) as session:
        put(session, now, None, "authorization", "A123")
        session.commit()
    with world.owner.reading() as session:
        shown, other = read_desk(session, ruled, now), read_desk(session, ruled, surgery)
    assert shown.authorization == "A123"
    assert (other.authorization, other.prior_global) == ("", None)
    found = shown.prior_global
    assert found is not None  # though the records are too young to say that there is no other
    assert (found.code, found.days, found.until) == ("J0696", 90, DOS + timedelta(days=30))
