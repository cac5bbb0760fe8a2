"""The program on the screen: opens the practice after the first paint, and leaves cleanly however it is left."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from rich.console import RenderableType
from textual import events
from textual._styles_cache import StylesCache
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen
from textual.theme import Theme
from textual.timer import Timer
from textual.worker import WorkerFailed

from store import clock
from store.errors import Away, Refused
from tui import hygiene, sitting, start
from tui.calls import Calls, PracticeApi
from tui.idle import LOOK_SECONDS
from tui.keys import Action, remap
from tui.lock import Lock
from tui.queues import QueueScreenSpec, load_specs
from tui.screens.base import WorkScreen
from tui.screens.home import HomeScreen
from tui.screens.places import screen_at
from tui.session import Leases, Session
from tui.settings import Settings, read_keymap, read_settings, settings_folder
from tui.terminal.driver import ChangesDriver, driver_class
from tui.verbs import SHARED
from tui.widgets import mask
from tui.widgets.look import PALETTES, use
from tui.widgets.plain import PlainText, printable

BEAT_SECONDS = 30.0
"""How often leases are renewed; a lease lasts several times as long."""

TEND_SECONDS = 600.0
"""How often it is looked what the calendar asks for, in a sitting that goes on."""

KEEP_SECONDS = 2.0
"""After so long what is being typed is kept in the database too."""

DEFAULTS = Settings()

_SIGNALS = {signal.SIGHUP: 129, signal.SIGTERM: 143}


class SuperbillApp(App[int], inherit_bindings=False):
    """Opens a practice with `open_practice`, on a thread of its own, and shows its queues.

    The terminal's own sixteen colours are used unless a theme is set, so that light, dark and colourless terminals all
    read well; nothing moves by itself and no picture of a screen can be written to disk.
    """

    CSS_PATH = [Path(__file__).parent / "styles" / "app.tcss"]
    TITLE = "superbill"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (120, "-detail"), (160, "-side")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-tall")]

    def __init__(
        self,
        open_practice: Callable[[], PracticeApi],
        *,
        specs: Mapping[str, QueueScreenSpec] | None = None,
        common: Sequence[Action] = SHARED,
        settings: Settings = DEFAULTS,
        notice: str = "",
        tour: bool = False,
        beat_seconds: float = BEAT_SECONDS,
        tend_seconds: float = TEND_SECONDS,
    ) -> None:
        super().__init__(driver_class=driver_class(ascii_only=settings.ascii_only), ansi_color=True)
        self.settings = settings
        self.wear(settings.colours)
        self.animation_level = "none"
        self._beat_seconds, self._tend_seconds = beat_seconds, tend_seconds
        self._notice = notice
        self._tour = tour
        self._kept = ""
        self._away = False
        self._keep_seconds = KEEP_SECONDS
        self._keeping: Timer | None = None
        self._tended = time.monotonic()
        calls = Calls(open_practice)
        self.session = Session(calls, Leases(calls), specs if specs is not None else load_specs(), tuple(common))
        self.lock = Lock(self, settings.lock)

    def wear(self, name: str) -> None:
        """Puts a theme on: the terminal's own colours, a palette, or none."""
        use(name)
        palette = PALETTES.get(name)
        self.ansi_color = palette is None  # while it is on, the library paints the terminal's paper whatever the theme
        if palette is None:
            self.theme = "ansi-dark"
            return
        ink, paper = palette.ink, palette.paper
        theme = Theme(
            f"superbill-{name}",
            ink,
            foreground=ink,
            background=paper,
            surface=paper,
            panel=paper,
            dark=palette.dark,
            variables={
                "text-disabled": palette.dim,
                "input-selection-background": ink,
                "input-selection-foreground": paper,
            },
        )
        self.register_theme(theme)
        self.theme = theme.name

    def get_default_screen(self) -> Screen[None]:
        """The board."""
        return HomeScreen(self.session)

    def on_mount(self) -> None:
        """Takes the signals, and opens the practice as soon as something stands on the screen."""
        loop = asyncio.get_running_loop()
        for number, status in _SIGNALS.items():
            loop.add_signal_handler(number, self._hang_up, status)
        self.call_after_refresh(self._open)
        self.set_interval(self._beat_seconds, self._beat)
        self.set_interval(LOOK_SECONDS, self.lock.look)

    async def on_unmount(self) -> None:
        """Gives everything back, whether a person left or the line dropped."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
        if self.session.calls.is_open:
            with contextlib.suppress(TimeoutError, Refused):
                await asyncio.wait_for(self._give_back(), 2.0)
        await self.session.calls.close()

    async def _give_back(self) -> None:
        await self.session.leases.release_all()
        await self._keep(self._kept)

    def _open(self) -> None:
        self.run_worker(self._open_practice(), group="open")

    async def _open_practice(self) -> None:
        home = self._home()
        try:
            await self.session.calls.open()
        except Refused as error:
            home.not_opened(error)
        else:
            await self._go_on(home)
            await self.lock.begin()
            home.opened()
        finally:
            start.settle()

    async def on_event(self, event: events.Event) -> None:
        """Each key says that somebody is there; one that comes after the time only locks."""
        if self.lock.swallows(event):
            return
        await super().on_event(event)
        prompt = getattr(self.screen, "prompt", None) if isinstance(event, events.Key | events.Paste) else None
        if prompt is not None and prompt.is_open:
            self._keep_soon()

    def _home(self) -> HomeScreen:
        home = self.screen_stack[0]
        assert isinstance(home, HomeScreen)
        return home

    async def _go_on(self, home: HomeScreen) -> None:
        """Goes to where the person left."""
        calls, session = self.session.calls, self.session
        kept = sitting.read(await calls.run(calls.practice.sitting))
        session.take_up(kept)
        await home.start(kept.last_queue)
        spots = [spot for spot in kept.last_places if spot.queue in session.titles]
        session.greeting = self._notice or (f"Back where you left{session.begun(spots[-1])}." if spots else "")
        if not spots:
            home.status.say(session.greeted())
        if self._tour and not kept.toured:
            home.do_tour(None)
        for spot in spots:
            self.push_screen(screen_at(session, spot))

    def where(self) -> str:
        """Where the person is, for the next sitting."""
        screens = [screen for screen in self.screen_stack if isinstance(screen, WorkScreen)]
        for screen in screens:
            screen.prompt.keep_draft()
        places = tuple(place for screen in screens if (place := screen.where()) is not None)
        return sitting.write(self.session.kept(places))

    async def _keep(self, where: str) -> None:
        calls = self.session.calls
        if where and where != self.session.kept_last:
            await calls.run(calls.practice.keep_sitting, where)
            self.session.kept_last = where

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Remembers the place before the screens go."""
        if self.session.calls.is_open:
            self._kept = self.where()
        self.session.calls.let_through()
        super().exit(result, return_code, message)

    def _hang_up(self, status: int) -> None:
        self.exit(return_code=status)

    def _beat(self) -> None:
        if self.session.calls.is_open and not self.lock.is_on:
            self.run_worker(self._beat_all(), group="beat", exclusive=True)

    async def _beat_all(self) -> None:
        try:
            lost = await self.session.leases.beat()
            await self._keep(self.where())
            if mask.worn() is not None:
                await self.mask(on=True)
        except Away as away:
            self._tell_away(away)
            return
        except Refused:  # ended by an administrator: the next step says so
            return
        self._tell_away(None)
        if time.monotonic() - self._tended >= self._tend_seconds:
            self._tended = time.monotonic()
            await self._home().tend()
        for screen in self.screen_stack:
            if isinstance(screen, WorkScreen):
                for item_id, error in lost.items():
                    if screen.is_item(item_id):
                        screen.lost(error)

    def _tell_away(self, away: Away | None) -> None:
        """Says when the database goes and when it is back; what was typed and where a person is stays in between."""
        before, self._away = self._away, away is not None
        screen = next((one for one in reversed(self.screen_stack) if isinstance(one, WorkScreen)), None)
        if screen is None or before == self._away:
            return
        if away is not None:
            screen.refuse(Refused(f"{away} What you type is kept here until it is back."))
        else:
            screen.say("The database is back; nothing was lost.")

    def _keep_soon(self) -> None:
        """What is being typed outlives a crash, but for the last moments."""
        if self._keeping is None:
            self._keeping = self.set_timer(self._keep_seconds, self._keep_now)

    async def _keep_now(self) -> None:
        self._keeping = None
        if self.session.calls.is_open and not self.lock.is_on:
            self.run_worker(self._keep_typed(), group="keep", exclusive=True)

    async def _keep_typed(self) -> None:
        with contextlib.suppress(Refused):
            await self._keep(self.where())

    async def mask(self, *, on: bool) -> bool:
        """Puts the mask on all screens, or takes it off; with `on` again it learns of patients who came since."""
        calls, before = self.session.calls, mask.worn()
        count = before.known.patients if before is not None else -1
        found = await calls.run(calls.practice.identities, count) if on else None
        if on and found is None:
            return True
        mask.wear(mask.Mask(found, clock.today()) if found is not None else None)
        self.draw_anew()
        return on

    def draw_anew(self) -> None:
        """Draws every screen again: it looks different now, or must not show what it shows."""
        for screen in self.screen_stack:
            for widget in screen.walk_children():
                if isinstance(widget, PlainText):
                    widget.again()
                widget.refresh()

    def take_mouse(self) -> bool:
        """Takes the mouse from the terminal, or gives it back; whether it is taken now."""
        driver = self._driver
        if not isinstance(driver, LinuxDriver):
            return True  # a browser always gives it
        if driver._mouse:
            driver._disable_mouse_support()
            driver._mouse = False
        else:
            driver._mouse = True
            driver._enable_mouse_support()
        return bool(driver._mouse)

    def forget_terminal(self) -> None:
        """Something else wrote to the terminal: the next frame is sent whole."""
        if isinstance(self._driver, ChangesDriver):
            self._driver.forget()

    def pop_screen(self) -> AwaitComplete:
        """Forgets what the library keeps of closed screens: its cache pins the lines of up to 1024 dead widgets."""
        StylesCache.get_inner_outer.cache_clear()
        return super().pop_screen()

    def _handle_exception(self, error: Exception) -> None:
        """Ends after an error of ours without showing a value: the library would print every local variable."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(cause, Refused):  # said and gone on from: the database may be away while rows are read
            screen = next((one for one in reversed(self.screen_stack) if isinstance(one, WorkScreen)), None)
            if screen is not None and screen.is_mounted:
                screen.refuse(cause)
                return
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self.panic(printable(crash_sentence(error)))


def crash_sentence(error: BaseException) -> str:
    """What is said of an error of ours, that of a worker too."""
    return hygiene.crash_sentence(error.error if isinstance(error, WorkerFailed) else error)


def run(open_practice: Callable[[], PracticeApi], *, tour: bool = False) -> int:
    """Runs until the person leaves; gives the exit status.  `tour` shows the way round the first time."""
    specs, folder = load_specs(), settings_folder()
    settings, notice = DEFAULTS, ""
    try:
        settings = read_settings(folder)
        remap(read_keymap(folder, specs))
    except Refused as error:
        notice = f"{error} What is shipped is used instead."
    app = SuperbillApp(open_practice, specs=specs, settings=settings, notice=notice, tour=tour)
    app.run(mouse=settings.mouse or bool(os.environ.get("TEXTUAL_DRIVER")))
    return app.return_code or 0
