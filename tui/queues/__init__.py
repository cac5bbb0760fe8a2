"""What each queue's screens do beyond the common keys: one short file a queue.

A file here is named like its queue and holds `SPEC = QueueScreenSpec(...)`; it is found by being here.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from importlib import import_module

from tui.keys import COMMON, MOVES, Action, Place, at, clashes
from tui.verbs import SHARED


@dataclass(frozen=True)
class QueueScreenSpec:
    """A queue's own actions.

    `record` says that Enter opens the generic record; a queue with a screen of its own (such as the coding desk)
    gives `screen` instead: "module:Class" of a screen made with (session, queue, row).  `alike` are the columns in
    which the rows of a bundle are the same.
    """

    queue: str
    actions: tuple[Action, ...] = ()
    record: bool = True
    screen: str = ""
    alike: tuple[str, ...] = ()

    def problems(self) -> list[str]:
        """Keys that clash on the list or in the record."""
        every = (*MOVES, *COMMON, *SHARED, *self.actions)
        return [clash for place in (Place.LIST, Place.RECORD, Place.DESK) for clash in clashes(at(place, every))]


def load_specs() -> dict[str, QueueScreenSpec]:
    """Every queue that has a file here."""
    found: dict[str, QueueScreenSpec] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        spec = getattr(import_module(f"{__name__}.{module.name}"), "SPEC", None)
        if isinstance(spec, QueueScreenSpec):
            found[spec.queue] = spec
    return found
