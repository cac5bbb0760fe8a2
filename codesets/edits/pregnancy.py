"""Pregnancy, childbirth and the puerperium: Guidelines I.C.15."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codesets.edits.case import Case, Coded
from codesets.edits.model import Edit, Finding, Severity

_TRIMESTER = re.compile(r"\b(first|second|third) trimester")
_ORDINALS = ("first", "second", "third")
_ABORTIVE = ("O00", "O01", "O02", "O03", "O04", "O07", "O08")
#: Chapter 15 codes that tell of a condition beside the pregnancy.
_COMPLICATING = ("O1", "O2", "O98", "O99", "O9A")
_PREGNANT = ("O", "Z34", "Z3A")
_ELSEWHERE = tuple("ABCDEFGHIJKLMN")
_THIRD_WEEK, _SECOND_WEEK = 28, 14


def _finding(edit: str, severity: Severity, codes: tuple[str, ...], message: str, source: str, clears: str) -> Finding:
    full = f"ICD-10-CM Guidelines {source}"
    return Finding(edit, severity, codes, None, message, full, clears, overridable=severity is Severity.WARN)


def _order(case: Case) -> Iterator[Finding]:
    late = [dx for dx in case.having("O") if any(not other.begins("O") for other in case.dx[: case.dx.index(dx)])]
    if late:
        before = next(dx for dx in case.dx if not dx.begins("O"))
        yield _finding(
            "DX.OB_ORDER",
            Severity.WARN,
            (late[0].code, before.code),
            f"{late[0].code} stands behind {before.code}: chapter 15 comes before all others.",
            "I.C.15.a.1: chapter 15 codes have sequencing priority",
            f"{late[0].code} is listed before {before.code}",
        )


def trimester_of(title: str) -> str:
    """First, second or third, by the words of a title."""
    found = _TRIMESTER.search(title.lower())
    return found[1] if found else ""


def trimester_of_weeks(key: str) -> str:
    """The trimester of a Z3A code; "" when it leaves the weeks open."""
    weeks = key[3:]
    if not weeks.isdigit() or weeks == "00":
        return ""
    number = int(weeks)
    return _ORDINALS[(number >= _SECOND_WEEK) + (number >= _THIRD_WEEK)]


def _trimester(case: Case) -> Iterator[Finding]:
    said = [(dx, trimester_of_weeks(dx.key) if dx.begins("Z3A") else trimester_of(dx.title)) for dx in case.dx]
    told = [(dx, word) for dx, word in said if word and dx.begins(*_PREGNANT)]
    if len({word for _, word in told}) > 1:
        words = ", ".join(f"{dx.code} {word}" for dx, word in told)
        yield _finding(
            "DX.OB_TRIMESTER",
            Severity.WARN,
            tuple(dx.code for dx, _ in told),
            f"The trimesters do not agree: {words}.",
            "I.C.15.a.3: first trimester under 14 weeks 0 days, second to under 28 weeks 0 days, then third",
            "the codes say the trimester of the weeks of gestation",
        )


def _weeks(case: Case) -> Iterator[Finding]:
    due = [dx for dx in case.having("O") if "trimester" in dx.title.lower() and not dx.begins(*_ABORTIVE)]
    if due and not case.having("Z3A"):
        yield _finding(
            "DX.OB_WEEKS",
            Severity.INFO,
            (due[0].code,),
            f"{due[0].code} is coded without the weeks of gestation.",
            "I.C.21.c.11 and the note of chapter 15: use additional code from Z3A, if known",
            "a Z3A code is listed",
        )


def _chapter(case: Case) -> Iterator[Finding]:
    newborn = case.having("P", "Z38")
    obstetric = case.having("O")
    if obstetric and (newborn or case.age() == 0):
        codes = tuple(dx.code for dx in (obstetric[0], *newborn[:1]))
        message = f"{obstetric[0].code} belongs on the mother's record, not on the newborn's."
        yield _finding(
            "DX.OB_CHAPTER", Severity.INFO, codes, message, "I.C.15.a.2: never on the newborn record", "it is removed"
        )
    elif case.having(*_PREGNANT) and not case.having(*_COMPLICATING, "Z331") and not case.having("O8", "O9"):
        yield from _outside(case)


def _outside(case: Case) -> Iterator[Finding]:
    other: Coded | None = next((dx for dx in case.dx if dx.begins(*_ELSEWHERE)), None)
    if other:
        yield _finding(
            "DX.OB_CHAPTER",
            Severity.INFO,
            (other.code,),
            f"{other.code} in pregnancy is coded from chapter 15 first, unless it is documented as incidental.",
            "I.C.15.a.1: the provider documents when a condition does not affect the pregnancy",
            "the chapter 15 code is listed, or Z33.1 where the pregnancy is incidental",
        )


FAMILY = (
    Edit("DX.OB_ORDER", _order, "a chapter 15 code behind another"),
    Edit("DX.OB_TRIMESTER", _trimester, "trimesters that do not agree with each other or with the weeks"),
    Edit("DX.OB_WEEKS", _weeks, "a chapter 15 code without the weeks of gestation", Severity.INFO),
    Edit(
        "DX.OB_CHAPTER",
        _chapter,
        "a condition in pregnancy outside chapter 15, or chapter 15 on a newborn",
        Severity.INFO,
    ),
)
