"""The words behind a code, with what makes them uncertain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesets.reading import evidence_of

NOTE = """HPI
Cough and fever. I suspect that she has pneumonia, less so asthma.

ASSESSMENT
1. Bronchitis.
2. Gout? Rule out septic arthritis.
3. Appendicitis cannot be excluded.
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("fever", "fever"),
        ("pneumonia", "suspect that she has pneumonia"),
        ("Bronchitis", "Bronchitis"),
        ("Gout", "Gout?"),
        ("septic arthritis", "Rule out septic arthritis"),
        ("Appendicitis", "Appendicitis cannot be excluded"),
    ],
)
def test_what_makes_words_uncertain_goes_with_them(words: str, expected: str) -> None:
    start = NOTE.index(words)
    assert evidence_of(NOTE, start, start + len(words)) == expected


@pytest.mark.parametrize("span", [(None, None), (0, 0), (5, 2), (-3, 4), (0, 10_000)])
def test_no_words_are_no_evidence(span: tuple[int | None, int | None]) -> None:
    assert evidence_of(NOTE, *span) == ""


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_any_span_of_any_text_is_within_its_evidence(note: str, start: int, end: int) -> None:
    found = evidence_of(note, start, end)
    assert found in note
    if 0 <= start < end <= len(note):
        assert note[start:end] in found
