"""Reference rows for procedures: those that came with the encounter, else those loaded into the library, else none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol, cast

from codesets.library.rules import Pair, Primary, UnitLimit

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary

Row = Mapping[str, Any]
_WITH_MODIFIER = "1"  # of a pair that does not say whether a modifier helps
#: Each kind of data: its name in `refdata`, the system it is loaded as, and the edits that need it.
KINDS = {
    "ptp": ("NCCI PTP", "PX.PTP"),
    "mue": ("NCCI MUE", "PX.MUE"),
    "aoc": ("NCCI add-on", "PX.ADDON"),
    "pfs": ("PFS", "PX.BILAT"),
    "lcd": ("LCD", "PX.MEDNEC"),
    "telehealth": ("telehealth", "PX.TELEHEALTH"),
    "hcpcs": ("HCPCS", "PX.DATE"),
    "cpt": ("CPT", "PX.DATE"),
    "em": ("E/M minutes", "PX.EM_LEVEL"),
    "history": ("", "PX.GLOBAL"),
    "visits": ("", "PX.NEW_EST"),
}


#: Level I of HCPCS is CPT: five characters of which the first four are digits; HCPCS's own file has only level II.
_LEVEL_1 = re.compile(r"[0-9]{4}[0-9A-Z]")


def dating_kind(code: str) -> str:
    """The kind of data (see `KINDS`) that has the first and last day of a procedure code."""
    return "cpt" if _LEVEL_1.fullmatch(code) else "hcpcs"


@dataclass(frozen=True, slots=True)
class Flags:
    """Of the fee schedule: bilateral indicator and global days."""

    bilateral: str
    global_days: str


class ReferenceData(Protocol):
    """What the procedure edits ask.  `has` tells "nothing found" from "nothing to look in"."""

    def has(self, kind: str, on: date) -> bool:
        """Is there data of a kind (see `KINDS`) for the day?"""

    def pair(self, one: str, other: str, on: date) -> Pair | None:
        """The NCCI pair of two procedures in either order."""

    def unit_limit(self, code: str, on: date) -> UnitLimit | None:
        """The unit limit of a procedure; None is not "no limit"."""

    def primaries(self, code: str, on: date) -> tuple[Primary, ...]:
        """What an add-on code may go with; empty when it is none."""

    def flags(self, code: str, on: date) -> Flags | None:
        """The fee schedule's indicators."""

    def covered(self, code: str, diagnoses: Iterable[str], on: date) -> bool | None:
        """Is one of the diagnoses (without dots) covered for a procedure?  None: no policy about it."""

    def telehealth(self, code: str, on: date) -> bool:
        """Is a procedure on the list of telehealth services?"""

    def dates(self, code: str, on: date) -> tuple[date | None, date | None] | None:
        """First and last day of a procedure code; None when it is not in the data."""

    def minutes(self, on: date) -> Mapping[str, int]:
        """The minutes that each visit code has to meet, by the user's own list."""

    def listed(self, code: str, on: date) -> bool | None:
        """Does the loaded HCPCS or CPT release have a code?  None: it is not loaded, or the rows came along."""

    def dated(self, code: str, on: date) -> bool:
        """Is there data that may tell the dates of a procedure code?"""

    def rows(self, kind: str) -> tuple[Row, ...]:
        """The rows of a kind as they came with the encounter."""


