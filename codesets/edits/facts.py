"""The fact tables of the edits, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from codesets.tables import read_table


@lru_cache(maxsize=1)
def _lists() -> Mapping[str, frozenset[str]]:
    lists: dict[str, set[str]] = {}
    for row in read_table("edit_code_lists"):
        lists.setdefault(row["list"], set()).add(row["prefix"])
    return {name: frozenset(prefixes) for name, prefixes in lists.items()}


def listed(name: str, key: str) -> bool:
    """Is a code (without dot) on a list: adult, pediatric, maternity, newborn, male, female, manifestation, …?"""
    prefixes = _lists()[name]
    return any(key[:end] in prefixes for end in range(3, len(key) + 1))


def is_manifestation(key: str, title: str) -> bool:
    """May a code never be first: "in diseases classified elsewhere" (I.A.13), or on the manifestation list?"""
    return ("classified elsewhere" in title and "not elsewhere" not in title) or listed("manifestation", key)
