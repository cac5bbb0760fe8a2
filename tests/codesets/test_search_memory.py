"""What a site picked before rises for that phrase, visibly, and can be forgotten."""

from __future__ import annotations

from datetime import date

from codesets import CodeLibrary
from codesets.search.memory import PickedPhrases, Preferences, phrase_key

DAY = date(2026, 5, 12)


def place(library: CodeLibrary, text: str, code: str, prefer: Preferences | None) -> int:
    return [hit.code for hit in library.search(text, on=DAY, limit=20, prefer=prefer)].index(code)


def picked(text: str, code: str, times: int) -> PickedPhrases:
    memory = PickedPhrases()
    for _ in range(times):
        memory.note(text, code)
    return memory


def test_a_code_picked_for_a_phrase_rises_for_that_phrase_alone(library: CodeLibrary) -> None:
    assert place(library, "knee pain", "M25.562", None) > 0
    prefer = Preferences(picked("knee pain", "M25.562", 5))
    assert place(library, "knee pain", "M25.562", prefer) == 0
    assert library.search("shoulder pain", on=DAY, prefer=prefer) == library.search("shoulder pain", on=DAY)


def test_a_raised_hit_says_so(library: CodeLibrary) -> None:
    hit = library.search("htn", on=DAY, prefer=Preferences(picked("HTN", "I10", 3)))[0]
    assert (hit.code, hit.via) == ("I10", "htn = hypertension; picked 3x here")


def test_the_words_of_a_phrase_may_stand_in_any_order_and_spelling(library: CodeLibrary) -> None:
    assert phrase_key("Pain, knees") == phrase_key("knee pain")
    prefer = Preferences(picked("Pain, knees", "M25.561", 5))
    assert place(library, "knee pain", "M25.561", prefer) == 0


def test_a_code_that_the_words_do_not_find_is_added(library: CodeLibrary) -> None:
    prefer = Preferences(picked("zqx form", "Z02.89", 4))
    assert place(library, "zqx form", "Z02.89", prefer) < 10
    assert library.search("zqx form", on=DAY, systems={"HCPCS"}, prefer=prefer) == []


def test_a_code_not_in_force_is_never_added(library: CodeLibrary) -> None:
    prefer = Preferences(picked("zqx form", "E66.811", 4))
    found = library.search("zqx form", on=date(2020, 1, 1), prefer=prefer)
    assert "E66.811" not in [hit.code for hit in found if hit.in_force]


def test_one_pick_does_not_bury_a_code_typed_whole(library: CodeLibrary) -> None:
    prefer = Preferences(picked("e11.65", "E11.9", 400))
    assert library.search("e11.65", on=DAY, prefer=prefer)[0].code == "E11.65"


def test_what_is_remembered_can_be_seen_and_forgotten() -> None:
    memory = picked("knee pain", "M25.561", 2)
    memory.note("htn", "I10")
    assert list(memory.entries()) == [("htn", "I10", 1), ("knee pain", "M25.561", 2)]
    memory.forget("pain knee")
    assert list(memory.entries()) == [("htn", "I10", 1)]
    memory.forget()
    assert list(memory.entries()) == []
    memory.note("!!", "I10")
    assert list(memory.entries()) == []


def test_favourites_and_a_specialty_move_near_equals(library: CodeLibrary) -> None:
    plain = place(library, "fracture radius", "S52.501A", None)
    assert place(library, "fracture radius", "S52.501A", Preferences(favourites=frozenset({"S52.501A"}))) <= plain
    both = library.search("neuropathy", on=DAY, limit=20, prefer=Preferences(specialty={"E": 0.2, "E11": 1.0}))
    without = library.search("neuropathy", on=DAY, limit=20)
    first = [n for n, hit in enumerate(both) if hit.code.startswith("E11")]
    assert first
    assert first[0] <= min((n for n, hit in enumerate(without) if hit.code.startswith("E11")), default=20)


def test_preferences_that_say_nothing_change_nothing(library: CodeLibrary) -> None:
    for text in ("chronic pain", "e11", "I10-I11", "fx dist radius lt"):
        assert library.search(text, on=DAY, prefer=Preferences()) == library.search(text, on=DAY)
