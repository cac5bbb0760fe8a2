"""From what a mention names to the most specific billable code that the note supports (guideline I.B.2).

Of the codes under the named heading, the one is taken whose further words are all said near the mention: side,
kind, stage, trimester.  When nothing more is said the general code stays, and what is missing is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from codesets.reading.qualities import SIDES
from codesets.reading.tokens import content_words

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary

_UNDER = """SELECT code, key, title FROM code WHERE key >= :low AND key < :high AND system = 'ICD10CM' AND billable
  AND (seventh IS NULL OR seventh IN (:char, '0')) AND valid_from <= :day AND (valid_to IS NULL OR valid_to >= :day)
  ORDER BY id LIMIT 400"""
_FIRST = "SELECT min(valid_from) FROM code WHERE system = 'ICD10CM'"
_CHANGING = """SELECT key, valid_from, valid_to FROM code WHERE system = 'ICD10CM' AND key IN
  (SELECT key FROM code WHERE system = 'ICD10CM' AND (valid_from > :first OR valid_to IS NOT NULL))"""
_GENERAL = "SELECT target FROM phrase WHERE key = :key AND system = 'ICD10CM' ORDER BY id LIMIT 1"
_TITLE = "SELECT title FROM code WHERE key = :key AND system = 'ICD10CM' ORDER BY valid_from DESC LIMIT 1"
_ENCOUNTER = re.compile(r", (?:initial|subsequent) encounter.*|, sequela$")
_FREE_TAIL = re.compile(
    r",?\s*\b(?:without (?:foreign body|damage to nail|[^,]*)|not intractable|uncomplicated"
    r"|not specified as [^,]*|nonrecurrent)"
)
_VAGUE = re.compile(r"\bunspecified\b|\bNOS\b", re.IGNORECASE)
_OTHER = re.compile(r"\bother\b", re.IGNORECASE)
#: Codes of an unspecified site whose sisters are at other headings.
_BY_SITE = "C449"
_STAGED = re.compile(r"\b(stage|trimester|severity)\b", re.IGNORECASE)


@lru_cache(maxsize=2)
def _changing(library: CodeLibrary) -> tuple[str, tuple[tuple[str, str, str | None], ...]]:
    """The first day that the library knows, and (key, from, to) of what is not in force on all its days."""
    ((first,),) = library.rows(_FIRST)
    return first or "", tuple(library.rows(_CHANGING, {"first": first}))


def absent_on(library: CodeLibrary, on: date) -> frozenset[str]:
    """The keys of codes and headings that begin later or ended before a day, as far as the library's releases go."""
    first, rows = _changing(library)
    day = max(on.isoformat(), first)
    there = {key for key, start, end in rows if start <= day and (end is None or day <= end)}
    return frozenset(key for key, _, _ in rows) - there


@dataclass(frozen=True, slots=True)
class Choice:
    """A billable code, how many further words of the note it answers, and what the note would have to add."""

    code: str
    key: str
    title: str
    answered: int = 0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Option:
    code: str
    key: str
    title: str
    words: frozenset[str]
    vague: int


@lru_cache(maxsize=2048)
def _words(title: str) -> frozenset[str]:
    return frozenset(content_words(_FREE_TAIL.sub("", _ENCOUNTER.sub("", title))))


