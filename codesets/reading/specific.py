"""From what a mention names to the most specific billable code that the note supports (guideline I.B.2).

Of the codes under the named heading, the one is taken whose further words are all said near the mention: side,
kind, stage, trimester.  When nothing more is said the general code stays, and what is missing is told.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

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
_BESIDE = _UNDER.replace("billable\n", "billable AND key <> :key\n").replace("LIMIT 400", "LIMIT :limit")
_TITLE = "SELECT title FROM code WHERE key = :key AND system = 'ICD10CM' ORDER BY valid_from DESC LIMIT 1"
_ENCOUNTER = re.compile(r", (?:initial|subsequent) encounter.*|, sequela$")
_FREE_TAIL = re.compile(
    r",?\s*\b(?:without (?:foreign body|damage to nail|[^,]*)|not intractable|uncomplicated"
    r"|not specified as [^,]*|nonrecurrent)"
)
_VAGUE = re.compile(r"\bunspecified\b|\bNOS\b", re.IGNORECASE)
_OTHER = re.compile(r"\bother\b(?! parts?\b)", re.IGNORECASE)  # a part of the body is no other thing
#: Codes of an unspecified site whose sisters are at other headings.
_BY_SITE = "C449"
#: What a fracture is when nothing is said (guideline I.C.19.c): it decides, and tells of nothing that is said.
PRESUMED = frozenset(("displaced", "closed"))
_KEPT = 800
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_STAGED = re.compile(r"\b(stage|trimester|severity)\b", re.IGNORECASE)


@lru_cache(maxsize=2)
def _beginnings(library: CodeLibrary) -> tuple[str, ...]:
    """The days from which other codes are in force than before, as far as the library's releases go."""
    ((first,),) = library.rows(_FIRST)
    days = {first or ""}
    for _, start, end in library.rows(_CHANGING, {"first": first}):
        days.add(start)
        if end is not None:
            days.add((date.fromisoformat(end) + timedelta(1)).isoformat())
    return tuple(sorted(days))


def codes_on(library: CodeLibrary, on: date) -> Codes:
    """The codes of a day of service; days between which nothing changes share what was looked up for them."""
    days = _beginnings(library)
    return _codes_from(library, days[max(0, bisect_right(days, on.isoformat()) - 1)])


@lru_cache(maxsize=3)
def _codes_from(library: CodeLibrary, day: str) -> Codes:
    return Codes(library, day)


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
    """A code to choose; what its title says is looked at when it is asked for."""

    code: str
    key: str
    title: str

    @property
    def words(self) -> frozenset[str]:
        return title_words(self.title)

    @property
    def vague(self) -> int:
        return _vagueness(self.title)


@dataclass(frozen=True, slots=True, eq=False)
class _Heading:
    """What there is to choose under a key: the code that stands for it, and for each other what it says more.

    `extra` is what the general code says beyond the heading; words that the heading means by itself are left out.
    """

    options: list[_Option]
    general: _Option
    extra: frozenset[str]
    further: list[tuple[_Option, frozenset[str]]]


@lru_cache(maxsize=2048)
def title_words(title: str) -> frozenset[str]:
    """What a title says, without the encounter and what is meant when nothing is said."""
    return frozenset(content_words(_FREE_TAIL.sub("", _ENCOUNTER.sub("", title))))


class Codes:
    """The codes of a library in force on a day; what was looked up last is kept for the next note.  Any thread."""

    def __init__(self, library: CodeLibrary, day: str) -> None:
        self._library = library
        self._day = day
        self._pools: dict[tuple[str, str], list[_Option]] = {}
        self._headings: dict[tuple[str, str], _Heading | None] = {}
        self._siblings: dict[tuple[str, int], list[Choice]] = {}
        rows = library.rows(_CHANGING, {"first": _beginnings(library)[0]})
        there = {key for key, start, end in rows if start <= day and (end is None or day <= end)}
        #: The keys of codes and headings that begin later or ended before, as far as the library's releases go.
        self.absent = frozenset(key for key, _, _ in rows) - there

    def specific(
        self, key: str, said: Collection[str], char: str = "A", denied: frozenset[str] = frozenset()
    ) -> Choice | None:
        """The billable code for a key that fits the words `said`; None when nothing under it is in force.

        `denied` are words said behind a "without": only codes that say "without" too have them.
        """
        heading = self._heading(key, char)
        if heading is None:
            return None
        said = frozenset(said)
        general = best = heading.general
        gained = _gain(general, heading.extra) if heading.extra <= said else None
        for option, extra in heading.further:
            if not extra <= said or (denied & extra and "without" not in option.words):
                continue  # it says something that the note does not
            if gained is not None and option is not general and not extra:
                continue  # says no more than the general code
            gain = _gain(option, extra)
            if gained is None or gain > gained:
                best, gained = option, gain
        return Choice(best.code, best.key, best.title, round(gained or 0), _missing(best, heading.options))

    def billable(self, code: str, char: str = "A") -> Choice | None:
        """The code itself, when it may be billed on the day."""
        key = code.replace(".", "")
        pool = self._pool(key, char)
        option = next((o for o in pool if o.key == key), None)
        return Choice(option.code, option.key, option.title) if option else None

    def under(self, key: str) -> list[Choice]:
        """The billable codes under a key, in their order."""
        return [Choice(option.code, option.key, option.title) for option in self._pool(key, "A")]

    def siblings(self, key: str, limit: int = 4) -> list[Choice]:
        """Other billable codes beside one, the nearest first."""
        found = self._siblings.get((key, limit))
        if found is None:
            under = key[: max(3, len(key) - 1)] if len(key) < 7 else key[:5]
            values = {"low": under, "high": under + "~", "char": "A", "day": self._day, "key": key, "limit": limit}
            found = [Choice(*row) for row in self._library.rows(_BESIDE, values)]
            _keep(self._siblings, (key, limit), found)
        return found

    def _pool(self, key: str, char: str) -> list[_Option]:
        found = self._pools.get((key, char))
        if found is None:
            values = {"low": key, "high": key + "~", "char": char, "day": self._day}
            found = [_Option(*row) for row in self._library.rows(_UNDER, values)]
            _keep(self._pools, (key, char), found)
        return found

    def _heading(self, key: str, char: str) -> _Heading | None:
        if (key, char) not in self._headings:
            pool = self._pool(key, char)
            _keep(self._headings, (key, char), self._headed(key, char, pool) if pool else None)
        return self._headings[key, char]

    def _headed(self, key: str, char: str, pool: list[_Option]) -> _Heading:
        general = self._general(key, pool)
        base = title_words(self._title(key)) if len(key) < len(general.key) or general.key == key else frozenset()
        wide = self._wider(key, general, char)
        implied = _implied(pool)
        base |= implied
        beyond = general.words - base
        further = [(option, option.words - base) for option in pool]
        further += [(option, option.words - base - general.words) for option in wide]
        return _Heading(pool, general, beyond if wide else frozenset(), further)

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


def _keep(kept: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Keep what was looked up; all is forgotten when it has become much."""
    if len(kept) >= _KEPT:
        kept.clear()
    kept[key] = value


def _gain(option: _Option, extra: frozenset[str]) -> float:
    """How much an option answers, saying `extra` beyond what is named."""
    return len(extra - PRESUMED) - 0.3 * option.vague


def _missing(best: _Option, pool: list[_Option]) -> tuple[str, ...]:
    if not best.vague & 1:
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


@lru_cache(maxsize=1024)
def _vagueness(title: str) -> int:
    return (1 if _VAGUE.search(title) else 0) + (2 if _OTHER.search(title) else 0)
