"""A question to a provider: what stops it, and that a fair one goes out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesets.worksheets import OTHER, UNDETERMINED, QueryDraft, QueryForm, check_wording, wording_rules

NOTE = "Heart failure. Ejection fraction 30 %.\nFurosemide 40 mg daily. Creatinine 2.1, eGFR 38."
FAIR = QueryDraft(
    title="Heart failure",
    question="Heart failure is documented on 2026-05-12. Please clarify its type and acuity, if known.",
    indicators=("Ejection fraction 30 %", "Furosemide 40 mg daily"),
    options=("Systolic", "Diastolic", "Combined systolic and diastolic", OTHER, UNDETERMINED),
)


def rules(draft: QueryDraft, note: str | None = NOTE) -> set[str]:
    return {found.rule for found in check_wording(draft, note)}


@pytest.mark.parametrize(
    "question",
    [
        FAIR.question,
        "The note documents “left knee pain”. Please clarify the side of the osteoarthritis.",
        "Please document type and acuity, if known.",
        "Please document the diagnosis and stage, if any.",
        "Diabetes and neuropathy are documented. Please clarify the relationship.",
        "“Probable pneumonia” is documented in an outpatient visit. Please document the diagnosis confirmed at this "
        "visit, or the sign or symptom.",
        "Please indicate the clinical significance of these findings.",
        "Both A and B are documented. Please clarify whether both conditions are present and unrelated.",
        "Please document whether the ulcer is a pressure ulcer, and its stage.",
        "500 cc of saline were given and antibiotic coverage was begun. What condition was treated?",
        "The AUDIT-C score is 9 and the patient denied pain. What does it mean?",
    ],
)
def test_a_fair_question_goes_out(question: str) -> None:
    assert check_wording(replace(FAIR, question=question), NOTE) == ()


@pytest.mark.parametrize(
    ("rule", "question"),
    [
        ("leading", "Please document acute systolic heart failure."),
        ("leading", "Please add the diagnosis of sepsis."),
        ("leading", "Please document that the patient has sepsis."),
        ("leading", "Do you agree that the patient has acute kidney injury?"),
        ("leading", "Wouldn't you agree with malnutrition?"),
        ("leading", "The patient has sepsis, correct?"),
        ("leading", "Isn't this acute respiratory failure?"),
        ("leading", "Kidney disease should be documented as stage 3b."),
        ("leading", "The eGFR clearly shows kidney disease. What stage?"),
        ("leading", "We believe that the patient has encephalopathy."),
        ("leading", "It appears that the patient is malnourished."),
        ("leading", "The picture is consistent with sepsis. Please clarify."),
        ("leading", "The patient meets criteria for severe sepsis."),
        ("leading", "Can you please add this to the note?"),
        ("money", "Reimbursement is higher with the type. Which is it?"),
        ("money", "The claim was denied. Please clarify the type."),
        ("money", "This adds $4,000. Which type?"),
        ("money", "The payer asks for the type."),
        ("quality", "An MCC would be met. Which type?"),
        ("quality", "This carries an HCC. Which type?"),
        ("quality", "It changes the risk score and severity of illness."),
        ("quality", "Auditors ask about this."),
        ("pressure", "We can't code this. Which type?"),
        ("earlier", "The last admission said systolic. Which type is it?"),
    ],
)
def test_what_leads_or_speaks_of_money_is_found(rule: str, question: str) -> None:
    found = [one for one in check_wording(replace(FAIR, question=question), NOTE) if one.rule == rule]
    assert found
    assert found[0].field == "question"
    assert question[found[0].start : found[0].end] == found[0].words != ""


def test_every_rule_stops_or_warns_and_says_what_to_do() -> None:
    for rule in wording_rules():
        assert rule.severity in ("stop", "warn")
        assert set(rule.fields) <= {"title", "question", "option", "indicators"}
        assert rule.message.endswith(".")
        assert rule.do


def test_titles_and_options_are_read_too() -> None:
    (found,) = check_wording(replace(FAIR, title="Missed opportunity"), NOTE)
    assert (found.rule, found.field, found.severity) == ("leading", "title", "warn")
    (found,) = check_wording(replace(FAIR, options=("Systolic, an MCC", *FAIR.options[1:])), NOTE)
    assert (found.rule, found.field, found.number) == ("quality", "option", 1)


def test_a_question_rests_on_words_of_this_record() -> None:
    assert rules(replace(FAIR, indicators=())) == {"indicators"}
    (found,) = check_wording(replace(FAIR, indicators=("Ejection  fraction\n30 %", "BNP 900")), NOTE)
    assert (found.rule, found.number, found.words) == ("indicators", 2, "BNP 900")
    assert check_wording(replace(FAIR, indicators=("BNP 900",)), None) == ()


@pytest.mark.parametrize(
    "quoted",
    [
        "It appears that the patient has severe heart failure",
        "Severity of illness: extreme",
        "she claims that nobody told her, and is in denial about her drinking",
    ],
)
def test_the_records_own_words_may_be_quoted(quoted: str) -> None:
    draft = replace(FAIR, question=f"“{quoted}.” Please clarify.", indicators=(quoted,))
    assert check_wording(draft, f"{quoted}; insurance paid for the echo.") == ()


@pytest.mark.parametrize(
    ("quoted", "words"),
    [
        ("insurance paid for the echo", "paid"),
        ("Echo $1,200 out of pocket", "$1"),
        ("told that the REIMBURSEMENT is late", "REIMBURSEMENT"),
        ("İ: the payer refused it", "payer"),  # a letter that grows in lower case hides nothing
    ],
)
def test_money_goes_out_in_no_quote_either(quoted: str, words: str) -> None:
    """The rule knows no exception: money never appears in the text that is sent, whoever wrote it down first."""
    draft = replace(FAIR, indicators=("Ejection fraction 30 %", quoted))
    found = next(one for one in check_wording(draft, f"{NOTE} {quoted}") if one.words == words)
    assert (found.rule, found.severity, found.field, found.number) == ("money", "stop", "indicators", 2)
    assert quoted in found.message
    assert "shorter quote" in found.do
    repeated = replace(draft, question=f"“{quoted}”: what does it mean?")
    assert ("money", "question") in {(one.rule, one.field) for one in check_wording(repeated, f"{NOTE} {quoted}")}


@pytest.mark.parametrize(
    "options",
    [
        ("Systolic", OTHER, UNDETERMINED),
        ("Systolic", "systolic.", OTHER, UNDETERMINED),
        ("Systolic", "Diastolic", UNDETERMINED),
        ("Systolic", "Diastolic", OTHER),
        (),
    ],
)
def test_a_choice_offers_two_and_other_and_undetermined(options: tuple[str, ...]) -> None:
    assert rules(replace(FAIR, options=options)) == {"options"}


def test_an_open_question_needs_no_options() -> None:
    assert check_wording(replace(FAIR, form=QueryForm.OPEN, options=()), NOTE) == ()


@pytest.mark.parametrize(("purpose", "fair"), [("", False), ("new", False), ("cause", True), ("documented", True)])
def test_yes_or_no_is_for_what_is_documented_already(purpose: str, fair: bool) -> None:
    draft = replace(FAIR, form=QueryForm.YES_NO, options=(), purpose=purpose)
    assert (check_wording(draft, NOTE) == ()) is fair


def test_a_condition_that_the_record_does_not_name_is_not_brought_in() -> None:
    draft = replace(FAIR, title="Sepsis", form=QueryForm.OPEN)
    (found,) = check_wording(draft, NOTE, introduced=("sepsis",))
    assert (found.rule, found.field, found.words) == ("introduced", "title", "Sepsis")


@given(st.text(max_size=200), st.text(max_size=200), st.lists(st.text(max_size=30), max_size=4))
def test_any_draft_is_answered_and_marks_lie_in_their_field(title: str, question: str, options: list[str]) -> None:
    draft = QueryDraft(title, question, options=tuple(options), indicators=tuple(options))
    texts = {"title": title, "question": question}
    for found in check_wording(draft, NOTE):
        text = texts.get(found.field) or (options[found.number - 1] if found.number else "")
        assert 0 <= found.start <= found.end <= len(text)
