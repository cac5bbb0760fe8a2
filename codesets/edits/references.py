"""What a note refers to: the code references in the words of Excludes, code first, use additional and code also.

The forms are those that the tabular list uses: a code with or without dash, lists, ranges in tabular
order, and a condition on the characters ("with .51-.52", "with 7th character B", "with fifth or sixth
character 1-4", which is the intent of a poisoning).  A note that names no code refers to none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_CODE = r"(?:[A-PR-Z][0-9][0-9A-Z]|Q[0-9A][0-9A-Z])(?:\.[0-9A-Z]+)*\.?"
_TOKEN = re.compile(rf"(?<![A-Za-z0-9.])({_CODE})(?![A-Za-z0-9])(-*)")
_PARENTHESES = re.compile(r"\(([^()]*)\)([^()]*)")
_JOINED = re.compile(r"\s*(?:[-\u2013]|to)?\s*")
_OPEN_FRACTURE = "BCEFHJMNQR"
_PLACES = {"fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "sixth": 6, "6th": 6, "seventh": 7, "7th": 7}
_PLACE = "|".join(_PLACES)
_INTENT = re.compile(r"(?:fifth or six(?:th)?|sixth|final) character ([0-9])(?:-([0-9]))?(?: or ([0-9]))?")
_INTENT_CATEGORIES = ("T3", "T4", "T5", "T6")
_FINAL = re.compile(r"final characters? -?([0-9A-Z]+)")
_AT_PLACE = re.compile(rf"({_PLACE})(?: to (?:{_PLACE}))?[ -]characters? \.?([0-9A-Z]+)((?: or [0-9A-Z])*)")
_HEADS = re.compile(r"\.([0-9A-Z]+)-?(?:-\.([0-9A-Z]+))?")
_CATEGORY = 3


@dataclass(frozen=True, slots=True)
class Reference:
    """Codes from `low` to `high` in tabular order, without dots; equal ends mean all codes that begin so.

    `form` names how the note put it, for the account of all notes; `condition` and `values` narrow it:
    head (characters after the category), tail (last ones), char:N (from the N-th on), intent, words (of the title).
    """

    low: str
    high: str
    form: str = "prefix"
    condition: str = ""
    values: tuple[str, ...] = ()

    def meets(self, key: str, title: str) -> bool:
        """Does a code that lies within the ends meet the condition?"""
        if not self.condition:
            return True
        if self.condition == "head":
            return key[_CATEGORY:].startswith(self.values)
        if self.condition == "tail":
            return key.endswith(self.values)
        if self.condition == "intent":
            return intent(key) in self.values
        if self.condition == "words":
            return all(word in title.lower() for word in self.values)
        return key[int(self.condition[5:]) - 1 :].startswith(self.values)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The references of a note; without any, `reason` says why."""

    references: tuple[Reference, ...]
    reason: str = ""


def intent(key: str) -> str:
    """The intent of a poisoning or toxic effect (T36-T65): the 6th character, or the 5th if the 6th is X.

    "1" accident, "2" self-harm, "3" assault, "4" undetermined, "5" adverse effect, "6" underdosing; "" if not there.
    """
    if not key.startswith("T") or not "T36" <= key[:_CATEGORY] <= "T65":
        return ""
    if len(key) > 5 and key[5] != "X":
        return key[5]
    return key[4] if len(key) > 4 else ""


@lru_cache(maxsize=8192)
def parse(text: str) -> Parsed:
    """The references in the words of one note line."""
    if "for codes" in text:
        return Parsed((), "names the codes it stands at")
    inside = [(group, after) for group, after in _PARENTHESES.findall(text) if _TOKEN.search(group)]
    segments = inside or [(text, "")]
    found = [reference for segment, after in segments for reference in _segment(segment, after)]
    if found:
        return Parsed(tuple(dict.fromkeys(found)))
    return Parsed((), "says where to look in words" if re.search(r"\b(see|code to|code)\b", text) else "names no code")


def _segment(text: str, after: str) -> list[Reference]:
    """The references of one pair of parentheses, or of a note without any."""
    tokens = list(_TOKEN.finditer(text))
    if not tokens:
        return []
    tail = text[tokens[-1].end() :] or after
    form, condition, values = _condition(tail, tokens[0][1])
    ends = _ends(text, tokens)
    many = len(ends) > 1
    made = []
    for low, high in ends:
        shape = form or ("range" if low != high else "list" if many else "prefix")
        made.append(Reference(low, high, shape, condition, values))
    return made


def _ends(text: str, tokens: list[re.Match[str]]) -> list[tuple[str, str]]:
    """The (low, high) of each reference; two codes with nothing but a dash or "to" between are a range."""
    ends: list[tuple[str, str]] = []
    joined = False
    for number, token in enumerate(tokens):
        code = token[1].replace(".", "")
        if joined:
            ends[-1] = (ends[-1][0], code)
            joined = False
        else:
            ends.append((code, code))
            joined = number + 1 < len(tokens) and _is_range(text, token, tokens[number + 1])
    return ends


def _is_range(text: str, token: re.Match[str], following: re.Match[str]) -> bool:
    between = text[token.end() : following.start()]
    if not between:
        return bool(token[2])
    return bool(between.strip()) and _JOINED.fullmatch(between) is not None


def _condition(tail: str, first: str) -> tuple[str, str, tuple[str, ...]]:
    """The form, kind and values of what follows the last code: nothing, or "with …"."""
    words = re.sub(r"^[\s,]*", "", tail)
    if not words.startswith("with "):
        return "", "", ()
    for form, read in _READERS:
        found = read(words, first)
        if found is not None:
            return form, *found
    return "", "", ()


Read = tuple[str, tuple[str, ...]]


def _read_open(words: str, _first: str) -> Read | None:
    return ("char:7", tuple(_OPEN_FRACTURE)) if "open fracture" in words else None


def _read_intent(words: str, first: str) -> Read | None:
    found = _INTENT.search(words)
    if found is None or not first.startswith(_INTENT_CATEGORIES):
        return None
    start, end = int(found[1]), int(found[2] or found[1])
    return "intent", tuple(str(n) for n in range(start, end + 1)) + tuple(filter(None, (found[3],)))


def _read_final(words: str, _first: str) -> Read | None:
    found = _FINAL.search(words)
    return ("tail", (found[1],)) if found else None


def _read_place(words: str, _first: str) -> Read | None:
    found = _AT_PLACE.search(words)
    if found is None:
        return None
    return f"char:{_PLACES[found[1]]}", (found[2], *re.findall(r"[0-9A-Z]", found[3].replace("or", "")))


def _read_heads(words: str, _first: str) -> Read | None:
    values: list[str] = []
    for low, high in _HEADS.findall(words):
        values += [str(n) for n in range(int(low), int(high) + 1)] if high and low.isdigit() else [low]
    return ("head", tuple(values)) if values else None


def _read_words(words: str, _first: str) -> Read | None:
    if "character" in words:
        return None
    return "words", tuple(re.findall(r"[a-z]{4,}", words.removeprefix("with ")))


_READERS: tuple[tuple[str, Callable[[str, str], Read | None]], ...] = (
    ("7th character", _read_open),
    ("intent", _read_intent),
    ("final characters", _read_final),
    ("n-th character", _read_place),
    ("characters after the category", _read_heads),
    ("title words", _read_words),
)
