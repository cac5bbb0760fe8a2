"""Of two codes for one thing the one that says more stays: table `note_vaguer`; of one injury, one stage."""

from __future__ import annotations

from functools import lru_cache

from codesets.reading.draft import Draft
from codesets.tables import read_table

_NEAR, _NEAR_AN_ITEM = 0.15, 0.6
_HEAD, _SEVENTH = 3, 6
_INJURIES = "ST"
_BOTH, _ALWAYS = "both", "always"


@lru_cache(maxsize=1)
def _rows() -> dict[str, list[tuple[str, tuple[str, ...], str]]]:
    """The rows by the category of the vaguer code."""
    found: dict[str, list[tuple[str, tuple[str, ...], str]]] = {}
    for row in read_table("note_vaguer"):
        vague = row["vague"].replace(".", "")
        found.setdefault(vague[:_HEAD], []).append((vague, tuple(row["specific"].replace(".", "").split()), row["how"]))
    return found


def give_way(drafts: list[Draft]) -> list[Draft]:
    """The drafts without those that another one says better; that one takes over how well they stand."""
    kept = list(drafts)
    for draft in drafts:
        better = max(_better(draft, kept), key=lambda other: other.score, default=None)
        if better is not None:
            better.score = max(better.score, draft.score)
            better.headed = better.headed or draft.headed
            kept.remove(draft)
    return kept


def _better(draft: Draft, among: list[Draft]) -> list[Draft]:
    rows = _rows().get(draft.key[:_HEAD], ())
    if not rows and draft.key[0] not in _INJURIES:
        return []
    others = [other for other in among if other is not draft]
    found = [other for other in others if _other_stage(draft, other) and other.score > draft.score]
    for vague, specific, how in rows:
        if not draft.key.startswith(vague):
            continue
        fitting = [o for o in others if o.key.startswith(specific) and not o.key.startswith(vague)]
        if how == _BOTH and not all(any(o.key.startswith(one) for o in fitting) for one in specific):
            continue
        found += [other for other in fitting if how == _ALWAYS or _stands_near(other, draft)]
    return found


def _stands_near(one: Draft, other: Draft) -> bool:
    """Does one stand well enough beside another to take its place?"""
    share = _NEAR_AN_ITEM if other.headed and not one.headed else _NEAR
    return one.score >= share * other.score


def _other_stage(one: Draft, other: Draft) -> bool:
    """The same injury with another 7th character: treatment is active or it is not."""
    same = one.key[:_SEVENTH] == other.key[:_SEVENTH]
    return same and one.key[0] in _INJURIES and len(one.key) == len(other.key) == _SEVENTH + 1
