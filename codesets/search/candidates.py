"""Picks the few phrases worth scoring, by bit-set arithmetic."""

from __future__ import annotations

from codesets.search.bits import Tally
from codesets.search.vocabulary import Meaning

#: How many phrases are scored: a single word is common to many, and scored fast.
_ONE_WORD, _MORE_WORDS, _LATER = 240, 90, 45


def enough(meanings: list[Meaning], *, first: bool) -> int:
    """How many phrases to score for the first, likeliest reading or for a later one."""
    if not first:
        return _LATER
    return _ONE_WORD if len(meanings) == 1 else _MORE_WORDS


def candidates(meanings: list[Meaning], within: int | None, count: int) -> list[int]:
    """The phrases that answer most of the typed words, rare words counting more than common ones.

    The very word counts most, a relative in full, a poor answer (a beginning) less, a
    word that only stands nearby least.  Among equals the likelier phrase (smaller number) is taken.
    """
    tally = Tally()
    for meaning in meanings:
        points = max(1, min(14, round(meaning.weight * 2.2)))
        tally.add(meaning.own, 1)
        tally.add(meaning.strong, (points + 2) // 3)
        tally.add(meaning.weak, (points + 1) // 3)
        tally.add(meaning.wide, max(1, points // 3))
    return tally.heaviest(count, within)
