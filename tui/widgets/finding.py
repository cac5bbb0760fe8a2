"""Finds among a few choices while a person types."""

from __future__ import annotations

from collections.abc import Sequence

from tui.asks import Choice


def found(choices: Sequence[Choice], typed: str) -> list[Choice]:
    """The choices that fit what was typed, best first.

    Best is a label that is it, then one that starts with it, then one with a word that does, then one that holds it,
    then one whose words hold all the words typed, then one that holds the letters in this order.
    """
    words = typed.casefold().strip()
    ranked = [(rank, at, one) for at, one in enumerate(choices) if (rank := _rank(words, one)) is not None]
    return [one for _, _, one in sorted(ranked, key=lambda each: each[:2])]


def opening(choices: Sequence[Choice], group: str) -> list[Choice]:
    """What is shown while nothing is typed: those of the group that was picked, else those of none and each group."""
    if group:
        return [one for one in choices if one.group == group]
    heads: dict[str, list[Choice]] = {}
    for one in choices:
        if one.group:
            heads.setdefault(one.group, []).append(one)
    alone = [one for one in choices if not one.group]
    return alone + [
        Choice("", f"{name} …", ", ".join(one.label.partition(",")[0] for one in few), group=name)
        for name, few in heads.items()
    ]


def _rank(words: str, choice: Choice) -> int | None:
    label = choice.label.casefold()
    if words in {label, label.replace(" ", "-")}:
        return -1
    if label.startswith(words):
        return 0
    if f" {words}" in label:
        return 1
    if words in label:
        return 2
    if all(word in f"{label} {choice.more.casefold()} {choice.value.casefold()}" for word in words.split()):
        return 3
    letters = iter(label)
    return 4 if all(letter in letters for letter in words.replace(" ", "")) else None
