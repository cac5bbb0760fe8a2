"""A question to a provider names no condition that the record does not."""

from __future__ import annotations

import pytest

from codesets import CodeLibrary
from codesets.reading import introduced

NOTE = (
    "HPI: Type 2 diabetes with foot ulcer. Denies asthma. His father has gout.\n"
    "Assessment: 1. Heart failure. 2. Possible pneumonia.\nLabs: sodium 128, creatinine 2.1."
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Heart failure is documented. Please clarify type and acuity.", ()),
        ("Is the heart failure systolic heart failure?", ()),
        ("Please clarify the cause of the foot ulcer in this diabetic patient.", ()),
        ("Is pneumonia confirmed?", ()),
        ("Does the patient have hyponatremia?", ("hyponatremia",)),
        ("Sepsis", ("Sepsis",)),
        ("Is there asthma? Is there gout?", ("asthma", "gout")),
        ("What do sodium 128 and the cough mean?", ()),
        ("", ()),
    ],
)
def test_what_a_question_brings_in(library: CodeLibrary, text: str, expected: tuple[str, ...]) -> None:
    assert introduced(text, NOTE, library) == expected
