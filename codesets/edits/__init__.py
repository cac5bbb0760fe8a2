"""The coding edits: each a pure function from a coded encounter and the library to findings.

A family of edits is one file in this folder that ends in a tuple `FAMILY` of `Edit`s; adding the
file is all it takes to join.  `check` runs them all.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from codesets.edits.model import CodedEncounter, CodedLine, Diagnosis, Edit, Finding, Severity

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary

__all__ = ["CodedEncounter", "CodedLine", "Diagnosis", "Edit", "Finding", "Severity", "check", "edits"]


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
    found = [finding for edit in edits().values() for finding in edit.run(encounter, library)]
    order = list(Severity)
    found.sort(key=lambda f: (order.index(f.severity), f.line or 0, f.edit, f.codes))
    return tuple(found)
