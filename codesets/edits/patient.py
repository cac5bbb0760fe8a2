"""Codes that do not fit the patient's age or sex: the lists of the Medicare Code Editor."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codesets.edits.case import Case
from codesets.edits.facts import listed
from codesets.edits.model import Edit, Finding, Severity

#: Whole years, both included (Medicare Code Editor, age conflict).
_AGES = {"newborn": (0, 0), "pediatric": (0, 17), "maternity": (9, 64), "adult": (15, 124)}
_SEXES = {"male": "M", "female": "F"}
_SPAN = re.compile(r"([a-z]+)(?:(\d+)-(\d+))?")
_WORDS = {"M": "men", "F": "women"}


def _age(case: Case) -> Iterator[Finding]:
    age = case.age()
    if age is None:
        return
    for dx in case.dx:
        for name, youngest, oldest in _spans(case, dx.key):
            if not youngest <= age <= oldest:
                span = f"{youngest} to {oldest} years" if oldest else "the first year"
                yield Finding(
                    "DX.AGE",
                    Severity.WARN,
                    (dx.code,),
                    None,
                    f"{dx.code} is for {span}; the patient is {age}.",
                    f"Medicare Code Editor, age conflict: {name} diagnoses, {youngest}-{oldest} years",
                    "the code fits the age, or the date of birth is corrected",
                    overridable=True,
                )


def _spans(case: Case, key: str) -> Iterator[tuple[str, int, int]]:
    """The age lists that a code is on: those of the loaded editor, else the bundled ones."""
    if case.editor_loaded("age"):
        flags = case.library.rules.diagnosis_flags(key, case.on)
        for name, first, last in _SPAN.findall(flags.age if flags else ""):
            usual = _AGES.get(name, (0, 124))
            yield name, int(first or usual[0]), int(last or usual[1])
        return
    for name, (youngest, oldest) in _AGES.items():
        if listed(name, key):
            yield name, youngest, oldest


def _sexes(case: Case, key: str) -> str:
    """The sexes that a code is listed for, M or F, "" for none."""
    if case.editor_loaded("sex"):
        flags = case.library.rules.diagnosis_flags(key, case.on)
        return flags.sex if flags else ""
    return "".join(letter for name, letter in _SEXES.items() if listed(name, key))


def _sex(case: Case) -> Iterator[Finding]:
    sex = case.encounter.sex.strip().upper()[:1]
    if sex not in _WORDS:
        return
    for dx in case.dx:
        for wanted in _sexes(case, dx.key):
            if wanted in _WORDS and wanted != sex:
                yield Finding(
                    "DX.SEX",
                    Severity.WARN,
                    (dx.code,),
                    None,
                    f"{dx.code} is listed for {_WORDS[wanted]}; some payers still reject it otherwise.",
                    f"Medicare Code Editor, sex conflict: {_WORDS[wanted]} (not edited by CMS since 2024-10-01)",
                    "the code or the recorded sex is corrected, or the payer is known not to edit it",
                    overridable=True,
                )


FAMILY = (
    Edit("DX.AGE", _age, "a code that does not fit the age"),
    Edit("DX.SEX", _sex, "a code that does not fit the sex; off at CMS, payers still use it"),
)
