"""The prompt: one line at the foot of the screen, in the place of the status line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from store.errors import Refused
from tui.asks import Answer, Ask, Choice, Pick
from tui.widgets.drawer import Drawer
from tui.widgets.finding import found, opening
from tui.widgets.look import BAD, BOLD, DIM, PLAIN
from tui.widgets.plain import LineInput, PlainText, fit, fold, one_line, width_of

_YES_NO = " y/N"
_ROOM = 4
"""Cells beside question and answer: colons, spaces, the cursor."""


_OVER = "/over"
"""After the name of a draft: what stood there when it was begun."""
_FIND = "digit, or type to find"


class _PromptInput(LineInput):
    """Tells its prompt of each key in turn; keys after the answer belong to the screen behind."""

    def __init__(self, prompt: Prompt) -> None:
        super().__init__()
        self._prompt = prompt

    async def _on_key(self, event: events.Key) -> None:
        event.prevent_default()
        if not self._prompt.is_open:
            return
        if event.key == "enter":
            event.stop()
            self._prompt.submit()
            return
        before = self.value
        await super()._on_key(event)
        if self.value != before:
            self._prompt.typed(self.value)

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        super()._on_paste(event)
        self._prompt.typed(self.value)


class Prompt(Horizontal):
    """Asks one thing at a time.

    Text that was left with Esc, or when the line dropped, stands there again when the same is asked next of the same
    rows: it is kept in `drafts`, which outlive the prompt.  `over` is what stood there when the text was begun, which
    is kept with it: what others changed since isn't seen where the draft stands.
    """

    def __init__(self, drawer: Drawer, drafts: dict[str, str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drawer = drawer
        self._kept = drafts
        self._draft = ""
        self.over = ""
        self.sent: dict[str, tuple[str, str]] = {}
        self._question = PlainText(classes="question")
        self._input = _PromptInput(self)
        self._answer: asyncio.Future[Answer | None] | None = None
        self._ask: Ask | None = None
        self._choices: tuple[Choice, ...] = ()
        self._shown: tuple[Choice, ...] = ()
        self._selected = 0
        self._group = ""
        self._yes_no = False
        self._before: Widget | None = None

    def compose(self) -> ComposeResult:
        """The question and the line."""
        yield self._question
        yield self._input

    def on_mount(self) -> None:
        """Starts hidden."""
        self.display = False

    @property
    def is_open(self) -> bool:
        """Whether something is being asked."""
        return self._answer is not None and not self._answer.done()

    async def ask(self, ask: Ask, choices: Sequence[Choice] = (), *, of: str = "") -> Answer | None:
        """The answer, or None after Esc; `of` names the rows that are asked about."""
        self._ask, self._choices, self._selected, self._yes_no = ask, tuple(choices), 0, False
        self._group = ""
        self._draft = f"{of}/{ask.name}/{ask.question}"
        self._say(ask.question)
        text = self._kept.get(self._draft, ask.first)
        self.over = self._kept.get(self._draft + _OVER, ask.first)
        self._input.fill(text, hint=ask.hint, typed_over=ask.typed_over)
        if isinstance(ask, Pick):
            self._input.fill("", hint=ask.hint or (_FIND if ask.digits else "arrows, or type to find"))
            self._list()
        return await self._wait()

    async def confirm(self, effect: str) -> bool:
        """Whether a person says yes to an effect; Enter, Esc and anything else is no.

        Of an effect that is longer than the line the beginning stands there, and above it the whole.
        """
        self._ask, self._yes_no = None, True
        width = self.app.size.width
        room = width - len(_YES_NO) - _ROOM
        if width_of(effect) > room:
            self._drawer.open_lines([((part, BOLD),) for part in fold(effect, width - 2)])
            effect = fit(effect, room)
        self._say(effect, _YES_NO)
        self._input.fill("")
        return await self._wait() == "y"

    def press(self, key: str, character: str | None) -> None:
        """A key that was pressed before the prompt had the focus."""
        if key == "enter":
            self.submit()
        elif key == "escape":
            self._finish(None)
        elif character and character.isprintable():
            self._input.put_in(character)
            self.typed(self._input.value)

    def pick_at(self, at: int) -> None:
        """The choice on a line of the drawer, by mouse."""
        if self.is_open and isinstance(self._ask, Pick) and 0 <= at < len(self._shown):
            self._take(self._shown[at])

    async def _wait(self) -> Answer | None:
        self._answer = asyncio.get_running_loop().create_future()
        self.display = True
        focused = self.screen.focused
        if focused is not None and focused is not self._input:  # of two questions in a row the first one knows
            self._before = focused
        self._input.focus(scroll_visible=False)
        try:
            return await self._answer
        finally:
            self._answer = None
            self.display = False
            self._drawer.close()
            if self._before is not None:
                self._before.focus(scroll_visible=False)

    def on_key(self, event: events.Key) -> None:
        """Keys that the line itself doesn't take; while something is asked none of them reach the screen behind."""
        if not self.is_open:
            return
        event.stop()
        if event.key == "escape" and self._group:
            self._enter("")
        elif event.key == "escape":
            self._finish(None)
        elif isinstance(self._ask, Pick) and event.key in {"up", "down"}:
            self._step(-1 if event.key == "up" else 1)

    def typed(self, text: str) -> None:
        """A letter more or less."""
        if self._yes_no and text:
            self._finish("y" if text[0] in "yY" else None)
        elif isinstance(self._ask, Pick):
            self._pick_or_list(text)

    def submit(self) -> None:
        """Enter."""
        if self._ask is None:
            self._finish(None)
            return
        if isinstance(self._ask, Pick):
            if self._ask.line is not None and (whole := self._ask.line(self._input.value)) is not None:
                self._finish(whole)
            elif self._shown:
                self._take(self._shown[self._selected])
            return
        try:
            answer = self._ask.parse(self._input.value)
        except Refused as error:
            self._refuse(error, self._ask)
            return
        self._forget()
        self.sent[self._draft] = (self._input.value, self.over)
        self._finish(answer)

    def _refuse(self, error: Refused, ask: Ask) -> None:
        """Says why an answer is none; the question and what was typed stay in sight."""
        room = self.app.size.width * 3 // 4 - len(ask.question) - _ROOM
        told = str(error) if len(str(error)) <= room or not error.do else error.do
        self._question.show((one_line(told) + " ", BAD), (ask.question + ": ", BOLD))
        self._input.fill(self._input.value, hint=ask.hint, typed_over=ask.typed_over)

    def _finish(self, answer: Answer | None) -> None:
        if answer is None:
            self.keep_draft()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    def take_back(self, *, told: bool = False) -> None:
        """What was sent was refused: it stands there again when the same is asked next.

        With `told` the refusal said what stands there now, so that the text is over that from now on.
        """
        for draft, (text, over) in self.sent.items():
            if text:
                self._kept[draft] = text
                if not told:
                    self._kept[draft + _OVER] = over

    def keep_draft(self) -> None:
        """Keeps what stands in the line for the next time; what was there from the start is no draft."""
        if self.is_open and self._ask is not None and not isinstance(self._ask, Pick):
            if self._input.value in {"", self._ask.first}:
                self._forget()
            else:
                self._kept[self._draft] = self._input.value
                self._kept[self._draft + _OVER] = self.over

    def _forget(self) -> None:
        self._kept.pop(self._draft, None)
        self._kept.pop(self._draft + _OVER, None)

    def _pick_or_list(self, typed: str) -> None:
        digits = isinstance(self._ask, Pick) and self._ask.digits
        first = opening(self._choices, self._group)
        if digits and typed.isdecimal() and typed.isascii() and 0 < int(typed) <= min(9, len(first)):
            self._take(first[int(typed) - 1])
        else:
            self._selected = 0
            self._list()

    def _list(self) -> None:
        digits = isinstance(self._ask, Pick) and self._ask.digits and not self._input.value
        inside = [one for one in self._choices if self._group in ("", one.group)]
        typed = self._input.value
        self._shown = tuple(found(inside, typed) if typed.strip() else opening(self._choices, self._group))
        self._drawer.open_choices(self._shown, self._selected, self.app.size.width, digits=digits)

    def _take(self, choice: Choice) -> None:
        """The answer, or the group whose choices are shown next."""
        if choice.value or not choice.group:
            self._finish(choice.value)
        else:
            self._enter(choice.group)

    def _enter(self, group: str) -> None:
        self._group, self._selected = group, 0
        self._input.fill("", hint=_FIND)
        self._list()

    def _step(self, by: int) -> None:
        if self._shown:
            self._selected = (self._selected + by) % len(self._shown)
            self._list()

    def _say(self, question: str, tail: str = "") -> None:
        self.set_class(self._yes_no, "-yes-no")
        self._question.show((question, BOLD), (tail or ":", DIM if tail else BOLD), (" ", PLAIN))
