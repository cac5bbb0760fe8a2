"""The note on the desk: as everywhere, but without the letters that the desk itself uses."""

from __future__ import annotations

from dataclasses import replace

from tui.keys import NOTE, Action, Place, at
from tui.widgets.note_pane import NotePane
from tui.widgets.scroller import Scroller

_TAKEN = frozenset({"h", "l"})


def _spared(action: Action) -> Action:
    """The action without the desk's letters; its arrow stays."""
    keys = [key for key in action.keys if key not in _TAKEN]
    return replace(action, key=keys[0], also=tuple(keys[1:]))


class DeskNote(NotePane):
    """Words are selected with v, w, b and the arrows."""

    ACTIONS: tuple[Action, ...] = (*Scroller.ACTIONS, *(_spared(action) for action in at(Place.NOTE, NOTE)))
