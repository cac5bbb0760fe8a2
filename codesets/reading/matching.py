"""Where the dictionary's wordings stand in a note: all words of one near each other, the longest first."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from codesets.reading.layout import Sentence
from codesets.reading.lexicon import Lexicon, Wording
from codesets.reading.shorthand import expand
from codesets.reading.tokens import Token, fillers, lone_words, word_set

_APART = 30  # between sentences: further than any gap
_FREE = word_set("right left bilateral acute chronic mild moderate severe proximal distal both recurrent")
_TURNS = frozenset(("without", "w/o", "no", "not", "denies", "denied", "but", "vs", "versus", "never"))
_GENERAL = frozenset(("disease", "disorder", "syndrome", "infection", "chronic", "acute", "deficiency"))
_VERBS = frozenset(("had", "has", "have", "underwent", "takes", "took"))
_BREAKS = frozenset(":;")
#: Endings by which a single word is surely a condition.
_OF_DISEASE = re.compile(
    r"(itis|osis|oma|emia|uria|path(y|ic)|algia|pleg(ia|ic)|pares(is|tic)|iasis|plasia|cele|rrh(ea|agia)|opi[ac]"
    r"|astheni[ac]|dactyly|dystrophy|stenosis|penia|philia|phagia|lepsy|ectasia|megaly|phobia|trophy|ptysis|pnea"
    r"|ismus|aneurysm|pox)$"
)
_LEAST_WEIGHT = 4.0


@dataclass(frozen=True, slots=True)
class Found:
    """A wording met in sentence number `sentence`; `places` are its tokens there."""

    sentence: int
    places: tuple[int, ...]
    wording: Wording
    weight: float


class _Places:
    """Where each word stands: (slot, sentence, token).  Slots count what parts words; side words take none."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self.of: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        little = fillers()
        slot = 0
        for number, sentence in enumerate(sentences):
            slot += _APART
            for place, token in enumerate(sentence.tokens):
                if not token.is_word:
                    slot += _APART if token.raw in _BREAKS else token.raw in ",()-\u2013\u2014/+"
                    continue
                if token.word in little and not token.also:
                    continue
                if token.lower == "secondary" and _is_cause(sentence, place):
                    continue
                for word in (token.word, *token.also):
                    self.of[word].append((slot, number, place))
                slot += _APART if token.lower in _TURNS else token.word not in _FREE


def _is_cause(sentence: Sentence, place: int) -> bool:
    """Is a "secondary" that of "secondary to", which joins two conditions and belongs to neither?"""
    return place + 1 < len(sentence.tokens) and sentence.tokens[place + 1].lower == "to"


def find(sentences: Sequence[Sentence], lexicon: Lexicon, absent: frozenset[str] = frozenset()) -> list[Found]:
    """Every wording met, none inside another, in the order of the note; `absent` are keys not in force."""
    words = {token.word for sentence in sentences for token in sentence.tokens if token.is_word}
    known = lexicon.weights(words)
    expand(sentences, known)
    _respell(sentences, known, lexicon)
    places = _Places(sentences)
    weights = known | lexicon.weights(places.of.keys() - words)
    met: list[Found] = []
    for wording in _in_force(lexicon.wordings(places.of), absent):
        weight = sum(weights.get(word, 0.0) for word in wording.words)
        if len(wording.words) == 1 and _says_little(wording, weight):
            continue
        met += _meetings(wording, weight, places, weights, sentences)
    return sorted(_longest(met, sentences), key=lambda found: (found.sentence, found.places))


def _in_force(wordings: Iterable[Wording], absent: frozenset[str]) -> Iterator[Wording]:
    """The wordings with the codes of the day; those that have none then hide no other."""
    for wording in wordings:
        if not any(key in absent for key, _, _ in wording.codes):
            yield wording
        elif codes := tuple(code for code in wording.codes if code[0] not in absent):
            yield Wording(wording.words, codes)


def _respell(sentences: Sequence[Sentence], known: dict[str, float], lexicon: Lexicon) -> None:
    for sentence in sentences:
        for token in sentence.tokens:
            if token.is_word and token.word not in known and not token.also and len(token.word) >= 6:
                token.word = lexicon.respelt(token.word) or token.word


def _says_little(wording: Wording, weight: float) -> bool:
    word, (_, prior, kind) = wording.words[0], wording.codes[0]
    if kind in ("term", "common name", "eponym"):
        return word.isdigit()
    if kind == "name" and not _OF_DISEASE.search(word):  # surnames, and words of any sentence: Park, plan, down
        return True
    return word in lone_words() or word.isdigit() or len(word) < 4 or weight < _LEAST_WEIGHT or prior < 0.3


