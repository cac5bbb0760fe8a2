"""The mentions of a note: what is named, where, and what is asserted of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codesets.reading import qualities
from codesets.reading.assertion import Assertions
from codesets.reading.layout import Layout, Sentence
from codesets.reading.lexicon import Lexicon
from codesets.reading.matching import Found, find, span_of
from codesets.reading.model import Mention
from codesets.reading.qualities import COUNTED
from codesets.reading.tokens import Token

_AROUND = 7


@dataclass(frozen=True, slots=True)
class Named:
    """A mention with what the suggestions need: its sentence, tokens, codes with their likelihood."""

    mention: Mention
    sentence: Sentence
    number: int
    near: tuple[Token, ...]
    codes: tuple[tuple[str, float, str], ...]
    words: tuple[str, ...]
    weight: float


def mentions_of(text: str, layout: Layout, lexicon: Lexicon, absent: frozenset[str] = frozenset()) -> list[Named]:
    """Every mention, in the order of the note; `absent` are the keys that are not in force on its day."""
    claims: dict[int, Assertions] = {}
    found: list[Named] = []
    for one in find(layout.sentences, lexicon, absent):
        if one.sentence not in claims:
            claims[one.sentence] = Assertions(layout.sentences[one.sentence])
        found.append(_named(text, layout.sentences[one.sentence], one, claims[one.sentence]))
    return sorted(found, key=lambda named: (named.mention.start, named.mention.end))


def _named(text: str, sentence: Sentence, found: Found, claims: Assertions) -> Named:
    start, end = span_of(sentence, found.places)
    first, last = found.places[0], found.places[-1] + 1
    assertion, trigger = claims.of(found.places)
    near = _near(sentence, first, last)
    mention = Mention(
        text=text[start:end],
        start=start,
        end=end,
        phrase=" ".join(found.wording.words),
        codes=tuple(key for key, _, _ in found.wording.codes),
        assertion=assertion,
        section=sentence.section,
        trigger=trigger,
        headed=sentence.head,
        laterality=qualities.side_of(near),
        severity=qualities.severity_of(near),
        acuity=qualities.acuity_of(near),
        stage=qualities.stage_of(near),
        trimester=qualities.trimester_of(near),
    )
    return Named(
        mention, sentence, found.sentence, near, found.wording.codes, found.wording.words, max(found.weight, 0.5)
    )


def _near(sentence: Sentence, first: int, last: int) -> tuple[Token, ...]:
    """The words around a mention: the whole name of an item, else a few on either side within commas."""
    tokens = sentence.tokens
    low, high = first, last
    limit = len(tokens) if sentence.head else _AROUND
    while low > 0 and first - low < limit and (sentence.head or tokens[low - 1].raw not in ",;:"):
        low -= 1
    while high < len(tokens) and high - last < limit and (sentence.head or _goes_on(tokens, high)):
        high += 1
    return tokens[low:high]


def _goes_on(tokens: Sequence[Token], place: int) -> bool:
    """Whether what is told of a condition goes on at a token: behind a comma only with its stage, class or grade."""
    if tokens[place].raw != ",":
        return tokens[place].raw not in ";:"
    return place + 1 < len(tokens) and tokens[place + 1].lower in COUNTED
