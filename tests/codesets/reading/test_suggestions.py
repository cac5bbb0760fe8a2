"""Which codes a note supports, and which it does not."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from codesets import CodeLibrary, Refused
from codesets.reading import Assertion, read_note

from .annotated import notes
from .conftest import DAY, Read, codes

ASSESSED = [
    ("HTN", "I10"),
    ("COPD exacerbation", "J44.1"),
    ("CKD stage 3b", "N18.32"),
    ("Impingement syndrome, left shoulder", "M75.42"),
    ("Right ankle sprain", "S93.401A"),
    ("Colles fracture of the left radius", "S52.532A"),
    ("Type 2 diabetes with diabetic polyneuropathy", "E11.42"),
    ("Unilateral primary osteoarthritis of the right knee", "M17.11"),
    ("MDD, recurrent, moderate", "F33.1"),
    ("Acute heart failure exacerbation", "I50.9"),
    ("Low back pain with left sided sciatica", "M54.42"),
    ("Acute suppurative otitis media, left ear", "H66.002"),
    ("Paroxysmal atrial fibrillation", "I48.0"),
]


@pytest.mark.parametrize(("words", "code"), ASSESSED)
def test_an_assessed_condition_comes_first_and_as_specific_as_told(words: str, code: str, read: Read) -> None:
    assert codes(read(f"ASSESSMENT\n1. {words}\n"))[0] == code


def test_common_conditions_come_first_by_the_names_that_clinicians_use(read: Read) -> None:
    lines = Path(__file__).with_name("assessed.csv").read_text(encoding="utf-8").splitlines()[1:]
    missed = []
    for row in csv.DictReader(lines):
        found = codes(read(f"ASSESSMENT AND PLAN\n\n{row['words']}.\n- Medical Reasoning: doing well.\n"))
        if found[:1] not in [[code] for code in row["code"].split("|")]:
            missed.append((row["words"], row["code"], found[:3]))
    assert len(missed) <= 0.03 * len(lines), missed


def test_a_suggestion_carries_its_evidence_and_reason(read: Read) -> None:
    text = "A/P\n1. HTN - at goal\n"
    first = read(text).suggestions[0]
    assert (first.code, text[first.start : first.end]) == ("I10", "HTN")
    assert first.why == "'HTN' in Assessment; not negated"
    assert first.rule == "mention.head"
    assert first.assertion is Assertion.PRESENT


def test_the_side_is_joined_from_the_complaint_or_said_to_be_missing(read: Read) -> None:
    joined = read("CC: Left knee pain\n\nASSESSMENT\n1. Knee pain\n").suggestions[0]
    assert joined.code == "M25.562"
    bare = read("ASSESSMENT\n1. Knee pain\n").suggestions[0]
    assert (bare.code, bare.missing) == ("M25.569", ("side",))


def test_an_uncertain_diagnosis_is_coded_by_its_symptom_outside_a_hospital(read: Read) -> None:
    text = "HPI\nCough for a week.\n\nASSESSMENT\n1. Possible pneumonia\n"
    outside, inside = read(text), read(text, setting="inpatient")
    assert codes(outside) == ["R05.9"]
    assert outside.suggestions[0].rule == "uncertain.symptom"
    assert codes(inside)[0] == "J18.9"


@pytest.mark.parametrize(
    "sentence",
    [
        "Denies gout.",
        "His wife has gout.",
        "Her friend was told she has gout.",
        "Return if gout develops.",
        "Gout was ruled out.",
        "Suspect gout.",
    ],
)
def test_what_the_patient_does_not_have_is_never_a_code(sentence: str, read: Read) -> None:
    assert not any(code.startswith("M10") for code in codes(read(f"HPI\n{sentence}\n\nASSESSMENT\n1. {sentence}\n")))


COMBINED = [
    (("Hypertension", "CKD stage 4"), {"I12.9", "N18.4"}, "I10"),
    (("Hypertension", "ESRD"), {"I12.0", "N18.6"}, "I10"),
    (("Hypertension", "Chronic systolic heart failure"), {"I11.0", "I50.22"}, "I10"),
    (("Hypertension", "CKD stage 3a", "Heart failure"), {"I13.0", "N18.31", "I50.9"}, "I10"),
    (("Hypertension", "ESRD", "Heart failure"), {"I13.2", "N18.6", "I50.9"}, "I10"),
    (("Type 2 diabetes", "CKD stage 4"), {"E11.22", "N18.4"}, "E11.9"),
    (("Type 1 diabetes", "Gastroparesis"), {"E10.43"}, "E10.9"),
    (("Type 2 diabetes", "Peripheral neuropathy"), {"E11.42"}, "E11.9"),
    (("Hypertension", "Gout"), {"I10", "M10.9"}, "I11.0"),
    (("Type 2 diabetes", "Gout"), {"E11.9", "M10.9"}, "E11.22"),
]


@pytest.mark.parametrize(("assessed", "wanted", "not_wanted"), COMBINED)
def test_presumed_links_make_combination_codes(
    assessed: tuple[str, ...], wanted: set[str], not_wanted: str, read: Read
) -> None:
    lines = "".join(f"{number}. {words}\n" for number, words in enumerate(assessed, 1))
    found = set(codes(read(f"ASSESSMENT\n{lines}")))
    assert wanted <= found
    assert not_wanted not in found


DRUGS = [
    ("Type 2 diabetes", "insulin glargine 20 units", "Z79.4"),
    ("Type 2 diabetes", "metformin 1000 mg BID", "Z79.84"),
    ("Type 2 diabetes", "Ozempic weekly", "Z79.85"),
    ("Atrial fibrillation", "apixaban 5 mg BID", "Z79.01"),
    ("Rheumatoid arthritis", "methotrexate 15 mg weekly", "Z79.631"),
]


@pytest.mark.parametrize(("condition", "drug", "code"), DRUGS)
def test_a_long_term_drug_is_a_code(condition: str, drug: str, code: str, read: Read) -> None:
    assert code in codes(read(f"MEDICATIONS\n{drug}\n\nASSESSMENT\n1. {condition}\n"))
    assert code not in codes(read(f"PLAN\nDiscontinue {drug}\n\nASSESSMENT\n1. {condition}\n"))


def test_insulin_counts_only_beside_diabetes_of_the_right_kind(read: Read) -> None:
    assert "Z79.4" not in codes(read("MEDICATIONS\ninsulin\n\nASSESSMENT\n1. Type 1 diabetes\n"))


HISTORIES = [
    ("History of breast cancer", "Z85.3", "C50"),
    ("History of kidney stones", "Z87.442", "N20"),
    ("History of DVT", "Z86.718", "I82"),
    ("Status post cholecystectomy", "Z90.49", "K80"),
]


@pytest.mark.parametrize(("words", "code", "current"), HISTORIES)
def test_what_is_over_is_a_history_code(words: str, code: str, current: str, read: Read) -> None:
    found = codes(read(f"ASSESSMENT\n1. {words}\n"))
    assert code in found
    assert not any(one.startswith(current) for one in found)


def test_a_chronic_condition_in_the_history_is_still_there(read: Read) -> None:
    assert "J45.909" in codes(read("PMH\nHistory of asthma.\n"))


def test_a_relative_s_condition_ranks_below_the_patient_s(read: Read) -> None:
    found = codes(read("FAMILY HISTORY\nMother had breast cancer.\n\nASSESSMENT\n1. HTN\n2. GERD\n"))
    assert found[:2] == ["I10", "K21.9"]
    assert not any(code.startswith("C50") for code in found)


def test_a_symptom_of_an_assessed_disease_ranks_below_it(read: Read) -> None:
    found = codes(read("CC: cough\n\nHPI\nCough, fever, rash.\n\nASSESSMENT\n1. Pneumonia\n"))
    assert found[0] == "J18.9"
    assert "R05.9" not in found[:2]


def test_weeks_and_trimester_go_together(read: Read) -> None:
    found = codes(read("OB VISIT\nPregnant, 24 weeks gestation.\nASSESSMENT\n1. Anemia in pregnancy\n", sex="F"))
    assert {"O99.012", "Z3A.24"} <= set(found)


def test_only_codes_in_force_and_billable_are_suggested(read: Read, library: CodeLibrary) -> None:
    for day in (DAY, date(2026, 10, 5)):
        for note in notes():
            for one in read(note["text"], on=day).suggestions:
                assert library.validity(one.code, day).ok, (note["id"], day, one.code)


def test_spans_of_suggestions_lie_in_the_note(read: Read) -> None:
    for note in notes():
        for one in read(note["text"]).suggestions:
            assert 0 <= one.start < one.end <= len(note["text"])


def test_the_same_note_always_gives_the_same_answer_from_any_thread(library: CodeLibrary) -> None:
    texts = [note["text"] for note in notes()[:8]]
    first = [read_note(text, library, on=DAY) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        again = list(pool.map(lambda text: read_note(text, library, on=DAY), texts * 3))
    assert again == first * 3


def test_another_setting_is_refused(library: CodeLibrary) -> None:
    with pytest.raises(Refused):
        read_note("x", library, on=DAY, setting="moon")
