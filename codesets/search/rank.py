"""Scores candidate phrases against one reading of what was typed."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from codesets.search.bits import unpack_array
from codesets.search.vocabulary import Meaning

_NEARBY = 0.62  # a word that only stands around the phrase
_AGAIN = 0.35  # a word whose answer is already taken by another typed word
_EXTENSION = 0.95


@dataclass(slots=True)
class Phrase:
    """One candidate as it comes from the library."""

    id: int
    system: str
    key: str
    target: str
    kind: str
    standing: int
    family: int
    prior: float
    held: float
    text: str
    words: array[int]
    around: array[int]

    @classmethod
    def of(cls, row: tuple[int, str, str, str, str, int, int, float, float, str, bytes, bytes]) -> Phrase:
        """From a row of `sql.PHRASES`."""
        *front, words, around = row
        return cls(*front, unpack_array(words), unpack_array(around))  # type: ignore[arg-type]


@dataclass(slots=True)
class Scored:
    """A phrase with its score (about 0 to 1.2), the matched word ids and the fitting extension."""

    score: float
    phrase: Phrase
    matched: frozenset[int]
    char: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True)
class ExtensionWords:
    """One seventh character of a family with its words."""

    char: str
    text: str
    words: frozenset[int]


class Ranker:
    """Scores phrases for one reading."""

    def __init__(
        self,
        meanings: list[Meaning],
        weights: list[float],
        families: dict[int, list[ExtensionWords]],
    ) -> None:
        self._meanings = meanings
        self._weights = weights
        self._families = families
        self._total = sum(m.weight for m in meanings) or 1.0
        self._answers: dict[int, list[tuple[int, float]]] = {}
        for place, meaning in enumerate(meanings):
            for word, quality in meaning.quality.items():
                self._answers.setdefault(word, []).append((place, quality))

    def score(self, phrase: Phrase) -> Scored:
        """How well the phrase answers, its likelihood included."""
        best, taken, order = self._own(phrase)
        self._around(phrase, best)
        char, extra = self._extension(phrase, best)
        asked = sum(m.weight * (best[i] if best[i] > 0 else extra.get(i, 0.0)) for i, m in enumerate(self._meanings))
        held = phrase.held or 1.0
        got = sum(self._weights[phrase.words[p]] * q for p, q in taken.items())
        coverage = asked / self._total
        fullness = min(1.0, got / held)
        score = coverage**1.6 * (0.62 + 0.38 * fullness) + 0.02 * order
        score *= 1.0 if phrase.standing else 0.97
        score += 0.22 * phrase.prior * coverage
        matched = frozenset(phrase.words[p] for p in taken)
        return Scored(score, phrase, matched, char)

    def _own(self, phrase: Phrase) -> tuple[list[float], dict[int, float], float]:
        """Each typed word's best answer in the phrase; a phrase word answers one typed word in full."""
        options: list[tuple[float, int, int]] = []
        answers = self._answers
        for place, word in enumerate(phrase.words):
            for asked, quality in answers.get(word, ()):
                options.append((quality, asked, place))
        options.sort(key=lambda o: (-o[0], o[1], o[2]))
        best = [0.0] * len(self._meanings)
        taken: dict[int, float] = {}
        places: dict[int, int] = {}
        for quality, asked, place in options:
            if best[asked] == 0.0 and place not in taken:
                best[asked] = quality
                taken[place] = quality
                places[asked] = place
        for quality, asked, _ in options:
            if best[asked] == 0.0:
                best[asked] = quality * _AGAIN
        ordered = [places[a] for a in sorted(places)]
        steps = len(ordered) - 1
        order = sum(1 for a, b in zip(ordered, ordered[1:], strict=False) if a < b) / steps if steps > 0 else 0.5
        if 0 in taken:
            order += 0.5
        return best, taken, order

    def _around(self, phrase: Phrase, best: list[float]) -> None:
        if min(best, default=1.0) >= _NEARBY:
            return
        answers = self._answers
        for word in phrase.around:
            for asked, quality in answers.get(word, ()):
                if quality * _NEARBY > best[asked]:
                    best[asked] = quality * _NEARBY

    def _extension(self, phrase: Phrase, best: list[float]) -> tuple[str, dict[int, float]]:
        """The seventh character whose words answer most of what the phrase leaves open."""
        options = self._families.get(phrase.family)
        if not options:
            return "", {}
        chosen, most = options[0].char, 0.0
        extra: dict[int, float] = {}
        for option in options:
            found: dict[int, float] = {}
            for asked, meaning in enumerate(self._meanings):
                if best[asked] <= _NEARBY:
                    quality = max((meaning.quality.get(w, 0.0) for w in option.words), default=0.0)
                    if quality:
                        found[asked] = quality * _EXTENSION
            total = sum(self._meanings[a].weight * q for a, q in found.items()) - 0.02 * len(option.words)
            if found and total > most:
                chosen, most, extra = option.char, total, found
        for asked, quality in extra.items():
            best[asked] = max(best[asked], quality)
        return chosen, extra
