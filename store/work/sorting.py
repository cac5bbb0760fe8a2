"""A sort as a person types it: 'ev- slk+' is by EV falling, then by Slk rising."""

from __future__ import annotations

from collections.abc import Sequence

from store.errors import Refused
from store.work.values import Column, SortKey

LEVELS = 3
"""How many levels a sort has at most."""

_FALLING, _RISING = "-↓", "+↑"


def parse_sort(text: str, columns: Sequence[Column]) -> tuple[SortKey, ...]:
    """The levels of a sort, by a column's key, title or letter; no sign means rising.  Empty is the queue's own order.

    Refused for a column that isn't there, for one named twice and for more than three levels.
    """
    named = {name.casefold(): column.key for column in columns for name in (column.letter, column.title, column.key)}
    named.pop("", None)
    levels: list[SortKey] = []
    for word in text.replace(",", " ").split():
        name, descending = _split(word)
        key = named.get(name.casefold())
        if key is None:
            there = ", ".join(column.key for column in columns)
            raise Refused(f"There is no column '{name[:20]}' to sort by.", do=f"There are: {there}.")
        if any(level.column == key for level in levels):
            raise Refused(f"'{name}' is there twice.")
        levels.append(SortKey(key, descending))
    if len(levels) > LEVELS:
        raise Refused(f"That sorts by {len(levels)} columns.", do="Three levels are the most.")
    return tuple(levels)


def sort_text(sort: Sequence[SortKey]) -> str:
    """A sort as it would be typed."""
    return " ".join(level.column + ("-" if level.descending else "+") for level in sort)


def _split(word: str) -> tuple[str, bool]:
    for end in (word[-1:], word[:1]):
        if end and end in _FALLING + _RISING:
            return word.strip(_FALLING + _RISING), end in _FALLING
    return word, False
