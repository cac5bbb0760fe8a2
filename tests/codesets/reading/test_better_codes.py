"""Of several codes for one thing the one that says it best; small words are no abbreviations."""

from __future__ import annotations

from datetime import date

import pytest

from codesets.reading.joined import _rows as joined_rows
from codesets.reading.shorthand import meaning
from codesets.tables import read_table

from .conftest import Read, codes

#: Words of any sentence whose letters are also somebody's abbreviation.
WORDS = (
    "was",
    "did",
    "does",
    "had",
    "gave",
    "bad",
    "bed",
    "far",
    "fad",
    "hot",
    "ten",
    "van",
    "web",
    "odd",
    "sad",
    "tap",
    "top",
    "men",
    "net",
    "pop",
)


def test_words_of_any_sentence_are_no_abbreviations(read: Read) -> None:
    assert sum(bool(meaning(word)) for word in WORDS) >= 10, "the list has lost its sense"
    for word in WORDS:
        assert codes(read(f"HPI\nThe man {word} there in the morning.\n\nASSESSMENT\n1. Gout\n")) == ["M10.9"], word


@pytest.mark.parametrize(
    ("note", "there", "gone"),
    [
        ("HPI\nA mass in the left breast.\n\nASSESSMENT\n1. Left breast cancer", "C50.912", "N63.0"),
        ("SOCIAL HISTORY\nCurrent smoker.\n\nASSESSMENT\n1. Tobacco use", "F17.210", "Z72.0"),
        ("CC: Liver disease\n\nASSESSMENT\n1. Alcoholic cirrhosis", "K70.30", "K76.9"),
        ("CC: Left ankle injury\n\nASSESSMENT\n1. Left ankle sprain", "S93.402A", "S99.912A"),
        ("HPI\nHip fracture.\n\nASSESSMENT\n1. Healing right intertrochanteric fracture", "S72.141D", "S72.141A"),
        ("ASSESSMENT\n1. Diabetic nephropathy, CKD stage 4, type 2 diabetes", "E11.22", "E11.21"),
        ("ASSESSMENT\n1. Stroke with residual aphasia\n2. Aphasia following cerebral infarction", "I69.320", "Z86.73"),
    ],
)
def test_a_vaguer_code_gives_way(note: str, there: str, gone: str, read: Read) -> None:
    found = codes(read(f"{note}\n"))
    assert there in found
    assert gone not in found


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("1. Lumbar disc herniation\n2. Lumbar radiculopathy", "M51.16"),
        ("1. Compression fracture of L2\n2. Osteoporosis", "M80.08XA"),
        ("1. BPH\n2. Nocturia", "N40.1"),
        ("1. Anemia\n2. CKD stage 4", "D63.1"),
        ("1. COPD\n2. Pneumonia", "J44.0"),
    ],
)
def test_two_conditions_that_one_code_says_are_joined(note: str, code: str, read: Read) -> None:
    assert code in codes(read(f"ASSESSMENT\n{note}\n"))[:2]


def test_each_row_of_the_tables_can_be_read() -> None:
    assert {row.keep for row in joined_rows()} <= {"one", "other", "both", "none"}
    assert {row["how"] for row in read_table("note_vaguer")} <= {"", "both", "always"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Melanocytic nevus of the back", "D22.5"),
        ("Squamous cell carcinoma of the left ear", "C44.229"),
        ("Basal cell carcinoma of the nose", "C44.311"),
        ("Mild nonproliferative diabetic retinopathy without macular edema, both eyes", "E11.3293"),
        ("Arthritis", "M19.90"),
        ("Secondary hyperparathyroidism", "N25.81"),
        ("Allergic rhinitis due to cats", "J30.81"),
        ("ADHD, inattentive type", "F90.0"),
    ],
)
def test_what_the_words_say_is_in_the_code(words: str, code: str, read: Read) -> None:
    assert codes(read(f"ASSESSMENT\n1. {words}\n"))[0] == code


def test_retinopathy_is_of_the_diabetes_that_the_note_tells(read: Read) -> None:
    note = "HPI\nType 1 diabetes since childhood.\n\nASSESSMENT\n1. Proliferative diabetic retinopathy, right eye\n"
    assert codes(read(note))[0].startswith("E10.35")


def test_an_examination_that_is_only_told_of_is_no_reason_for_the_visit(read: Read) -> None:
    told = "HPI\nHe had an eye exam in January and a screening mammogram in March.\n\nASSESSMENT\n1. Gout\n"
    assert codes(read(told))[0] == "M10.9"
    assert not {"Z01.00", "Z12.31"} & set(codes(read(told))[:2])
    assert "Z00.00" in codes(read("HPI\nShe is here for her annual exam.\n\nASSESSMENT\n1. Gout\n"))


@pytest.mark.parametrize("wish", ["would like to proceed with", "is being considered for", "needs a referral for"])
def test_surgery_that_is_to_come_is_no_status(wish: str, read: Read) -> None:
    note = f"PLAN\nShe {wish} a left total hip arthroplasty.\n\nASSESSMENT\n1. Left hip osteoarthritis\n"
    assert "Z96.642" not in codes(read(note))


def test_a_stand_in_symptom_does_not_push_out_the_rest(read: Read) -> None:
    note = (
        "HPI\nHe has coronary artery disease.\n\nASSESSMENT\n1. Gross hematuria\n"
        "- Concerning for bladder cancer.\n2. Nicotine dependence, cigarettes\n"
    )
    assert {"R31.0", "F17.210", "I25.10"} <= set(codes(read(note)))


