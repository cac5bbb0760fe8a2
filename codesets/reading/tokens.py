"""A note as tokens: normalised words with their places, and the punctuation that parts them.

Words are normalised like the words of the code sets (`codesets.search.words`), and then brought to one
form for a few pairs such as renal and kidney (table `note_synonyms`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from codesets.search.words import fold, normal
from codesets.tables import read_table

_TOKEN = re.compile(
    r"[a-z]{3,}+(?![^\W_]|['\u2019/-])"  # most words: first, and without going back
    r"|\[[ xX]?\]|\([+-]\)|[☐☑☒✓]"
    r"|\b[A-Za-z]{1,2}/[A-Za-z]{1,2}\b|\bw/(?=\s|[a-z])"
    r"|\d+(?:[.,]\d+)*%?(?![^\W_])"
    r"|(?:non|pre|post|anti)-(?=[^\W\d_]{3})[^\W\d_]+"
    r"|[^\W_]+(?:['\u2019][^\W\d_]{1,2}\b)?"
    r"|[.,:;?!()+\-\u2013\u2014&/<>=\n]",
    re.IGNORECASE,
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "x": "10"}
_COUNTED = frozenset(["type", "stage", "grade", "class", "degree", "bipolar", "ckd"])


@dataclass(slots=True)
class Token:
    """One token: `word` in its one form, `lower` as written but for case, `also` what an abbreviation stands for."""

    word: str
    raw: str
    lower: str
    start: int
    end: int
    is_word: bool
    also: tuple[str, ...] = ()


def word_set(text: str) -> frozenset[str]:
    """The words of a short list."""
    return frozenset(text.split())


@lru_cache(maxsize=1)
def synonyms() -> dict[str, str]:
    """The one form of words that stand for each other."""
    return {row["word"]: row["as"] for row in read_table("note_synonyms")}


@lru_cache(maxsize=1)
def fillers() -> frozenset[str]:
    """Words that tell nothing about a condition."""
    return frozenset(row["word"] for row in read_table("note_words") if row["kind"] == "filler")


@lru_cache(maxsize=1)
def lone_words() -> frozenset[str]:
    """Words, in their one form, that are no condition when they stand alone."""
    return frozenset(canonical(row["word"]) for row in read_table("note_words") if row["kind"] == "alone")


def canonical(raw: str) -> str:
    """A word of a note or of a title in its one form."""
    word = fold(raw).replace("\u2019", "'")
    if word.endswith("'s"):
        word = word[:-2]
    word = word.replace("-", "").replace("'", "")
    known = synonyms()
    if word in known:
        return known[word]
    plain = normal(word)
    return known.get(plain, plain)


@lru_cache(maxsize=8192)
def _form(raw: str) -> tuple[str, str, bool, bool]:
    """A token's (word, lower, is it a word, does it count what follows)."""
    lower = raw.lower()
    is_word = raw[0].isalnum()
    plain = is_word and (len(raw) < 2 or "/" not in raw)
    word = canonical(raw) if plain else lower
    return word, lower.replace("\u2019", "'"), is_word, plain and word in _COUNTED


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, in order."""
    found: list[Token] = []
    counted = False
    for match in _TOKEN.finditer(text):
        raw = match[0]
        word, lower, is_word, counts = _form(raw)
        if counted and lower in _ROMAN:
            word = _ROMAN[lower]
        counted = counts
        found.append(Token(word, raw, lower, match.start(), match.end(), is_word))
    return found


def content_words(text: str) -> tuple[str, ...]:
    """The words of a dictionary wording that must be met, each once, in their order."""
    little = fillers()
    found: dict[str, None] = {}
    counted = False
    for raw in _TOKEN.findall(text):
        word, lower, is_word, counts = _form(raw)
        if counted and lower in _ROMAN:
            word = _ROMAN[lower]
        counted = counts
        if is_word and word not in little:
            found[word] = None
    return tuple(found)
