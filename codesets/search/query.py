"""Reads what was typed: the words, and the readings that abbreviations allow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from codesets.search.synonyms import Sense, abbreviations, atoms_of, longest_abbreviation, split_hyphens
from codesets.search.words import words_of

#: Longer text is cut: a code is asked for in a few words.
MAX_LENGTH = 200
MAX_WORDS = 22
_MAX_READINGS, _MAX_SENSES = 5, 8
#: The second character may be a letter since FY2026 (QA0), the third always could (C7A, Z3A).
_CODE_TEXT = r"[A-Z](?:[0-9][0-9A-Z]|[A-Z][0-9])(?:\.?[0-9A-Z]{0,4})"
_CODE = re.compile(rf"^{_CODE_TEXT}$|^[A-Z][0-9]\.?$")
_CODE_WORD = re.compile(rf"^{_CODE_TEXT}$")
_RANGE = re.compile(rf"^({_CODE_TEXT})\s*[-\u2013]\s*({_CODE_TEXT})$")
#: What a condition may come with or not says nothing about it.
_OR_WITHOUT = re.compile(r"(?<=\w)[ ,]+(?:with or without|with/without|w/ or w/o|w or w/o)\b.*", re.IGNORECASE)
#: Abbreviations that are also plain words: in small letters among other words they are the words.
_PLAIN_WORDS = frozenset(
    (
        "add", "age", "aids", "all", "an", "arm", "as", "be", "bed", "cold", "ed", "ever", "he", "if", "it", "no", "on",
        "or", "os", "pan", "pep", "pop", "port", "prep", "so", "status", "top", "us", "was",
    )
)  # fmt: skip


#: Between two conditions; each side is looked for too, at a share of its score.
_CONNECTORS = frozenset(("2/2", "2ndary", "due", "secondary", "w", "w/", "with", "c/b"))
_BEFORE, _AFTER = 0.56, 0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand the text; `factor` falls with each less usual sense of an abbreviation.

    `codes` are beginnings of codes that the text is known to stand for; `groups` are the places of the
    words that one abbreviation stands for (from, to), where more than the abbreviation was typed.
    """

    words: tuple[str, ...]
    factor: float
    expanded: tuple[str, ...] = ()
    from_short: frozenset[int] = frozenset()
    codes: tuple[str, ...] = ()
    groups: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed: readings, best first, and codes or beginnings of codes that stand in it."""

    readings: tuple[Reading, ...]
    code: str = ""
    code_range: tuple[str, str] | None = None
    code_words: tuple[str, ...] = ()
    typing_last: bool = True


@dataclass(slots=True)
class _Part:
    options: list[tuple[tuple[str, ...], float, str, tuple[str, ...]]] = field(default_factory=list)


def read_query(text: str, is_code: Callable[[str], bool]) -> Query:
    """The query in a text of any kind; control characters and surplus length are dropped.

    `is_code` tells whether any code begins with a key; only such words are taken for codes.
    """
    clean = "".join(c if c.isprintable() else " " for c in text[:MAX_LENGTH]).strip()
    typing = bool(text) and not text[:MAX_LENGTH][-1:].isspace()
    clean = _OR_WITHOUT.sub("", clean)
    upper = clean.upper()
    span = _RANGE.match(upper)
    if span:
        low, high = (side.replace(".", "") for side in span.groups())
        return Query((), code_range=(low, high))
    code = upper.replace(".", "") if _CODE.match(upper) else ""
    codes: list[str] = []
    atoms: list[str] = []
    for atom in atoms_of(clean):
        known = (atom,) in abbreviations() or " " not in clean
        coded = not known and _CODE_WORD.match(atom.upper()) and is_code(atom.upper())
        (codes if coded else atoms).append(atom)
    cut, plain = split_hyphens(atoms), _plain_words(clean)
    return Query(
        readings=(*_readings(_parts(cut, plain)), *_sides(cut, plain)),
        code=code,
        code_words=tuple(c.upper() for c in codes),
        typing_last=typing,
    )


def _sides(atoms: list[str], plain: frozenset[str]) -> Iterator[Reading]:
    """What stands before and after "due to" or "with", each by itself: few codes say both."""
    for at, atom in enumerate(atoms):
        if atom in _CONNECTORS and at:
            sides = (atoms[:at], _BEFORE), ([a for a in atoms[at + 1 :] if a not in ("to", "by")], _AFTER)
            for side, factor in sides:
                for reading in _readings(_parts(side, plain))[:1]:
                    yield replace(reading, factor=reading.factor * factor, codes=())
            return


def _plain_words(text: str) -> frozenset[str]:
    """The atoms that can't be abbreviations: small words of a sentence, unless typed in capitals."""
    chunks = text.replace("-", " ").split()
    return frozenset(c for c in chunks if len(chunks) > 1 and c in _PLAIN_WORDS)


def _parts(atoms: list[str], plain: frozenset[str]) -> list[_Part]:
    """The atoms in order, each with its possible words; abbreviations take the longest match."""
    table = abbreviations()
    parts: list[_Part] = []
    at = 0
    while at < len(atoms):
        for length in range(min(longest_abbreviation(), len(atoms) - at), 0, -1):
            senses = table.get(tuple(atoms[at : at + length]))
            if senses and not (length == 1 and atoms[at] in plain):
                parts.append(_short(senses, atoms[at : at + length], last=at + length == len(atoms)))
                at += length
                break
        else:
            words = tuple(w.text for w in words_of(atoms[at]))
            if words:
                parts.append(_Part([(words, 1.0, "", ())]))
            at += 1
    return parts


def _short(senses: tuple[Sense, ...], atoms: list[str], *, last: bool) -> _Part:
    """The options of an abbreviation: its senses, then the letters as they stand."""
    part = _Part()
    for sense in senses:
        shown = "" if sense.drop else f"{sense.short} = {sense.text}"
        part.options.append((sense.words, 1.0 - 0.07 * sense.rank, shown, sense.codes))
    plain = tuple(w.text for atom in atoms for w in words_of(atom))
    if plain and not any(sense.drop for sense in senses):
        part.options.append((plain, 0.91 if last or len(atoms) > 1 else 0.88, "", ()))
    return part


def _readings(parts: list[_Part]) -> list[Reading]:
    """The likeliest combinations of options, at most a handful."""
    readings = [Reading((), 1.0)]
    for part in parts:
        longer = []
        for reading in readings:
            for words, factor, shown, codes in part.options:
                start = len(reading.words)
                marked = range(start, start + len(words)) if shown else ()
                longer.append(
                    Reading(
                        (*reading.words, *words)[:MAX_WORDS],
                        reading.factor * factor,
                        (*reading.expanded, shown) if shown else reading.expanded,
                        reading.from_short | frozenset(marked),
                        codes if len(parts) == 1 else (),
                        (*reading.groups, (start, start + len(words))) if shown and len(parts) > 1 else reading.groups,
                    )
                )
        longer.sort(key=lambda r: -r.factor)
        readings = longer[: _MAX_SENSES if len(parts) == 1 else _MAX_READINGS]
    return [reading for reading in readings if reading.words]
