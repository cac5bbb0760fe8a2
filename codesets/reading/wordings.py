"""The wordings under which a note may name a code, made from the titles and terms of the library.

Titles are written for a list, notes are not: "Chronic obstructive pulmonary disease, unspecified" is met as
its first words, "tear or rupture" as either, "malignant neoplasm of breast" as breast cancer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codesets.reading.tokens import content_words

_PARENTHESES = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_VAGUE = re.compile(
    r",?\s*\b(?:unspecified as to|not specified as|not elsewhere classified|not otherwise specified|so stated"
    r"|unspecified whether)\b[^,]*|\bNOS\b|\bNEC\b|,\s*unspecified\b[^,]*|\bof unspecified [^,]*|\bunspecified\b",
    re.IGNORECASE,
)
_WITHOUT = re.compile(
    r",?\s*\b(?:without (?:foreign body|damage to nail|[^,]*)|uncomplicated|not intractable|non-?recurrent)"
    r"|,?\s*\bnot having achieved remission|,\s*initial encounter.*",
    re.IGNORECASE,
)
_OTHER = re.compile(r"^(?:other|certain|unspecified other)\b|, other (?:type|form)\b", re.IGNORECASE)
_EITHER = re.compile(r"\b([\w-]+) (?:or|and/or) ([\w-]+)\b")
_MALIGNANT = re.compile(r"\bmalignant neoplasm\b", re.IGNORECASE)
_LONE = re.compile(r"(?:(?:displaced|nondisplaced|open|closed|superficial|traumatic) )*[\w-]+", re.IGNORECASE)
_UNSPECIFIED = re.compile(r",?\s*\bunspecified\b|\bNOS\b|\bNEC\b", re.IGNORECASE)
_LONGEST = 7
#: External causes are told by other means; these letters give nothing but false alarms in a note.
SKIPPED_CHAPTERS = frozenset("VWXY")
_NO_TITLES = ("Z",)


def wordings(key: str, kind: str, text: str) -> Iterator[tuple[str, ...]]:
    """The word sets for one phrase of the library; none when the phrase would not be met in a note."""
    if key[0] in SKIPPED_CHAPTERS or _OTHER.search(text):
        return
    if key[0] in _NO_TITLES and kind in ("title", "includes"):
        return
    seen: set[tuple[str, ...]] = set()
    for variant in _variants(_PARENTHESES.sub("", text)):
        words = tuple(sorted(content_words(variant)))
        if words and len(words) <= _LONGEST and words not in seen:
            seen.add(words)
            yield words


def _variants(text: str) -> Iterator[str]:
    plain = _VAGUE.sub("", text).strip(" ,")
    if _LONE.fullmatch(plain):  # "atrophy of unspecified orbit" is none of just any atrophy
        plain = _UNSPECIFIED.sub("", text).strip(" ,")
    forms = [plain]
    short = _WITHOUT.sub("", plain).strip(" ,")
    if short and short != plain:
        forms.append(short)
    for form in forms:
        form = _MALIGNANT.sub("cancer", form)
        yield form
        either = _EITHER.search(form)
        if either:
            yield form[: either.start()] + either[1] + form[either.end() :]
            yield form[: either.start()] + either[2] + form[either.end() :]