def _meetings(
    wording: Wording, weight: float, places: _Places, weights: dict[str, float], sentences: Sequence[Sentence]
) -> list[Found]:
    rare = max(wording.words, key=lambda word: weights.get(word, 0.0))
    others = [word for word in wording.words if word != rare]
    solid = sum(word not in _FREE for word in wording.words)
    found = []
    for slot, sentence, place in places.of[rare]:
        gap = (2 if sentences[sentence].head or len(wording.words) > 2 else 1) + solid - 1
        chosen, low, high = {place}, slot, slot
        for word in others:
            near = _nearest(places.of[word], slot, sentence)
            if near is None or abs(near[0] - slot) > gap:
                break
            chosen.add(near[2])
            low, high = min(low, near[0]), max(high, near[0])
        else:
            if high - low <= gap and not _torn(sentences[sentence], chosen, set(wording.words)):
                spread = max(0, high - low - solid + 1)
                found.append(Found(sentence, tuple(sorted(chosen)), wording, weight - 1.5 * spread))
    return found


def _torn(sentence: Sentence, places: set[int], words: set[str]) -> bool:
    """Is part of an abbreviation joined to words behind a comma: "COPD, hypertension" is no pulmonary hypertension.

    Or does a verb stand between: "coronary artery disease and had a bypass".  Or is of what an abbreviation stands for
    the lesser part meant: "CAD of native vessel" is no atherosclerosis of just any vessel.  Or is a number parted from
    what it counts: "a man awoke 1 night ago" has no MEN 1.
    """
    first, last = min(places), max(places)
    counted = len(words) == 2 and any(word.isdigit() for word in words)
    if counted and any(token.is_word for token in sentence.tokens[first + 1 : last]):
        return True
    if any(_is_scrap(sentence.tokens[place], words) for place in places):
        return True
    if any(sentence.tokens[place].lower in _VERBS for place in range(first, last) if place not in places):
        return True
    if not any(token.raw in ",;" for token in sentence.tokens[first:last]):
        return False
    return any(
        token.also and token.word not in words and not words.issuperset(token.also)
        for token in (sentence.tokens[place] for place in places)
    )


def _is_scrap(token: Token, words: set[str]) -> bool:
    return bool(token.also) and token.word not in words and 2 * len(words.intersection(token.also)) < len(token.also)


def _nearest(where: list[tuple[int, int, int]], slot: int, sentence: int) -> tuple[int, int, int] | None:
    at = bisect_left(where, (slot, -1, -1))
    near = [one for one in where[max(0, at - 1) : at + 2] if one[1] == sentence]
    return min(near, key=lambda one: (abs(one[0] - slot), -one[0]), default=None)


def _is_general(found: Found, used: set[int], sentence: Sentence) -> bool:
    """Whether all that a wording adds to what is named already is "disease" and the like."""
    added = [sentence.tokens[place].word for place in found.places if place not in used]
    return len(added) < len(found.places) and all(word in _GENERAL for word in added)


def _others_between(found: Found, sentence: Sentence) -> int:
    """How many words stand among those of a wording: an abbreviation by itself is met before one joined to a word."""
    first, last = found.places[0], found.places[-1]
    if last - first < len(found.places):
        return 0
    return sum(sentence.tokens[place].is_word for place in range(first, last) if place not in found.places)


def _longest(met: list[Found], sentences: Sequence[Sentence]) -> list[Found]:
    """The heaviest wordings; one whose words are mostly taken by heavier ones is left out."""
    taken: dict[int, set[int]] = defaultdict(set)
    named: set[tuple[int, tuple[str, ...]]] = set()
    kept = []
    met.sort(
        key=lambda f: (
            -round(f.weight + 0.5 * len(f.wording.words), 3),
            -f.wording.codes[0][1],
            _others_between(f, sentences[f.sentence]),
            f.sentence,
            f.places,
        )
    )
    for found in met:
        used = taken[found.sentence]
        free = sum(place not in used for place in found.places)
        sentence = sentences[found.sentence]
        same = (found.sentence, found.wording.words)
        if used and same in named and free < len(found.places) and _others_between(found, sentence):
            continue
        if used and free and _is_general(found, used, sentence):
            continue
        if free * 2 > len(found.places) or (free and free * 2 == len(found.places) and len(found.places) > 1):
            used.update(found.places)
            named.add(same)
            kept.append(found)
    return kept


def span_of(sentence: Sentence, places: Sequence[int]) -> tuple[int, int]:
    """Start and end in the note of some tokens of a sentence."""
    tokens: Sequence[Token] = sentence.tokens
    return tokens[places[0]].start, tokens[places[-1]].end
