"""What the user loaded beside the codes: pairs, unit limits, flags, fees, coverage, lists; all by date.

Every answer comes from the release in force on the date; None or () also when nothing is loaded for
it, which `loaded()` tells apart: an edit without data is not an edit passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from codesets.library import rule_sql as sql

if TYPE_CHECKING:
    from codesets.library.model import ReleaseInfo
    from codesets.library.reader import CodeLibrary


@dataclass(frozen=True, slots=True)
class Pair:
    """`denied` is not paid beside `paid`; `indicator` "1": unless a modifier says why, "0": never."""

    paid: str
    denied: str
    indicator: str
    rationale: str


@dataclass(frozen=True, slots=True)
class UnitLimit:
    """The most units; `adjudication` "1" counts a line, "2" and "3" a date of service."""

    units: int
    adjudication: str
    rationale: str = ""


@dataclass(frozen=True, slots=True)
class Primary:
    """A code that an add-on code may go with; CCCCC: the contractor decides."""

    code: str
    edit_type: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class DiagnosisFlags:
    """Age category ("adult15-124"), sex list ("M", "F"), letters of further flags."""

    age: str
    sex: str
    flags: str


@dataclass(frozen=True, slots=True)
class FeeLine:
    """Relative values in hundredths, the conversion factor in ten-thousandths of a dollar; indicators as printed."""

    status: str
    work: int
    practice_office: int
    practice_facility: int
    malpractice: int
    professional_technical: str
    global_days: str
    multiple: str
    bilateral: str
    assistant: str
    co_surgeon: str
    team: str
    conversion: int


@dataclass(frozen=True, slots=True)
class LocalityIndex:
    """Cost indices of a payment locality in thousandths."""

    state: str
    name: str
    work: int
    practice: int
    malpractice: int


@dataclass(frozen=True, slots=True)
class CoverageArticle:
    """An article about a procedure; `groups` are the numbers of its lists of covered diagnoses."""

    article: str
    title: str
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ListedCode:
    """A code of a plain list."""

    code: str
    title: str
    note: str


class Rules:
    """The loaded rule sets of one library."""

    def __init__(self, library: CodeLibrary) -> None:
        self._library = library
        self._releases: tuple[ReleaseInfo, ...] | None = None

    def loaded(self, system: str, on: date, part: str = "") -> bool:
        """Is a release of a system (and part) loaded that holds on a date?"""
        return bool(self._on(system, on, part))

    def _on(self, system: str, on: date, part: str = "") -> list[int]:
        """The releases in force; `part` may be the beginning of theirs."""
        if self._releases is None:
            self._releases = self._library.releases()
        return [
            r.id
            for r in self._releases
            if r.system == system
            and r.part.startswith(part)
            and r.effective_from <= on
            and (r.effective_to is None or on <= r.effective_to)
        ]

    def _rows(
        self, statement: str, system: str, on: date, values: dict[str, Any], part: str = ""
    ) -> list[tuple[Any, ...]]:
        found = []
        for release in self._on(system, on, part):
            found += self._library.rows(statement, values | {"release": release, "day": on.isoformat()})
        return found

    def pair(self, one: str, other: str, on: date, *, service: str = "practitioner") -> Pair | None:
        """The NCCI pair of two procedures, in either order, that holds on a date."""
        values = {"one": one.strip().upper(), "other": other.strip().upper()}
        rows = self._rows(sql.PTP, "NCCI PTP", on, values, service)
        return Pair(*rows[0]) if rows else None

    def unit_limit(self, code: str, on: date, *, service: str = "practitioner") -> UnitLimit | None:
        """The unit limit of a procedure; None is not "no limit": some are not published."""
        rows = self._rows(sql.MUE, "NCCI MUE", on, {"code": code.strip().upper()}, service)
        return UnitLimit(*rows[0]) if rows else None

    def primaries(self, code: str, on: date) -> tuple[Primary, ...]:
        """The codes that an add-on code may go with; empty when it is none."""
        return tuple(Primary(*row) for row in self._rows(sql.ADD_ON, "NCCI add-on", on, {"code": code.strip().upper()}))

    def diagnosis_flags(self, code: str, on: date) -> DiagnosisFlags | None:
        """What the Medicare Code Editor says of a diagnosis."""
        rows = self._rows(sql.DX_FLAG, "MCE", on, {"code": "".join(code.split()).replace(".", "").upper()})
        return DiagnosisFlags(*("".join(dict.fromkeys(column)) for column in zip(*rows, strict=True))) if rows else None

    def fee(self, code: str, on: date, *, modifier: str = "", part: str = "") -> FeeLine | None:
        """The fee schedule's line of a procedure, with a modifier if it has a line of its own."""
        rows = self._rows(sql.FEE, "PFS", on, {"code": code.strip().upper(), "modifier": modifier}, part)
        return FeeLine(*rows[0]) if rows else None

    def locality(self, carrier: str, number: str, on: date) -> LocalityIndex | None:
        """The cost indices of a payment locality."""
        rows = self._rows(sql.LOCALITY, "GPCI", on, {"carrier": carrier, "number": number})
        return LocalityIndex(*rows[0]) if rows else None

    def articles(self, procedure: str, on: date) -> tuple[CoverageArticle, ...]:
        """The coverage articles about a procedure."""
        found = []
        for article, title in self._rows(sql.ARTICLES, "LCD", on, {"code": procedure.strip().upper()}):
            groups = self._rows(sql.ARTICLE_GROUPS, "LCD", on, {"article": article})
            found.append(CoverageArticle(article, title, tuple(number for (number,) in groups)))
        return tuple(found)

    def covered_groups(self, article: str, diagnosis: str, on: date) -> tuple[int, ...]:
        """The groups of an article that list a diagnosis as covered."""
        values = {"article": article, "code": "".join(diagnosis.split()).replace(".", "").upper()}
        return tuple(number for (number,) in self._rows(sql.ARTICLE_COVERS, "LCD", on, values))

    def listed(self, system: str, code: str, on: date) -> ListedCode | None:
        """A code of a plain list ("CARC", "taxonomy", "HCPCS modifier", …) that holds on a date."""
        home = system.removesuffix(" modifier")
        rows = self._rows(sql.LISTED, home, on, {"system": system, "code": code.strip().upper()})
        return ListedCode(*rows[0]) if rows else None

    def all_listed(self, system: str, on: date) -> tuple[ListedCode, ...]:
        """Every code of a short plain list that holds on a date."""
        home = system.removesuffix(" modifier")
        return tuple(ListedCode(*row) for row in self._rows(sql.ALL_LISTED, home, on, {"system": system}))

    def visit_minutes(self, on: date) -> dict[str, int]:
        """The minutes that each visit code has to meet, of the user's own list; empty when none is loaded."""
        return {row.code: int(row.title) for row in self.all_listed("E/M minutes", on)}

    def base_units(self, code: str, on: date) -> int | None:
        """The base units of an anaesthesia code, of the user's own list; None when it is not loaded or lacks it."""
        row = self.listed("anesthesia base units", code, on)
        return int(row.title) if row is not None else None
