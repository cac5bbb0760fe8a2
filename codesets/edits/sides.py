"""Right, left, both, unspecified.  Guidelines I.B.13 (laterality) and I.B.18 (unspecified codes)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from codesets.edits.case import Case, Coded
from codesets.edits.facts import listed
from codesets.edits.model import Edit, Finding, Severity

_SIDE = re.compile(r"\b(right|left|bilateral)\b")
_WORD = re.compile(r"[a-z0-9]+")
_BESIDE = frozenset(
    ("right", "left", "bilateral", "unilateral", "unspecified", "of", "in", "the", "both", "side", "and", "eye", "ear")
)
_UNDER = "SELECT title FROM code WHERE key >= :low AND key < :high AND billable AND title LIKE '%ilateral%'"
_SOURCE = "ICD-10-CM Guidelines I.B.13: laterality"


def side_of(title: str) -> str:
    """Right, left or bilateral, if a title says one of them, else ""."""
    found = set(_SIDE.findall(title.lower()))
    return found.pop() if len(found) == 1 else ""


@lru_cache(maxsize=4096)
def body_of(title: str) -> frozenset[str]:
    """The words of a title without those about the side: equal for the codes of one condition."""
    return frozenset(_WORD.findall(title.lower())) - _BESIDE


def _laterality(case: Case) -> Iterator[Finding]:
    for one, other in combinations(case.dx, 2):
        if one.facts.category != other.facts.category or body_of(one.title) != body_of(other.title):
            continue
        message = _trouble(case, one, other)
        if message:
            clears = "one code says the side that the record documents"
            yield Finding(
                "DX.LATERALITY", Severity.WARN, (one.code, other.code), None, message, _SOURCE, clears, overridable=True
            )


def _trouble(case: Case, one: Coded, other: Coded) -> str:
    sides = {side_of(one.title), side_of(other.title)}
    if sides == {"right", "left"} and _has_bilateral(case, one):
        return f"{one.code} and {other.code} are right and left; there is one code for both sides."
    if "bilateral" in sides and len(sides) == 2 and "" not in sides:
        return f"{one.code} and {other.code}: both sides and one side of the same condition."
    if "" in sides and len(sides) == 2:
        plain, sided = (one, other) if not side_of(one.title) else (other, one)
        if _unspecified(plain) > _unspecified(sided):
            return f"{plain.code} leaves the side open that {sided.code} says."
    return ""


def _unspecified(dx: Coded) -> int:
    return dx.title.lower().count("unspecified")


def _has_bilateral(case: Case, dx: Coded) -> bool:
    """Is there a code for both sides of the same condition?  Injuries have none."""
    if dx.begins("S", "T"):
        return False
    low = dx.facts.category
    rows = case.library.rows(_UNDER, {"low": low, "high": f"{low}~"})
    return any(side_of(title) == "bilateral" and body_of(title) == body_of(dx.title) for (title,) in rows)


def _has_sided_sister(case: Case, dx: Coded) -> bool:
    """Does a code that says "unspecified" have a sister that says the side?"""
    if not _unspecified(dx) or side_of(dx.title):
        return False
    sisters = case.book.sisters(dx.facts, case.on)
    return any(side_of(row.title) and body_of(row.title) == body_of(dx.title) for row in sisters)


def _unspecified_side(case: Case) -> Iterator[Finding]:
    for dx in case.dx:
        if listed("unspecified", dx.key) or _has_sided_sister(case, dx):
            yield Finding(
                "DX.UNSPEC",
                Severity.INFO,
                (dx.code,),
                None,
                f"{dx.code} leaves open what the record usually says: {dx.title}.",
                "ICD-10-CM Guidelines I.B.13 and I.B.18; Medicare Code Editor, unspecified codes",
                "a code with the side or site is chosen, or the provider is asked",
            )


FAMILY = (
    Edit("DX.LATERALITY", _laterality, "sides that contradict each other or have one code for both"),
    Edit("DX.UNSPEC", _unspecified_side, "an unspecified side where it is normally documented", Severity.INFO),
)
