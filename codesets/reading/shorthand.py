"""Abbreviations in a note: which letters are one, and which of their senses is meant.

The senses are those of the code search (table `abbreviations`); the table `note_shorthand` tells letters that
mostly mean something else in a note.  Two letters count only in capitals, and never in an examination.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from codesets.reading.layout import Sentence
from codesets.reading.model import SectionKind
from codesets.reading.tokens import Token, content_words
from codesets.search.synonyms import abbreviations
from codesets.tables import read_table

_TERSE = frozenset(
    (SectionKind.EXAM, SectionKind.VITALS, SectionKind.RESULTS, SectionKind.ROS, SectionKind.MEDICATIONS)
)
_LONGEST = 8
_CERTAIN_LOWER = 4


@lru_cache(maxsize=1)
def _uses() -> dict[str, str]:
    return {row["short"]: row["use"] for row in read_table("note_shorthand")}


@lru_cache(maxsize=2048)
def meaning(short: str) -> tuple[str, ...]:
    """The words of the usual sense of an abbreviation; none when it is not one."""
    senses = abbreviations().get((short,))
    return content_words(senses[0].text) if senses and not senses[0].drop else ()


def expand(sentences: Iterable[Sentence], known: Mapping[str, float]) -> None:
    """Set `also` on every token that is an abbreviation; `known` are the words of the dictionary."""
    for sentence in sentences:
        shouted: bool | None = None
        for place, token in enumerate(sentence.tokens):
            if not token.is_word or not 2 <= len(token.raw) <= _LONGEST:
                continue
            words = meaning(token.lower)
            if not words:
                continue
            shouted = _shouted(sentence.tokens) if shouted is None else shouted
            if _may_be(sentence, place, known, shouted):
                token.also = words


def _shouted(tokens: tuple[Token, ...]) -> bool:
    """Whether a line is in capitals, so that capitals tell nothing."""
    words = [token.raw for token in tokens if token.is_word and token.raw.isalpha() and len(token.raw) > 3]
    return len(words) > 1 and all(word.isupper() for word in words)


def _may_be(sentence: Sentence, place: int, known: Mapping[str, float], shouted: bool) -> bool:
    token = sentence.tokens[place]
    use = _uses().get(token.lower, "")
    capitals = sum(letter.isupper() for letter in token.raw) > 1 and not shouted
    mixed = any(letter.isdigit() for letter in token.raw) and any(letter.isalpha() for letter in token.raw)
    if use == "never" or token.raw.isdigit():
        return False
    if use == "plain" and (sentence.section in _TERSE or not capitals):
        return False
    if use == "number" and (not capitals or (place and sentence.tokens[place - 1].raw[0].isdigit())):
        return False
    if use == "scale" and _numbered(sentence, place):
        return False
    if len(token.raw) == 2:
        return (capitals or mixed or use == "lower") and sentence.section not in _TERSE
    if token.word in known and not capitals:
        return False
    return capitals or mixed or "/" in token.raw or len(token.raw) >= _CERTAIN_LOWER or token.lower == token.raw


def _numbered(sentence: Sentence, place: int) -> bool:
    """Whether a number is part of the name: "GAD-7" is a questionnaire and names nobody's condition."""
    after = [token.raw for token in sentence.tokens[place + 1 : place + 3]]
    if after[:1] == ["-"]:
        del after[0]
    return bool(after) and after[0].isdigit()
