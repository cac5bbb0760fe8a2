"""Text to normalised words, the same way for titles and for what is typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"(?:(?:non|pre|post|anti)-(?=[^\W\d_]{3}))?[^\W_]+(?:['\u2019]s\b|\(e?s\))?", re.IGNORECASE)
_COMPOUND = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]{2,})+")
_ROMAN = {
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
    "xi": "11", "xii": "12", "xiii": "13",
    "iia": "2a", "iib": "2b", "iic": "2c", "iiia": "3a", "iiib": "3b", "iiic": "3c", "iiid": "3d",
    "iva": "4a", "ivb": "4b",
}  # fmt: skip
#: One-letter roman numbers are numbers only after such a word.
_SHORT_ROMAN = {"i": "1", "v": "5", "x": "10"}
_COUNTING = "type stage grade class factor degree bipolar syndrome category group phase"
_COUNTED = frozenset(_COUNTING.split())
_NUMBERS = {
    "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth", "6th": "sixth",
    "7th": "seventh", "8th": "eighth", "9th": "ninth", "10th": "tenth", "11th": "eleventh", "12th": "twelfth",
}  # fmt: skip
_WHOLE = {
    "centre": "center", "fibre": "fiber", "litre": "liter", "metre": "meter", "titre": "titer",
    "calibre": "caliber", "ageing": "aging", "grey": "gray", "plough": "plow", "tyre": "tire",
    "feet": "foot", "teeth": "tooth", "men": "man", "women": "woman", "children": "child",
    "vertebrae": "vertebra", "metastases": "metastasis", "atrophies": "atrophy",
}  # fmt: skip
#: An amount written as one word: 15mg, 100units.
_AMOUNT = re.compile(r"(\d+)(mg|mcg|gm|g|kg|ml|cc|l|iu|unit|units|cm|mm|mci)")
_BRITISH = (
    (re.compile(r"ae(?=.)"), "e"),
    (re.compile(r"(?<=.)oe(?=[a-z]{2})|^oe(?=[a-z]{3})"), "e"),
    (re.compile(r"(?<=[a-z]{3})our(?=$|s$|e|i|a|l)"), "or"),
    (re.compile(r"(?<=[a-z]{3})is(?=e$|ed$|es$|ing$|ation|er$)"), "iz"),
    (re.compile(r"lys(?=ed?$|ing$)"), "lyz"),
    (re.compile(r"sulph"), "sulf"),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A normalised word and where it stands in the text it comes from."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """Lower case without accents and ligatures."""
    if text.isascii():
        return text.lower()
    text = text.lower().replace("æ", "ae").replace("œ", "oe").replace("ß", "ss")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=4096)
def normal(word: str) -> str:
    """One folded word in its canonical form: American spelling, singular, numbers as digits."""
    if word in _WHOLE:
        return _WHOLE[word]
    if word in _NUMBERS:
        return _NUMBERS[word]
    if word in _ROMAN:
        return _ROMAN[word]
    if len(word) > 3 and word.isalpha():
        for pattern, into in _BRITISH:
            word = pattern.sub(into, word)
        word = _singular(word)
    return word


def _singular(word: str) -> str:
    if not word.endswith("s") or len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    if word.endswith(("oses", "yses")) and len(word) > 7:
        return word[:-2] + "is"
    if word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    return word[:-1]


def words_of(text: str) -> list[Word]:
    """The normalised words of a text, in order, with their places in it."""
    found: list[Word] = []
    before = ""
    for match in _WORD.finditer(text):
        raw = fold(match.group())
        if not raw.isalnum():
            raw = _bare(raw)
        if not raw:
            continue
        amount = _AMOUNT.fullmatch(raw) if raw[0].isdigit() else None
        if amount:
            middle = match.start() + len(amount[1])
            found += [Word(amount[1], match.start(), middle), Word(normal(amount[2]), middle, match.end())]
            before = found[-1].text
            continue
        word = _SHORT_ROMAN[raw] if before in _COUNTED and raw in _SHORT_ROMAN else normal(raw)
        found.append(Word(word, match.start(), match.end()))
        before = word
    return found


def _bare(word: str) -> str:
    """Without hyphens, plural endings in parentheses and the possessive."""
    word = word.replace("-", "").removesuffix("(s)").removesuffix("(es)")
    return word[:-2] if word.endswith(("'s", "\u2019s")) else word


@lru_cache(maxsize=400)
def words_of_title(title: str) -> tuple[Word, ...]:
    """`words_of` for titles shown again and again while a query is typed."""
    return tuple(words_of(title))


def compounds_of(text: str) -> list[str]:
    """Hyphenated words written as one: `velo-cardio-facial` → velocardiofacial."""
    return [normal(fold(match.group().replace("-", ""))) for match in _COMPOUND.finditer(text)]
