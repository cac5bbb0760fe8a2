"""Abbreviations and synonyms of the trade, from our own tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from sys import intern

from codesets.search.words import fold, words_of
from codesets.tables import read_table

#: How much less a synonym counts than the word itself.
SYNONYM_QUALITY = 0.92
_PLURAL = re.compile(r"\(e?s\)?(?=\W|$)|(?<=[a-z])['\u2019]s\b")


@dataclass(frozen=True, slots=True)
class Sense:
    """One expansion of an abbreviation; `rank` 0 is the usual one.

    `codes` are the beginnings of the codes meant when nothing else is typed.
    """

    short: str
    text: str
    rank: int
    codes: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The normalised words of the expansion: worked out when asked for, since few of the table ever are."""
        return _expanded(self.text)

    @property
    def drop(self) -> bool:
        """True when the abbreviation says nothing that a search needs."""
        return not self.words


@lru_cache(maxsize=512)
def _expanded(text: str) -> tuple[str, ...]:
    return tuple(intern(word.text) for word in words_of(text))


@lru_cache(maxsize=1)
def abbreviations() -> dict[tuple[str, ...], tuple[Sense, ...]]:
    """Abbreviations by their atoms ("s/p", "aka"), each with its senses, the usual one first."""
    senses: dict[tuple[str, ...], list[Sense]] = {}
    for row in read_table.__wrapped__("abbreviations"):  # the rows themselves need not stay in memory
        short = row["abbreviation"]
        key = tuple(atoms_of(short))
        texts = row["expansion"].split("|")
        for place, text in enumerate(texts):
            known = senses.setdefault(key, [])
            known.append(Sense(short, text.strip(), len(known), _codes_of(row["code"], place, len(texts))))
    return {key: tuple(known) for key, known in senses.items()}


def _codes_of(column: str, place: int, senses: int) -> tuple[str, ...]:
    """The codes of one sense: its own where each sense has one (or an empty place), else all are the usual sense's."""
    codes = tuple(code.replace(".", "") for code in column.split("|"))
    if len(codes) == senses:
        codes = codes[place : place + 1]
    elif place:
        return ()
    return tuple(code for code in codes if code)


@lru_cache(maxsize=1)
def longest_abbreviation() -> int:
    """The most atoms that an abbreviation has."""
    return max(len(key) for key in abbreviations())


@lru_cache(maxsize=1)
def _word_groups() -> dict[str, tuple[tuple[str, float], ...]]:
    found: dict[str, dict[str, float]] = {}
    for row in read_table("synonyms"):
        group = [words_of(text) for text in row["words"].split("|")]
        single = [words[0].text for words in group if len(words) == 1]
        for word in single:
            for other in single:
                if other != word:
                    found.setdefault(word, {})[other] = float(row["quality"] or SYNONYM_QUALITY)
    for row in read_table("wider"):
        ((word,), *wider) = ([w.text for w in words_of(text)] for text in (row["word"], *row["wider"].split("|")))
        for (other,) in wider:
            found.setdefault(word, {}).setdefault(other, float(row["quality"]))
    return {word: tuple(others.items()) for word, others in found.items()}


def related_words(word: str) -> tuple[tuple[str, float], ...]:
    """Words that mean the same as a normalised word, with how well they answer for it."""
    return _word_groups().get(word, ())


def atoms_of(text: str) -> list[str]:
    """What was typed, cut where an abbreviation can end: `s/p CABG x2` → s/p, cabg, x2."""
    atoms: list[str] = []
    for chunk in _PLURAL.sub("", fold(text)).split():
        bare = chunk.strip(".,;:()[]{}\"'!?*<>=")
        if not bare:
            continue
        if "/" in bare and len(bare) <= 5:
            atoms.append(bare)
        else:
            atoms.extend(part for part in bare.replace("/", " ").replace(".", "").split() if part)
    return atoms


def split_hyphens(atoms: list[str]) -> list[str]:
    """Atoms whose parts are abbreviations ("post-mi"), cut at the hyphen; all others as they are."""
    table = abbreviations()
    cut: list[str] = []
    for atom in atoms:
        parts = [part for part in atom.split("-") if part]
        if len(parts) > 1 and (atom,) not in table and any((part,) in table for part in parts):
            cut.extend(parts)
        else:
            cut.append(atom)
    return cut
