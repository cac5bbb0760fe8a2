"""Makes the rows of the search tables when the library is built."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import log
from typing import Any

from codesets.search.bits import pack, pack_array
from codesets.search.words import Word, compounds_of, words_of

Row = dict[str, Any]

_LITTLE = (
    "of the and or in to by for on at as a an from other unspecified specified not elsewhere "
    "classified nec nos encounter initial due that this any all it is be part use condition"
)
#: Words that say little about which code is meant; their weight is fixed.
FILLER = dict.fromkeys(_LITTLE.split(), 0.35) | {
    "with": 0.5,
    "without": 0.9,
    "subsequent": 1.0,
    "disease": 1.1,
    "disorder": 1.1,
    "syndrome": 1.1,
    "acute": 1.3,
    "chronic": 1.4,
    # how a disease runs in families says little beside its name
    "autosomal": 0.9,
    "recessive": 0.9,
    "dominant": 0.9,
    "linked": 0.7,
    "related": 0.6,
    "familial": 1.4,
    "hereditary": 1.4,
    "form": 0.6,
    "type": 0.7,
}
#: No number says more than this: "Z3A.25" is not meant by "dystonia 25".
_NUMBER_WEIGHT = 1.8
_PREFIX_LENGTHS = (1, 2, 3, 4)
_MANY_WORDS = 16
_PARENTHESES = re.compile(r"\([^)]*\)|\[[^\]]*\]")
#: Marks the id of a word that a phrase holds but does not need, and how much such a word counts.
ASIDE, ASIDE_SHARE = 1 << 31, 0.15
_SAME_STEM = 4


@dataclass(slots=True)
class PhraseSource:
    """One wording to be found; `around` is text near it (further wordings, titles above)."""

    system: str
    key: str
    target: str
    kind: str
    standing: int
    family: int
    prior: float
    text: str
    around: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ExtensionSource:
    """One seventh character of one family."""

    family: int
    char: str
    text: str


class SearchRows:
    """All rows of the search tables, made from the phrases and families of extensions."""

    def __init__(self, phrases: list[PhraseSource], extensions: list[ExtensionSource]) -> None:
        self.phrases = sorted(phrases, key=lambda p: -p.prior)  # stable: ties stay in tabular order
        self.extensions = extensions
        self._texts: dict[str, list[str]] = {}
        self._asides: list[bytes] = []
        self._own = [self._read(p) + self._joined(p.text) for p in self.phrases]
        self._around = [self._nearby(p, own) for p, own in zip(self.phrases, self._own, strict=True)]
        vocabulary = {w for words in self._texts.values() for w in words}
        self.words = sorted(vocabulary)
        self.ids = {word: number for number, word in enumerate(self.words)}
        self.weights: list[float] = []

    def _read(self, phrase: PhraseSource) -> list[str]:
        """The words of a phrase; whether each is essential is noted beside, so that no text is read twice."""
        words = words_of(phrase.text)
        self._asides.append(bytes(_asides(phrase, words)))
        return self._texts.setdefault(phrase.text, [w.text for w in words])

    def _words(self, text: str) -> list[str]:
        if text not in self._texts:
            self._texts[text] = [w.text for w in words_of(text)]
        return self._texts[text]

    def _joined(self, text: str) -> list[str]:
        """Hyphenated words as one word; kept with the texts so that they enter the vocabulary."""
        joined = compounds_of(text) if "-" in text else []
        if joined:
            self._texts[f"{text} (joined)"] = joined
        return joined

    def _nearby(self, phrase: PhraseSource, own: list[str]) -> list[str]:
        return list(dict.fromkeys(w for text in phrase.around for w in self._words(text) if w not in own))

    def write(self, insert: Callable[[str, Iterable[Row]], None]) -> None:
        """Hand every row to `insert(table, rows)`."""
        own, wide = self._sets()
        self.weights = [self._word_weight(word, len(own[n])) for n, word in enumerate(self.words)]
        insert("extension", self._extension_rows())
        insert("phrase", self._phrase_rows())
        insert("word", self._word_rows(own, wide))
        insert("prefix", self._prefix_rows(own))
        insert("gram", self._gram_rows())
        systems: dict[str, list[int]] = defaultdict(list)
        for number, phrase in enumerate(self.phrases):
            systems[phrase.system].append(number)
        insert("systemset", [{"system": s, "phrases": pack(n)} for s, n in sorted(systems.items())])

    def _extension_rows(self) -> Iterator[Row]:
        for number, extension in enumerate(self.extensions):
            words = pack_array(self.ids[w] for w in self._words(extension.text) if w in self.ids)
            yield {
                "id": number, "family": extension.family, "char": extension.char,
                "text": extension.text, "words": words,
            }  # fmt: skip

    def _phrase_rows(self) -> Iterator[Row]:
        ids = self.ids
        for number, phrase in enumerate(self.phrases):
            yield {
                "id": number,
                "system": phrase.system,
                "key": phrase.key,
                "target": phrase.target,
                "kind": phrase.kind,
                "standing": phrase.standing,
                "family": phrase.family,
                "prior": phrase.prior,
                "held": round(self._held(number), 3),
                "text": phrase.text,
                "words": pack_array(self._marked(number)),
                "around": pack_array(ids[w] for w in self._around[number]),
            }

    def _sets(self) -> tuple[list[list[int]], list[list[int]]]:
        own: list[list[int]] = [[] for _ in self.words]
        wide: list[list[int]] = [[] for _ in self.words]
        for number in range(len(self.phrases)):
            for word in dict.fromkeys(self._own[number]):
                own[self.ids[word]].append(number)
                wide[self.ids[word]].append(number)
            for word in self._around[number]:
                wide[self.ids[word]].append(number)
        return own, wide

    def _word_rows(self, own: list[list[int]], wide: list[list[int]]) -> Iterator[Row]:
        for number, word in enumerate(self.words):
            yield {
                "id": number, "text": word, "weight": self.weights[number],
                "own": pack(own[number]), "wide": pack(wide[number]),
            }  # fmt: skip

    def _word_weight(self, word: str, phrases: int) -> float:
        weight = FILLER.get(word) or round(log(1 + len(self.phrases) / max(1, phrases)) ** 0.75, 4)
        return min(weight, _NUMBER_WEIGHT) if word.isdigit() else weight

    def _marked(self, number: int) -> list[int]:
        """The ids of a phrase's words; those that are not essential carry the mark `ASIDE`."""
        words = self._own[number]
        asides = self._asides[number].ljust(len(words), b"\1")  # hyphenated words once more, as one
        return [self.ids[word] | (ASIDE if aside else 0) for word, aside in zip(words, asides, strict=True)]

    def _held(self, number: int) -> float:
        """The weight of a phrase's words; those that are not essential count little."""
        words = self._words(self.phrases[number].text)
        return sum(
            self.weights[self.ids[word]] * (ASIDE_SHARE if aside else 1.0)
            for word, aside in zip(words, self._asides[number], strict=True)
        )

    def _prefix_rows(self, own: list[list[int]]) -> Iterator[Row]:
        for length in _PREFIX_LENGTHS:
            for prefix in sorted({w[:length] for w in self.words if len(w) >= length}):
                low = bisect_left(self.words, prefix)
                high = bisect_left(self.words, prefix + "\U0010ffff")
                if high - low >= _MANY_WORDS:
                    members = {n for number in range(low, high) for n in own[number]}
                    yield {"text": prefix, "own": pack(members)}

    def _gram_rows(self) -> Iterator[Row]:
        grams: dict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(self.words):
            for gram in grams_of(word):
                grams[gram].append(number)
        return ({"text": gram, "words": pack(numbers)} for gram, numbers in sorted(grams.items()))


def _asides(phrase: PhraseSource, words: Iterable[Word]) -> list[bool]:
    """For each word of a phrase, whether it is not essential.

    Such are words in parentheses, and the other forms of a main term of the Alphabetic Index
    ("Polyp, polypus").
    """
    spans = [match.span() for match in _PARENTHESES.finditer(phrase.text)] if "(" in phrase.text else []
    flags: list[bool] = []
    stems: set[str] = set()
    for word in words:
        stem = word.text[:_SAME_STEM]
        again = phrase.kind == "index" and len(stem) == _SAME_STEM and stem in stems
        flags.append(again or any(low <= word.start < high for low, high in spans))
        stems.add(stem)
    return flags


def grams_of(word: str, whole: bool = True) -> list[str]:
    """The letter pairs of a word, its edges marked; `whole` False leaves the end open."""
    marked = f"^{word}$" if whole else f"^{word}"
    return list(dict.fromkeys(marked[i : i + 2] for i in range(len(marked) - 1)))
