"""The search learns from the site: what was picked for a phrase comes first, can be seen, undone and forgotten."""

from __future__ import annotations

import pytest

from store.coding.desk import procedures
from store.coding.diagnoses import AddDiagnosis
from store.coding.find import find_procedures
from store.coding.learned import (
    ForgetPicks,
    ToggleFavourite,
    entries,
    favourites,
    preferences,
    specialties,
    specialty_weights,
)
from store.coding.lines import AddLine
from store.errors import Refused
from store.practice import Practice
from tests.store.world import DAY, DOS, World


def found(world: World, text: str, who: Practice | None = None, specialty: str = "") -> list[str]:
    practice = who or world.owner
    prefer = preferences(practice.engine, practice.actor, DAY, specialty)
    return [hit.code for hit in world.library.search(text, on=DOS, limit=10, prefer=prefer)]


def pick(world: World, text: str, *codes: str, who: Practice | None = None) -> None:
    encounter_id = world.encounter("PRMUT")
    for code in codes:
        (who or world.owner).do(AddDiagnosis(encounter_id, code, typed=text))


def learned(world: World) -> list[tuple[str, str, int, int]]:
    with world.owner.reading() as session:
        return [(e.phrase, e.code, e.picks, e.people) for e in entries(session)]


def test_what_one_coder_picked_rises_for_everybody_for_that_phrase_alone(world: World) -> None:
    before = found(world, "cough")
    for _ in range(3):
        pick(world, "cough", "R05.1", who=world.who("coder"))
    assert before[0] != "R05.1" == found(world, "cough", world.who("coder2"))[0]
    assert found(world, "chronic cough") == [
        hit.code for hit in world.library.search("chronic cough", on=DOS, limit=10)
    ]
    assert learned(world) == [("cough", "R05.1", 3, 1)]


def test_a_phrase_is_known_again_whatever_the_order_of_its_words_and_their_endings(world: World) -> None:
    for _ in range(3):
        pick(world, "Back pains, chronic", "M54.59")
    assert found(world, "chronic back pain")[0] == "M54.59"


def test_a_code_that_no_word_finds_comes_after_a_pick(world: World) -> None:
    assert "Z00.00" not in found(world, "the usual")
    pick(world, "the usual", "Z00.00")
    assert "Z00.00" in found(world, "the usual")


def test_taking_a_code_back_takes_the_pick_back_and_nobody_elses(world: World) -> None:
    pick(world, "cough", "R05.1", who=world.who("coder"))
    pick(world, "cough", "R05.1", who=world.who("coder2"))
    world.who("coder").undo()
    assert learned(world) == [("cough", "R05.1", 1, 1)]


def test_a_procedure_that_was_picked_rises_in_the_fee_schedule_and_in_its_code_set(world: World) -> None:
    def first(text: str) -> list[str]:
        with world.owner.reading() as session:
            picks = preferences(world.owner.engine, world.owner.actor, DAY).picked(text)
            return [one.code for one in find_procedures(procedures(session, DOS), text, picked=picks)]

    before = first("wellness")
    assert "G0008" not in before
    visit = world.encounter("PRMUT")
    world.do(AddLine(visit, "G0008", typed="wellness"))
    assert sorted(first("wellness")) == sorted([*before, "G0008"])
    for _ in range(3):
        world.do(AddLine(visit, "G0008", typed="wellness"))
    assert first("wellness") == ["G0008", *before]
    assert learned(world) == [("wellness", "G0008", 4, 1)]
    for _ in range(4):
        world.owner.undo()
    assert (learned(world), first("wellness")) == ([], before)


def test_a_favourite_goes_before_what_fits_as_well_in_the_fee_schedule_too(world: World) -> None:
    def order(text: str) -> list[str]:
        with world.owner.reading() as session:
            mine = preferences(world.owner.engine, world.owner.actor, DAY).favourites
            return [one.code for one in find_procedures(procedures(session, DOS), text, favourites=mine)]

    first, second, *_ = order("visit")
    world.do(ToggleFavourite(second))
    assert order("visit")[:2] == [second, first]
    assert order("")[0] == second
    world.do(ToggleFavourite(second))
    assert order("visit")[:2] == [first, second]


def test_a_typed_code_and_a_pasted_sentence_teach_nothing(world: World) -> None:
    pick(world, "r05.1", "R05.1")
    pick(world, "R05", "R05.9")
    pick(world, " ".join(f"word{n}" for n in range(20)), "J02.9")
    pick(world, "", "I10")
    assert learned(world) == []


def test_the_trail_of_changes_does_not_repeat_what_was_typed(world: World) -> None:
    pick(world, "cough of Jane Doe", "R05.1")
    assert not [row for row in world.sql("SELECT * FROM audit_entry") if "Jane" in str(row)]


def test_a_phrase_one_code_of_it_or_everything_is_forgotten(world: World) -> None:
    pick(world, "bad cold", "R05.1", "J02.9")
    pick(world, "sugar", "E11.9")
    world.do(ForgetPicks("cold, bad", "J02.9"))
    assert [row[:2] for row in learned(world)] == [("bad cold", "R05.1"), ("sugar", "E11.9")]
    world.do(ForgetPicks(everything=True))
    assert learned(world) == []
    with pytest.raises(Refused, match="Nothing was learned"):
        world.do(ForgetPicks("sugar"))


def test_a_favourite_is_ones_own_and_moves_up(world: World) -> None:
    coder, other = world.who("coder"), world.who("coder2")
    before = found(world, "cough", coder)
    later = before[4]
    assert coder.do(ToggleFavourite(later)).result is True
    assert found(world, "cough", coder).index(later) < 4
    assert found(world, "cough", other) == before
    assert coder.do(ToggleFavourite(later)).result is False
    assert found(world, "cough", coder) == before
    with pytest.raises(Refused, match="not a code"):
        coder.do(ToggleFavourite("XYZ"))


def test_a_specialty_is_what_its_encounters_were_coded_with(world: World) -> None:
    for _ in range(5):
        pick(world, "", "M54.50")
    pick(world, "", "I10")
    (specialty,) = {row[0] for row in world.sql("SELECT specialty FROM provider")}
    with world.owner.reading() as session:
        assert specialty_weights(session, specialty, DAY) == {"M54": 1.0}
        assert specialties(session) == ((specialty,) if specialty else ())
        assert specialty_weights(session, "another", DAY) == {}
        assert favourites(session, world.owner.actor.user_id) == frozenset()
    visit = world.encounter("PRMUT")
    for _ in range(5):
        world.do(AddLine(visit, "G0008"))
    with world.owner.reading() as session:
        assert specialty_weights(session, specialty, DAY) == {"M54": 1.0, "G0008": 1.0}
