"""Locking the screen: by a key, and when nobody touched the keys for a while.

While it is locked no answer of the store reaches a screen behind it, so nothing there can open, close or show itself.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from textual import events

from store.errors import LockedOut, Refused, Stale
from tui.idle import Idle, shorter
from tui.keys import COMMON
from tui.screens.base import WorkScreen
from tui.screens.locked import LockedScreen

if TYPE_CHECKING:
    from tui.app import SuperbillApp

_TOUCHES = (events.Key, events.Paste, events.MouseDown, events.MouseScrollUp, events.MouseScrollDown)
LEFT_LOCKED = 3
"""The exit status after too many wrong tries."""


def _asks(event: events.Event) -> bool:
    """Whether it is the key of the lock, which works while something is being typed too."""
    action = next(one for one in COMMON if one.id == "lock")
    return isinstance(event, events.Key) and event.key in action.keys and len(event.key) > 1


class Lock:
    """The lock of one running program."""

    def __init__(self, app: SuperbillApp, own_minutes: int) -> None:
        self._app = app
        self._own_minutes = own_minutes
        self.idle = Idle()
        self.is_on = False
        self._held: tuple[int, ...] = ()
        self._cover: LockedScreen | None = None

    async def begin(self) -> None:
        """The practice is open: from when on it locks; locked at once where it was left so."""
        calls = self._app.session.calls
        minutes = await calls.run(calls.practice.lock_minutes)
        self.idle.minutes = shorter(minutes, self._own_minutes)
        self.idle.touch()
        if await calls.run(calls.practice.is_locked):
            self.lock()

    def swallows(self, event: events.Event) -> bool:
        """Whether a key comes too late: the time was over before it, so it locks and does nothing else."""
        if not isinstance(event, _TOUCHES) or getattr(event, "is_forwarded", False):
            return False
        if not self.is_on and (self.idle.over or _asks(event)):
            self.lock()
            return self.is_on
        self.idle.touch()
        return False

    def look(self) -> None:
        """Locks when the time is over."""
        if not self.is_on and self.idle.over:
            self.lock()

    def lock(self) -> None:
        """Covers the screen at once; the store hears of it afterwards."""
        if self.is_on or not self._app.session.calls.is_open:
            return
        self.is_on = True
        where = self._app.where()
        self._app.session.calls.hold_back()
        self._cover = LockedScreen(self._unlock, self._leave)
        self._app.run_worker(self._tell(where, self._app.push_screen(self._cover)), group="lock")

    async def _tell(self, where: str, covered: Awaitable[object]) -> None:
        """The store hears of it, and what was in hand goes back."""
        await covered
        calls, leases = self._app.session.calls, self._app.session.leases
        has_pin: bool | None = None
        try:
            has_pin = await calls.run_through(calls.practice.lock)
            self._held = leases.items
            await leases.release_all(through=True)
            await calls.run_through(calls.practice.keep_sitting, where)
        except Refused:  # the database is away: it stays covered all the same
            self._held = self._held or leases.items
        if self._cover is not None and self._cover.is_attached:  # else the program is being left
            self._cover.tell(has_pin)

    def _leave(self) -> None:
        self._app.exit()

    async def _unlock(self, number: str) -> None:
        calls = self._app.session.calls
        try:
            await calls.run_through(calls.practice.unlock, number)
        except LockedOut:
            self._app.exit(return_code=LEFT_LOCKED)
            return
        self.is_on = False
        self.idle.touch()
        if self._cover is not None:
            self._cover.dismiss()
        self._cover = None
        calls.let_through()
        self._app.run_worker(self._take_again(), group="lock")

    async def _take_again(self) -> None:
        """What was in hand is taken again; what somebody else took meanwhile can only be read."""
        screens = [screen for screen in self._app.screen_stack if isinstance(screen, WorkScreen)]
        for item_id in self._held:
            try:
                await self._app.session.leases.take(item_id)
            except Refused as error:
                for screen in screens:
                    if screen.is_item(item_id):
                        screen.lost(Stale(str(error)))
        self._held = ()
