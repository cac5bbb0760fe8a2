from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from codesets import CodeLibrary
from codesets.reading import Assertion, NoteReading, read_note

DAY = date(2026, 5, 12)
Read = Callable[..., NoteReading]


@pytest.fixture(scope="session")
def read(library: CodeLibrary) -> Read:
    """Reads a note with the real library, on a day of FY2026 unless told otherwise."""

    def reading(text: str, on: date = DAY, **facts: object) -> NoteReading:
        return read_note(text, library, on=on, **facts)  # type: ignore[arg-type]

    return reading


@pytest.fixture(scope="session")
def asserted(read: Read) -> Callable[[str, str], Assertion]:
    """What a sentence of an HPI asserts of the mention that has some words."""

    def said(sentence: str, words: str) -> Assertion:
        reading = read(f"HPI\n{sentence}\n")
        found = [m for m in reading.mentions if words.lower() in m.text.lower()]
        assert found, (sentence, words, [m.text for m in reading.mentions])
        return found[0].assertion

    return said


def codes(reading: NoteReading) -> list[str]:
    return [one.code for one in reading.suggestions]
