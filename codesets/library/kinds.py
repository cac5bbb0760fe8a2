"""What can be loaded: each kind's name, how its files are recognised, and what they need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from codesets.releases import cpt, hcpcs, icd10cm_addenda, icd10cm_index, icd10cm_order, icd10cm_tabular
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


def _fiscal(year: int | None) -> date | None:
    return date(year - 1, 10, 1) if year else None


def _year_in(name: str) -> int | None:
    found = cpt.year_of(name)
    return found.year if found else None


_CODES = (
    Kind(
        "icd10cm-tabular",
        "ICD10CM",
        "ICD-10-CM tabular list (XML)",
        lambda head, _: icd10cm_tabular.is_tabular(head),
        lambda head, _: _fiscal(icd10cm_tabular.tabular_year(head)),
    ),
    Kind(
        "icd10cm-order",
        "ICD10CM",
        "ICD-10-CM order file",
        lambda head, _: icd10cm_order.is_order_file(head),
        lambda _, name: _fiscal(_year_in(name)),
    ),
    Kind(
        "icd10cm-addenda",
        "ICD10CM",
        "ICD-10-CM code addenda",
        lambda head, _: icd10cm_addenda.is_addenda(head),
        lambda head, name: icd10cm_addenda.effective_of(head) or _fiscal(_year_in(name)),
    ),
    Kind(
        "icd10cm-index",
        "ICD10CM index",
        "ICD-10-CM Index",
        lambda head, _: icd10cm_index.index_kind(head) is not None,
        lambda head, _: _fiscal(icd10cm_index.index_year(head)),
        lambda head, _: icd10cm_index.index_kind(head) or "",
    ),
    Kind(
        "hcpcs",
        "HCPCS",
        "HCPCS Level II",
        lambda head, _: hcpcs.is_fixed(head) or hcpcs.is_delimited(head),
        lambda _, name: hcpcs.effective_of(name),
    ),
    Kind("hcpcs-names", "HCPCS names", "HCPCS names", lambda head, _: hcpcs.is_aliases(head)),
    Kind("cpt", "CPT", "CPT", cpt.is_cpt, lambda _, name: cpt.year_of(name), licence=AMA, together=True),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _CODES}
