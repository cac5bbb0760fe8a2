"""Scores candidate phrases against one reading of what was typed."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from operator import lt, mul
from typing import Any

from codesets.search.bits import unpack_array
from codesets.search.indexing import ASIDE, ASIDE_SHARE
from codesets.search.vocabulary import Meaning

_NEARBY = 0.62  # a word that only stands around the phrase
_AGAIN = 0.35  # a word whose answer is already taken by another typed word
_EXTENSION = 0.95
#: A phrase that is typed whole; the code of an index entry is the default that the Index prescribes.
_WHOLE, _VERY_PHRASE = 0.97, 0.05
_DEFAULTS, _VERY_DEFAULT = ("index", "eponym", "common name", "name"), 0.1
#: A condition that has no words of its own in the code set belongs to its organ's "Other …".
_UNANSWERED, _RESIDUAL = 0.3, 1.1
#: What all the words of one abbreviation weigh together, measured by the heaviest of them.
_GROUP = 1.6
#: Words that say little in a title, and much when somebody takes the trouble to type them.
_TYPED_WEIGHT = {
    "other": 1.1, "unspecified": 0.9, "specified": 0.7, "without": 1.4, "initial": 0.8,
    "etiology": 0.3, "unknown": 0.5, "cause": 0.5, "origin": 0.5, "likely": 0.3, "unlikely": 0.3, "possible": 0.3,
    "probable": 0.3, "suspected": 0.4, "known": 0.3, "patient": 0.3, "new": 0.5, "onset": 0.8,
}  # fmt: skip


@dataclass(slots=True)
class Phrase:
    """One candidate as it comes from the library; `asides` are the places of words it does not need."""

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
    words: list[int]
    asides: frozenset[int]
    around: frozenset[int]


def phrase_of(row: tuple[Any, ...]) -> Phrase:
    """The phrase in a row of `sql.PHRASES`."""
    number, system, key, target, kind, standing, family, prior, held, text, words, around = row
    marked = unpack_array(words)
    return Phrase(
        number,
        system,
        key,
        target,
        kind,
        standing,
        family,
        prior,
        held,
        text,
        [word & ~ASIDE for word in marked],
        frozenset([place for place, word in enumerate(marked) if word & ASIDE]),
        frozenset(unpack_array(around)),
    )


@dataclass(slots=True)
class Scored:
    """A phrase with its score (about 0 to 1.2), the matched word ids and the fitting extension."""

    score: float
    phrase: Phrase
    matched: Sequence[int]
    char: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True)
class ExtensionWords:
    """One seventh character of a family with its words."""

    char: str
    text: str
    words: frozenset[int]


class _Answers(dict[int, list[tuple[float, int]]]):
    """What each word of the library answers: (its quality below zero, the place of the typed word).

    Filled as words are met: a candidate's few words are looked up, not the thousands that begin with one letter.
    """

    def __init__(self, qualities: list[dict[int, float]]) -> None:
        super().__init__()
        self._qualities = qualities

    def __missing__(self, word: int) -> list[tuple[float, int]]:
        found = [(-quality[word], place) for place, quality in enumerate(self._qualities) if word in quality]
        self[word] = found
        return found


class Ranker:
    """Scores phrases for one reading."""

    def __init__(
        self,
        meanings: list[Meaning],
        weights: array[float],
        families: dict[int, list[ExtensionWords]],
        groups: Sequence[tuple[int, int]] = (),
    ) -> None:
        self._meanings = meanings
        self._weights = weights
        self._families = families
        self._asked = [_TYPED_WEIGHT.get(m.text, m.weight) for m in meanings]
        for low, high in groups:  # one short word that was typed must not drown the others
            share = _GROUP * max(self._asked[low:high], default=0.0) / (sum(self._asked[low:high]) or 1.0)
            for place in range(low, min(high, len(meanings))):
                self._asked[place] *= min(1.0, share)
        self._total = sum(self._asked) or 1.0
        self._fitting: dict[int, tuple[str, list[tuple[str, dict[int, float], float]]]] = {}
        self._answers = _Answers([meaning.quality for meaning in meanings])

    def score(self, phrase: Phrase) -> Scored:
        """How well the phrase answers, its likelihood included."""
        best, taken, order = self._own(phrase)
        if phrase.around and min(best) < _NEARBY:
            self._around(phrase, best)
        char = self._extension(phrase, best) if phrase.family else ""
        coverage = sum(map(mul, self._asked, best)) / self._total
        weights, words, asides = self._weights, phrase.words, phrase.asides
        got = 0.0
        for place, quality in taken.items():
            got += weights[words[place]] * (quality * ASIDE_SHARE if place in asides else quality)
        fullness = min(1.0, got / (phrase.held or 1.0))
        score = coverage**1.6 * (0.62 + 0.38 * fullness) + 0.02 * order
        if not phrase.standing:
            score *= 0.97
        if phrase.text.startswith("Other ") and min(best) < _UNANSWERED:
            score *= _RESIDUAL
        score += 0.22 * phrase.prior * coverage
        if coverage > _WHOLE and fullness > _WHOLE:
            score += _VERY_DEFAULT if phrase.kind in _DEFAULTS else _VERY_PHRASE
        return Scored(score, phrase, [words[place] for place in taken], char)

    def _own(self, phrase: Phrase) -> tuple[list[float], dict[int, float], float]:
        """Each typed word's best answer in the phrase; a phrase word answers one typed word in full."""
        answers = self._answers
        if len(self._meanings) == 1:
            return _only(answers, phrase.words)
        options = [(low, asked, place) for place, word in enumerate(phrase.words) for low, asked in answers[word]]
        options.sort()
        best = [0.0] * len(self._meanings)
        taken: dict[int, float] = {}
        places: dict[int, int] = {}
        for low, asked, place in options:
            if not best[asked] and place not in taken:
                best[asked] = taken[place] = -low
                places[asked] = place
        if len(places) < len(best):
            for low, asked, _ in options:
                if not best[asked]:
                    best[asked] = -low * _AGAIN
        return best, taken, _in_order(places)

    def _around(self, phrase: Phrase, best: list[float]) -> None:
        """Lets the words that stand near the phrase answer what its own leave open; fills `best`."""
        answers = self._answers
        for word in phrase.around:
            for low, asked in answers[word]:
                if -low * _NEARBY > best[asked]:
                    best[asked] = -low * _NEARBY

    def _extension(self, phrase: Phrase, best: list[float]) -> str:
        """The seventh character whose words answer most of what the phrase leaves open; fills `best`."""
        if phrase.family not in self._fitting:
            self._fitting[phrase.family] = self._fit(phrase.family)
        usual, options = self._fitting[phrase.family]
        chosen, most = usual, 0.0
        gained: dict[int, float] = {}
        for char, answers, cost in options:
            found = {a: q for a, q in answers.items() if best[a] <= _NEARBY and q > best[a]}
            total = sum(self._meanings[a].weight * q for a, q in found.items()) - cost
            if found and total > most:
                chosen, most, gained = char, total, found
        for asked, quality in gained.items():
            best[asked] = quality
        return chosen

    def _fit(self, family: int) -> tuple[str, list[tuple[str, dict[int, float], float]]]:
        """A family's usual character, and what each of its characters answers (later ones cost a trifle)."""
        members = self._families.get(family, [])
        options = []
        for place, member in enumerate(members):
            answers: dict[int, float] = {}
            for asked, meaning in enumerate(self._meanings):
                quality = max((meaning.quality.get(word, 0.0) for word in member.words), default=0.0)
                if quality:
                    answers[asked] = quality * _EXTENSION
            if answers:
                options.append((member.char, answers, 0.01 * place))
        plain = [m.char for m in members if "unspecified" in m.text]
        usual = (plain or [m.char for m in members] or [""])[0]
        return usual, options


def _only(answers: _Answers, words: Sequence[int]) -> tuple[list[float], dict[int, float], float]:
    """The best answer in a phrase to the only word that was typed, as `Ranker._own` gives it."""
    most, at = 0.0, -1
    for place, word in enumerate(words):
        for low, _ in answers[word]:
            if -low > most:
                most, at = -low, place
    if at < 0:
        return [0.0], {}, 0.5
    return [most], {at: most}, 0.5 if at else 1.0


def _in_order(places: dict[int, int]) -> float:
    """0 to 1.5: how far the typed words stand in the phrase's order, and whether its first word is typed."""
    if len(places) < 2:
        order = 0.5
    else:
        ordered = [places[asked] for asked in sorted(places)]
        order = sum(map(lt, ordered, ordered[1:])) / (len(ordered) - 1)
    return order + 0.5 if 0 in places.values() else order
