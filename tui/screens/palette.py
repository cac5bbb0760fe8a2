"""The command line `:`: any action of the screen and any queue, found by typing parts of its name.

What follows a name answers what the action asks: `:defer 14d waiting for records`, `:sort ev- slk`, `:queue denials`.
A number alone goes to that row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.asks import Answer, Ask, Choice, Pick, Words
from tui.keys import COMMON, MOVES, Action

QUEUE = "queue"
"""The word before a queue's name."""


@dataclass(frozen=True, slots=True)
class Line:
    """A typed line that is more than a name: the action, or the word `queue`, and what follows; or a row's number."""

    name: str
    rest: str = ""
    row: int | None = None


def palette(actions: Sequence[Action], queues: Mapping[str, str]) -> Pick:
    """A question whose answer is "action:<id>", "queue:<name>" or "line:<what was typed>".

    What is particular to the screen comes first.
    """
    ordered = sorted(actions, key=lambda one: (one in MOVES, one in COMMON))
    names = {name for one in actions for name in names_of(one)} | {QUEUE}
    labels = [one.label.casefold() for one in actions]

    def line(typed: str) -> str | None:
        if any(label.startswith(typed.strip().lstrip(":").casefold()) for label in labels):
            return None  # a label of several words is no name with an answer behind it
        read = read_line(typed)
        return f"line:{typed}" if read and (read.row is not None or read.name in names) else None

    return Pick(
        name="palette",
        question="",
        hint="an action or a queue",
        digits=False,
        line=line,
        choices=(
            *(
                Choice(f"action:{one.id}", one.label, one.help, key=one.first_key)
                for one in ordered
                if one.id != "palette"
            ),
            *(Choice(f"queue:{name}", f"queue {title}", "Open this queue.") for name, title in queues.items()),
        ),
    )


def names_of(action: Action) -> tuple[str, ...]:
    """What may be typed for an action: its label in one word, its id, the last part of its id."""
    return (action.typed, action.id, action.id.rpartition(".")[2])


def named(actions: Sequence[Action], name: str) -> Action | None:
    """The action of a typed name; a label counts before an id."""
    by_label = (one for one in actions if one.typed == name)
    return next(by_label, None) or next((one for one in actions if name in names_of(one)), None)


def read_line(typed: str) -> Line | None:
    """A name with something after it, or a number; None for anything else, which is a search for a name."""
    words = typed.strip().lstrip(":")
    if words.isdecimal() and words.isascii():
        return Line("", row=int(words[:9]))
    name, _, rest = words.partition(" ")
    return Line(name, rest.strip()) if rest.strip() else None


def split_answers(asks: Sequence[Ask], rest: str) -> dict[str, str]:
    """Which ask gets which part of a line: all but free text take one word, free text takes all that is left."""
    parts: dict[str, str] = {}
    for ask in asks:
        if not rest:
            break
        if isinstance(ask, Words):
            parts[ask.name], rest = rest, ""
        else:
            parts[ask.name], _, rest = rest.partition(" ")
            rest = rest.strip()
    return parts


def answer_of(ask: Ask, typed: str, choices: Sequence[Choice]) -> Answer | None:
    """A typed answer; for a pick the choice that it names, None when it names none or several."""
    if not isinstance(ask, Pick):
        return ask.parse(typed)
    wanted = typed.casefold()
    exact = [one for one in choices if wanted in {one.value.casefold(), one.label.casefold()}]
    found = exact or [one for one in choices if one.label.casefold().startswith(wanted)]
    return found[0].value if len(found) == 1 else None
