"""The coding edits: each a pure function from a coded encounter and the library to findings.

A family of edits is one file in this folder that ends in a tuple `FAMILY` of `Edit`s; adding the
file is all it takes to join.  `check` runs them all, `check_code` those that judge a code by itself,
and `not_checked` names what could not be looked at for want of data.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from codesets.edits.case import Case
from codesets.edits.model import CodedEncounter, CodedLine, Diagnosis, Edit, Finding, Severity
from codesets.edits.settle import settled
from codesets.edits.unchecked import unchecked

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary

__all__ = [
    "CodedEncounter",
    "CodedLine",
    "Diagnosis",
    "Edit",
    "Finding",
    "Severity",
    "check",
    "check_code",
    "edits",
    "not_checked",
]


@lru_cache(maxsize=1)
def edits() -> dict[str, Edit]:
    """Every edit by its name, families in the order of their file names."""
    found: dict[str, Edit] = {}
    for module in sorted(iter_modules(__path__), key=lambda m: m.name):
        family = getattr(import_module(f"{__name__}.{module.name}"), "FAMILY", ())
        for edit in family:
            if edit.name in found:
                raise ValueError(f"two edits are named {edit.name}")
            found[edit.name] = edit
    return found


def __getattr__(name: str) -> dict[str, Edit]:
    if name == "EDITS":
        return edits()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def check(encounter: CodedEncounter, library: CodeLibrary) -> tuple[Finding, ...]:
    """All findings on an encounter: errors first, then by line, by name, by code."""
    case = Case(encounter, library)
    return _ordered(settled([finding for edit in edits().values() for finding in edit.run(case)]))


def check_code(code: str, encounter: CodedEncounter, library: CodeLibrary) -> tuple[Finding, ...]:
    """What speaks against one code on an encounter's day, whatever stands beside it and in whatever place."""
    lone = CodedEncounter(
        dos=encounter.dos, through=encounter.through, setting=encounter.setting, dx=(Diagnosis(code),)
    )
    case = Case(lone, library)
    return _ordered([finding for edit in edits().values() if edit.alone for finding in edit.run(case)])


def not_checked(encounter: CodedEncounter, library: CodeLibrary) -> tuple[str, ...]:
    """What was not looked at because its data is neither given nor loaded for the date, in plain words."""
    return unchecked(Case(encounter, library))


def _ordered(found: list[Finding]) -> tuple[Finding, ...]:
    order = list(Severity)
    return tuple(sorted(found, key=lambda f: (order.index(f.severity), f.line or 0, f.edit, f.codes)))
