"""The one door through which text reaches a widget.

The screen library parses markup in what it is given as `str` and passes terminal escapes through; so every text is
cleaned here and wrapped as something that is never parsed.  Other modules build no library widget, `Content`,
`Text` or `Segment` of their own; a test holds them to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.widgets.input import Selection

from store.text import clean_line, clean_note
from tui.widgets.look import PLAIN, dressed
from tui.widgets.mask import masked

Part = tuple[str, Style]
"""A run of text and its style."""

Line = tuple[Part, ...]
"""One line of a text that is ready to be shown."""

Span = tuple[int, int, Style]
"""Characters `start` to `end` of a line or text, and a style to add."""


LONGEST_PASTE = 5000
"""Characters of a pasted text that are taken."""

_EDITS = {
    "left": "cursor_left",
    "right": "cursor_right",
    "ctrl+left": "cursor_left_word",
    "ctrl+right": "cursor_right_word",
    "home": "home",
    "end": "end",
    "backspace": "delete_left",
    "delete": "delete_right",
    "ctrl+w": "delete_left_word",
    "ctrl+u": "delete_left_all",
    "ctrl+k": "delete_right_all",
}


def one_line(text: str) -> str:
    """Text from outside as one trimmed line."""
    return clean_line(text)


def several_lines(text: str) -> list[str]:
    """Text from outside as lines; tabs become spaces."""
    return clean_note(text).expandtabs(4).split("\n")


def width_of(text: str) -> int:
    """Cells that a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Exactly `width` cells; what doesn't fit ends in an ellipsis."""
    have = width_of(text)
    if have > width:
        return set_cell_size(text, width - 1) + "…" if width > 0 else ""
    pad = " " * (width - have)
    return pad + text if right else text + pad


def ends(left: Sequence[Part], right: Sequence[Part], width: int) -> list[Part]:
    """The left and the right end of a line; the right end gives way first."""
    have = sum(width_of(text) for text, _ in left)
    right = list(right)
    while right and have + sum(width_of(text) for text, _ in right) >= width:
        right.pop()
    gap = width - have - sum(width_of(text) for text, _ in right)
    return [*left, (" " * max(0, gap), PLAIN), *right]


def with_spans(line: Line, spans: Sequence[Span]) -> Line:
    """The line with styles added to some of its characters; later spans go on top."""
    if not spans:
        return line
    text = "".join(part for part, _ in line)
    styles = [style for part, style in line for _ in part]
    for start, end, style in spans:
        for at in range(max(start, 0), min(end, len(text))):
            styles[at] = styles[at] + style
    runs: list[tuple[str, Style]] = []
    for character, style in zip(text, styles, strict=True):
        if runs and runs[-1][1] == style:
            runs[-1] = (runs[-1][0] + character, style)
        else:
            runs.append((character, style))
    return tuple(runs)


def strip(line: Iterable[Part], width: int, base: Style = PLAIN) -> Strip:
    """One line of a widget that draws itself: cleaned, `width` cells wide, with `base` beneath every style."""
    segments = [Segment(_safe(text), base + dressed(style)) for text, style in masked(line) if text]
    return Strip(segments).adjust_cell_length(width, base)


def content(line: Iterable[Part]) -> Content:
    """One line for a `PlainText`."""
    pieces = [Content.styled(_safe(text), _style_of(dressed(style))) for text, style in masked(line) if text]
    return Content("").join(pieces)


def title_border(widget: Widget, text: str) -> None:
    """Writes into the upper border of a widget."""
    widget.border_title = content(((text, PLAIN),))


def printable(text: str) -> Text:
    """One line that is printed after the screen was left."""
    return Text(_safe(text))


class PlainText(Static):
    """A text of a few lines that is never parsed."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(Content(_safe(text)), id=id, classes=classes, markup=False)

    def show(self, *parts: Part) -> None:
        """Shows these runs of text; the screen is laid out anew only for a widget that grows with its text."""
        if parts == getattr(self, "_parts", None):
            return
        self._parts = parts
        self.again()

    def again(self) -> None:
        """Shows the same, with or without the mask."""
        if hasattr(self, "_parts"):
            self.update(content(self._parts), layout=self.styles.auto_dimensions)


class LineInput(Input, inherit_bindings=False):
    """One line to type in: no blinking, no border, and only keys that every terminal sends.

    The library would act on editing keys after the letters that follow them; here all keys act in their order.
    """

    def __init__(self, *, hint: str = "", id: str | None = None) -> None:
        super().__init__(placeholder=_safe(hint), id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        event.prevent_default()
        if event.key == "enter":
            event.stop()
            await self.action_submit()
        elif edit := _EDITS.get(event.key):
            event.stop()
            getattr(self, f"action_{edit}")()
        else:
            await super()._on_key(event)

    def _on_paste(self, event: events.Paste) -> None:
        """A pasted text comes in whole, its lines behind each other: the library would keep the first line only."""
        event.prevent_default()
        event.stop()
        self.put_in(_safe(event.text[:LONGEST_PASTE].strip()))

    def validate_value(self, value: str) -> str:
        """Pasted text is text from outside too."""
        return _safe(value)

    def fill(self, text: str, *, hint: str = "", typed_over: bool = False) -> None:
        """Puts a text into the line, with the cursor at its end, or selected so that what is typed takes its place."""
        self.placeholder = _safe(hint)
        self.value = _safe(text)
        self.selection = Selection(0 if typed_over else len(self.value), len(self.value))

    def put_in(self, text: str) -> None:
        """Puts a text at the cursor, or in the place of what is selected."""
        self.replace(text, *self.selection)


def _safe(text: str) -> str:
    return text if text.isascii() and text.isprintable() else clean_note(text).replace("\n", " ").replace("\t", " ")


def _style_of(style: Style) -> str:
    """The library's own words for the few attributes that `look` uses."""
    words = [name for name in ("bold", "dim", "underline", "reverse") if getattr(style, name)]
    if style.color is not None:
        name = style.color.name
        words.append(name if name.startswith("#") else f"ansi_{name}")
    return " ".join(words)


def fold(text: str, width: int) -> list[str]:
    """A text in lines of at most `width` cells, broken at spaces where there are any; never empty."""
    width = max(width, 8)
    lines: list[str] = []
    while width_of(text) > width:
        cut = _cells_to_characters(text, width)
        space = text.rfind(" ", 1, cut + 1)
        at = space if space > 0 else cut
        lines.append(text[:at].rstrip())
        text = text[at:].lstrip(" ")
    lines.append(text)
    return lines


def _cells_to_characters(text: str, cells: int) -> int:
    if text.isascii():
        return cells
    taken = 0
    for at, character in enumerate(text):
        taken += width_of(character)
        if taken > cells:
            return max(1, at)
    return len(text)