class Given:
    """The rows of one encounter's `refdata`."""

    def __init__(self, rows: Mapping[str, Any]) -> None:
        self._rows = rows

    def has(self, kind: str, _on: date) -> bool:
        """Is there data of a kind for the day?"""
        return kind in self._rows

    def rows(self, kind: str) -> tuple[Row, ...]:
        """The rows of a kind as they came."""
        return tuple(self._rows.get(kind) or ())

    def _of(self, kind: str, code: str, column: str = "code") -> list[Row]:
        return [row for row in self.rows(kind) if _upper(row.get(column)) == _upper(code)]

    def pair(self, one: str, other: str, on: date) -> Pair | None:
        """The pair of two procedures in either order."""
        wanted = {_upper(one), _upper(other)}
        for row in self.rows("ptp"):
            ends = (_upper(row.get("col1")), _upper(row.get("col2")))
            told = row.get("modifier_indicator")
            indicator = _WITH_MODIFIER if told in (None, "") else str(told)
            if set(ends) == wanted and indicator != "9" and _open(row, "effective", "deletion", on):
                return Pair(*ends, indicator, str(row.get("rationale") or ""))
        return None

    def unit_limit(self, code: str, _on: date) -> UnitLimit | None:
        """The unit limit of a procedure."""
        rows = sorted(self._of("mue", code), key=_is_facilitys)
        return UnitLimit(int(float(str(rows[0]["value"]))), _digit(rows[0].get("mai"))) if rows else None

    def primaries(self, code: str, _on: date) -> tuple[Primary, ...]:
        """What an add-on code may go with."""
        return tuple(
            Primary(_upper(row.get("primary")), _digit(row.get("type"))) for row in self._of("aoc", code, "addon")
        )

    def flags(self, code: str, _on: date) -> Flags | None:
        """The fee schedule's indicators."""
        rows = self._of("pfs", code)
        return Flags(str(rows[0].get("bilat", "")), str(rows[0].get("glob", ""))) if rows else None

    def covered(self, code: str, diagnoses: Iterable[str], _on: date) -> bool | None:
        """Is one of the diagnoses covered?  None: no policy."""
        rows = self._of("lcd", code)
        if not rows:
            return None
        prefixes = tuple(_upper(prefix).replace(".", "").rstrip("-") for row in rows for prefix in row["covered"])
        return any(dx.startswith(prefixes) for dx in diagnoses)

    def telehealth(self, code: str, _on: date) -> bool:
        """Is it on the list of telehealth services?"""
        return _upper(code) in {_upper(row) for row in self.rows("telehealth")}

    def dates(self, code: str, _on: date) -> tuple[date | None, date | None] | None:
        """First and last day of a procedure code."""
        rows = self._of("hcpcs", code)
        return (day_of(rows[0].get("add")), day_of(rows[0].get("term"))) if rows else None

    def minutes(self, _on: date) -> Mapping[str, int]:
        """The minutes of each visit code."""
        return {_upper(row.get("code")): int(float(str(row["minutes"]))) for row in self.rows("em")}


class Loaded:
    """What was loaded into the library."""

    def __init__(self, library: CodeLibrary) -> None:
        self._library = library
        self._rules: Any = getattr(library, "rules", None)

    def has(self, kind: str, on: date) -> bool:
        """Is there data of a kind for the day?"""
        system = KINDS[kind][0]
        return bool(system and self._rules is not None and self._rules.loaded(system, on))

    def rows(self, _kind: str) -> tuple[Row, ...]:
        """The rows of a kind as they came."""
        return ()

    def pair(self, one: str, other: str, on: date) -> Pair | None:
        """The pair of two procedures in either order."""
        return cast("Pair | None", self._rules.pair(one, other, on))

    def unit_limit(self, code: str, on: date) -> UnitLimit | None:
        """The unit limit of a procedure."""
        return cast("UnitLimit | None", self._rules.unit_limit(code, on))

    def primaries(self, code: str, on: date) -> tuple[Primary, ...]:
        """What an add-on code may go with."""
        return cast("tuple[Primary, ...]", self._rules.primaries(code, on))

    def flags(self, code: str, on: date) -> Flags | None:
        """The fee schedule's indicators."""
        row = self._rules.fee(code, on)
        return Flags(row.bilateral, row.global_days) if row else None

    def covered(self, code: str, diagnoses: Iterable[str], on: date) -> bool | None:
        """Is one of the diagnoses covered?  None: no policy."""
        articles = [article for article in self._rules.articles(code, on) if article.groups]
        if not articles:
            return None
        keys = tuple(diagnoses)
        return any(self._rules.covered_groups(article.article, key, on) for article in articles for key in keys)

    def telehealth(self, code: str, on: date) -> bool:
        """Is it on the list of telehealth services?"""
        return self._rules.listed("telehealth", code, on) is not None

    def dates(self, code: str, on: date) -> tuple[date | None, date | None] | None:
        """First and last day of a procedure code."""
        rows = self._library.code_rows(code, KINDS[dating_kind(code)][0])
        if not rows:
            return None
        current = next((row for row in rows if row.in_force(on)), rows[0])
        entry = current.entry()
        return entry.valid_from, entry.valid_to

    def minutes(self, on: date) -> Mapping[str, int]:
        """The minutes of each visit code."""
        found: Mapping[str, int] = self._rules.visit_minutes(on)
        return found


