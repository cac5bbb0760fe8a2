"""Conditions in a pregnancy: the code of chapter 15 first, the condition's own beside it (guideline I.C.15.a.1)."""

from __future__ import annotations

from functools import lru_cache

from codesets.reading.draft import Draft
from codesets.reading.specific import Codes
from codesets.tables import read_table

_DIABETES = ("E08", "E09", "E10", "E11", "E13")


@lru_cache(maxsize=1)
def _chapter() -> dict[str, str]:
    return {row["condition"].replace(".", ""): row["code"] for row in read_table("note_pregnancy")}


def _target(key: str) -> str:
    """The heading of chapter 15 for a condition, by the longest beginning; diabetes has its own, O24."""
    if key.startswith(_DIABETES):
        return ""
    known = _chapter()
    return next((known[key[:end]] for end in range(len(key), 0, -1) if key[:end] in known), "")


def with_pregnancy(drafts: list[Draft], codes: Codes, said: set[str]) -> list[Draft]:
    """The drafts with a code of chapter 15 for each assessed condition; `said` are the words of the trimester."""
    made: list[Draft] = []
    for draft in drafts:
        target = _target(draft.key) if draft.headed else ""
        if not target or any(other.key.startswith(target) for other in (*drafts, *made)):
            continue
        choice = codes.specific(target, said)
        if choice is not None:
            why = f"{draft.why}; in a pregnancy chapter 15 comes first (guideline I.C.15.a.1)"
            made.append(
                Draft(choice, draft.mention, "combination.pregnancy", why, score=draft.score + 0.2, headed=True)
            )
    return [*drafts, *made]
