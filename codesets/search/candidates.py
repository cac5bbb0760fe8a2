"""Picks the few phrases worth scoring, by bit-set arithmetic."""

from __future__ import annotations

from collections import OrderedDict

from codesets.search.bits import Tally
from codesets.search.vocabulary import Meaning

#: How many phrases are scored: a single word is common to many, and scored fast.
_ONE_WORD, _MORE_WORDS, _LATER = 240, 90, 45
_KEPT = 8  # beginnings of texts; each holds some hundred kB


def enough(meanings: list[Meaning], *, first: bool) -> int:
    """How many phrases to score for the first, likeliest reading or for a later one."""
    if not first:
        return _LATER
    return _ONE_WORD if len(meanings) == 1 else _MORE_WORDS


class Candidates:
    """Picks phrases; the sums of the words before the last are kept, for a key press changes the last alone."""

    def __init__(self) -> None:
        self._begun: OrderedDict[tuple[int, ...], tuple[list[Meaning], Tally]] = OrderedDict()

    def pick(self, meanings: list[Meaning], within: int | None, count: int) -> list[int]:
        """The phrases that answer most of the typed words, rare words counting more than common ones.

        The very word counts most, a relative in full, a poor answer (a beginning) less, a
        word that only stands nearby least.  Among equals the likelier phrase (smaller number) is taken.
        """
        if not meanings:
            return []
        tally = self._of(meanings[:-1]).copy()
        _add(tally, meanings[-1])
        return tally.heaviest(count, within)

    def _of(self, meanings: list[Meaning]) -> Tally:
        """The sums of some words; they are known by the very objects, which are kept beside them."""
        key = tuple(map(id, meanings))
        if key in self._begun:
            self._begun.move_to_end(key)
            return self._begun[key][1]
        tally = self._of(meanings[:-1]).copy() if meanings else Tally()
        if meanings:
            _add(tally, meanings[-1])
        self._begun[key] = (meanings, tally)
        if len(self._begun) > _KEPT:
            self._begun.popitem(last=False)
        return tally


def _add(tally: Tally, meaning: Meaning) -> None:
    points = max(1, min(14, round(meaning.weight * 2.2)))
    tally.add(meaning.own, 1)
    tally.add(meaning.strong, (points + 2) // 3)
    tally.add(meaning.weak, (points + 1) // 3)
    tally.add(meaning.wide, max(1, points // 3))
