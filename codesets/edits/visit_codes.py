"""Which procedure numbers are visits, by the table of number ranges."""

from __future__ import annotations

import re
from functools import lru_cache

from codesets.tables import read_table

_PROCEDURE = re.compile(r"[0-9]{5}|[A-CEGHJ-MP-V][0-9]{4}|[0-9]{4}[TFU]")


@lru_cache(maxsize=8)
def _ranges(group: str) -> tuple[tuple[str, str, str], ...]:
    rows = [row for row in read_table("edit_visits") if row["group"] == group]
    return tuple((row["first"], row["last"], row["level"]) for row in rows)


def in_group(code: str, group: str) -> bool:
    """Is a procedure of a group: visit, new, established, preventive?"""
    return any(first <= code <= last for first, last, _ in _ranges(group) if len(code) == len(first))


def level_of(code: str) -> int:
    """The level of decision making (2 to 5) that a visit code stands for, 0 without one."""
    return next((int(level) for first, last, level in _ranges("level") if first <= code <= last), 0)


def is_other_procedure(code: str) -> bool:
    """Is it surely a procedure that is no visit?  A practice's own codes are not known."""
    return _PROCEDURE.fullmatch(code) is not None and not in_group(code, "visit")
