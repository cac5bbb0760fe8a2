"""The words of the notes become references: every form of the tabular list, and all notes of it accounted for."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesets import CodeLibrary
from codesets.edits.book import book_of
from codesets.edits.references import Reference, intent, parse

DAY = date(2026, 5, 12)
KINDS = ("excludes1", "excludes2", "codeFirst", "useAdditionalCode", "codeAlso")
ALL_NOTES = "SELECT kind, text FROM note"
ALL_CODES = "SELECT code FROM code WHERE system = 'ICD10CM'"


@pytest.mark.parametrize(
    ("text", "ends", "condition", "values"),
    [
        ("diabetes (E11.-)", ["E11-E11"], "", ()),
        ("prediabetes (R73.9)", ["R739-R739"], "", ()),
        ("recurrent (F33-)", ["F33-F33"], "", ()),
        ("child (Z00.12.-)", ["Z0012-Z0012"], "", ()),
        ("pleural effusion (J91.0))", ["J910-J910"], "", ()),
        ("influenza (J09.X2, J10.1, J11.1)", ["J09X2-J09X2", "J101-J101", "J111-J111"], "", ()),
        ("diabetes (E08-E13)", ["E08-E13"], "", ()),
        ("symptoms (A00-R94 and T80-T88.9)", ["A00-R94", "T80-T889"], "", ()),
        ("arteries (I70.2--I70.7-)", ["I702-I707"], "", ()),
        ("rheumatoid (M05.00 to M05.8A)", ["M0500-M058A"], "", ()),
        ("classified in S06.1- to S06.6-, and S06.81- to S06.89-", ["S061-S066", "S0681-S0689"], "", ()),
        ("angiopathy (E08-E13 with .51-.52)", ["E08-E13"], "head", ("51", "52")),
        ("dermatitis (E08-E13 with .62-)", ["E08-E13"], "head", ("62",)),
        ("disorder (F11-F19 with .15. .25, .95)", ["F11-F19"], "head", ("15", "25", "95")),
        ("aphasia (I69. with final characters -20)", ["I69-I69"], "tail", ("20",)),
        ("whooping cough (A37 with fifth-character 1)", ["A37-A37"], "char:5", ("1",)),
        ("leukemia in remission C91.0-C95.9 with 5th character 1", ["C910-C959"], "char:5", ("1",)),
        ("psychosis (F11-F19 with fifth to sixth characters 51)", ["F11-F19"], "char:5", ("51",)),
        ("drugs (T36-T65 with fifth or sixth character 1-4 or 6)", ["T36-T65"], "intent", ("1", "2", "3", "4", "6")),
        ("underdosing (T36-T50) with fifth or sixth character 6", ["T36-T50"], "intent", ("6",)),
        ("fracture (S92.-with 7th character B)", ["S92-S92"], "char:7", ("B",)),
        ("fracture (S52.- with open fracture 7th character)", ["S52-S52"], "char:7", tuple("BCEFHJMNQR")),
        ("influenza A/H1N1 (J10.-)", ["J10-J10"], "", ()),
        ("with tuberculosis, any type in A15 (J65)", ["J65-J65"], "", ()),
        ("G6PD deficiency", [], "", ()),
        ("sepsis - code to infection", [], "", ()),
    ],
)
def test_each_form_of_the_tabular_list_is_read(text: str, ends: list[str], condition: str, values: tuple[str]) -> None:
    found = parse(text).references
    assert [f"{r.low}-{r.high}" for r in found] == ends
    assert {(r.condition, r.values) for r in found} <= {(condition, values)}


def test_a_note_with_ketoacidosis_goes_by_title() -> None:
    (first, *_) = parse("acidosis - see categories E08-E10, E11, E13 with ketoacidosis").references
    assert first.meets("E1010", "Type 1 diabetes mellitus with ketoacidosis without coma")
    assert not first.meets("E109", "Type 1 diabetes mellitus without complications")


@pytest.mark.parametrize(
    ("code", "meant"),
    [("T43215A", "5"), ("T360X6A", "6"), ("T402X1A", "1"), ("T39395A", "5"), ("S52501A", ""), ("T36", "")],
)
def test_the_intent_of_a_poisoning(code: str, meant: str) -> None:
    assert intent(code) == meant


@pytest.mark.parametrize(
    ("low", "high", "code", "inside"),
    [
        ("M05", "M14", "M1A.9XX0", True),
        ("C43", "C44", "C4A.0", True),
        ("O00", "O9A", "O9A.212", True),
        ("Z34", "Z37", "Z3A.20", True),
        ("I702", "I707", "I70.711", True),
        ("I702", "I707", "I70.8", False),
        ("E08", "E13", "E15", False),
    ],
)
def test_ranges_go_by_tabular_order(library: CodeLibrary, low: str, high: str, code: str, inside: bool) -> None:
    book = book_of(library)
    facts = book.facts(code, DAY)
    assert facts is not None
    assert book.lies_in(Reference(low, high), facts) is inside


def test_every_note_of_the_tabular_list_is_accounted_for(library: CodeLibrary) -> None:
    """Prints how many references are resolved, by form, and why the other notes have none."""
    forms: Counter[tuple[str, str]] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    strays: Counter[str] = Counter()
    known = {key for (code,) in library.rows(ALL_CODES) for key in [code.replace(".", "")]}
    for kind, text in library.rows(ALL_NOTES):
        if kind not in KINDS:
            continue
        parsed = parse(text)
        forms.update((kind, reference.form) for reference in parsed.references)
        strays.update(end for r in parsed.references for end in (r.low, r.high) if end not in known)
        if not parsed.references:
            assert parsed.reason
            reasons[kind, parsed.reason] += 1
    for (kind, form), count in sorted(forms.items()):
        print(f"{kind:18} {form:30} {count:5}")
    for (kind, reason), count in sorted(reasons.items()):
        print(f"{kind:18} no reference: {reason:30} {count:5}")
    assert sum(n for (kind, _), n in forms.items() if kind == "excludes1") == 5695
    assert sum(n for (kind, _), n in reasons.items() if kind == "excludes1") == 128
    assert sum(n for (kind, _), n in reasons.items() if kind == "excludes2") == 35
    assert set(strays) == {"G3190", "R104"}  # printed so in the tabular list; there are no such codes


def test_no_code_of_the_code_set_is_too_much(library: CodeLibrary) -> None:
    book = book_of(library)
    count = 0
    for (code,) in library.rows("SELECT DISTINCT code FROM code WHERE system = 'ICD10CM' AND seventh IS NULL"):
        facts = book.facts(code, DAY) or book.facts(code, date(2026, 10, 1))
        assert facts is not None, code
        assert facts.ancestors, code
        count += 1
    assert count > 46_000


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    parsed = parse(text)
    assert bool(parsed.references) is not bool(parsed.reason)
    for reference in parsed.references:
        reference.meets("T43215A", "a title")
