"""Styles as terminals are told them (SGR), in one form for each look."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

_RESETS = frozenset({"", "0", "00"})
_DEFAULTS = frozenset({"39", "49"})
_EXTENDED = {"38": {"5": 3, "2": 5}, "48": {"5": 3, "2": 5}}


@lru_cache(maxsize=4096)
def combined(style: str, parameters: str) -> str:
    """The style after an SGR sequence with these parameters; '' is the terminal's own look."""
    kept = style.split(";") if style else []
    for one in _attributes(parameters):
        kept = [] if one in _RESETS else [*kept, one]
    return ";".join(one for one in kept if one not in _DEFAULTS)


def _attributes(parameters: str) -> Iterator[str]:
    """Attribute by attribute; an extended colour is one of them."""
    parts = parameters.split(";")
    at = 0
    while at < len(parts):
        length = _EXTENDED.get(parts[at], {}).get(parts[at + 1] if at + 1 < len(parts) else "", 1)
        yield ";".join(parts[at : at + length])
        at += length
