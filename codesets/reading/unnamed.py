"""Assessment items in words that the dictionary lacks: the code search is asked, and believed only when it is sure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from codesets.reading.assertion import Assertions
from codesets.reading.layout import Layout, Sentence
from codesets.reading.mentions import Named
from codesets.reading.model import Assertion, Mention, SectionKind
from codesets.reading.qualities import SIDES, side_of
from codesets.reading.tokens import Token, word_set
from codesets.reading.wordings import SKIPPED_CHAPTERS

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary

_MOST_ASKED = 4
_MOST_WORDS = 7
_SURE = 0.95
#: A line of a plan that names no condition.
_PLAN_WORDS = word_set(
    "continue start stop refill refer referral follow followup return rtc f/u order ordered check recheck see call "
    "increase decrease discussed counseled given take schedule obtain labs will plan mg patient agreements normal "
    "fluids fluid hydration rest ice heat elevate "
    "elevation supportive reassurance reassured education exercise exercises stretching dressing antibiotics"
)
#: A mention, the key of its code, the search's score and the words that may make the code specific.
Asked = tuple[Mention, str, float, frozenset[str]]


def search_heads(text: str, layout: Layout, named: Sequence[Named], library: CodeLibrary, on: date) -> list[Asked]:
    """The mentions of items that nothing else names: each with the key of its code and the search's score."""
    covered = {one.number for one in named}
    found: list[Asked] = []
    asked = 0
    for number, sentence in enumerate(layout.sentences):
        if asked == _MOST_ASKED or number in covered or not _names_something(sentence):
            continue
        tokens = _name(sentence)
        asked += 1
        start, end = tokens[0].start, tokens[-1].end
        hits = library.search(" ".join(text[start:end].split()), systems=("ICD10CM",), on=on, limit=1)
        if hits and hits[0].score >= _SURE and hits[0].in_force and hits[0].code[0] not in SKIPPED_CHAPTERS:
            key = hits[0].code.replace(".", "")
            mention = Mention(
                text[start:end], start, end, hits[0].phrase or hits[0].title, (key,), Assertion.PRESENT,
                sentence.section, headed=True,
            )  # fmt: skip
            found.append((mention, key, hits[0].score, _said(sentence)))
    return found


def _said(sentence: Sentence) -> frozenset[str]:
    """The words of an item, and its side as the titles say it."""
    side = side_of(sentence.tokens)
    words = frozenset(token.word for token in sentence.tokens if token.is_word) - SIDES
    return words | ({side, "bilateral" if side == "bilateral" else "unilateral"} if side else set())


def _names_something(sentence: Sentence) -> bool:
    if not sentence.head or sentence.section not in (SectionKind.ASSESSMENT, SectionKind.PLAN):
        return False
    words = [token for token in sentence.tokens if token.is_word]
    if not any(len(token.raw) > 2 and token.raw.isalpha() for token in words):
        return False
    if any(token.lower in _PLAN_WORDS or token.raw.isdigit() for token in words[:_MOST_WORDS]):
        return False
    claims = Assertions(sentence)
    return all(
        claims.of((place,))[0] is Assertion.PRESENT for place, token in enumerate(sentence.tokens) if token.is_word
    )


def _name(sentence: Sentence) -> list[Token]:
    """The first words of an item, to the first comma or bracket."""
    tokens: list[Token] = []
    for token in sentence.tokens:
        if tokens and (token.raw in ",(" or len(tokens) == _MOST_WORDS):
            break
        tokens.append(token)
    return tokens
