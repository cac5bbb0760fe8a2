"""The trigger words of a sentence (table `note_triggers`), the longest first where several could begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from codesets.reading.tokens import Token, tokens_of
from codesets.tables import read_table


@dataclass(frozen=True, slots=True)
class Trigger:
    """One row: `reach` is after, before, both or none; `scope` counts words, 0 is the whole sentence."""

    text: str
    category: str
    reach: str
    scope: int
    comma: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A trigger where it stands: tokens `start` to `end` of the sentence."""

    start: int
    end: int
    trigger: Trigger


@lru_cache(maxsize=1)
def _by_first() -> dict[str, tuple[tuple[list[str], tuple[Trigger, ...]], ...]]:
    grouped: dict[tuple[str, ...], list[Trigger]] = {}
    for row in read_table("note_triggers"):
        words = tuple(token.lower for token in tokens_of(row["trigger"]))
        trigger = Trigger(row["trigger"], row["category"], row["reach"], int(row["scope"]), row["comma"])
        grouped.setdefault(words, []).append(trigger)
    first: dict[str, list[tuple[list[str], tuple[Trigger, ...]]]] = {}
    for words, triggers in sorted(grouped.items(), key=lambda pair: (-len(pair[0]), pair[0])):
        first.setdefault(words[0], []).append((list(words), tuple(triggers)))
    return {word: tuple(rows) for word, rows in first.items()}


def hits_of(tokens: Sequence[Token]) -> list[Hit]:
    """Every trigger of a sentence, left to right; a longer one hides the shorter ones inside it."""
    table = _by_first()
    said = [token.lower for token in tokens]
    found: list[Hit] = []
    after = 0
    for place, word in enumerate(said):
        if place < after:
            continue
        for words, triggers in table.get(word, ()):
            end = place + len(words)
            if said[place:end] == words:
                found += [Hit(place, end, trigger) for trigger in triggers]
                after = end
                break
    return found
