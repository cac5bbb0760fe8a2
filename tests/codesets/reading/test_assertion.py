"""What sentences assert, as tables: a sentence, the words looked at, what is asserted of them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from codesets.reading import Assertion, SectionKind

from .conftest import Read

Asserted = Callable[[str, str], Assertion]
A = Assertion

NEGATION = [
    ("She denies fever, chills, nausea, or cough.", "cough", A.NEGATED),
    ("She denies fever, chills, nausea, or cough.", "fever", A.NEGATED),
    ("No fever but has a cough.", "cough", A.PRESENT),
    ("No fever, has a cough.", "cough", A.PRESENT),
    ("No chest pain, palpitations or syncope.", "syncope", A.NEGATED),
    ("Negative for gout and asthma.", "asthma", A.NEGATED),
    ("Gout: No", "gout", A.NEGATED),
    ("Gout: none", "gout", A.NEGATED),
    ("Gout: Yes", "gout", A.PRESENT),
    ("Gout: no evidence", "gout", A.NEGATED),
    ("[ ] gout [x] asthma", "gout", A.NEGATED),
    ("[ ] gout [x] asthma", "asthma", A.PRESENT),
    ("(-) gout, (+) asthma", "gout", A.NEGATED),
    ("(-) gout, (+) asthma", "asthma", A.PRESENT),
    ("Pneumonia was ruled out.", "pneumonia", A.NEGATED),
    ("Pneumonia is unlikely.", "pneumonia", A.NEGATED),
    ("The gout is not well controlled.", "gout", A.PRESENT),
    ("No change in her asthma.", "asthma", A.PRESENT),
    ("He walks without difficulty, has gout.", "gout", A.PRESENT),
    ("No history of gout.", "gout", A.NEGATED),
]
UNCERTAINTY = [
    ("Possible pneumonia.", "pneumonia", A.UNCERTAIN),
    ("Findings consistent with pneumonia.", "pneumonia", A.UNCERTAIN),
    ("Chest film to rule out pneumonia.", "pneumonia", A.UNCERTAIN),
    ("Pneumonia vs bronchitis.", "pneumonia", A.UNCERTAIN),
    ("Pneumonia vs bronchitis.", "bronchitis", A.UNCERTAIN),
    ("Cannot rule out pneumonia.", "pneumonia", A.UNCERTAIN),
    ("Sleep apnea?", "sleep apnea", A.UNCERTAIN),
    ("Knee pain, likely gout.", "gout", A.UNCERTAIN),
    ("Knee pain, likely gout.", "knee pain", A.PRESENT),
    ("Gout likely to stay quiet.", "gout", A.PRESENT),
    ("Pneumonia confirmed on film.", "pneumonia", A.PRESENT),
]
PERSONS = [
    ("His wife has gout.", "gout", A.OTHER_PERSON),
    ("His wife reports that he has gout.", "gout", A.PRESENT),
    ("Her mother had breast cancer.", "breast cancer", A.FAMILY),
    ("Breast cancer in her mother.", "breast cancer", A.FAMILY),
    ("Breast cancer (mother).", "breast cancer", A.FAMILY),
    ("Her mother's gout was severe.", "gout", A.FAMILY),
    ("Mom reports cough for two days.", "cough", A.PRESENT),
    ("She lives with her husband, has gout.", "gout", A.PRESENT),
    ("His wife has gout and he has asthma.", "asthma", A.PRESENT),
    ("His coworker was diagnosed with mumps.", "mumps", A.OTHER_PERSON),
    ("Gout runs in the family.", "gout", A.FAMILY),
]
OTHER = [
    ("Return if chest pain develops.", "chest pain", A.HYPOTHETICAL),
    ("We discussed the risk of stroke.", "stroke", A.HYPOTHETICAL),
    ("Screening for gout.", "gout", A.PLANNED),
    ("She received her mumps vaccine.", "mumps", A.PLANNED),
    ("History of gout.", "gout", A.HISTORICAL),
    ("A 3 day history of cough.", "cough", A.PRESENT),
    ("He had pneumonia three years ago.", "pneumonia", A.HISTORICAL),
    ("Status post appendectomy.", "appendectomy", A.HISTORICAL),
]


@pytest.mark.parametrize(("sentence", "words", "wanted"), [*NEGATION, *UNCERTAINTY, *PERSONS, *OTHER])
def test_a_sentence_asserts(sentence: str, words: str, wanted: Assertion, asserted: Asserted) -> None:
    assert asserted(sentence, words) is wanted


def _sentences() -> list[dict[str, str]]:
    lines = Path(__file__).with_name("asserted.csv").read_text(encoding="utf-8").splitlines()[1:]
    return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", _sentences(), ids=lambda row: str(row["sentence"]))
def test_a_sentence_of_another_kind_asserts(row: dict[str, str], asserted: Asserted) -> None:
    assert asserted(row["sentence"], row["words"]).value in row["assertion"].split("|")


def test_a_mention_has_its_exact_place(read: Read) -> None:
    text = "HPI\nShe has severe\tleft knee pain.\n\nA/P\n1. HTN\n"
    for mention in read(text).mentions:
        assert text[mention.start : mention.end] == mention.text
    found = {m.text: m for m in read(text).mentions}
    assert found["left knee pain"].laterality == "left"
    assert found["left knee pain"].severity == "severe"
    assert found["HTN"].section is SectionKind.ASSESSMENT
    assert found["HTN"].headed


def test_everything_in_the_family_history_is_the_family_s(read: Read) -> None:
    reading = read("FAMILY HISTORY\nGout, asthma. No diabetes.\n\nASSESSMENT\n1. Asthma\n")
    said = [(m.text, m.assertion) for m in reading.mentions if m.section is SectionKind.FAMILY]
    assert said == [("Gout", A.FAMILY), ("asthma", A.FAMILY), ("diabetes", A.NEGATED)]


def test_a_misspelt_word_is_read(read: Read) -> None:
    assert [m.codes[0] for m in read("A/P\n1. Hypertenion\n").mentions] == ["I10"]


def test_the_name_of_a_questionnaire_is_no_condition(read: Read) -> None:
    assert read("PHQ-9: 15. GAD-7: 3. GAD 7 score 3.\n").mentions == ()
    assert [m.text for m in read("ASSESSMENT: GAD, stable.\n").mentions] == ["GAD"]


def test_an_abbreviation_is_read_by_its_section(read: Read) -> None:
    assert [m.text for m in read("EXAM\nPE normal, 98% RA\n").mentions] == []
    assert [m.codes[0] for m in read("A/P\n1. RA\n").mentions] == ["M069"]
    assert [m.text for m in read("Pt seen at PT. ms Smith or ed\n").mentions] == []
