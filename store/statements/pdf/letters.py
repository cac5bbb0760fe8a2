"""Text for the standard fonts: what they can't print is spelled with what they can, then measured and broken."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from reportlab.pdfbase.pdfmetrics import stringWidth

from store.text import clean_line

_NAMED = {
    "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "Ŧ": "T", "ŧ": "t", "Ŋ": "Ng", "ŋ": "ng", "ẞ": "SS",
    "ĸ": "k", "Ə": "E", "ə": "e", "\u0131": "i", "\u02bb": "'", "\u02bc": "'", "\u2032": "'", "\u2033": '"',
    "\u2010": "-", "\u2011": "-", "\u2212": "-", "\u2116": "No.",
    "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "←": "<-", "✓": "x", "☐": "[ ]", "☑": "[x]",
}  # fmt: skip


def _pairs(letters: str, spelled: str) -> dict[str, str]:
    """Each letter with its spelling; a lone '_' is a letter that has none of its own."""
    return {letter: text.strip("_") for letter, text in zip(letters, spelled.split(), strict=True)}


_CYRILLIC = _pairs(
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўђјљњћџ",
    "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i i ye g u dj j lj nj c dz",
)
_GREEK = _pairs("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o")
_SPELLED = {**_NAMED, **_CYRILLIC, **_GREEK}
UNKNOWN = "?"
"""What stands for a character that has no spelling, one for one, so that a loss is seen."""


@lru_cache(maxsize=4096)
def latin(text: str) -> str:
    """One clean line with only characters that the standard fonts have (Windows-1252).

    'José' stays, 'Łukasz' becomes 'Lukasz', 'Иван' 'Ivan'; a character without a spelling becomes '?'.
    """
    line = clean_line(text)
    if line.isascii():
        return line
    return "".join(letter if _prints(letter) else _spell(letter) for letter in line) or UNKNOWN


def _prints(letter: str) -> bool:
    if letter == "\u00ad":  # the soft hyphen has a code but no shape
        return False
    try:
        return bool(letter.encode("cp1252"))
    except UnicodeEncodeError:
        return False


def _spell(letter: str) -> str:
    if (found := _SPELLED.get(letter)) is not None:
        return found
    if (found := _SPELLED.get(letter.lower())) is not None:
        return found.capitalize()
    if unicodedata.combining(letter) or letter == "\u00ad":
        return ""  # a mark without its letter, or a hyphen that is not shown
    bases = [part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)]
    if bases == [letter]:
        return UNKNOWN
    return "".join(part if _prints(part) else _spell(part) for part in bases) or UNKNOWN


@lru_cache(maxsize=8192)
def width(text: str, font: str, size: float) -> float:
    """Points that the text takes."""
    return float(stringWidth(text, font, size))


def wrap(text: str, font: str, size: float, room: float) -> list[str]:
    """The text in lines of at most `room` points, broken at blanks, or inside a word that alone is too long.

    A no-break space holds two words together.
    """
    lines: list[str] = []
    line = ""
    for word in latin(text).split(" "):
        if not word:
            continue
        longer = f"{line} {word}" if line else word
        if width(longer, font, size) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, font, size, room)
        lines += full
    return [*lines, line] if line else lines


def _pieces(word: str, font: str, size: float, room: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and stringWidth(pieces[-1] + letter, font, size) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def wrap_to(text: str, font: str, size: float, room: float, most: int) -> tuple[float, list[str]]:
    """The text in at most `most` lines, and the size at which it takes no more: `size` or a smaller one."""
    lines = wrap(text, font, size, room)
    while len(lines) > most and size > 1:
        size -= 0.5
        lines = wrap(text, font, size, room)
    return size, lines


def fit_size(text: str, font: str, size: float, room: float) -> float:
    """`size`, or the smaller one at which the text takes just `room` points."""
    taken = width(text, font, size)
    return size if taken <= room else size * room / taken
