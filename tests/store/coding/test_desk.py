"""Coding: what can't stand on a claim is refused with the reason when it is entered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from store.coding.desk import Desk, procedures, read_desk
from store.coding.diagnoses import AddDiagnosis, LinkEvidence, MoveDiagnosis, RemoveDiagnosis
from store.coding.flow import FinishCoding
from store.coding.lines import AddLine, ChangeLine, RemoveLine, TogglePointer
from store.coding.whole import CodeEncounter
from store.errors import NotFound, Refused
from store.tables import Encounter
from tests.store.world import DAY, NOTE, World, on, person

TWELVE = ("I10", "E11.9", "J02.9", "R05.1", "M54.50", "E78.5", "K21.9", "N39.0", "J45.909", "F41.1", "R51.9", "Z79.4")

THIRTEEN_MORE = (
    "I48.91",
    "N17.9",
    "J18.9",
    "E87.6",
    "D64.9",
    "L03.115",
    "H61.23",
    "R11.0",
    "I25.10",
    "G47.33",
    "F32.A",
    "M10.9",
    "B37.0",
)


@pytest.fixture
def visit(world: World) -> int:
    return world.encounter("PRMUT")


def desk(world: World, encounter_id: int) -> Desk:
    with world.owner.reading() as session:
        return read_desk(session, world.library, encounter_id)


def dx(world: World, encounter_id: int, *codes: str) -> list[int]:
    return [int(str(world.do(AddDiagnosis(encounter_id, code)).result)) for code in codes]


def codes(world: World, encounter_id: int) -> list[str]:
    return [row.code for row in desk(world, encounter_id).diagnoses]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("E11", "E11"),
        ("S52.5", "S52.5"),
        ("S52.501", "7th character"),
        ("XYZ", "XYZ"),
        ("", "code"),
        ("I10; DROP TABLE diagnosis", "I10;"),
    ],
)
def test_what_is_not_a_billable_code_is_refused(world: World, visit: int, code: str, words: str) -> None:
    before = world.dump(everything=True)
    with pytest.raises(Refused, match=words) as refused:
        world.do(AddDiagnosis(visit, code))
    assert refused.value.what
    assert world.dump(everything=True) == before


def test_a_code_that_is_not_in_force_on_the_date_of_service_is_refused(world: World) -> None:
    visit = world.encounter("PRMUT", day=date(2019, 3, 1))
    with pytest.raises(Refused, match="in force"):
        world.do(AddDiagnosis(visit, "U07.1"))
    world.do(AddDiagnosis(visit, "I10"))
    assert codes(world, visit) == ["I10"]


def test_an_inpatient_is_judged_by_the_discharge(world: World) -> None:
    visit = world.encounter(day=date(2024, 12, 30), setting="inpatient", discharge_date=date(2026, 1, 2))
    world.do(AddDiagnosis(visit, "I10"))
    assert desk(world, visit).on == date(2026, 1, 2)


def test_a_code_stands_once_on_an_encounter_however_it_is_written(world: World, visit: int) -> None:
    world.do(AddDiagnosis(visit, "e119"))
    assert codes(world, visit) == ["E11.9"]
    for again in ("E11.9", "E119", " e11.9 "):
        with pytest.raises(Refused, match="already on the encounter"):
            world.do(AddDiagnosis(visit, again))


def test_there_is_no_thirteenth_diagnosis(world: World, visit: int) -> None:
    dx(world, visit, *TWELVE)
    with pytest.raises(Refused, match="at most 12"):
        world.do(AddDiagnosis(visit, "L30.9"))
    assert codes(world, visit) == list(TWELVE)


def test_a_stay_has_the_principal_diagnosis_and_up_to_24_others(world: World) -> None:
    stay = world.encounter("PRMUT", place="21", setting="inpatient", discharge_date=DAY)
    dx(world, stay, *TWELVE, *THIRTEEN_MORE)
    assert len(codes(world, stay)) == 25
    with pytest.raises(Refused, match="at most 25"):
        world.do(AddDiagnosis(stay, "L30.9"))


def test_a_line_points_to_the_first_twelve_diagnoses_of_a_stay(world: World) -> None:
    stay = world.encounter("PRMUT", place="21", setting="inpatient", discharge_date=DAY)
    rows = dx(world, stay, *TWELVE, *THIRTEEN_MORE)
    line = int(str(world.do(AddLine(stay, "G0438", pointers=(rows[11],))).result))
    for far in (rows[12], rows[24]):
        with pytest.raises(Refused, match="one of the first 12"):
            world.do(TogglePointer(stay, line, far))
        with pytest.raises(Refused, match="one of the first 12"):
            world.do(AddLine(stay, "G0008", pointers=(rows[0], far)))
    assert desk(world, stay).lines[0].pointers == (12,)


def test_a_diagnosis_that_a_line_points_to_stays_among_the_first_twelve(world: World) -> None:
    stay = world.encounter("PRMUT", place="21", setting="inpatient", discharge_date=DAY)
    rows = dx(world, stay, *TWELVE, *THIRTEEN_MORE[:3])
    line = int(str(world.do(AddLine(stay, "G0438", pointers=(rows[0], rows[11]))).result))
    before = codes(world, stay)
    moves = (MoveDiagnosis(stay, rows[11], 1), MoveDiagnosis(stay, rows[14], -9))
    for push in (*moves, AddDiagnosis(stay, "L30.9", first=True)):
        with pytest.raises(Refused, match=r"Line 1 points to Z79\.4, which would be past number 12"):
            world.do(push)
    assert codes(world, stay) == before
    world.do(TogglePointer(stay, line, rows[11]))
    world.do(MoveDiagnosis(stay, rows[11], 1))
    assert codes(world, stay)[12] == "Z79.4"
    assert desk(world, stay).lines[0].pointers == (1,)


def test_evidence_is_a_span_of_the_note(world: World, visit: int) -> None:
    row = int(str(world.do(AddDiagnosis(visit, "I10", 10, 30)).result))
    assert desk(world, visit).diagnoses[0].span == (10, 30)
    world.do(LinkEvidence(visit, row, 0, len(NOTE)))
    assert desk(world, visit).diagnoses[0].span == (0, len(NOTE))
    for span in ((5, 5), (-1, 4), (9, 3), (0, len(NOTE) + 1)):
        with pytest.raises(Refused, match="The note has no characters"):
            world.do(LinkEvidence(visit, row, *span))


def test_a_first_listed_code_goes_before_the_others(world: World, visit: int) -> None:
    dx(world, visit, "I10", "E11.9")
    world.do(AddDiagnosis(visit, "J02.9", first=True))
    assert codes(world, visit) == ["J02.9", "I10", "E11.9"]


@pytest.mark.parametrize(("which", "by", "order"), [(0, 1, "bacd"), (3, -3, "dabc"), (1, 2, "acdb"), (2, -1, "acbd")])
def test_moving_a_code_keeps_what_every_line_points_to(
    world: World, visit: int, which: int, by: int, order: str
) -> None:
    rows = dx(world, visit, "I10", "E11.9", "J02.9", "R05.1")
    names = dict(zip(rows, "abcd", strict=True))
    world.do(AddLine(visit, "G0438", pointers=(rows[2], rows[0])))
    world.do(MoveDiagnosis(visit, rows[which], by))
    found = desk(world, visit)
    assert "".join(names[row.id] for row in found.diagnoses) == order
    assert [row.position for row in found.diagnoses] == [1, 2, 3, 4]
    pointed = [found.diagnoses[position - 1].id for position in found.lines[0].pointers]
    assert pointed == [rows[2], rows[0]]


def test_a_code_at_the_end_moves_no_further(world: World, visit: int) -> None:
    first, last = dx(world, visit, "I10", "E11.9")
    with pytest.raises(Refused, match="already first"):
        world.do(MoveDiagnosis(visit, first, -1))
    with pytest.raises(Refused, match="already last"):
        world.do(MoveDiagnosis(visit, last, 1))


def test_a_removed_code_leaves_the_lines_that_pointed_to_it(world: World, visit: int) -> None:
    a, b, c = dx(world, visit, "I10", "E11.9", "J02.9")
    world.do(AddLine(visit, "G0438", pointers=(b, c, a)))
    world.do(RemoveDiagnosis(visit, b))
    found = desk(world, visit)
    assert [row.code for row in found.diagnoses] == ["I10", "J02.9"]
    assert [row.position for row in found.diagnoses] == [1, 2]
    assert found.lines[0].pointers == (2, 1)


# --- lines --------------------------------------------------------------------------------------------------------


def test_a_line_takes_its_price_from_the_fee_schedule(world: World, visit: int) -> None:
    dx(world, visit, "I10")
    world.do(AddLine(visit, "g0008", units=3))
    (line,) = desk(world, visit).lines
    assert (line.code, line.charge, line.pointers) == ("G0008", 9600, (1,))
    world.do(ChangeLine(visit, line.id, units=2))
    assert desk(world, visit).lines[0].charge == 6400


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"code": "ZZ000"}, "not in the fee schedule"),
        ({"code": ""}, "not in the fee schedule"),
        ({"units": 0}, "whole number from 1"),
        ({"units": -1}, "whole number from 1"),
        ({"units": 10_000}, "whole number from 1"),
        ({"modifiers": ("25", "59", "GA", "LT", "RT")}, "at most 4 modifiers"),
        ({"modifiers": ("25", "25")}, "only once"),
        ({"modifiers": ("2",)}, "not a modifier"),
        ({"modifiers": ("²5",)}, "not a modifier"),
        ({"modifiers": ("25*",)}, "not a modifier"),
    ],
)
def test_a_line_that_no_claim_can_hold_is_refused(world: World, visit: int, line: dict[str, Any], words: str) -> None:
    dx(world, visit, "I10")
    before = world.dump(everything=True)
    with pytest.raises(Refused, match=words):
        world.do(AddLine(visit, **({"code": "G0438"} | line)))
    assert world.dump(everything=True) == before


def test_a_price_that_is_not_in_force_yet_or_any_more_is_refused(world: World) -> None:
    world.sql("UPDATE fee SET valid_to='2026-02-28' WHERE code='G0008'")
    world.sql("UPDATE fee SET valid_from='2026-04-01' WHERE code='G0438'")
    visit = world.encounter("PRMUT")
    for code in ("G0008", "G0438"):
        with pytest.raises(Refused, match=f"{code} is not in force on 2026-03-02"):
            world.do(AddLine(visit, code))
    with world.owner.reading() as session:
        offered = {procedure.code for procedure in procedures(session, date(2026, 3, 2))}
    assert not offered & {"G0008", "G0438"}


def test_there_is_no_fifth_pointer_and_none_twice(world: World, visit: int) -> None:
    rows = dx(world, visit, *TWELVE[:5])
    with pytest.raises(Refused, match="at most 4"):
        world.do(AddLine(visit, "G0438", pointers=tuple(rows)))
    with pytest.raises(Refused, match="only once"):
        world.do(AddLine(visit, "G0438", pointers=(rows[0], rows[0])))
    line = int(str(world.do(AddLine(visit, "G0438", pointers=tuple(rows[:4]))).result))
    with pytest.raises(Refused, match="at most 4"):
        world.do(TogglePointer(visit, line, rows[4]))
    world.do(TogglePointer(visit, line, rows[1]))
    world.do(TogglePointer(visit, line, rows[4]))
    assert desk(world, visit).lines[0].pointers == (1, 3, 4, 5)


def test_lines_have_an_end(world: World, visit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    world.code(visit, lines=[("G0438", (), 1, (1,))] * 51, finish=False)  # more than a claim holds: it takes several
    monkeypatch.setattr("store.coding.lines.MAX_LINES", 51)
    with pytest.raises(Refused, match="at most 51 lines"):
        world.do(AddLine(visit, "G0438"))


def test_lines_close_up_when_one_is_removed(world: World, visit: int) -> None:
    world.code(visit, lines=[(code, (), 1, (1,)) for code in ("G0438", "G0008", "J0696")], finish=False)
    world.do(RemoveLine(visit, desk(world, visit).lines[1].id))
    assert [(line.position, line.code) for line in desk(world, visit).lines] == [(1, "G0438"), (2, "J0696")]


def test_codes_and_lines_of_another_encounter_are_out_of_reach(world: World, visit: int) -> None:
    other = world.encounter("PRMUT")
    world.code(other, finish=False)
    row, line = desk(world, other).diagnoses[0].id, desk(world, other).lines[0].id
    dx(world, visit, "I10")
    for command in (RemoveDiagnosis(visit, row), AddLine(visit, "G0438", pointers=(row,)), RemoveLine(visit, line)):
        with pytest.raises(NotFound, match="is not on Encounter"):
            world.do(command)


# --- a whole coding at once ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("pointers", [(0,), (2,), (-1,), (1, 1)])
def test_a_whole_coding_that_points_nowhere_is_refused_whole(
    world: World, visit: int, pointers: tuple[int, ...]
) -> None:
    before = world.dump(everything=True)
    with pytest.raises(Refused):
        world.do(CodeEncounter(visit, (("I10", None, None),), (("G0438", (), 1, pointers),)))
    assert world.dump(everything=True) == before


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda _w, _v: None, "no diagnosis yet"),
        (lambda w, v: dx(w, v, "I10"), "no procedure line yet"),
        (lambda w, v: (dx(w, v, "I10"), w.do(AddLine(v, "G0438", pointers=()))), "points to no diagnosis"),
    ],
)
def test_what_is_not_complete_is_not_finished(
    world: World, visit: int, prepare: Callable[[World, int], object], words: str
) -> None:
    prepare(world, visit)
    before = world.dump(everything=True)
    with pytest.raises(Refused, match=words):
        world.do(FinishCoding(visit))
    assert world.dump(everything=True) == before


def test_a_code_that_went_out_of_force_since_stops_the_finish(world: World, visit: int) -> None:
    world.code(visit, finish=False)
    world.sql("UPDATE diagnosis SET code='E11'")
    with pytest.raises(Refused, match="E11"):
        world.do(FinishCoding(visit))


@pytest.mark.parametrize("state", ["RELEASED", "CODED", "VOID", "HOLD", "NEW"])
def test_codes_of_an_encounter_that_is_not_open_to_coding_stay(world: World, visit: int, state: str) -> None:
    world.code(visit, finish=False)
    row = desk(world, visit).diagnoses[0].id
    world.sql("UPDATE encounter SET state=:s", s=state)
    with pytest.raises(Refused, match=f"is {state}"):
        world.do(RemoveDiagnosis(visit, row))


def test_who_coded_and_when_is_kept(world: World, visit: int) -> None:
    world.code(visit, finish=False)
    coder = world.who("coder")
    with on(DAY):
        coder.do(FinishCoding(visit))
    encounter = world.get(Encounter, visit)
    assert encounter.coded_by == coder.actor.user_id
    assert encounter.coded_at is not None
    assert encounter.coded_at.date() == DAY


def test_the_desk_tells_age_on_the_date_of_service_and_who_pays(world: World) -> None:
    visit = world.encounter("HRTLD", patient=person("old", birth=date(1980, 3, 3)))
    found = desk(world, visit)
    assert (found.age, found.payer, found.note) == (45, "Heartland Benefit Trust", NOTE)
    assert desk(world, world.encounter()).payer == "self-pay"
