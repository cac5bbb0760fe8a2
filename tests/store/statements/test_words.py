"""The wording is whole in each language and does nothing but say words."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest

from store.statements.pdf.letters import latin, width, wrap
from store.statements.values import MAX_LEVEL
from store.statements.words import ENGLISH, SPANISH, Words, fill, words_for


@pytest.mark.parametrize("words", [ENGLISH, SPANISH])
def test_a_language_has_every_word_and_only_letters_that_print(words: Words) -> None:
    assert len(words.months) == 12
    assert len(words.levels) == MAX_LEVEL + 1
    assert words.hours == ""  # only the practice knows them
    for field in fields(words):
        if field.name == "hours":
            continue
        value = getattr(words, field.name)
        texts = [value] if isinstance(value, str) else list(value.values()) if isinstance(value, dict) else value
        for text in texts[1:] if field.name == "levels" else texts:
            assert text or field.name == "hours"  # left out where nobody has written them
            assert latin(text) == text


def test_languages_give_the_same_reasons_and_fill_the_same_places() -> None:
    assert ENGLISH.reasons.keys() == SPANISH.reasons.keys()
    for field in fields(ENGLISH):
        ours, theirs = getattr(ENGLISH, field.name), getattr(SPANISH, field.name)
        if isinstance(ours, str):
            assert {p for p in ("{phone}", "{amount}", "{url}", "{page}") if p in ours} == {
                p for p in ("{phone}", "{amount}", "{url}", "{page}") if p in theirs
            }


def test_dates_and_reasons_read_as_people_say_them() -> None:
    assert ENGLISH.day(date(2026, 10, 5)) == "October 5, 2026"
    assert SPANISH.day(date(2026, 10, 5)) == "5 de octubre de 2026"
    assert ENGLISH.reason("deductible", 8420) == "Your plan's deductible: $84.20"
    assert SPANISH.reason("copay", 123456) == "Su copago: $1,234.56"
    assert ENGLISH.reason("not a kind", 1) == "Your plan says this part is yours: $0.01"


def test_a_language_is_found_by_its_first_part_and_english_else() -> None:
    assert words_for("es-MX") is words_for("ES") is SPANISH
    assert words_for("") is words_for("fr") is ENGLISH


def test_only_known_places_are_filled_and_only_once() -> None:
    assert fill("{a} {b} {a.x} {", a="{b}", c="no") == "{b} {b} {a.x} {"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("José Núñez", "José Núñez"), ("Łódź", "Lódz"), ("Ştefan", "Stefan"), ("Ђоковић", "Djokovic"),
        ("Γιώργος", "Giorgos"), ("ﬁne", "fine"), ("½ §", "½ §"), ("a\u00adb", "ab"), ("日本", "??"),
        ("\u0301", "?"), ("a\tb\nc", "a b c"), ("\x1b[31m", "?[31m"), ("Đặng", "Dang"), ("\u0130n\u0131", "Ini"),
    ],
)  # fmt: skip
def test_letters_that_do_not_print_are_spelled(text: str, printed: str) -> None:
    assert latin(text) == printed


def test_wrapped_lines_fit_and_lose_nothing() -> None:
    text = "a bb " + "W" * 200 + " cc"
    lines = wrap(text, "Helvetica", 9, 100)
    assert all(width(line, "Helvetica", 9) <= 100 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
