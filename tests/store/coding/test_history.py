"""The history of a coded encounter: who changed which code on which words, replayed to the codes as they stand."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.coding.diagnoses import AddDiagnosis, MoveDiagnosis, RemoveDiagnosis
from store.coding.flow import FinishCoding
from store.coding.history import history_record, replay
from store.coding.lines import AddLine, ChangeLine, RemoveLine
from store.coding.suggestions import TakeSuggestion
from store.errors import Refused
from store.tables import Diagnosis, ServiceLine
from tests.store.world import NOTE, World


def steps(world: World, encounter_id: int) -> list[tuple[str, str, str]]:
    with world.owner.reading() as session:
        return [(step.who, step.why, step.codes) for step in replay(session, encounter_id)]


def test_each_step_tells_who_which_code_which_words_and_why(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    coder = world.who("coder")
    start = NOTE.index("blood pressure")
    coder.do(TakeSuggestion(encounter_id, "mention.head", "I10", start, start + 14))
    coder.do(AddLine(encounter_id, "G0438", ("25",)))
    coder.do(AddDiagnosis(encounter_id, "E11.9"))
    coder.undo()
    world.who("coder2").do(AddDiagnosis(encounter_id, "R05.1", first=True))
    world.do(FinishCoding(encounter_id))
    told = steps(world, encounter_id)
    who, why, codes = told[1]
    assert (who, codes) == ("coder", "I10")
    assert "rests on 'blood pressure'" in why
    assert "suggested I10 by mention.head: accepted" in why
    assert [codes for _, _, codes in told[2:]] == [
        "I10 | G0438 25 x1 > 1", "I10 | E11.9 | G0438 25 x1 > 1", "I10 | G0438 25 x1 > 1",
        "R05.1 | I10 | G0438 25 x1 > 2", "R05.1 | I10 | G0438 25 x1 > 2",
    ]  # fmt: skip
    with world.owner.reading() as session:
        record = history_record(session, encounter_id)
    assert record.headline == "7 steps"


_DOING = st.lists(st.sampled_from(["add", "first", "remove", "move", "line", "units", "unline", "undo"]), max_size=10)
_CODES = ("I10", "E11.9", "R05.1", "J02.9", "M54.50", "R51.9")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_DOING)
def test_the_replay_always_ends_at_the_codes_as_they_stand(world: World, doing: list[str]) -> None:
    encounter_id = world.encounter("PRMUT")
    for number, what in enumerate(doing):
        rows = world.all(Diagnosis, encounter_id=encounter_id)
        lines = world.all(ServiceLine, encounter_id=encounter_id)
        try:
            if what in {"add", "first"}:
                world.do(AddDiagnosis(encounter_id, _CODES[number % len(_CODES)], first=what == "first"))
            elif what == "line":
                world.do(AddLine(encounter_id, "J0696"))
            elif what == "undo":
                world.owner.undo()
            elif what in {"remove", "move"} and rows:
                command = RemoveDiagnosis if what == "remove" else MoveDiagnosis
                world.do(command(encounter_id, rows[0].id, *((1,) if what == "move" else ())))
            elif what in {"units", "unline"} and lines:
                change = ChangeLine(encounter_id, lines[0].id, units=3)
                world.do(change if what == "units" else RemoveLine(encounter_id, lines[0].id))
        except Refused:
            continue
    rows = sorted(world.all(Diagnosis, encounter_id=encounter_id), key=lambda row: row.position)
    lines = sorted(world.all(ServiceLine, encounter_id=encounter_id), key=lambda row: row.position)
    told = steps(world, encounter_id)
    if told:
        parts = told[-1][2].split(" | ")
        assert [part for part in parts if part != "no codes"][: len(rows)] == [row.code for row in rows]
        assert [part.partition(" >")[0] for part in parts[len(rows) :] if ">" in part] == [
            f"{line.code} x{line.units}" for line in lines
        ]
