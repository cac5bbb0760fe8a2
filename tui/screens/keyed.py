"""A screen of keys: each press finds its action, and what an action asks stands in the prompt at the foot."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import ParamSpec, Protocol, TypeVar, runtime_checkable

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget

from store.errors import Refused, Stale
from tui.asks import Answer, Ask, Choice, Chosen, Pick
from tui.keys import COMMON, Action, Place, find, footer, pressed, shown_key
from tui.screens.closing import ClosingScreen
from tui.session import Session
from tui.widgets.drawer import Drawer
from tui.widgets.plain import one_line
from tui.widgets.prompt import Prompt
from tui.widgets.status import KeysLine, StatusLine

P = ParamSpec("P")
T = TypeVar("T")

_MOST_COUNT = 6

SHOW_EVERY = 0.3
"""Seconds between two looks at how far long work is."""


@runtime_checkable
class Keyed(Protocol):
    """A widget with keys of its own while it has the focus."""

    ACTIONS: tuple[Action, ...]


class KeyedScreen(ClosingScreen, inherit_bindings=False):
    """Turns keys into actions.

    A screen gives its `actions` and, for each that has no command, a method `do_<id>(count)`.  Keys pressed while a
    command is at the store wait and are done after it; a refusal forgets them, as they were meant for another state.
    """

    place = Place.LIST
    digits_are_tabs = False
    queue = ""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.drawer = Drawer(id="drawer")
        self.prompt = Prompt(self.drawer, session.drafts, id="prompt")
        self.status = StatusLine(id="status")
        self.keys_line = KeysLine(id="keys")
        self.count = ""
        self._busy = False
        self._waiting: deque[tuple[str, str | None]] = deque()

    # What a screen tells of itself

    def body(self) -> ComposeResult:
        """The widgets above the footer."""
        raise NotImplementedError

    def actions(self) -> Sequence[Action]:
        """The screen's actions."""
        raise NotImplementedError

    async def command(self, action: Action, count: int | None) -> None:
        """Carries out an action of the store."""
        raise NotImplementedError

    async def show_record(self, action: Action, count: int | None) -> None:
        """Opens what an action reads."""
        raise NotImplementedError

    # Composition

    def compose(self) -> ComposeResult:
        """The body, the footer and what may come in its place."""
        yield from self.body()
        yield self.keys_line
        yield self.status
        yield self.prompt
        yield self.drawer

    def all_actions(self) -> tuple[Action, ...]:
        """The focused widget's actions, then the screen's."""
        focused = self.focused
        own: tuple[Action, ...] = focused.ACTIONS if isinstance(focused, Keyed) else ()
        taken = {key for action in own for key in action.keys}
        return (*own, *(action for action in self.actions() if not taken.intersection(action.keys)))

    def marked(self) -> int:
        """How many rows an action would take; 0 when it takes the focused one."""
        return 0

    def show_keys(self) -> None:
        """Draws the footer anew."""
        self.keys_line.set_actions(footer(self.all_actions()), marked=self.marked(), lacking=self.session.lacking)

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Finds the action of a key."""
        event.stop()
        event.prevent_default()
        if not self.hand_on(event.key, event.character):
            self._press(event.key, event.character)

    def _press(self, name: str, character: str | None) -> None:
        if name == "escape" and self.waits_for_long_work:
            self.session.calls.stop()
            return
        if self.prompt.is_open or self._busy:
            self._waiting.append((name, character))
            self._feed_prompt()
            return
        if character and character.isprintable() and self.take_typed(character):
            return
        key = pressed(name, character)
        if self.drawer.is_open and self._in_drawer(key):
            return
        if key.isdecimal() and key.isascii() and self._digit(key):
            return
        if key == "escape" and self.count:
            self._take_count()
            return
        action = find(self.all_actions(), key)
        if action is None:
            self._take_count()
            known = find((*COMMON, *self.session.common), key)
            what = f"{shown_key(key)} ({known.label}) means nothing" if known else f"{one_line(key)} does nothing"
            self.status.say(f"{what} here.", hint="? shows the keys")
        else:
            self.perform(action, self._take_count())

    def take_typed(self, character: str) -> bool:  # noqa: ARG002 - most screens have no line of their own
        """Gives a letter that was typed ahead to the line that has just opened; whether there is one."""
        return False

    def _in_drawer(self, key: str) -> bool:
        action = find(Drawer.ACTIONS, key)
        if action is not None:
            getattr(self.drawer, action.method)(self._take_count())
            return True
        self.drawer.close()
        return key in {"escape", "enter", "q", "y"}

    def _digit(self, key: str) -> bool:
        if self.digits_are_tabs:
            self.show_tab(key)
            return True
        if key == "0" and not self.count:
            return False
        self.count = (self.count + key)[:_MOST_COUNT]
        self.status.wait(self.count)
        return True

    def show_tab(self, key: str) -> None:
        """A digit in a record."""

    def _take_count(self) -> int | None:
        count, self.count = self.count, ""
        if count:
            self.status.say("")
        return int(count) if count else None

    # The mouse

    def on_keys_line_clicked(self, event: KeysLine.Clicked) -> None:
        """A key of the footer, by mouse."""
        action = next((one for one in self.all_actions() if one.id == event.action_id), None)
        if action is not None and not self._busy and not self.prompt.is_open:
            self.perform(action, self._take_count())

    def on_drawer_clicked(self, event: Drawer.Clicked) -> None:
        """A choice, by mouse; an answer to `why` closes."""
        if self.prompt.is_open:
            self.prompt.pick_at(event.line)
        else:
            self.drawer.close()

    # Acting

    def perform(self, action: Action, count: int | None = None) -> None:
        """Does an action: at once, or in the background when it has to ask or to reach the store."""
        if right := self.session.lacking.get(action.id):
            self.status.refuse(f"'{action.label}' needs the right '{right}', which your role does not have.")
            return
        if action.build is not None:
            self.in_background(self.command(action, count))
            return
        if action.shows is not None:
            self.in_background(self.show_record(action, count))
            return
        for target in self._targets(action):
            try:
                result = getattr(target, action.method)(count)
            except Refused as error:
                self.refuse(error)
                return
            if result is not None:
                self.in_background(result)
            return
        self.status.refuse(f"{action.label} does nothing here.")

    def _targets(self, action: Action) -> Iterator[Widget]:
        focused = self.focused
        for target in (focused, self):
            if target is not None and hasattr(target, action.method):
                yield target

    def in_background(self, work: Awaitable[None]) -> None:
        """Runs a coroutine; keys wait until it is done, a refusal goes to the status line."""
        self._busy = True
        self.run_worker(self._guarded(work), group="work")

    async def _guarded(self, work: Awaitable[None]) -> None:
        self.prompt.sent.clear()
        try:
            await work
        except Refused as error:
            self._waiting.clear()
            self.prompt.take_back(told=isinstance(error, Stale))
            self.refuse(error)
        finally:
            self._busy = False
        self._do_waiting()

    def _do_waiting(self) -> None:
        """Does what was pressed meanwhile; if another screen was opened by that, it is meant for that one."""
        while self._waiting and not self._busy and not self.prompt.is_open:
            key = self._waiting.popleft()
            if not self.hand_on(*key):
                self._press(*key)

    @property
    def waits_for_long_work(self) -> bool:
        """Whether work is under way that tells how far it is, and can be stopped."""
        return self._busy and not self.prompt.is_open and self.session.calls.progress is not None

    async def long(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of a call that may take a while; the status line says how far it is."""
        timer = self.set_interval(SHOW_EVERY, self._show_progress)
        try:
            return await self.session.calls.run_long(call, *args, **kwargs)
        finally:
            timer.stop()

    def _show_progress(self) -> None:
        if (progress := self.session.calls.progress) is not None:
            done, total, what = progress
            share = f"  {done * 100 // total}%" if total else ""
            self.status.wait(f"{done:,} of {total:,} {what}{share}   Esc stops")

    async def put(self, ask: Ask, chosen: Chosen) -> Answer | None:
        """Puts one question in the prompt."""
        of = f"{self.queue}:{','.join(str(row.item_id) for row in chosen.rows[:20])}"
        choices = await self._choices(ask, chosen)
        calls = self.session.calls
        if ask.titled is not None:
            ask = replace(ask, question=await calls.run(ask.titled, calls.practice, chosen))
        if ask.tell is not None:
            ask = replace(ask, hint=await calls.run(ask.tell, calls.practice, chosen))
        if ask.suggest is not None:
            ask = replace(ask, first=await calls.run(ask.suggest, calls.practice, chosen))
        if isinstance(ask, Pick) and ask.sole and len(choices) < 2:
            if not choices:
                raise Refused(ask.none)
            return choices[0].value
        return await self._prompted(self.prompt.ask(ask, choices, of=of))

    async def _choices(self, ask: Ask, chosen: Chosen) -> Sequence[Choice]:
        if not isinstance(ask, Pick):
            return ()
        calls = self.session.calls
        return await calls.run(ask.load, calls.practice, chosen) if ask.load else ask.choices

    async def confirm(self, effect: str) -> bool:
        """Asks yes or no."""
        return bool(await self._prompted(self.prompt.confirm(one_line(effect))))

    async def _prompted(self, question: Awaitable[Answer | None]) -> Answer | None:
        self.status.display = False
        try:
            self.prompt.call_later(self._feed_prompt)
            return await question
        finally:
            self.status.display = True

    def _feed_prompt(self) -> None:
        """Hands keys that were pressed too early to the prompt, as far as they belong to it."""
        while self._waiting and self.prompt.is_open:
            self.prompt.press(*self._waiting.popleft())

    def say(self, text: str, *, hint: str = "") -> None:
        """Says what was done, on the screen behind if this one has closed meanwhile."""
        screen = self.app.screen if isinstance(self.app.screen, KeyedScreen) else self
        screen.status.say(one_line(text), hint=hint)

    def refuse(self, error: Refused) -> None:
        """Shows a refusal."""
        self.status.refuse(one_line(str(error)))
