"""Where a person left, as text that the store keeps: open screens, each queue's view and place, begun texts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from store.work.values import SortKey, View

MOST_DRAFTS = 20
_LONGEST_DRAFT = 2000


@dataclass(frozen=True, slots=True)
class Spot:
    """A screen: the list of a queue with its cursor (`index`, on `item`), or one `item` of it with its `subject`."""

    queue: str
    item: int = 0
    index: int = 0
    subject: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """All of it.  `places` are the screens above the board, the lowest first; `toured` is whether the tour was seen."""

    places: tuple[Spot, ...] = ()
    last_queue: str = ""
    views: Mapping[str, View] = field(default_factory=dict)
    drafts: Mapping[str, str] = field(default_factory=dict)
    toured: bool = False

    @property
    def last_places(self) -> tuple[Spot, ...]:
        """The list that was in front, and the item of it that was open."""
        lists = [at for at, spot in enumerate(self.places) if not spot.subject]
        return self.places[lists[-1] :][:2] if lists else ()


def write(kept: Kept) -> str:
    """As JSON."""
    return json.dumps(
        {
            "places": [[one.queue, one.item, one.index, one.subject] for one in kept.places],
            "last_queue": kept.last_queue,
            "views": {name: _view_out(view) for name, view in kept.views.items() if view != View()},
            "drafts": {name: text[:_LONGEST_DRAFT] for name, text in list(kept.drafts.items())[-MOST_DRAFTS:]},
            "toured": kept.toured,
        },
        separators=(",", ":"),
    )


def read(text: str) -> Kept:
    """What was kept; nothing where the text is of another version, as it is a convenience and no record."""
    try:
        found = json.loads(text) if text else {}
        return Kept(
            tuple(Spot(str(queue), int(item), int(at), int(of)) for queue, item, at, of in found.get("places", ())),
            str(found.get("last_queue", "")),
            {str(name): _view_in(view) for name, view in found.get("views", {}).items()},
            {str(name): str(draft) for name, draft in found.get("drafts", {}).items()},
            bool(found.get("toured", False)),
        )
    except (ValueError, TypeError, AttributeError, KeyError):
        return Kept()


def _view_out(view: View) -> list[Any]:
    return [view.filter, [[level.column, level.descending] for level in view.sort], view.mine, view.deferred]


def _view_in(view: Sequence[Any]) -> View:
    words, sort, mine, deferred = view
    return View(str(words), tuple(SortKey(str(one), bool(down)) for one, down in sort), bool(mine), bool(deferred))
