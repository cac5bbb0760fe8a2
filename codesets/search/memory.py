"""What this site prefers: codes picked before for a phrase, favourites, the specialty.

The search only reads: who keeps the picks, and for whom, is the caller's business.  Everything that
preferences change can be seen (`Hit.via` says so) and undone (a memory that forgets is as good as new).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import log2
from typing import Protocol

from codesets.library.model import Hit
from codesets.search.words import words_of

#: One pick moves a code past its near equals, a dozen past nearly everything that shares its words.
_PICK, _PICK_MOST = 0.16, 0.6
_FAVOURITE = 0.06
_SPECIALTY_MOST = 0.1
#: The least score of a code that was picked before, even if no word of it was typed.
_UNLIKE = 0.62


class SearchMemory(Protocol):
    """The picks of a site or a person."""

    def picks(self, phrase: str) -> Mapping[str, int]:
        """How often each code (with its dot) was picked for a phrase made by `phrase_key`."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What moves hits up beside the words typed.

    `favourites` are codes with their dots; `specialty` gives beginnings of codes a weight between 0
    and 1 ({"M": 0.5, "M54": 1.0}: the longest beginning counts).
    """

    memory: SearchMemory | None = None
    favourites: frozenset[str] = frozenset()
    specialty: Mapping[str, float] = field(default_factory=dict)

    def picked(self, text: str) -> Mapping[str, int]:
        """The codes picked for what was typed, with their counts."""
        key = phrase_key(text)
        return self.memory.picks(key) if self.memory is not None and key else {}


class PickedPhrases:
    """A memory in this process: notes picks, shows them, forgets them."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[str, int]] = {}

    def picks(self, phrase: str) -> Mapping[str, int]:
        """See `SearchMemory`."""
        return self._counts.get(phrase, {})

    def note(self, text: str, code: str) -> None:
        """A coder typed `text` and took `code`."""
        key = phrase_key(text)
        if key:
            codes = self._counts.setdefault(key, {})
            codes[code] = codes.get(code, 0) + 1

    def entries(self) -> Iterator[tuple[str, str, int]]:
        """All that is remembered: phrase, code, count, by phrase and then the most picked first."""
        for phrase, codes in sorted(self._counts.items()):
            for code, count in sorted(codes.items(), key=lambda entry: (-entry[1], entry[0])):
                yield phrase, code, count

    def forget(self, text: str | None = None) -> None:
        """Forget one phrase, or everything."""
        if text is None:
            self._counts.clear()
        else:
            self._counts.pop(phrase_key(text), None)


def phrase_key(text: str) -> str:
    """The form under which a phrase is remembered: normalised words, their order left out."""
    return " ".join(sorted({word.text for word in words_of(text)}))


def preferred(hits: list[Hit], text: str, wanted: Preferences, hit_of: Callable[[str], Hit | None]) -> list[Hit]:
    """The hits in the order that the preferences give; codes picked for the text are added.

    `hit_of` makes a hit of a code that the words did not find, or None where it may not be shown.
    Codes not in force stay last; equal scores keep their order.
    """
    picked = wanted.picked(text)
    known = {hit.code for hit in hits}
    added = [hit for code in sorted(picked) if code not in known and (hit := hit_of(code)) is not None]
    hits = hits + [replace(hit, score=_UNLIKE) for hit in added]
    moved = [_moved(hit, picked.get(hit.code, 0), wanted) for hit in hits]
    return sorted(moved, key=lambda hit: (not hit.in_force, -hit.score))


def why_moved(picks: int, code: str, wanted: Preferences) -> str:
    """How a hit says what moved it up; empty where nothing did."""
    told = [f"picked {picks}x here"] if picks else []
    told += ["favourite"] if code in wanted.favourites else []
    return "; ".join(told)


def _moved(hit: Hit, picks: int, wanted: Preferences) -> Hit:
    gain = min(_PICK * log2(1 + picks), _PICK_MOST) if picks else 0.0
    gain += _FAVOURITE if hit.code in wanted.favourites else 0.0
    gain += _SPECIALTY_MOST * min(1.0, max(0.0, _weight(hit.code, wanted.specialty)))
    if not gain:
        return hit
    via = "; ".join(filter(None, (hit.via, why_moved(picks, hit.code, wanted))))
    score = max(hit.score, _UNLIKE) if picks and hit.in_force else hit.score
    return replace(hit, score=round(score + (gain if hit.in_force else gain / 2), 4), via=via)


def _weight(code: str, specialty: Mapping[str, float]) -> float:
    if not specialty:
        return 0.0
    fitting = [start for start in specialty if code.startswith(start)]
    return specialty[max(fitting, key=len)] if fitting else 0.0
