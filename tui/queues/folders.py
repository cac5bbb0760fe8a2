"""Where files go: one question, which says what is written there."""

from __future__ import annotations

from collections.abc import Callable

from tui.asks import Chosen, Words
from tui.calls import PracticeApi


def into(what: str, first: str, hint: str = "", effect: Callable[[PracticeApi, Chosen], str] | None = None) -> Words:
    """Asks for the folder that `what` goes into; with an `effect` its figures stand in the question already."""
    return Words(
        name="folder",
        question=f"{what} into the folder",
        first=first,
        hint=hint,
        titled=None if effect is None else lambda practice, chosen: f"{effect(practice, chosen).rstrip('?')}; folder",
    )