class Codes:
    """The codes of a library on a day of service, as the reading of one note needs them."""

    def __init__(self, library: CodeLibrary, on: date) -> None:
        self._library = library
        self._day = on.isoformat()
        self._pools: dict[tuple[str, str], list[_Option]] = {}

    def specific(
        self, key: str, said: Collection[str], char: str = "A", denied: frozenset[str] = frozenset()
    ) -> Choice | None:
        """The billable code for a key that fits the words `said`; None when nothing under it is in force.

        `denied` are words said behind a "without": only codes that say "without" too have them.
        """
        pool = self._pool(key, char)
        if not pool:
            return None
        said = frozenset(said) | _implied(pool)
        general = self._general(key, pool)
        base = _words(self._title(key)) if len(key) < len(general.key) or general.key == key else frozenset()
        wide = self._wider(key, general, char)
        best, gained = general, self._gain(general, base | general.words if not wide else base, said)
        further = [(option, base) for option in pool] + [(option, base | general.words) for option in wide]
        for option, known in further:
            gain = self._gain(option, known, said)
            if denied & (option.words - known) and "without" not in option.words:
                continue
            if gained is not None and option is not general and option.words <= known:
                continue  # says no more than the general code
            if gain is not None and (gained is None or gain > gained):
                best, gained = option, gain
        return Choice(best.code, best.key, best.title, round(gained or 0), self._missing(best, pool))

    def billable(self, code: str, char: str = "A") -> Choice | None:
        """The code itself, when it may be billed on the day."""
        key = code.replace(".", "")
        pool = self._pool(key, char)
        option = next((o for o in pool if o.key == key), None)
        return Choice(option.code, option.key, option.title) if option else None

    def siblings(self, key: str, limit: int = 4) -> list[Choice]:
        """Other billable codes beside one, the nearest first."""
        pool = self._pool(key[: max(3, len(key) - 1)] if len(key) < 7 else key[:5], "A")
        return [Choice(o.code, o.key, o.title) for o in pool if o.key != key][:limit]

    def _pool(self, key: str, char: str) -> list[_Option]:
        found = self._pools.get((key, char))
        if found is None:
            values = {"low": key, "high": key + "~", "char": char, "day": self._day}
            rows = self._library.rows(_UNDER, values)
            found = [_Option(code, k, title, _words(title), _vagueness(title)) for code, k, title in rows]
            self._pools[key, char] = found
        return found

    def _title(self, key: str) -> str:
        rows = self._library.rows(_TITLE, {"key": key})
        return str(rows[0][0]) if rows else ""

    def _general(self, key: str, pool: list[_Option]) -> _Option:
        """The code that stands for a heading's own words."""
        rows = self._library.rows(_GENERAL, {"key": key})
        target = rows[0][0] if rows else key
        fitting = [option for option in pool if option.key.startswith(target)]
        chosen = (fitting or sorted(pool, key=lambda o: (-o.vague % 4, o.key)))[0]
        if chosen.words & SIDES and chosen.key != key:
            unsided = [o for o in pool if not o.words & SIDES and o.vague == 1 and o.key[:4] == chosen.key[:4]]
            chosen = min(unsided, key=lambda o: (o.key[:5] != chosen.key[:5], o.key), default=chosen)
        return chosen

    def _wider(self, key: str, general: _Option, char: str) -> list[_Option]:
        """The codes beside a vague one: its words may be made specific too."""
        itself = general.key[:6].rstrip("X") == key[:6].rstrip("X")
        if len(key) < 4 or not _VAGUE.search(general.title if itself else self._title(key)):
            return []
        shorter = key[:3] if key.startswith(_BY_SITE) else key[:-1]
        return [option for option in self._pool(shorter, char) if option is not general]

    def _gain(self, option: _Option, base: frozenset[str], said: Collection[str]) -> float | None:
        """What an option answers beyond the base; None when it says something that the note does not."""
        extra = option.words - base
        if any(word not in said for word in extra):
            return None
        return len(extra) - 0.3 * option.vague

    def _missing(self, best: _Option, pool: list[_Option]) -> tuple[str, ...]:
        if not _VAGUE.search(best.title):
            return ()
        told = []
        if any(o.words & SIDES for o in pool) and not best.words & SIDES:
            told.append("side")
        if _STAGED.search(best.title):
            told += [word.lower() for word in _STAGED.findall(best.title)[:1]]
        return tuple(told)


def _implied(pool: Sequence[_Option]) -> frozenset[str]:
    """The words that most codes under a heading share: the heading means them ("…, right ear")."""
    counts = Counter(word for option in pool for word in option.words)
    return frozenset(word for word, count in counts.items() if 5 * count >= 3 * len(pool) > 6) - SIDES


def _vagueness(title: str) -> int:
    return (1 if _VAGUE.search(title) else 0) + (2 if _OTHER.search(title) else 0)
