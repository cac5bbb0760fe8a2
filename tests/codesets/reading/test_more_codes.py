"""Headings of other kinds of note, stages beside a combination, conditions in a pregnancy, letters."""

from __future__ import annotations

import pytest

from codesets.reading import Assertion
from codesets.reading.visits import weeks_in

from .conftest import Read, codes


@pytest.mark.parametrize(
    "heading",
    [
        "Clinical impression:",
        "PRINCIPAL DIAGNOSIS",
        "Discharge Diagnoses:",
        "ED DIAGNOSES:",
        "Impression/Recommendations",
        "MDM/Impression:",
        "Results and Impression:",
    ],
)
def test_every_usual_heading_opens_the_assessment(heading: str, read: Read) -> None:
    found = read(f"PMH: gout\nED course: fluids, better\n{heading}\n1. Left ureteral stone\n2. Hypokalemia\n")
    assert [one.code for one in found.suggestions][:2] == ["N20.1", "E87.6"]


@pytest.mark.parametrize(
    ("note", "there", "gone"),
    [
        ("A/P:\n1. Closed Colles fracture of the left wrist", ("S52.532A",), "S62.102A"),
        ("A/P:\n1. Anemia due to iron deficiency", ("D50.9",), "E61.1"),
        ("PMH: NKDA\nA/P:\n1. Strep pharyngitis. Fluids, rest.", ("J02.0",), "Z88.9"),
        ("HPI: a man awoke 1 night ago with toe pain\nA/P:\n1. Gout", ("M10.9",), "E31.21"),
        ("A/P:\n1. Displaced fracture of the left femoral neck", ("S72.002A",), "S82.112A"),
        ("A/P:\n1. Alcoholic cirrhosis\n2. Esophageal varices", ("K70.30", "I85.10"), "I85.00"),
        ("PMH: breast cancer 2009\nA/P:\n1. Gout", ("M10.9", "Z85.3"), "C50.919"),
        ("A/P:\n1. OSA\n2. Chronic insomnia", ("G47.33", "G47.00"), "G47.30"),
        ("A/P:\n1. Left foot ulcer", ("L97.529",), "L97.528"),
        ("A/P:\n1. CKD 3a due to diabetes\n2. HTN", ("E11.22", "N18.31", "I12.9"), "I10"),
        ("A/P:\n1. Diabetic CKD\n2. HTN", ("E11.22", "I12.9"), "N18.9"),
        ("A/P:\n1. Well child with abnormal findings\nHPI: here for a well child visit", ("Z00.121",), "Z00.129"),
        ("A/P:\n1. T2DM with hyperglycemia\n2. Hyperglycemia", ("E11.65",), "R73.9"),
        ("A/P:\n1. Reflux esophagitis\n2. GERD with esophagitis", ("K21.00",), "K21.9"),
        ("A/P:\n1. Left ureteral stone with hydronephrosis", ("N13.2",), "N13.30"),
        ("HPI: flank pain for 4 hrs\nA/P:\n1. Gout", ("M10.9",), "K76.7"),
        ("A/P:\n1. Personal h/o melanoma in situ of the back", ("Z86.006",), "Z85.820"),
        ("A/P:\n1. Coronary artery disease with stable angina", ("I25.118",), "I25.10"),
        ("A/P:\n1. CKD stage 5 on dialysis", ("N18.6", "Z99.2"), "N18.5"),
        ("A/P:\n1. L4-5 disc herniation with radiculopathy", ("M51.16",), "M54.10"),
        ("A/P:\n1. Vertigo, likely BPPV", ("R42",), "H81.10"),
        ("A/P:\n1. Primary open angle glaucoma, moderate, left eye", ("H40.1122",), "H40.1120"),
        ("PSH: two prior cesarean deliveries\nA/P:\n1. Gout", ("Z98.891",), "O34.219"),
    ],
)
def test_codes_that_belong_together_are_offered_together(
    note: str, there: tuple[str, ...], gone: str, read: Read
) -> None:
    found = codes(read(f"{note}\n"))
    assert set(there) <= set(found)
    assert gone not in found


