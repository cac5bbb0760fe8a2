"""Each edit fires where it must and is silent where it must be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from codesets import CodeLibrary
from codesets.edits import CodedEncounter, CodedLine, Diagnosis, Finding, Severity, check, edits, not_checked

DOS = date(2026, 5, 12)


def encounter(*codes: str, lines: tuple[CodedLine, ...] | None = None, **other: Any) -> CodedEncounter:
    usual = (CodedLine(1, "G0463", pointers=(1,), pos="11"),)
    given: dict[str, Any] = {"dos": DOS} | other
    return CodedEncounter(dx=tuple(map(Diagnosis, codes)), lines=usual if lines is None else lines, **given)


#: The families that this file is about; the others have case files of their own.
FIRST = ("DX.INVALID", "DX.NOT_BILLABLE", "DX.7TH", "DX.DATE", "DX.DUP", "PX.POINTER", "PX.UNITS")


def first(library: CodeLibrary, coded: CodedEncounter) -> tuple[Finding, ...]:
    return tuple(f for f in check(coded, library) if f.edit in FIRST or f.edit.startswith("FORM."))


def names(library: CodeLibrary, *codes: str, **other: Any) -> set[str]:
    return {finding.edit for finding in first(library, encounter(*codes, **other))}


@pytest.mark.parametrize(
    ("codes", "edit"),
    [
        (("Z99.99",), "DX.INVALID"),
        (("E11.2",), "DX.NOT_BILLABLE"),
        (("M54.5",), "DX.NOT_BILLABLE"),
        (("S52.501",), "DX.7TH"),
        (("T14.8A",), "DX.7TH"),
        (("S93.401B",), "DX.7TH"),
        (("T36.01XA",), "DX.7TH"),
        (("I10", "i10"), "DX.DUP"),
    ],
)
def test_a_code_that_cant_be_billed_is_an_error(library: CodeLibrary, codes: tuple[str, ...], edit: str) -> None:
    assert names(library, *codes) == {edit}


@pytest.mark.parametrize(
    "codes", [("I10",), ("e119",), ("QA0.0101",), ("M1A.9XX0",), ("S52.501A",), ("O36.8120",), ("M79.641", "M79.642")]
)
def test_codes_that_can_be_billed_pass(library: CodeLibrary, codes: tuple[str, ...]) -> None:
    assert first(library, encounter(*codes)) == ()


def test_the_last_day_decides_which_codes_are_in_force(library: CodeLibrary) -> None:
    early = date(2025, 9, 30)
    assert names(library, "E11.A", dos=early) == {"DX.DATE"}
    assert names(library, "E11.A", dos=early, through=date(2025, 10, 1), setting="inpatient") == set()


def test_a_day_before_the_loaded_code_sets_stops_nothing_and_is_named_as_not_checked(library: CodeLibrary) -> None:
    early = date(2025, 3, 3)
    for code in ("I10", "G35", "S52.501A"):
        assert first(library, encounter(code, dos=early)) == ()
        (told,) = [words for words in not_checked(encounter(code, dos=early), library) if "DX.*" in words]
        assert "2025-03-03" in told
        assert "begin on 2025-10-01" in told
    assert not [words for words in not_checked(encounter("I10"), library) if "DX.*" in words]
    both = {found.edit for found in check(encounter("E11.65", "R73.03", dos=early), library)}
    assert "DX.EX1" in both  # the notes are those of the first code set that is loaded


@pytest.mark.parametrize(
    ("line", "edit"),
    [
        (CodedLine(1, "G0463"), "PX.POINTER"),
        (CodedLine(1, "G0463", pointers=(1, 2, 1, 2, 1)), "PX.POINTER"),
        (CodedLine(1, "G0463", pointers=(3,)), "PX.POINTER"),
        (CodedLine(1, "G0463", pointers=(0,)), "PX.POINTER"),
        (CodedLine(1, "G0463", pointers=(1, 1)), "PX.POINTER"),
        (CodedLine(1, "G0463", pointers=(2,)), "PX.POINTER"),
        (CodedLine(1, "G0463", pointers=(1,), units=0), "PX.UNITS"),
        (CodedLine(1, "G0463", pointers=(1,), units=-1), "PX.UNITS"),
        (CodedLine(1, "G0463", pointers=(1,), units=Decimal("1.5")), "PX.UNITS"),
        (CodedLine(1, "G0463", ("25", "59", "LT", "RT", "GA"), pointers=(1,)), "FORM.MODIFIERS"),
    ],
)
def test_a_line_that_is_not_whole_is_an_error(library: CodeLibrary, line: CodedLine, edit: str) -> None:
    (finding,) = first(library, encounter("S93.401A", "W19.XXXA", lines=(line,)))
    assert (finding.edit, finding.line, finding.severity) == (edit, 1, Severity.ERROR)


def test_a_line_may_point_to_an_external_cause_after_another(library: CodeLibrary) -> None:
    line = CodedLine(1, "G0463", pointers=(1, 2), units=Decimal("2"))
    assert first(library, encounter("S93.401A", "W19.XXXA", lines=(line,))) == ()


def test_what_does_not_fit_on_the_claim_is_an_error_or_goes_on_several(library: CodeLibrary) -> None:
    many = [f"Z79.0{n}" for n in (1, 2)] + [f"R10.{n}" for n in (10, 11, 12, 13, 30, 31, 32, 33)] + ["I10", "E11.9"]
    assert names(library, *many) == set()
    assert names(library, *many, "J06.9") == {"FORM.DX"}
    lines = tuple(CodedLine(n, "G0463", pointers=(1,)) for n in range(1, 52))
    assert names(library, "I10", lines=lines[:50]) == set()
    assert names(library, "I10", lines=lines) == {"FORM.LINES"}
    assert [one.severity for one in check(encounter("I10", lines=lines), library)] == ["info"]


def test_a_finding_says_what_why_and_how_it_clears(library: CodeLibrary) -> None:
    for finding in check(encounter("E11.2", "S52.501", lines=(CodedLine(7, "G0463"),)), library):
        assert isinstance(finding, Finding)
        assert finding.message.endswith(".")
        assert finding.source
        assert finding.clears_when
    assert [str(s) for s in Severity] == ["error", "warn", "info"]


def test_findings_come_in_a_fixed_order(library: CodeLibrary) -> None:
    coded = encounter("Z99.99", "E11.2", "I10", "I10", lines=(CodedLine(2, "G0463"), CodedLine(1, "G0463")))
    assert check(coded, library) == check(coded, library)
    assert [f.edit for f in check(coded, library)] == [
        "DX.DUP",
        "DX.INVALID",
        "DX.NOT_BILLABLE",
        "PX.POINTER",
        "PX.POINTER",
    ]


def test_every_edit_is_registered_once_under_its_name() -> None:
    assert {"DX.INVALID", "DX.NOT_BILLABLE", "DX.7TH", "DX.DATE", "DX.DUP", "PX.POINTER", "PX.UNITS"} <= set(edits())
