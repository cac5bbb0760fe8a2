"""What the guidelines presume to go together: hypertension (I.C.9.a), diabetes (I.A.15, I.C.4.a), BMI (I.B.14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from codesets.edits.case import Case, Coded
from codesets.edits.model import Edit, Finding, Severity
from codesets.tables import read_table

_HYPERTENSION = ("I10", "I11", "I12", "I13")
_OTHER_HEART = ("I514", "I515", "I516", "I517", "I5189", "I519")
_LATE = ("N185", "N186")
_UNRELATED = re.compile(
    r"not (?:due to|caused by|related to) (?:\w+ )?(?:hypertension|htn)|not hypertensive"
    r"|unrelated to (?:hypertension|htn)|renovascular"
)
_DIABETES = ("E08", "E09", "E11", "E13")
_PLAIN = re.compile(r"E(08|09|10|11|13)9")
#: Diagnoses that a BMI goes with: weight, nutrition, eating, growth.
_WEIGHT = ("E66", "E64", "R63", "E4", "F50", "R62", "R64", "E88A", "E6782", "E8881", "K95", "P05", "P07", "P08", "P92")
_ADULT_BMI_AGE = 20


def _heart(case: Case) -> str:
    if case.having("I50", "I110", "I130", "I132"):
        return "failure"
    return "other" if case.having(*_OTHER_HEART) else "none"


def _kidney(case: Case) -> str:
    if case.having(*_LATE):
        return "late"
    return "early" if case.having("N18") else "none"


@lru_cache(maxsize=1)
def _combined() -> dict[tuple[str, str], str]:
    return {(row["heart"], row["kidney"]): row["codes"] for row in read_table("edit_hypertension")}


def _hypertension(case: Case) -> Iterator[Finding]:
    listed = case.having(*_HYPERTENSION)
    heart, kidney = _heart(case), _kidney(case)
    # a combination code alone may lack its second code: that is for "use additional code" to say
    if not listed or (heart, kidney) == ("none", "none"):
        return
    due = _combined()[heart, kidney]
    wrong = [dx for dx in listed if not _suffices(dx, due, heart, kidney)]
    if not wrong and len(listed) == 1:
        return
    partners = case.having("I50", *_OTHER_HEART, "N18")
    if not partners:
        return
    unrelated = _UNRELATED.search(case.words()) is not None
    yield Finding(
        "DX.HTN_COMBO",
        Severity.INFO if unrelated else Severity.WARN,
        tuple(dx.code for dx in (*(wrong or listed), *partners)),
        None,
        f"Hypertension with {' and '.join(dx.code for dx in partners)} is coded {due}; listed: "
        f"{', '.join(dx.code for dx in listed)}.",
        "ICD-10-CM Guidelines I.C.9.a: hypertension with heart disease and chronic kidney disease",
        f"{due} takes the place of {', '.join(dx.code for dx in wrong or listed)}, or the record says it is unrelated",
        overridable=True,
    )


def _suffices(dx: Coded, due: str, heart: str, kidney: str) -> bool:
    """Is the listed code the one that is due, or one that says more than the other codes on the claim?"""
    if dx.code == due:
        return True
    if kidney == "none" and heart == "failure":
        return dx.begins("I130", "I132")
    if kidney == "none":
        return dx.begins("I11", "I13")
    if heart == "none":
        return dx.begins("I1310", "I130") if kidney == "early" else dx.begins("I1311", "I132")
    return False


def _diabetes_with(case: Case) -> Iterator[Finding]:
    for dx in case.dx:
        if not _PLAIN.fullmatch(dx.key):
            continue
        for row in read_table("edit_diabetes_with"):
            for other in case.having(row["condition"].replace(".", "")):
                due = " or ".join(f"{dx.key[:3]}.{ending}" for ending in row["ending"].split())
                yield Finding(
                    "DX.DM_COMBO",
                    Severity.WARN,
                    (dx.code, other.code),
                    None,
                    f"Diabetes with {row['about']} ({other.code}) is coded {due}, not {dx.code}.",
                    "ICD-10-CM Guidelines I.A.15: the Index lists it under “Diabetes, with”",
                    f"{due} takes the place of {dx.code}, or the record says the two are unrelated",
                    overridable=True,
                )


def _insulin(case: Case) -> Iterator[Finding]:
    told = case.encounter.ctx.get("meds") or ()
    meds = " ".join(
        [told] if isinstance(told, str) else map(str, told if isinstance(told, list | tuple) else ())
    ).lower()
    diabetes = case.having(*_DIABETES)
    for row in read_table("edit_diabetes_drugs"):
        names = row["names"].split()
        drug = next((name for name in names if re.search(rf"\b{name}", meds)), "")
        if drug and diabetes and not case.having(row["status"].replace(".", "")):
            yield _drug_finding(
                diabetes[0].code, f"{drug} is taken: {row['status']} says so.", f"{row['status']} is listed"
            )
    for dx in case.having("O244"):
        for status in case.having("Z794"):
            message = f"{status.code} is not coded with {dx.code}: gestational diabetes says how it is controlled."
            yield _drug_finding(dx.code, message, f"{status.code} is removed", status.code)


def _drug_finding(code: str, message: str, clears: str, other: str = "") -> Finding:
    source = "ICD-10-CM Guidelines I.C.4.a.3 and I.C.15.i: long-term use of insulin and other antidiabetic drugs"
    codes = tuple(filter(None, (code, other)))
    return Finding("DX.DM_INSULIN", Severity.INFO, codes, None, message, source, clears)


def _bmi(case: Case) -> Iterator[Finding]:
    for dx in case.having("Z68"):
        message = _bmi_trouble(case, dx)
        if message:
            yield Finding(
                "DX.BMI",
                Severity.WARN,
                (dx.code,),
                None,
                message,
                "ICD-10-CM Guidelines I.B.14 and the note at Z68: a BMI goes with a diagnosis of the provider's",
                "the diagnosis behind the BMI is listed, or the BMI is removed",
                overridable=True,
            )


def _bmi_trouble(case: Case, dx: Coded) -> str:
    if case.having("O"):
        return f"{dx.code}: the BMI is not coded in pregnancy."
    if not case.having(*_WEIGHT):
        return f"{dx.code} stands without the diagnosis that it belongs to, such as obesity or underweight."
    age = case.age()
    if age is not None and (age >= _ADULT_BMI_AGE) == dx.begins("Z685"):
        return f"{dx.code} does not fit an age of {age}: Z68.5- is for 2 to 19 years, the others from 20."
    return ""


FAMILY = (
    Edit("DX.HTN_COMBO", _hypertension, "hypertension coded apart from heart or kidney disease"),
    Edit("DX.DM_COMBO", _diabetes_with, "diabetes coded apart from what it is presumed to cause"),
    Edit("DX.DM_INSULIN", _insulin, "the status code of a diabetes drug", Severity.INFO),
    Edit("DX.BMI", _bmi, "a BMI without its diagnosis, in pregnancy, or of the wrong age"),
)
