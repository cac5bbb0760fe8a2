"""Makes the screen of a place that was kept."""

from __future__ import annotations

from store.work.values import Row
from tui.screens.base import WorkScreen
from tui.session import Session
from tui.sitting import Spot


def screen_at(session: Session, place: Spot) -> WorkScreen:
    """The list of a queue, or one of its items."""
    from tui.screens.queue import QueueScreen
    from tui.screens.record import open_screen

    if place.subject:
        return open_screen(session, place.queue, Row(place.item, place.subject, "", ()))
    return QueueScreen(session, place.queue, place)