def test_in_a_pregnancy_chapter_15_comes_first_and_the_condition_beside_it(read: Read) -> None:
    note = (
        "G3P1 at 29w4d by LMP c/w 9 wk US, good fetal movement.\nA/P:\n1. Hypothyroidism - levothyroxine\n"
        "2. Iron deficiency anemia\n3. Gestational diabetes, diet controlled\n4. Previous cesarean delivery\n"
    )
    found = codes(read(note, sex="F", age=34))
    assert {"O99.283", "E03.9", "O99.013", "D50.9", "O24.410", "O34.219", "Z3A.29"} <= set(found)
    assert found.index("O99.283") < found.index("E03.9")
    assert not {"O99.283", "O34.219"} & set(codes(read(note.replace("fetal", "daily").replace("G3P1 at", ""), sex="F")))


def test_the_weeks_are_those_of_the_visit_and_not_of_the_first_scan() -> None:
    for text in ("at 29w4d by LMP c/w 9 wk US", "dated by 9 week ultrasound, now 29 weeks", "29w4d"):
        found = weeks_in(text)
        assert found is not None
        assert found[0] == 29, text


def test_the_summing_up_of_a_letter_is_its_assessment(read: Read) -> None:
    letter = (
        "Dear colleague,\n\nHe has had gout for years and takes allopurinol.\n\n"
        "In summary, my impression is that his trouble comes from a hiatal hernia.\n"
    )
    found = read(letter)
    assert [one.code for one in found.suggestions] == ["K44.9", "M10.9"]
    assert "Assessment" in found.suggestions[0].why


@pytest.mark.parametrize(
    ("sentence", "words", "said"),
    [
        ("We considered appendicitis, pyelonephritis and torsion.", "pyelonephritis", Assertion.UNCERTAIN),
        ("We considered surgery for her gout.", "gout", Assertion.PRESENT),
        ("Frozen shoulder is a possible complication.", "frozen", Assertion.HYPOTHETICAL),
        ("Preeclampsia precautions given.", "preeclampsia", Assertion.HYPOTHETICAL),
        ("Measles exposure at school.", "measles", Assertion.OTHER_PERSON),
    ],
)
def test_what_is_weighed_or_warned_of_is_not_had(sentence: str, words: str, said: Assertion, asserted: object) -> None:
    assert callable(asserted)
    assert asserted(sentence, words) is said


def test_a_working_diagnosis_stays_uncertain_as_a_heading_too(read: Read) -> None:
    assert "J18.9" not in codes(read("CC: cough\nWorking diagnosis: pneumonia\n"))


def test_a_label_under_an_item_does_not_end_the_items(read: Read) -> None:
    note = (
        "ASSESSMENT AND PLAN\n\nActinic keratosis.\n- Procedure: Liquid nitrogen.\n- Instructions: hat.\n\nObesity.\n"
    )
    assert codes(read(note))[:2] == ["L57.0", "E66.9"]


def test_a_stage_behind_a_comma_belongs_to_the_condition_before_it(read: Read) -> None:
    note = (
        "ASSESSMENT\nThis pleasant man of 60 comes for type 2 diabetes with diabetic chronic kidney disease,"
        " stage 3a, and gout."
    )
    assert {"E11.22", "N18.31", "M10.9"} <= set(codes(read(note)))


def test_an_aftercare_visit_has_the_replaced_joint_beside_it(read: Read) -> None:
    found = codes(read("ASSESSMENT\n1. Aftercare following right total knee arthroplasty\n"))
    assert {"Z47.1", "Z96.651"} <= set(found)


def test_what_only_the_search_can_name_gets_its_side_and_is_no_external_cause(read: Read) -> None:
    assert codes(read("ASSESSMENT\n1. Dacryocystitis, left\n"))[0] == "H04.302"
    assert not codes(read("ASSESSMENT\n1. Fall on ice\n"))


def test_an_exposure_with_a_code_of_its_own_is_coded_as_that(read: Read) -> None:
    assert codes(read("HPI\nInfluenza exposure at school.\n")) == ["Z20.828"]


def test_what_an_item_rules_out_is_not_coded_from_elsewhere_in_the_note(read: Read) -> None:
    note = (
        "HPI\nShe was told that she has gout. Allergic to penicillin as a girl.\n\nA/P:\n1. Gout ruled out\n2. Bunion"
    )
    assert "M10.9" not in codes(read(note))
