"""The words of the library, and which of them a typed word may mean."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Any

from rapidfuzz.distance import OSA

from codesets.library import sql
from codesets.search.bits import Tally, unpack
from codesets.search.indexing import grams_of
from codesets.search.synonyms import related_words

Fetch = Callable[[str, dict[str, Any]], list[tuple[Any, ...]]]

_END = "\U0010ffff"
_GRAM_CANDIDATES = 96
#: A set takes up to 26 kB: what is kept bounds the memory of a session.
_KEPT_MEANINGS, _KEPT_SETS, _KEPT_GRAMS = 20, 40, 240
_UNKNOWN_WEIGHT = 3.0
_CLOSE_KIN = 0.86
_SUFFIXES = (
    "a ae al an ar ary ate ated ation ative e ea eal ed er es ia iac ial ian ic ical ine ing ion is ism ity ium "
    "ive l ous osis otic tic ulus um us y ent ence ency ant ance"
)
#: Endings that turn a noun into its adjective or back and leave its meaning.
_ENDINGS = frozenset(_SUFFIXES.split()) | {""}
#: One letter apart and never meant for each other: too much and too little.
_OPPOSITES = {"hype", "hypo"}
_MANY_WORDS = 16  # as in `indexing`: longer ranges under a short beginning have a stored set


@dataclass(slots=True)
class Meaning:
    """What one typed word may mean.

    `quality` maps word ids to how well they answer (1 is the very word); `own` is the set of phrases
    that hold the very word, `strong` and `weak` the sets of those that hold a good or a poor answer,
    `wide` those with a good one nearby.
    """

    text: str
    weight: float
    quality: dict[int, float]
    own: int
    strong: int
    weak: int
    wide: int


class Vocabulary:
    """Finds meanings; remembers the latest, so that each key press costs only the word being typed."""

    def __init__(self, fetch: Fetch, phrases: int) -> None:
        self._fetch = fetch
        self._phrases = phrases
        rows = fetch(sql.WORDS, {})
        self.words: list[str] = [text for text, _ in rows]
        self.weights = array("d", [weight for _, weight in rows])
        self._sets: OrderedDict[int, tuple[int, int]] = OrderedDict()
        self._grams: OrderedDict[str, int] = OrderedDict()
        self._meanings: OrderedDict[tuple[str, bool], Meaning] = OrderedDict()

    def id_of(self, word: str) -> int | None:
        """The id of a word, or None."""
        place = bisect_left(self.words, word)
        return place if place < len(self.words) and self.words[place] == word else None

    def range_of(self, prefix: str) -> tuple[int, int]:
        """The ids of the words that begin with `prefix`, as a half-open range."""
        return bisect_left(self.words, prefix), bisect_left(self.words, prefix + _END)

    def meaning(self, word: str, exact: bool = False) -> Meaning:
        """What a typed word may mean; `exact` keeps to the word itself and its relatives."""
        key = (word, exact)
        if key in self._meanings:
            self._meanings.move_to_end(key)
            return self._meanings[key]
        found = self._meaning(word, exact)
        self._meanings[key] = found
        if len(self._meanings) > _KEPT_MEANINGS:
            self._meanings.popitem(last=False)
        return found

    def _meaning(self, word: str, exact: bool) -> Meaning:
        own = self.id_of(word)
        strong: dict[int, float] = {}
        weak: dict[int, float] = {}
        if own is not None:
            strong[own] = 1.0
        self._add_related(word, 1.0, strong)
        low, high = self.range_of(word) if word else (0, 0)
        whole_range = high - low
        if not exact or own is None:
            for number in range(low, high):
                if number not in strong:
                    weak[number] = _prefix_quality(len(word), len(self.words[number]))
        if len(word) >= 4 and own is None and not word.isdigit():
            for number, quality in self._misspelt(word, bool(strong) or whole_range > 0):
                if quality > max(strong.get(number, 0.0), weak.get(number, 0.0)):
                    strong[number] = quality
                    self._add_related(self.words[number], quality, strong)
        if len(word) >= 6:
            for number, quality in self._kin(word):
                side = strong if quality >= _CLOSE_KIN else weak
                side[number] = max(quality, side.get(number, 0.0))
        return self._collect(word, strong, weak, (low, high))

    def _add_related(self, word: str, quality: float, into: dict[int, float]) -> None:
        for other, likeness in related_words(word):
            number = self.id_of(other)
            if number is not None:
                into[number] = max(into.get(number, 0.0), quality * likeness)

    def _collect(self, word: str, strong: dict[int, float], weak: dict[int, float], prefix: tuple[int, int]) -> Meaning:
        own_set = strong_set = wide_set = 0
        for number, quality in strong.items():
            own, wide = self._sets_of(number)
            own_set |= own if quality == 1.0 else 0
            strong_set |= own
            wide_set |= wide
        weak_set = self._range_set(word, *prefix) if any(prefix[0] <= n < prefix[1] for n in weak) else 0
        few = len(weak) <= _MANY_WORDS
        for number in weak:
            if few or not prefix[0] <= number < prefix[1]:
                own, wide = self._sets_of(number)
                weak_set |= own
                wide_set |= wide
        return Meaning(
            text=word,
            weight=self._weight(strong, weak_set),
            quality=weak | strong,
            own=own_set,
            strong=strong_set,
            weak=weak_set | strong_set,
            wide=wide_set | weak_set | strong_set,
        )

    def _weight(self, strong: dict[int, float], weak_set: int) -> float:
        if strong:
            best = max(strong.values())
            return float(max(self.weights[n] * q for n, q in strong.items() if q >= best - 0.1))
        if weak_set:
            return float(log(1 + self._phrases / max(1, weak_set.bit_count())) ** 0.75)
        return _UNKNOWN_WEIGHT

    def _misspelt(self, word: str, has_other: bool) -> list[tuple[int, float]]:
        """Words that a slip of the finger or of spelling turns into `word`, or into its beginning."""
        tally = Tally()
        for gram in grams_of(word):
            tally.add(self._gram_set(gram), 2 if gram[0] == "^" else 1)
        size = len(word)
        whole_slips = 1 if size <= 5 else 2 if size <= 10 else 3
        found: list[tuple[int, float]] = []
        for number in tally.heaviest(_GRAM_CANDIDATES):
            other = self.words[number]
            if {word[:4], other[:4]} == _OPPOSITES:
                continue
            slips = OSA.distance(word, other, score_cutoff=whole_slips)
            if slips <= whole_slips:
                quality = 1.0 - 1.15 * slips / max(size, len(other))
                found.append((number, quality * (0.97 if word[0] == other[0] else 0.9)))
            elif size >= 5 and len(other) > size and not has_other:
                slips = min(OSA.distance(word, other[: size + d], score_cutoff=1) for d in (-1, 0, 1))
                if slips <= 1:
                    found.append((number, (1.0 - 1.3 * slips / size) * 0.88))
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        return found[:12]

    def _kin(self, word: str) -> list[tuple[int, float]]:
        """Words of the same stem: hypertensive - hypertension, cornea - corneal, aspergillus - aspergillosis."""
        stem = word[: max(5, len(word) - (4 if len(word) > 8 else 3))]
        low, high = self.range_of(stem)
        if high - low > 80:
            return []
        kin = []
        for number in range(low, high):
            other = self.words[number]
            shared = _shared(word, other)
            if word[shared:] in _ENDINGS and other[shared:] in _ENDINGS:
                kin.append((number, _CLOSE_KIN))
            elif abs(len(other) - len(word)) <= 4:
                kin.append((number, 0.8 * shared / max(len(other), len(word))))
        return kin

    def _sets_of(self, number: int) -> tuple[int, int]:
        if number in self._sets:
            self._sets.move_to_end(number)
            return self._sets[number]
        ((own, wide),) = self._fetch(sql.WORD_SETS, {"id": number})
        self._sets[number] = found = (unpack(own), unpack(wide))
        if len(self._sets) > _KEPT_SETS:
            self._sets.popitem(last=False)
        return found

    def _range_set(self, prefix: str, low: int, high: int) -> int:
        if high - low >= _MANY_WORDS:
            stored = self._fetch(sql.PREFIX_SET, {"text": prefix})
            if stored:
                return unpack(stored[0][0])
        total = 0
        for (own,) in self._fetch(sql.WORD_SETS_RANGE, {"low": low, "high": high}):
            total |= unpack(own)
        return total

    def _gram_set(self, gram: str) -> int:
        if gram not in self._grams:
            rows = self._fetch(sql.GRAM_SET, {"text": gram})
            self._grams[gram] = unpack(rows[0][0]) if rows else 0
            if len(self._grams) > _KEPT_GRAMS:
                self._grams.popitem(last=False)
        return self._grams[gram]


def _shared(one: str, other: str) -> int:
    """How many letters two words share from the start."""
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))


def _prefix_quality(typed: int, whole: int) -> float:
    """How well a beginning answers: 0.95 for all but the last letters, about 0.7 for one of ten."""
    return 0.68 + 0.27 * typed / whole