class Chosen:
    """For each kind the encounter's own rows where it brought some, else the loaded ones."""

    def __init__(self, given: Given, loaded: Loaded) -> None:
        self._given, self._loaded = given, loaded

    def _source(self, kind: str, on: date) -> Given | Loaded | None:
        if self._given.has(kind, on):
            return self._given
        return self._loaded if self._loaded.has(kind, on) else None

    def has(self, kind: str, on: date) -> bool:
        """Is there data of a kind for the day?"""
        return self._source(kind, on) is not None

    def _dating(self, code: str, on: date) -> Given | Loaded | None:
        """What tells a procedure's dates: the rows that came along are of codes of any kind."""
        return self._source("hcpcs" if self._given.has("hcpcs", on) else dating_kind(code), on)

    def dated(self, code: str, on: date) -> bool:
        """Is there data that may tell the dates of a procedure code?"""
        return self._dating(code, on) is not None

    def rows(self, kind: str) -> tuple[Row, ...]:
        """The rows of a kind as they came."""
        return self._given.rows(kind)

    def pair(self, one: str, other: str, on: date) -> Pair | None:
        """The pair of two procedures in either order."""
        source = self._source("ptp", on)
        return source.pair(one, other, on) if source else None

    def unit_limit(self, code: str, on: date) -> UnitLimit | None:
        """The unit limit of a procedure."""
        source = self._source("mue", on)
        return source.unit_limit(code, on) if source else None

    def primaries(self, code: str, on: date) -> tuple[Primary, ...]:
        """What an add-on code may go with."""
        source = self._source("aoc", on)
        return source.primaries(code, on) if source else ()

    def flags(self, code: str, on: date) -> Flags | None:
        """The fee schedule's indicators."""
        source = self._source("pfs", on)
        return source.flags(code, on) if source else None

    def covered(self, code: str, diagnoses: Iterable[str], on: date) -> bool | None:
        """Is one of the diagnoses covered?  None: no policy."""
        source = self._source("lcd", on)
        return source.covered(code, diagnoses, on) if source else None

    def telehealth(self, code: str, on: date) -> bool:
        """Is it on the list of telehealth services?"""
        source = self._source("telehealth", on)
        return bool(source and source.telehealth(code, on))

    def dates(self, code: str, on: date) -> tuple[date | None, date | None] | None:
        """First and last day of a procedure code."""
        source = self._dating(code, on)
        return source.dates(code, on) if source else None

    def minutes(self, on: date) -> Mapping[str, int]:
        """The minutes of each visit code."""
        source = self._source("em", on)
        return source.minutes(on) if source else {}

    def listed(self, code: str, on: date) -> bool | None:
        """Does the loaded release have a code?"""
        source = self._dating(code, on)
        return source.dates(code, on) is not None if isinstance(source, Loaded) else None


def reference_data(given: Mapping[str, Any], library: CodeLibrary) -> ReferenceData:
    """The data for one encounter."""
    return cast(ReferenceData, Chosen(Given(given), Loaded(library)))


def day_of(value: object) -> date | None:
    """A date as the published files write it: 2026-01-31, 20260131; None for "*" and nothing."""
    text = str(value or "").strip()
    if not text or text == "*":
        return None
    return date.fromisoformat(text[:10])


def _open(row: Row, start: str, end: str, on: date) -> bool:
    first, last = day_of(row.get(start)), day_of(row.get(end))
    return (first is None or first <= on) and (last is None or on <= last)


def _digit(value: object) -> str:
    """The number of an indicator: 3, "3", "3 Date of Service Edit: Clinical", "III"."""
    text = _upper(value)
    return {"I": "1", "II": "2", "III": "3"}.get(text, text[:1])


def _is_facilitys(row: Row) -> bool:
    """Is a unit limit one of hospitals or suppliers?  The practitioner's goes first."""
    service = _upper(row.get("service"))
    return bool(service) and not service.startswith(("PRA", "PHY"))


def _upper(value: object) -> str:
    return str(value or "").strip().upper()
