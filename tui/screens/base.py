"""What every screen does: turns keys into actions, asks what they need, carries them out and says what happened."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from store.errors import Refused
from store.work.values import Done, Lease, Why
from tui.asks import Answer, Ask, Choice, Chosen, Pick, Words
from tui.keys import Action, Place, find, footer, pressed
from tui.screens.palette import palette
from tui.session import Repeat, Session
from tui.widgets.drawer import Drawer
from tui.widgets.plain import one_line
from tui.widgets.prompt import Prompt
from tui.widgets.scroller import Scroller
from tui.widgets.status import KeysLine, StatusLine

_MOST_COUNT = 6


@runtime_checkable
class Keyed(Protocol):
    """A widget with keys of its own while it has the focus."""

    ACTIONS: tuple[Action, ...]


class WorkScreen(Screen[None], inherit_bindings=False):
    """Base of the screens that people work in.

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
        self.prompt = Prompt(self.drawer, id="prompt")
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

    async def choose(self, action: Action, count: int | None) -> Chosen:
        """What an action would act on; `Refused` when there is nothing."""
        raise NotImplementedError

    def is_item(self, item_id: int) -> bool:  # noqa: ARG002 - most screens are no item's
        """Whether this is the screen of an item."""
        return False

    def lost(self, error: Refused) -> None:
        """The lease of the screen's item was lost to somebody else."""

    async def changed(self, action: Action | None) -> None:
        """Called after a command or an undo."""

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
        self.keys_line.set_actions(footer(self.all_actions()), marked=self.marked())

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Finds the action of a key."""
        event.stop()
        event.prevent_default()
        self._press(event.key, event.character)

    def _press(self, name: str, character: str | None) -> None:
        if self.prompt.is_open or self._busy:
            self._waiting.append((name, character))
            self._feed_prompt()
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
            self.status.say(f"{one_line(key)} does nothing here.", hint="? shows the keys")
        else:
            self.perform(action, self._take_count())

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

    # Acting

    def perform(self, action: Action, count: int | None = None) -> None:
        """Does an action: at once, or in the background when it has to ask or to reach the store."""
        if action.build is not None:
            self.in_background(self.command(action, count))
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
        try:
            await work
        except Refused as error:
            self._waiting.clear()
            self.refuse(error)
        finally:
            self._busy = False
        while self._waiting and not self._busy and not self.prompt.is_open and self.is_current:
            self._press(*self._waiting.popleft())

    async def command(self, action: Action, count: int | None, given: Mapping[str, Answer] | None = None) -> None:
        """Asks, confirms and carries out an action of the store."""
        chosen = await self.choose(action, count)
        answers = dict(given or {})
        for ask in action.asks:
            if ask.name in answers:
                continue
            if count is not None and ask.takes_count:
                answers[ask.name] = count
                continue
            answer = await self.put(ask, chosen)
            if answer is None:
                self.status.say("Nothing was changed.")
                return
            answers[ask.name] = answer
        chosen = replace(chosen, answers=answers)
        if not await self._agreed(action, chosen):
            self.status.say("Nothing was changed.")
            return
        assert action.build is not None
        commands = await self.session.calls.run(action.build, chosen)
        self.session.repeat = Repeat(self.queue, action, answers)
        await self._carry_out(action, commands, chosen.lease)

    async def _agreed(self, action: Action, chosen: Chosen) -> bool:
        """Whether the person agrees to the stated effect; an action that states none is agreed to."""
        if action.effect is not None:
            calls = self.session.calls
            return await self.confirm(await calls.run(action.effect, calls.practice, chosen))
        return action.confirm is None or await self.confirm(action.confirm(chosen))

    async def _carry_out(self, action: Action, commands: Sequence[object], lease: Lease | None) -> None:
        calls, press = self.session.calls, uuid.uuid4().hex
        done: list[Done] = []
        try:
            for at, command in enumerate(commands):
                done.append(await calls.run(calls.practice.do, command, key=f"{press}-{at}", lease=lease))
        except Refused as error:
            if not done:
                raise
            raise Refused(f"{len(done)} of {len(commands)} done, then: {error}") from error
        finally:
            if done:
                self.session.undo_sizes.append(sum(one.undoable for one in done))
                await self.changed(action)
        if done:
            said = done[0].said if len(done) == 1 else f"{action.label}: {len(done)} rows. {done[-1].said}"
            self.say(said, hint="u takes it back" if done[-1].undoable else "")

    async def put(self, ask: Ask, chosen: Chosen) -> Answer | None:
        """Puts one question in the prompt."""
        choices: Sequence[Choice] = ()
        if isinstance(ask, Pick):
            calls = self.session.calls
            choices = await calls.run(ask.load, calls.practice, chosen) if ask.load else ask.choices
        return await self._prompted(self.prompt.ask(ask, choices))

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
        screen = self.app.screen if isinstance(self.app.screen, WorkScreen) else self
        screen.status.say(one_line(text), hint=hint)

    def refuse(self, error: Refused) -> None:
        """Shows a refusal."""
        self.status.refuse(one_line(str(error)))

    # Actions that all screens have

    def do_help(self, _count: int | None) -> None:
        """Shows what the keys do."""
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.all_actions(), self.help_notes()))

    def help_notes(self) -> Sequence[tuple[str, str]]:
        """More for the help: names and what they mean."""
        return ()

    async def do_palette(self, _count: int | None) -> None:
        """Lets a person find an action or a queue by its name."""
        actions = self.all_actions()
        chosen = await self._prompted(self.prompt.ask(ask := palette(actions, self.session.titles), ask.choices))
        kind, _, name = str(chosen or "").partition(":")
        if kind == "queue":
            from tui.screens.queue import QueueScreen

            self.app.push_screen(QueueScreen(self.session, name))
        elif action := next((one for one in actions if one.id == name), None):
            self.call_next(self.perform, action)

    async def do_undo(self, _count: int | None) -> None:
        """Takes one key press back, however many commands it made."""
        calls, sizes = self.session.calls, self.session.undo_sizes
        done = [await calls.run(calls.practice.undo) for _ in range(max(1, sizes.pop() if sizes else 1))]
        await self.changed(None)
        self.status.say(one_line(done[0].said if len(done) == 1 else f"{len(done)} taken back. {done[-1].said}"))

    async def do_repeat(self, _count: int | None) -> None:
        """Does the last thing again here, with the same answers."""
        last = self.session.repeat
        if last is None or (last.action not in self.actions()):
            raise Refused("There is nothing to repeat here.")
        await self.command(last.action, None, last.answers)

    def do_refresh(self, _count: int | None) -> Awaitable[None]:
        """Draws and reads everything again."""
        from tui.app import SuperbillApp

        if isinstance(self.app, SuperbillApp):
            self.app.forget_terminal()
        self.refresh(repaint=True, layout=True)
        return self.changed(None)

    def show_why(self, why: Why) -> None:
        """Opens the answer to `why`; any key closes it."""
        self.drawer.open_why(why, self.app.size.width - 2)

    def on_scroller_find_asked(self, event: Scroller.FindAsked) -> None:
        """Asks for the words and finds them."""
        self.in_background(self._find_in(event.scroller))

    async def _find_in(self, scroller: Scroller) -> None:
        ask = Words(name="find", question="Find", first=scroller.words, required=False)
        words = await self._prompted(self.prompt.ask(ask))
        if words is not None and not scroller.find(str(words)):
            raise Refused(f"{str(words) or 'That'!r} isn't in this text.")

    def on_descendant_focus(self) -> None:
        """Another widget, other keys."""
        if not self.prompt.is_open:
            self.show_keys()
