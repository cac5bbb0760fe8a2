"""Uncertain diagnoses (Guidelines IV.H) and symptoms that belong to a diagnosis (I.B.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from codesets.edits.case import Case, Coded, is_for_certain
from codesets.edits.model import Edit, Finding, Severity
from codesets.reading.layout import lay_out
from codesets.reading.lexicon import lexicon_of
from codesets.reading.mentions import mentions_of
from codesets.reading.model import Assertion
from codesets.tables import read_table

_SURE = (Assertion.PRESENT, Assertion.HISTORICAL)


@lru_cache(maxsize=1)
def _uncertain_words() -> re.Pattern[str]:
    words = "|".join(row["words"] for row in read_table("edit_uncertain"))
    return re.compile(rf"(?<![a-z])(?:{words})(?![a-z])|\?", re.IGNORECASE)


def _uncertain(case: Case) -> Iterator[Finding]:
    for dx in case.dx:
        found = _unsure_of(case, dx) if is_for_certain(case, dx) else ""
        if found:
            yield Finding(
                "DX.UNCERTAIN",
                Severity.WARN,
                (dx.code,),
                None,
                f"{dx.code} is documented as “{found}”: outpatient visits code what is certain.",
                "ICD-10-CM Guidelines IV.H: uncertain diagnosis",
                "the sign, symptom or reason for the visit is coded, or the diagnosis is confirmed",
                overridable=True,
            )


def _unsure_of(case: Case, dx: Coded) -> str:
    """The word that makes a diagnosis uncertain; "" when its text has none, or has it for another condition only."""
    found = _uncertain_words().search(dx.text)
    if found is None:
        return ""
    named = (one.mention for one in mentions_of(dx.text, lay_out(dx.text), lexicon_of(case.library)))
    own = [mention for mention in named if any(key.startswith(dx.facts.category) for key in mention.codes)]
    if own and all(mention.assertion in _SURE for mention in own):
        return ""
    return found[0]


@lru_cache(maxsize=1)
def _integral() -> tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...]:
    """(diagnosis beginnings, symptom beginnings, words) of the table."""
    return tuple((_keys(row["diagnosis"]), _keys(row["symptoms"]), row["about"]) for row in read_table("edit_integral"))


def _keys(codes: str) -> tuple[str, ...]:
    return tuple(codes.replace(".", "").split())


def _symptom(case: Case) -> Iterator[Finding]:
    for symptom in case.dx:
        cause = next((dx for dx in case.dx if _belongs(symptom, dx) and not _asked_for(case, symptom, dx)), None)
        if cause:
            yield Finding(
                "DX.SYMPTOM",
                Severity.WARN,
                (symptom.code, cause.code),
                None,
                f"{symptom.code} belongs to {cause.code} and is not coded beside it: {symptom.title}.",
                "ICD-10-CM Guidelines I.B.5: symptoms that belong to a disease process",
                f"{symptom.code} is removed, or it is documented as unrelated",
                overridable=True,
            )


def _belongs(symptom: Coded, dx: Coded) -> bool:
    return any(symptom.begins(*symptoms) and dx.begins(*diagnoses) for diagnoses, symptoms, _ in _integral())


def _asked_for(case: Case, symptom: Coded, dx: Coded) -> bool:
    """Does a note of the diagnosis's category or below ask for the symptom as a further code, or allow both?"""
    kinds, high = ("useAdditionalCode", "codeAlso", "excludes2"), ("chapter", "block")
    notes = (note for note in dx.facts.notes if note.kind in kinds and note.level not in high)
    references = (reference for note in notes for item in note.items for reference in item.references)
    return any(case.book.lies_in(reference, symptom.facts) for reference in references)


FAMILY = (
    Edit("DX.UNCERTAIN", _uncertain, "an outpatient diagnosis documented as probable, suspected, rule out"),
    Edit("DX.SYMPTOM", _symptom, "a symptom that belongs to a confirmed diagnosis"),
)
