"""The level of a visit: two of three elements, or time by the user's own minutes."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from codesets.errors import Refused
from codesets.worksheets import EmWorksheet, Level, Prolonged, Threshold, decision_level, em_level, prolonged_units

LOW, MODERATE, HIGH = Level.LOW, Level.MODERATE, Level.HIGH
#: Invented minutes: the real ones are licensed.
MINUTES = [Threshold(code, m) for code, m in (("99212", 5), ("99213", 11), ("99214", 21), ("99215", 41))]


def test_two_of_three_elements_carry_the_level() -> None:
    for three in product(Level, repeat=3):
        level = decision_level(*three)
        assert level is not None
        assert sum(element >= level for element in three) >= 2
        assert all(sum(element >= higher for element in three) < 2 for higher in Level if higher > level)


def test_the_order_of_the_elements_does_not_matter() -> None:
    assert {decision_level(*order) for order in permutations((LOW, MODERATE, HIGH))} == {MODERATE}


def test_one_element_alone_carries_nothing_and_two_carry_the_lower() -> None:
    assert decision_level(HIGH, None, None) is None
    assert decision_level(HIGH, None, LOW) is LOW


@pytest.mark.parametrize(
    ("new", "level", "code"),
    [(True, Level.STRAIGHTFORWARD, "99202"), (True, HIGH, "99205"), (False, LOW, "99213"), (False, HIGH, "99215")],
)
def test_the_level_names_the_visit_code(new: bool, level: Level, code: str) -> None:
    assert em_level(EmWorksheet(new, level, level, None)).code == code


def test_time_carries_where_it_is_more_and_only_by_the_users_minutes() -> None:
    sheet = EmWorksheet(False, LOW, LOW, None, minutes=25)
    found = em_level(sheet, MINUTES)
    assert (found.code, found.basis, found.by_decision, found.by_time) == ("99214", "time", LOW, MODERATE)
    without = em_level(sheet)
    assert (without.code, without.basis) == ("99213", "decision")
    assert without.not_checked


def test_decision_carries_where_it_is_as_much() -> None:
    assert em_level(EmWorksheet(False, MODERATE, MODERATE, None, minutes=25), MINUTES).basis == "decision"


def test_minutes_of_new_patients_codes_do_not_carry_established_ones() -> None:
    assert em_level(EmWorksheet(True, minutes=30), MINUTES).code == ""


def test_nothing_judged_names_no_code() -> None:
    found = em_level(EmWorksheet(False))
    assert (found.code, found.basis) == ("", "")
    assert found.why


def test_the_reason_says_what_was_judged() -> None:
    why = em_level(EmWorksheet(False, MODERATE, LOW, MODERATE, minutes=25), MINUTES).why
    assert why == ("problems moderate, data low, risk moderate: moderate by two of three; 25 minutes: moderate by time")


def test_prolonged_units_start_where_the_payer_says() -> None:
    early, late = Prolonged("99417", 56), Prolonged("G2212", 70)
    assert [prolonged_units(m, early) for m in (55, 56, 70, 71)] == [0, 1, 1, 2]
    assert [prolonged_units(m, late) for m in (69, 70, 85)] == [0, 1, 2]
    sheet = EmWorksheet(False, minutes=71)
    assert em_level(sheet, MINUTES, early).prolonged == 2
    assert em_level(EmWorksheet(False, HIGH, HIGH, HIGH, minutes=71), MINUTES, early).prolonged == 0


def test_impossible_minutes_are_refused() -> None:
    for minutes in (-1, 1441):
        with pytest.raises(Refused):
            em_level(EmWorksheet(False, minutes=minutes), MINUTES)


def test_the_words_of_a_level_are_read() -> None:
    assert [Level.of(w) for w in ("Minimal", "limited", "moderate ", "extensive", "huge")] == [
        Level.STRAIGHTFORWARD,
        LOW,
        MODERATE,
        HIGH,
        None,
    ]
