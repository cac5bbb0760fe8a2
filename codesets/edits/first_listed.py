"""What has to be first, what never is, and what comes after its cause or its nature."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from codesets.edits.case import Case, Coded
from codesets.edits.model import Edit, Finding, Severity
from codesets.edits.references import intent
from codesets.tables import read_table

_EXTERNAL = ("V", "W", "X", "Y")
_POISONED = ("1", "2", "3", "4")
#: Sequela codes beside those with a 7th character S (I.B.10); I69 is itself a combination.
_SEQUELA = ("B90", "B91", "B92", "B94", "E64", "E68", "G09")
_AFTERCARE = ("Z478", "Z480", "Z488")
_INJURIES = ("S", "T0", "T1", "T2", "T30", "T31", "T32", "T33", "T34")


@lru_cache(maxsize=2)
def _placed(place: str) -> tuple[tuple[str, str, str], ...]:
    """(prefix, excepted prefix, guideline section) of the Z codes of a place."""
    rows = [row for row in read_table("edit_first_listed") if row["place"] == place]
    return tuple(
        (code.replace(".", ""), row["except"].replace(".", ""), row["section"])
        for row in rows
        for code in row["codes"].split()
    )


def _section(dx: Coded, place: str) -> str:
    for prefix, excepted, section in _placed(place):
        if dx.begins(prefix) and not (excepted and dx.begins(excepted)):
            return section
    return ""


def _external_first(case: Case) -> Iterator[Finding]:
    first = case.first
    if first and first.begins(*_EXTERNAL):
        yield Finding(
            "DX.EXTERNAL_FIRST",
            Severity.ERROR,
            (first.code,),
            None,
            f"{first.code} tells how it happened and is never first.",
            "ICD-10-CM Guidelines I.C.20.a.6: an external cause is never first",
            "the injury or condition is listed first",
        )


def _z_first_only(case: Case) -> Iterator[Finding]:
    if case.first is None or _section(case.first, "first"):
        return  # records of several visits of a day may be combined
    for dx in case.dx[1:]:
        section = _section(dx, "first")
        if section:
            yield _warn(
                "DX.Z_FIRST_ONLY",
                (dx.code,),
                f"{dx.code} is only ever the first-listed diagnosis; it stands in place {dx.position}.",
                f"ICD-10-CM Guidelines {section}: {dx.title}",
                f"{dx.code} is listed first, or removed",
            )


def _z_not_first(case: Case) -> Iterator[Finding]:
    section = _section(case.first, "never") if case.first else ""
    if case.first and section:
        yield _warn(
            "DX.Z_NOT_FIRST",
            (case.first.code,),
            f"{case.first.code} only adds to another diagnosis and is never first.",
            f"ICD-10-CM Guidelines {section}: {case.first.title}",
            "the condition or reason for the visit is listed first",
        )


def _is_sequela(dx: Coded) -> bool:
    return dx.begins(*_SEQUELA) or (dx.facts.seventh == "S" and not dx.begins(*_EXTERNAL))


def _before(case: Case, dx: Coded) -> list[Coded]:
    return [other for other in case.dx if other.position < dx.position]


def _sequela(case: Case) -> Iterator[Finding]:
    for dx in case.dx:
        if _is_sequela(dx) and all(_is_sequela(o) or o.begins(*_EXTERNAL) for o in _before(case, dx)):
            yield _warn(
                "DX.SEQUELA",
                (dx.code,),
                f"{dx.code} is a sequela: the condition that is left comes before it.",
                f"ICD-10-CM Guidelines I.B.10: {dx.title}",
                f"the present condition is listed before {dx.code}",
            )


def _poison_order(case: Case) -> Iterator[Finding]:
    for dx in case.dx:
        message = _poison_trouble(dx, _before(case, dx))
        if message:
            yield _warn(
                "DX.POISON_ORDER",
                (dx.code,),
                message,
                f"ICD-10-CM Guidelines I.C.19.e.5: {dx.title}",
                "poisonings come before their effects, adverse effects and underdosing after theirs",
            )


def _poison_trouble(dx: Coded, before: list[Coded]) -> str:
    meant = intent(dx.key)
    if dx.facts.seventh == "S":
        return ""
    if meant in _POISONED:
        late = before and not (before[0].begins("O") or intent(before[0].key) in _POISONED)
        return f"{dx.code} is a poisoning and comes before its effects." if late else ""
    nature = [other for other in before if not other.begins(*_EXTERNAL) and intent(other.key) not in ("5", "6")]
    if meant == "5" and not nature:
        return f"{dx.code} is an adverse effect: what the drug caused comes before it."
    if meant == "6" and not nature:
        return f"{dx.code} is an underdosing and is never first: the condition comes before it."
    return ""


def _aftercare(case: Case) -> Iterator[Finding]:
    injuries = [dx for dx in case.having(*_INJURIES) if dx.facts.seventh not in ("", "S")]
    for dx in case.having(*_AFTERCARE):
        for injury in injuries:
            yield _warn(
                "DX.AFTERCARE_INJURY",
                (dx.code, injury.code),
                f"{dx.code} is not for injuries: the 7th character of {injury.code} already says aftercare.",
                "ICD-10-CM Guidelines I.C.21.c.7: aftercare Z codes are not used for injuries",
                f"{dx.code} is removed",
            )


def _warn(edit: str, codes: tuple[str, ...], message: str, source: str, clears: str) -> Finding:
    return Finding(edit, Severity.WARN, codes, None, message, source, clears, overridable=True)


FAMILY = (
    Edit("DX.EXTERNAL_FIRST", _external_first, "an external cause listed first", Severity.ERROR),
    Edit("DX.Z_FIRST_ONLY", _z_first_only, "a first-listed-only Z code in another place"),
    Edit("DX.Z_NOT_FIRST", _z_not_first, "a secondary-only Z code listed first"),
    Edit("DX.SEQUELA", _sequela, "a sequela before or without the condition"),
    Edit("DX.POISON_ORDER", _poison_order, "poisoning, adverse effect or underdosing in the wrong place"),
    Edit("DX.AFTERCARE_INJURY", _aftercare, "an aftercare Z code for an injury"),
)