def test_a_code_to_come_hides_no_code_of_the_day(read: Read) -> None:
    """Plantar fasciitis got codes of its own with the release of October 2026."""
    note = "ASSESSMENT\n1. Plantar fasciitis, left foot\n"
    assert codes(read(note))[0] == "M72.2"
    assert codes(read(note, date(2026, 10, 5)))[0] == "M67.A02"
    assert read(note, date(2024, 5, 12)).mentions


def test_one_complication_of_diabetes_is_no_vaguer_word_for_another(read: Read) -> None:
    found = codes(read("ASSESSMENT\n1. Type 2 diabetes with neuropathy, with hyperglycemia\n"))
    assert {"E11.40", "E11.65"} <= set(found)


def test_the_side_of_an_ulcer_is_taken_with_its_depth(read: Read) -> None:
    assert "L97.512" in codes(read("ASSESSMENT\n1. Ulcer of right foot, with fat layer exposed\n"))


def test_an_operation_under_an_assessed_item_is_a_plan_unless_it_is_told_as_past(read: Read) -> None:
    note = "ASSESSMENT AND PLAN\n1. Left hip osteoarthritis\n- Medical Treatment: {} total hip arthroplasty.\n"
    assert "Z96.642" not in codes(read(note.format("Left")))
    assert "Z96.641" in codes(read(note.format("Status post right")))


@pytest.mark.parametrize("name", ["Park", "Turner", "Wilson", "Edward", "Gilbert", "Potter", "Dawson"])
def test_a_person_is_not_the_disease_of_that_name(name: str, read: Read) -> None:
    note = f"HPI\nMr. {name} lies down as planned; his hemoglobin A1c is 6.1.\n\nASSESSMENT\n1. Gout\n- Plan: refill.\n"
    assert codes(read(note)) == ["M10.9"]


@pytest.mark.parametrize(
    ("weight", "day", "code"),
    [
        ("Underweight, BMI 17.9", date(2026, 11, 12), "Z68.18"),
        ("Underweight, BMI 18.5", date(2026, 11, 12), "Z68.19"),
        ("Underweight, BMI 17.9", date(2026, 5, 12), "Z68.1"),
        ("Overweight, BMI of 29.9", date(2026, 11, 12), "Z68.29"),
        ("Morbid obesity, BMI 43", date(2026, 11, 12), "Z68.41"),
        ("Morbid obesity, BMI 72.4", date(2026, 5, 12), "Z68.45"),
    ],
)
def test_a_body_mass_index_is_coded_as_the_code_set_of_the_day_divides_it(
    weight: str, day: date, code: str, read: Read
) -> None:
    assert [found for found in codes(read(f"A/P:\n1. {weight}\n", on=day, age=40)) if found[:3] == "Z68"] == [code]


def test_a_body_mass_index_is_no_code_of_a_child_or_in_a_pregnancy(read: Read) -> None:
    note = "Prenatal visit at 20 weeks of pregnancy.\nA/P:\n1. Obesity, BMI 31.0\n2. Second trimester pregnancy\n"
    assert not any(code.startswith("Z68") for code in codes(read(note, sex="F", age=30)))
    assert not any(code.startswith("Z68") for code in codes(read("A/P:\n1. Obesity, BMI 31.0\n", age=12)))


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ("Methamphetamine use disorder, severe, in early remission", "F15.21"),
        ("Cocaine use disorder, mild", "F14.10"),
        ("Opioid use disorder, moderate, in sustained remission", "F11.21"),
        ("Alcohol use disorder, severe", "F10.20"),
        ("Nicotine dependence, cigarettes, in remission", "F17.211"),
    ],
)
def test_a_use_disorder_is_coded_by_its_severity_and_remission(item: str, code: str, read: Read) -> None:
    assert codes(read(f"A/P:\n1. {item}\n"))[:1] == [code]


def test_a_dementia_beside_the_disease_that_brings_it_is_coded_as_one_in_that_disease(read: Read) -> None:
    found = codes(read("A/P:\n1. Alzheimer's disease with late onset\n2. Moderate dementia without agitation\n"))
    assert {"G30.1", "F02.B0"} <= set(found)
    assert not any(code.startswith("F03") for code in found)
    assert codes(read("A/P:\n1. Moderate dementia\n"))[:1] == ["F03.B0"]


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ("Hearing aids fitted", "Z97.4"),
        ("AIDS", "B20"),
        ("AIN 2", "K62.82"),
        ("Annual CAD f/u", "I25.10"),
        ("GC/CT sent", ""),
    ],
)
def test_letters_that_also_are_a_word_or_a_grade_are_read_as_what_they_are(item: str, code: str, read: Read) -> None:
    assert "".join(codes(read(f"A/P:\n1. {item}\n"))) == code


def test_an_asthma_of_childhood_is_none_today(read: Read) -> None:
    assert codes(read("PMH: asthma as a child.\nA/P:\n1. Gout\n")) == ["M10.9"]
    assert "J45.909" in codes(read("PMH: history of asthma.\nA/P:\n1. Gout\n"))


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        ("CKD 3b", "N18.32"),
        ("CKD IV", "N18.4"),
        ("S/p autologous stem cell transplant", "Z94.84"),
        ("Multiple myeloma in remission. Myeloma was found in 2020", "C90.01"),
        ("Dysarthria after stroke", "I69.322"),
        ("Right hemiparesis from old stroke", "I69.351"),
        ("Latex allergy", "Z91.040"),
        ("S/p left above knee amputation", "Z89.612"),
    ],
)
def test_stages_statuses_and_what_a_stroke_left_are_named_as_notes_name_them(
    item: str, wanted: str, read: Read
) -> None:
    assert codes(read(f"A/P:\n1. {item}\n")) == [wanted]
