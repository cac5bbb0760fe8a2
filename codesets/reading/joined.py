"""Two conditions of one note that have a code of their own together: table `note_joined`."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from codesets.reading.draft import Draft
from codesets.reading.specific import Codes
from codesets.tables import read_table

_LEAST = 1.0
_HEAD = 3


class _Row(NamedTuple):
    one: str
    other: str
    code: str
    keep: str


@lru_cache(maxsize=1)
def _rows() -> tuple[_Row, ...]:
    return tuple(
        _Row(row["one"].replace(".", ""), row["other"].replace(".", ""), row["code"], row["keep"])
        for row in read_table("note_joined")
    )


def join(drafts: list[Draft], codes: Codes) -> list[Draft]:
    """The drafts with the codes of two conditions together in place of the two."""
    kept = list(drafts)
    heads = {draft.key[:_HEAD] for draft in drafts}
    for row in _rows():
        if row.one[:_HEAD] not in heads or row.other[:_HEAD] not in heads:
            continue
        one, other = _best(kept, row.one), _best(kept, row.other)
        choice = codes.billable(row.code) if one and other and one is not other else None
        if one is None or other is None or choice is None:
            continue
        gone = {"one": [other], "other": [one], "both": [], "none": [one, other]}[row.keep]
        kept = [draft for draft in kept if draft not in gone]
        if all(draft.key != choice.key for draft in kept):
            why = f"{one.why}; with {other.choice.title.lower()}: one code says both"
            score, headed = max(one.score, other.score) + 0.3, one.headed or other.headed
            heads.add(choice.key[:_HEAD])
            kept.insert(0, Draft(choice, one.mention, "combination.joined", why, score=score, headed=headed))
    return kept


def _best(drafts: list[Draft], prefix: str) -> Draft | None:
    fitting = [draft for draft in drafts if draft.key.startswith(prefix) and draft.score >= _LEAST]
    return max(fitting, key=lambda draft: draft.score, default=None)
