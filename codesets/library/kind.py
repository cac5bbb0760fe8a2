"""What a kind of release file is: its name, how its files are recognised, and what they need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from codesets.releases import cpt
from codesets.releases.files import Member

Row = dict[str, Any]
#: The rows of a kind that is kept in tables of its own: (table, row), the release filled in later.
Rows = Callable[[Member], Iterator[tuple[str, Row]]]

FREE = "Published by CMS and CDC/NCHS; public domain."
AMA = "CPT is copyright of the American Medical Association; use it under your own licence."
X12 = "The texts belong to X12; use them under your own licence."


def _unknown(_head: bytes, _name: str) -> date | None:
    """No file of the kind tells its date."""
    return None


def _no_part(_head: bytes, _name: str) -> str:
    return ""


def fiscal(year: int | None) -> date | None:
    """The first day of a fiscal year of ICD-10-CM."""
    return date(year - 1, 10, 1) if year else None


def year_in(name: str) -> int | None:
    """The year in a file's name."""
    found = cpt.year_of(name)
    return found.year if found else None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of release file.

    `fits` says whether a file (its first bytes, its name) is of the kind; `effective` reads the
    date it is in force from, where it tells one; `part` tells files of one release apart.  A kind
    with `rows` lives in tables of its own, the others among the codes and the search.  `together`
    means that all fitting files are one load.
    """

    name: str
    system: str
    what: str
    fits: Callable[[bytes, str], bool]
    effective: Callable[[bytes, str], date | None] = _unknown
    part: Callable[[bytes, str], str] = _no_part
    rows: Rows | None = None
    licence: str = FREE
    together: bool = False

    def label(self, effective: date, part: str) -> str:
        """A release's name for people."""
        return " ".join(filter(None, (self.what, part, effective.isoformat())))
