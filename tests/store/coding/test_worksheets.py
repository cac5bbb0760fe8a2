"""Worksheets keep their reason, and what is not on file is never assumed; macros, recents, earlier codes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store.claims.payers import SavePayer
from store.coding.case import whole_case
from store.coding.desk import read_desk
from store.coding.fees import fee_on
from store.coding.flow import FinishCoding
from store.coding.learned import ToggleFavourite
from store.coding.lines import AddLine, ChangeLine
from store.coding.shelf import KeepMacro, UseMacro, adding, handy, past_codes
from store.coding.worksheets import KeepVisitSheet, SetAnesthesia, SetMinutes
from store.errors import NotFound, Refused
from store.tables import Claim, Diagnosis, Encounter, Remark, ServiceLine, VisitSheet
from tests.store.world import DOS, World, person


def test_two_of_three_elements_carry_the_level_and_the_reason_is_kept(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id, finish=False)
    said = world.do(KeepVisitSheet(encounter_id, False, "moderate", "low", "moderate", 20)).said
    row = world.get(VisitSheet, encounter_id)
    assert (row.code, row.basis) == ("99214", "decision")
    assert "moderate by two of three" in row.why
    assert "Time not judged" in said
    with world.owner.reading() as session:
        case = whole_case(session, world.library, session.get_one(Encounter, encounter_id))
    assert (case.ctx["mdm"], case.ctx["minutes"]) == ("moderate", 20)


def test_the_edits_compare_the_line_with_the_worksheet(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    world.sql("UPDATE fee SET code='99215' WHERE code='G0438'")
    world.code(encounter_id, ("I10",), (("99215", (), 1, (1,)),), finish=False)
    world.do(KeepVisitSheet(encounter_id, False, "low", "low", "moderate"))
    with world.owner.reading() as session:
        found = {finding.edit for finding in read_desk(session, world.library, encounter_id).findings}
    assert "PX.EM_LEVEL" in found


def test_an_element_that_is_no_level_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="risk"):
        world.do(KeepVisitSheet(world.encounter(), False, risk="enormous"))


def timed(world: World, *payers: str) -> tuple[int, list[int]]:
    """Two lines that are counted by minutes."""
    encounter_id = world.encounter(*payers)
    world.code(encounter_id, ("I10",), (("G0438", (), 1, (1,)), ("G0008", (), 1, (1,))), finish=False)
    return encounter_id, [line.id for line in world.all(ServiceLine, encounter_id=encounter_id)]


@pytest.mark.parametrize(("rule", "units"), [("medicare", [1, 1]), ("midpoint", [1, 1])])
def test_minutes_become_units_by_the_payers_rule(world: World, rule: str, units: list[int]) -> None:
    world.sql("UPDATE payer SET timed_units=:rule", rule=rule)
    encounter_id, (first, second) = timed(world, "PRMUT")
    world.do(SetMinutes(encounter_id, first, 15))
    said = world.do(SetMinutes(encounter_id, second, 10)).said
    lines = world.all(ServiceLine, encounter_id=encounter_id)
    assert [line.units for line in lines] == units
    assert [line.minutes for line in lines] == [15, 10]
    assert rule in said


def test_ten_and_ten_minutes_are_one_unit_for_medicare_and_two_by_the_midpoint(world: World) -> None:
    encounter_id, (first, second) = timed(world, "MEDB")
    world.do(SetMinutes(encounter_id, first, 10))
    with pytest.raises(Refused, match="has no unit"):
        world.do(SetMinutes(encounter_id, second, 10))
    world.sql("UPDATE payer SET timed_units='midpoint'")
    world.do(SetMinutes(encounter_id, second, 10))
    assert [line.units for line in world.all(ServiceLine, encounter_id=encounter_id)] == [1, 1]


def test_a_rule_that_is_not_on_file_is_not_assumed(world: World) -> None:
    encounter_id, (first, _) = timed(world, "PRMUT")
    with pytest.raises(Refused, match="not on file"):
        world.do(SetMinutes(encounter_id, first, 30))
    alone, (line, _) = timed(world)
    with pytest.raises(Refused, match="no payer"):
        world.do(SetMinutes(alone, line, 30))


def test_units_that_are_typed_forget_the_minutes(world: World) -> None:
    encounter_id, (first, _) = timed(world, "MEDB")
    world.do(SetMinutes(encounter_id, first, 40))
    assert world.get(ServiceLine, first).units == 3
    world.do(ChangeLine(encounter_id, first, units=1))
    line = world.get(ServiceLine, first)
    assert (line.units, line.minutes, line.charge) == (1, None, 19_500)


def anesthesia(world: World, *payers: str) -> tuple[int, int]:
    """A visit with anaesthesia at $90.00 a unit and a second line; the ids of the encounter and of the first line."""
    world.sql("UPDATE fee SET code='00840', cents=9000 WHERE code='G0438'")
    encounter_id = world.encounter(*payers)
    world.code(encounter_id, ("I10",), (("00840", (), 1, (1,)), ("G0008", (), 1, (1,))), finish=False)
    return encounter_id, world.all(ServiceLine, encounter_id=encounter_id)[0].id


def test_anaesthesia_is_charged_by_base_and_time_and_told_in_minutes(world: World) -> None:
    encounter_id, line_id = anesthesia(world, "MEDB")
    said = world.do(SetAnesthesia(encounter_id, line_id, 95, 6)).said
    assert "6 base + 95 min / 15 = 6.3 time = 12.3 units" in said
    line = world.get(ServiceLine, line_id)
    assert (line.minutes, line.units, line.charge) == (95, 1, 110_700)
    assert "6.3 time" in world.one(Remark, subject=f"coding:{encounter_id}").text
    with world.owner.reading() as session:
        assert [row.anesthesia for row in read_desk(session, world.library, encounter_id).lines] == [95, None]
    world.do(FinishCoding(encounter_id))
    world.let_pass(world.one(Claim, encounter_id=encounter_id).id)
    assert "SV1*HC:00840*1107*MJ*95*" in world.send()
    assert world.faults() == []


def test_anaesthesia_goes_by_the_payers_own_rule_or_by_none(world: World) -> None:
    encounter_id, line_id = anesthesia(world, "PRMUT")
    with pytest.raises(Refused, match="anaesthesia is not on file"):
        world.do(SetAnesthesia(encounter_id, line_id, 95, 6))
    with pytest.raises(Refused, match="anesthesia"):
        world.do(SavePayer('payer_id = "PRMUT"\nanesthesia = "15 minutes"'))
    world.do(SavePayer('payer_id = "PRMUT"\nanesthesia = "15 started status"'))
    assert (
        "6 base + 95 min / 15 = 7 time + 1 modifying = 14"
        in world.do(SetAnesthesia(encounter_id, line_id, 95, 6, 1)).said
    )
    for wrong in (SetAnesthesia(encounter_id, line_id, 0, 6), SetAnesthesia(encounter_id, line_id, 10, 100)):
        with pytest.raises(Refused):
            world.do(wrong)
    with pytest.raises(Refused, match="base units too"):
        world.do(SetMinutes(encounter_id, line_id, 30))
    with pytest.raises(Refused, match="not anaesthesia"):
        world.do(SetAnesthesia(encounter_id, world.all(ServiceLine, encounter_id=encounter_id)[1].id, 30, 5))


def test_a_macro_adds_what_is_missing_and_points_as_it_was_kept(world: World) -> None:
    source = world.encounter("PRMUT")
    world.code(source, ("I10", "E11.9"), (("G0438", ("25",), 1, (2, 1)),), finish=False)
    macro = int(str(world.do(KeepMacro(source, "check-up")).result))
    target = world.encounter("PRMUT")
    world.code(target, ("R05.1", "I10"), (), finish=False)
    world.do(UseMacro(target, macro))
    rows = world.all(Diagnosis, encounter_id=target)
    assert [row.code for row in rows] == ["R05.1", "I10", "E11.9"]
    line = world.one(ServiceLine, encounter_id=target)
    assert (line.code, line.modifiers, line.pointers) == ("G0438", "25", f"{rows[2].id},{rows[1].id}")
    with pytest.raises(NotFound):
        world.who("coder").do(UseMacro(target, macro))


def test_what_one_used_last_is_at_hand_once(world: World) -> None:
    first = world.encounter()
    world.code(first, ("I10", "E11.9"), (), finish=False)
    second = world.encounter()
    world.code(second, ("R05.1", "I10"), (), finish=False)
    world.do(AddLine(second, "G0008"))
    with world.owner.reading() as session:
        mine = handy(session, world.owner.actor.user_id, world.library)
        others = handy(session, world.who("coder").actor.user_id, world.library)
    assert [(one.kind, one.value) for one in mine] == [("recent", "I10"), ("recent", "R05.1"), ("recent", "E11.9")]
    assert others == ()


def test_a_favourite_is_added_as_what_it_is_and_has_a_title_before_it_was_ever_coded(world: World) -> None:
    for code in ("R05.1", "G0438"):
        world.do(ToggleFavourite(code))
    visit = world.encounter("PRMUT")
    with world.owner.reading() as session:
        line, diagnosis = handy(session, world.owner.actor.user_id, world.library)
    assert (diagnosis.value, diagnosis.label, diagnosis.procedure) == ("R05.1", "Acute cough", False)
    assert (line.value, bool(line.label), line.procedure) == ("G0438", True, True)
    for one in (line, diagnosis):
        world.do(adding(visit, one.value, (None, None), procedure=one.procedure))
    assert [row.code for row in world.all(Diagnosis, encounter_id=visit)] == ["R05.1"]
    added = world.one(ServiceLine, encounter_id=visit)
    with world.owner.reading() as session:
        assert (added.code, added.charge) == ("G0438", fee_on(session, "G0438", DOS).cents)


def test_earlier_codes_are_those_of_24_months_and_tell_no_contact(world: World) -> None:
    somebody = person("P77")
    old = world.encounter("PRMUT", patient=somebody, day=DOS - timedelta(days=90))
    world.code(old, ("J02.9",), finish=False)
    world.sql("UPDATE encounter SET service_date=:day", day=DOS - timedelta(days=800))
    near = world.encounter("PRMUT", patient=somebody, day=DOS - timedelta(days=60))
    world.code(near, ("E11.9", "I10"), finish=False)
    now = world.encounter("PRMUT", patient=somebody)
    with world.who("coder").reading() as session:
        record = past_codes(session, now)
    text = repr(record)
    assert "E11.9 I10" in text
    assert "J02.9" not in text
    assert "1 visit in" in record.headline
    for hidden in ("Elm", "Doe", "Jane", "66899"):
        assert hidden not in text
