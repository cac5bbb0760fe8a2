"""Reads a medical word that no code set has by its parts: blepharo-ptosis, pancreo-lithiasis."""

from __future__ import annotations

from functools import lru_cache

from codesets.tables import read_table

#: Shorter words are more often names or slips than compounds.
LEAST = 8
_MOST_PARTS = 4


@lru_cache(maxsize=1)
def _roots() -> dict[str, str]:
    return {row["root"]: row["word"] for row in read_table("roots")}


@lru_cache(maxsize=256)
def parts_of(word: str) -> tuple[str, ...]:
    """The meanings of a word's parts, in order, or nothing when the word isn't made of known parts."""
    if len(word) < LEAST or not word.isalpha():
        return ()
    found = _split(word, _MOST_PARTS)
    return tuple(dict.fromkeys(found)) if found and len(found) > 1 else ()


def _split(rest: str, parts: int) -> tuple[str, ...] | None:
    """The longest first part whose remainder can be split too; a linking vowel between parts is skipped."""
    if not rest or rest in ("a", "o", "i", "us", "um", "ia", "ic", "al", "is"):
        return ()
    if parts == 0:
        return None
    roots = _roots()
    for end in range(len(rest), 1, -1):
        meaning = roots.get(rest[:end])
        if meaning is None:
            continue
        below = _split(rest[end:], parts - 1)
        if below is None and rest[end : end + 1] in ("o", "a", "i"):
            below = _split(rest[end + 1 :], parts - 1)
        if below is not None:
            return (meaning, *below)
    return None
