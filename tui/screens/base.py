"""What every screen does: carries actions out, says what happened, and knows the common keys."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from store.errors import Refused
from store.work.values import Done, Lease, Row, Why
from tui.asks import Answer, Ask, Choice, Chosen, Pick, Words
from tui.keys import MOVES, Action
from tui.screens.keyed import KeyedScreen
from tui.screens.palette import answer_of, named, palette, read_line, split_answers
from tui.session import Repeat
from tui.sitting import Spot
from tui.widgets.finding import found
from tui.widgets.mask import worn
from tui.widgets.plain import one_line
from tui.widgets.scroller import Scroller

if TYPE_CHECKING:
    from tui.app import SuperbillApp


class WorkScreen(KeyedScreen, inherit_bindings=False):
    """Base of the screens that people work in."""

    NOTHING_TO_TELL = "There is no row here."
    """What `why` is refused with where nothing has the cursor."""

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

    def where(self) -> Spot | None:
        """The place to come back to in the next sitting: the item that is held here, if there is one."""
        row = getattr(self, "_row", None)
        return Spot(self.queue, row.item_id, 0, row.subject_id) if isinstance(row, Row) else None

    # Acting

    async def command(
        self, action: Action, count: int | None, given: Mapping[str, Answer] | None = None, again: Repeat | None = None
    ) -> None:
        """Asks, confirms and carries out an action of the store; `again` is what is repeated."""
        chosen = await self.choose(action, count)
        if action.require is not None:
            await self.session.calls.run(action.require, self.session.calls.practice, chosen)
        answers = dict(given or {})
        stood: dict[str, str] = {}
        for ask in action.asks:
            if ask.name in answers:
                if again is not None and ask.stands:
                    stood[ask.name] = await self._stands(ask, replace(chosen, answers=answers))
                    if not await self._over(ask, stood[ask.name], again):
                        self.status.say("Nothing was changed.")
                        return
                continue
            if count is not None and ask.takes_count:
                answers[ask.name] = count
                continue
            answer = await self.put(ask, replace(chosen, answers=answers))
            if answer is None:
                self.status.say("Nothing was changed.")
                return
            answers[ask.name] = answer
            if ask.suggest is not None:
                stood[ask.name] = self.prompt.over
        chosen = replace(chosen, answers=answers, stood=stood)
        if not await self._agreed(action, chosen):
            self.status.say("Nothing was changed.")
            return
        assert action.build is not None
        commands = await self.session.calls.run(action.build, chosen)
        self.session.repeat = Repeat(self.queue, action, answers, stood=again.stood if again else stood)
        await self._carry_out(action, commands, self._lease_now(chosen))

    async def _stands(self, ask: Ask, chosen: Chosen) -> str:
        calls = self.session.calls
        return await calls.run(ask.suggest, calls.practice, chosen) if ask.suggest is not None else ""

    async def _over(self, ask: Ask, now: str, again: Repeat) -> bool:
        """Whether a repeated answer may take the place of what stands here, which nobody was shown."""
        with suppress(Refused):
            if not now or now == again.stood.get(ask.name) or ask.parse(now) == again.answers[ask.name]:
                return True
        return await self.confirm(f"Here stands {now}, which you were not shown: write over it?")

    async def show_record(self, action: Action, count: int | None) -> None:
        """Opens what an action reads; Esc returns to the same place."""
        from tui.screens.record import RecordScreen

        shows, calls = action.shows, self.session.calls
        assert shows is not None
        chosen = await self.choose(action, count)
        self.app.push_screen(RecordScreen(self.session, "", lambda: shows(calls.practice, chosen)))

    async def _agreed(self, action: Action, chosen: Chosen) -> bool:
        """Whether the person agrees to the stated effect; an action that states none is agreed to."""
        if action.effect is not None:
            calls = self.session.calls
            return await self.confirm(await calls.run(action.effect, calls.practice, chosen))
        return action.confirm is None or await self.confirm(action.confirm(chosen))

    def _lease_now(self, chosen: Chosen) -> Lease | None:
        """The lease as it is: while something was asked the screen may have been locked, and the item taken again."""
        return chosen.lease and (self.session.leases.of(chosen.lease.item_id) or chosen.lease)

    async def _carry_out(self, action: Action, commands: Sequence[object], lease: Lease | None) -> None:
        calls, press = self.session.calls, uuid.uuid4().hex
        done: list[Done] = []
        try:
            for at, command in enumerate(commands):
                done.append(await self.long(calls.practice.do, command, key=f"{press}-{at}", lease=lease))
        except Refused as error:
            if not done:
                raise
            raise Refused(f"{len(done)} of {len(commands)} done, then: {error}") from error
        finally:
            if done:
                self.session.undo_sizes.append(sum(one.undoable for one in done))
                await self.changed(action)
        if done:
            said = done[0].said if len(done) == 1 else f"{action.label}: {len(done)} rows, the last: {done[-1].said}"
            self.say(said, hint="u takes it back" if done[-1].undoable else "")

    # Actions that all screens have

    async def do_help(self, _count: int | None) -> None:
        """Shows what the keys do, and what stands under the cursor, with its rule and source."""
        from tui.screens.help import HelpScreen

        about = await self.help_about()
        told = await self.session.calls.run(self.session.told, self.all_actions())
        self.app.push_screen(HelpScreen(self.all_actions(), self.help_notes(), about, told, self.session.lacking))

    async def help_about(self) -> Why | None:
        """What there is to say of the focused item."""
        return None

    def help_notes(self) -> Sequence[tuple[str, str]]:
        """More for the help: names and what they mean."""
        return ()

    async def do_palette(self, _count: int | None) -> None:
        """Lets a person find an action or a queue by its name."""
        actions = self.all_actions()
        chosen = await self._prompted(self.prompt.ask(ask := palette(actions, self.session.titles), ask.choices))
        kind, _, name = str(chosen or "").partition(":")
        if kind == "line":
            await self._run_line(name)
        elif kind == "queue":
            self._open_queue(name)
        elif action := next((one for one in actions if one.id == name), None):
            self.call_next(self.perform, action)

    def _open_queue(self, name: str) -> None:
        from tui.screens.queue import QueueScreen

        opened = QueueScreen(self.session, name)
        if isinstance(self, QueueScreen):
            self.app.switch_screen(opened)  # beside this queue, not on top of it
        else:
            self.app.push_screen(opened)

    async def _run_line(self, typed: str) -> None:
        """Does what a typed line says, with its answers."""
        line = read_line(typed)
        assert line is not None
        if line.row is not None:
            self.call_next(self.perform, next(one for one in MOVES if one.id == "top"), line.row)
            return
        action = named(self.all_actions(), line.name)
        if action is None:
            self._open_queue(self._queue_named(line.rest))
        elif action.build is not None:
            await self.command(action, None, await self._typed_answers(action, line.rest))
        else:
            target = next((one for one in self._targets(action) if hasattr(one, action.method + "_to")), None)
            if target is None:
                raise Refused(f"'{action.typed}' takes nothing after it.")
            result = getattr(target, action.method + "_to")(line.rest)
            if result is not None:
                await result

    def _queue_named(self, words: str) -> str:
        self.session.calls.require_open()
        choices = [Choice(name, title) for name, title in self.session.titles.items()]
        hits = [one for one in choices if one.value == words.casefold()] or found(choices, words)
        if not hits:
            raise Refused(f"There is no queue '{words[:20]}'.", do=f"There are: {', '.join(self.session.titles)}.")
        return hits[0].value

    async def _typed_answers(self, action: Action, rest: str) -> dict[str, Answer]:
        """The answers in a typed line; what a pick doesn't know is asked."""
        chosen = await self.choose(action, None)
        answers: dict[str, Answer] = {}
        for name, typed in split_answers(action.asks, rest).items():
            ask = next(one for one in action.asks if one.name == name)
            answer = answer_of(ask, typed, await self._choices(ask, replace(chosen, answers=answers)))
            if answer is not None:
                answers[name] = answer
        return answers

    async def do_undo(self, count: int | None) -> None:
        """Takes one key press back, however many commands it made, or as many presses as the count; says which."""
        said: list[str] = []
        stopped = ""
        try:
            for _ in range(count or 1):
                said.append(await self._take_back())
        except Refused as error:
            if not said:
                raise
            stopped = f" Then: {error}"
        await self.changed(None)
        times = f"{len(said)} steps back. " if len(said) > 1 else ""
        self.status.say(one_line(times + " ".join(said) + stopped))

    async def _take_back(self) -> str:
        calls, sizes = self.session.calls, self.session.undo_sizes
        done = [await calls.run(calls.practice.undo) for _ in range(max(1, sizes.pop() if sizes else 1))]
        return done[0].said if len(done) == 1 else f"{len(done)} taken back. {done[-1].said}"

    async def do_repeat(self, count: int | None) -> None:
        """Does the last thing again here, with the same answers; a count takes the place of the one that it had."""
        last = self.session.repeat
        if last is None or (last.action not in self.actions()):
            raise Refused("There is nothing to repeat here.")
        counted = {ask.name for ask in last.action.asks if ask.takes_count} if count is not None else set()
        kept = {name: answer for name, answer in last.answers.items() if name not in counted}
        await self.command(last.action, count, kept, last)

    def do_refresh(self, _count: int | None) -> Awaitable[None]:
        """Draws and reads everything again."""
        self._terminal.forget_terminal()
        self.refresh(repaint=True, layout=True)
        return self.changed(None)

    @property
    def _terminal(self) -> SuperbillApp:
        from tui.app import SuperbillApp

        assert isinstance(self.app, SuperbillApp)
        return self.app

    def copied_from(self) -> str:
        """The record that a copied text belongs to: queue:subject_id, or what is shown here."""
        row = getattr(self, "_row", None) or getattr(getattr(self, "_list", None), "row", None)
        return f"{self.queue or self.place}:{row.subject_id if isinstance(row, Row) else 0}"

    def copied(self) -> str:
        """What `copy` takes when the focused widget has nothing of its own."""
        return ""

    async def do_copy(self, _count: int | None) -> None:
        """Puts a text on the clipboard of the person's own machine, once the trail has it; shows it in any case."""
        text = next((said for one in (self.focused, self) if (said := getattr(one, "copied", str)())), "")
        if not text:
            raise Refused("There is nothing here to copy.")
        allowed = self._terminal.settings.copy == "osc52"
        if allowed:
            calls = self.session.calls
            await calls.run(calls.practice.copied, self.copied_from(), len(text))
            self.app.copy_to_clipboard(text)
        hint = "is on your clipboard, if the terminal allows it" if allowed else "copying is off in settings.toml"
        self.status.say(one_line(text), hint=hint)

    async def do_theme(self, _count: int | None) -> None:
        """Asks for other colours."""
        from tui.settings.values import THEMES

        ask = Pick(name="theme", question="Colours", choices=tuple(Choice(name, name) for name in THEMES))
        answer = await self.put(ask, Chosen(self.queue))
        if answer is not None:
            self.do_theme_to(str(answer))

    def do_theme_to(self, name: str) -> None:
        """Wears other colours until the program ends."""
        from tui.settings.values import THEMES

        if name not in THEMES:
            raise Refused(f"There is no theme '{name[:20]}'.", do=f"There are: {', '.join(THEMES)}.")
        self._terminal.wear(name)
        self._terminal.draw_anew()
        self.status.say(f"Colours: {name}", hint="settings.toml keeps the choice")

    def do_lock(self, _count: int | None) -> None:
        """Covers the screen until its owner is back."""
        self._terminal.lock.lock()

    async def do_mask(self, _count: int | None) -> None:
        """Masks who the patients are on every screen, or shows them again."""
        on = await self._terminal.mask(on=worn() is None)
        self.status.say("Patients are masked on every screen." if on else "Patients are shown.", hint="Ctrl-N")

    def do_mouse(self, _count: int | None) -> None:
        """Takes the mouse, or gives it back."""
        taken = self._terminal.take_mouse()
        self.status.say("The mouse works here." if taken else "The mouse is the terminal's own.")

    async def do_why(self, _count: int | None) -> None:
        """Opens what there is to say of the focused item."""
        if (why := await self.help_about()) is None:
            raise Refused(self.NOTHING_TO_TELL)
        self.show_why(why)

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
