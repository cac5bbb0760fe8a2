"""Timed and anaesthesia units as their payers count them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesets.errors import Refused
from codesets.worksheets import TimedMinutes, UnitRule, anesthesia_rule, anesthesia_units, is_anesthesia, timed_units
from codesets.worksheets.anesthesia import MEDICARE


def units(rule: UnitRule, *minutes: int, per: int = 15) -> list[int]:
    asked = [TimedMinutes(f"ZZ{n:03}", m, per) for n, m in enumerate(minutes)]
    return [line.units for line in timed_units(asked, rule).lines]


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, 0), (7, 0), (8, 1), (22, 1), (23, 2), (37, 2), (38, 3), (52, 3), (53, 4), (67, 4)]
)
def test_medicare_units_change_at_eight_minutes_past_the_quarter(minutes: int, expected: int) -> None:
    assert units(UnitRule.MEDICARE, minutes) == [expected]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ((24, 23), [2, 1]),  # the examples of the manual, chapter 5, section 20.2
        ((20, 20), [2, 1]),
        ((33, 7), [2, 1]),
        ((18, 13, 10, 8), [1, 1, 1, 0]),
        ((7, 7, 7), [1, 0, 0]),
        ((10, 10), [1, 0]),
    ],
)
def test_medicare_units_of_a_day_go_to_the_longest(minutes: tuple[int, ...], expected: list[int]) -> None:
    assert units(UnitRule.MEDICARE, *minutes) == expected


@pytest.mark.parametrize(
    ("minutes", "per", "expected"),
    [
        ((10, 10), 15, [1, 1]),
        ((7,), 15, [0]),
        ((8,), 15, [1]),
        ((22, 23), 15, [1, 2]),
        ((15,), 30, [0]),
        ((16,), 30, [1]),
        ((30,), 60, [0]),
        ((31, 90, 91), 60, [1, 1, 2]),
    ],
)
def test_the_midpoint_rule_counts_each_code_by_itself(minutes: tuple[int, ...], per: int, expected: list[int]) -> None:
    assert units(UnitRule.MIDPOINT, *minutes, per=per) == expected


def test_an_untimed_code_has_one_unit_and_lends_its_minutes_to_none() -> None:
    result = timed_units([TimedMinutes("ZZ001", 45, 0), TimedMinutes("ZZ002", 7)], UnitRule.MEDICARE)
    assert [line.units for line in result.lines] == [1, 0]
    assert (result.timed_minutes, result.units) == (7, 1)


def test_a_code_given_twice_is_counted_as_one() -> None:
    result = timed_units([TimedMinutes("ZZ001", 5), TimedMinutes("ZZ001", 5)], UnitRule.MIDPOINT)
    assert [(line.code, line.units) for line in result.lines] == [("ZZ001", 1)]


@pytest.mark.parametrize(
    "wrong",
    [
        [TimedMinutes("ZZ001", -1)],
        [TimedMinutes("ZZ001", 10, -15)],
        [TimedMinutes("ZZ001", 1000), TimedMinutes("ZZ002", 1000)],
        [TimedMinutes("ZZ001", 10, 15), TimedMinutes("ZZ001", 10, 30)],
        [TimedMinutes("ZZ001", 10, 30)],
    ],
)
def test_minutes_that_cant_be_are_refused(wrong: list[TimedMinutes]) -> None:
    with pytest.raises(Refused):
        timed_units(wrong, UnitRule.MEDICARE)


@given(st.lists(st.integers(0, 120), max_size=10))
def test_medicare_units_are_those_of_all_minutes_together(minutes: list[int]) -> None:
    got = units(UnitRule.MEDICARE, *minutes)
    assert sum(got) == (sum(minutes) + 7) // 15
    assert all(minute // 15 <= unit <= minute // 15 + 1 for minute, unit in zip(minutes, got, strict=True))


@given(st.lists(st.integers(0, 120), min_size=1, max_size=8))
def test_every_line_says_why(minutes: list[int]) -> None:
    for rule in UnitRule:
        result = timed_units([TimedMinutes(f"ZZ{n:03}", m) for n, m in enumerate(minutes)], rule)
        assert result.why
        assert all(line.why for line in result.lines)


def test_anaesthesia_time_keeps_one_decimal() -> None:
    found = anesthesia_units(5, 97)
    assert (found.time, found.total) == (Decimal("6.5"), Decimal("11.5"))
    assert found.why == "5 base + 97 min / 15 = 6.5 time = 11.5"
    assert anesthesia_units(3, 17).time == Decimal("1.1")


def test_other_payers_round_otherwise_and_add_units() -> None:
    assert anesthesia_units(5, 91, decimals=0, round_up=True, modifying=2).total == Decimal(14)
    assert anesthesia_units(4, 60, per=10).time == Decimal("6.0")


@pytest.mark.parametrize(("base", "minutes", "per"), [(-1, 10, 15), (1, -1, 15), (1, 99999, 15), (1, 10, 0)])
def test_impossible_anaesthesia_is_refused(base: int, minutes: int, per: int) -> None:
    with pytest.raises(Refused):
        anesthesia_units(base, minutes, per=per)


@pytest.mark.parametrize(
    ("rule", "total"),
    [("15 tenths", "11.1"), ("15 whole", "11"), ("15 started", "12"), ("10 started status", "17"), (MEDICARE, "11.1")],
)
def test_a_payers_rule_is_a_few_words(rule: str, total: str) -> None:
    adds = 1 if "status" in rule else 0
    assert anesthesia_rule(rule).units(6, 91 if "10" in rule else 77, adds).total == Decimal(total)


def test_words_that_are_no_rule_and_units_that_the_payer_does_not_add_are_refused() -> None:
    for wrong in ("", "0 tenths", "15", "15 tenths status status", "100 whole"):
        with pytest.raises(Refused):
            anesthesia_rule(wrong)
    with pytest.raises(Refused, match="adds no units"):
        anesthesia_rule(MEDICARE).units(5, 30, 1)


def test_anaesthesia_is_known_by_its_number() -> None:
    assert [
        code for code in ("00099", "00100", "00840", "01999", "02000", "0084T", "G0438") if is_anesthesia(code)
    ] == ["00100", "00840", "01999"]
