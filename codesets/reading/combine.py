"""Combination codes where the guidelines presume the link.

Hypertension with heart failure or chronic kidney disease: guideline I.C.9.a, I11-I13.  Diabetes "with":
guideline I.A.15 and the Alphabetic Index, table `note_with`.  Dementia in a disease that is named beside it: F02.
"""

from __future__ import annotations

import re
from functools import lru_cache

from codesets.reading.draft import Draft
from codesets.reading.specific import Codes
from codesets.tables import read_table

_DIABETES = ("E08", "E09", "E10", "E11", "E13")
_PLAIN = re.compile(r"E(?:08|09|10|11|13)9")
_KIDNEY = "22"
_HYPERTENSION = ("I10", "I11", "I12", "I13")
_LEAST = 1.0
_DEMENTIA, _DEMENTIA_IN = "F03", "F02"
#: Diseases of which a dementia beside them is a part: "code first" at F02.
_DEMENTING = ("G30", "G310", "G3183")


@lru_cache(maxsize=1)
def _with() -> tuple[tuple[str, str, bool], ...]:
    rows = read_table("note_with")
    return tuple((row["condition"].replace(".", ""), row["suffix"], row["keep"] == "yes") for row in rows)


def combine(drafts: list[Draft], codes: Codes) -> list[Draft]:
    """The drafts with their combination codes in place of the parts."""
    return _dementia(_diabetes(_hypertension(drafts, codes), codes), codes)


def _hypertension(drafts: list[Draft], codes: Codes) -> list[Draft]:
    high = [d for d in drafts if d.key.startswith(_HYPERTENSION)]
    failing = [d for d in drafts if d.key.startswith("I50") and d.score >= _LEAST]
    kidney = [d for d in drafts if _is_of_the_kidney(d.key) and d.score >= _LEAST]
    if not high or not (failing or kidney):
        return drafts
    choice = codes.billable(_hypertension_code(bool(failing), kidney))
    if choice is None:
        return drafts
    first = max(high, key=lambda d: d.score)
    parts = " and ".join(d.choice.title.lower() for d in (failing[:1] + kidney[:1]))
    why = f"{first.why}; with {parts}: the link is presumed (guideline I.C.9.a)"
    made = Draft(choice, first.mention, "combination.hypertension", why, score=first.score + 0.5, headed=first.headed)
    made.score = max([made.score, *(d.score for d in failing[:1] + kidney[:1])])
    return [made, *(d for d in drafts if d not in high)]


def _is_of_the_kidney(key: str) -> bool:
    """Chronic kidney disease, by itself or as that of diabetes."""
    return key.startswith("N18") or (key.startswith(_DIABETES) and key[3:] == _KIDNEY)


def _hypertension_code(failing: bool, kidney: list[Draft]) -> str:
    late = any(d.key in ("N185", "N186") for d in kidney)
    if failing and kidney:
        return "I132" if late else "I130"
    if failing:
        return "I110"
    return "I120" if late else "I129"


def _diabetes(drafts: list[Draft], codes: Codes) -> list[Draft]:
    kinds = sorted((d for d in drafts if d.key.startswith(_DIABETES)), key=lambda d: -d.score)
    plain = next((d for d in kinds if _PLAIN.fullmatch(d.key)), None)
    if plain is None:
        return drafts
    made: list[Draft] = []
    gone: list[Draft] = []
    for draft in drafts:
        for condition, suffix, keep in _with():
            choice = codes.specific(plain.key[:3] + suffix, ()) if draft.key.startswith(condition) else None
            if choice and draft.score >= _LEAST:
                if all(d.key != choice.key for d in (*made, *kinds)):
                    made.append(_joined(plain, draft, choice.code, codes))
                gone += [] if keep else [draft]
                break
    complicated = [d for d in kinds if not _PLAIN.fullmatch(d.key)]
    if made or any(d.key[:3] == plain.key[:3] for d in complicated):
        gone.append(plain)
    for extra in complicated:
        extra.score = max(extra.score, plain.score if extra.headed else 0.0)
    return [*made, *(d for d in drafts if d not in gone)]


def _dementia(drafts: list[Draft], codes: Codes) -> list[Draft]:
    cause = next((draft for draft in drafts if draft.key.startswith(_DEMENTING) and draft.score >= _LEAST), None)
    if cause is None:
        return drafts
    for draft in drafts:
        if draft.key.startswith(_DEMENTIA):
            choice = codes.billable(f"{_DEMENTIA_IN}{draft.key[len(_DEMENTIA) :]}")
            if choice is not None and all(other.key != choice.key for other in drafts):
                draft.choice, draft.rule = choice, "combination.dementia"
                draft.why += f"; in {cause.choice.title} (code first at F02)"
    return drafts


def _joined(plain: Draft, part: Draft, code: str, codes: Codes) -> Draft:
    choice = codes.billable(code)
    assert choice is not None
    why = f"{plain.why}; with {part.choice.title.lower()}: the link is presumed (guideline I.A.15)"
    score = max(plain.score, part.score) + 0.3
    return Draft(choice, plain.mention, "combination.diabetes", why, score=score, headed=plain.headed or part.headed)
