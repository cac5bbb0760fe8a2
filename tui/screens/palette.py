"""The command line `:`: any action of the screen and any queue, found by typing parts of its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tui.asks import Choice, Pick
from tui.keys import COMMON, MOVES, Action, shown_key


def palette(actions: Sequence[Action], queues: Mapping[str, str]) -> Pick:
    """A question whose answer is "action:<id>" or "queue:<name>"; what is particular to the screen comes first."""
    ordered = sorted(actions, key=lambda one: (one in MOVES, one in COMMON))
    return Pick(
        name="palette",
        question="",
        hint="an action or a queue",
        digits=False,
        choices=(
            *(
                Choice(f"action:{one.id}", one.label, one.help, key=shown_key(one.key))
                for one in ordered
                if one.id != "palette"
            ),
            *(Choice(f"queue:{name}", f"queue {title}", "Open this queue.") for name, title in queues.items()),
        ),
    )
