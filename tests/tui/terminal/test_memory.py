"""What is sent shows, on a real terminal's model, exactly what the whole frames would have shown."""

from __future__ import annotations

from collections.abc import Sequence

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.terminal.memory import Memory
from tui.terminal.sgr import combined

WIDTH, HEIGHT = 24, 6

NARROW = st.text(alphabet="ab xyz0│─…é", min_size=1, max_size=10)
ANY = st.text(alphabet="ab xyz0│─…é漢字", min_size=1, max_size=10)
STYLES = st.sampled_from(["", "1", "7", "2;39;49", "1;31", "38;5;120", "48;2;10;39;49", "4;38;2;1;2;3", "39;49"])
WHOLE_LINES = 3
"""The first lines are written whole and may hold wide characters: the screen library never cuts one in two."""


@st.composite
def frames(draw: st.DrawFn) -> str:
    """A frame as the screen library writes it: moves, styled segments each with its reset, a last move."""
    made = []
    for _ in range(draw(st.integers(1, 5))):
        y = draw(st.integers(1, HEIGHT))
        whole = y <= WHOLE_LINES
        x = 1 if whole else draw(st.integers(1, WIDTH))
        made.append(f"\x1b[{y};{x}H")
        room = WIDTH - x + 1
        for _ in range(draw(st.integers(1, 3))):
            text = _cut(draw(ANY if whole else NARROW), room)
            room -= _width(text)
            made.append(_styled(text, draw(STYLES)))
        if whole:
            made.append(_styled(" " * room, draw(STYLES)))
    made.append("\x1b[1;1H")
    return "".join(made)


def _styled(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


def _width(text: str) -> int:
    return sum(2 if one in "漢字" else 1 for one in text)


def _cut(text: str, room: int) -> str:
    while _width(text) > room:
        text = text[:-1]
    return text


def shown(screen: pyte.Screen) -> list[list[tuple[object, ...]]]:
    """Every cell with its looks."""
    return [
        [
            (c.data, c.fg, c.bg, c.bold, c.italics, c.underscore, c.reverse)
            for c in (screen.buffer[y][x] for x in range(screen.columns))
        ]
        for y in range(screen.lines)
    ]


def played(written: Sequence[str]) -> pyte.Screen:
    """A terminal after these writes; its lines don't wrap, as under the program."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    stream.feed("\x1b[?7l")
    for data in written:
        stream.feed(data)
    return screen


@settings(max_examples=300, deadline=None)
@given(st.lists(frames(), min_size=1, max_size=6))
def test_the_changes_show_what_the_frames_show(made: list[str]) -> None:
    memory = Memory(WIDTH, HEIGHT)
    blank = "".join(f"\x1b[{y};1H{' ' * WIDTH}" for y in range(1, HEIGHT + 1)) + "\x1b[1;1H"
    sent = [memory.changes(frame) for frame in (blank, *made)]
    assert None not in sent
    whole, changed = played([blank, *made]), played([one for one in sent if one])
    assert shown(changed) == shown(whole)


@settings(max_examples=100, deadline=None)
@given(frames())
def test_a_frame_that_is_shown_already_sends_nothing(frame: str) -> None:
    memory = Memory(WIDTH, HEIGHT)
    memory.changes(frame)
    assert memory.changes(frame) == ""


def test_one_letter_costs_a_move_and_the_letter() -> None:
    memory = Memory(80, 24)
    memory.changes("\x1b[5;1H" + "word " * 16 + "\x1b[1;1H")
    sent = memory.changes("\x1b[5;1H" + "word " * 8 + "wOrd " + "word " * 7 + "\x1b[1;1H")
    assert sent == "\x1b[5;42HO\x1b[1;1H"


def test_the_blank_rest_of_a_line_is_cleared_and_not_written() -> None:
    memory = Memory(80, 24)
    memory.changes("\x1b[5;1H" + "x" * 80 + "\x1b[1;1H")
    sent = memory.changes("\x1b[5;1H" + "x" * 3 + " " * 77 + "\x1b[1;1H")
    assert sent == "\x1b[5;4H\x1b[K\x1b[1;1H"


def test_after_forgetting_the_whole_frame_is_sent() -> None:
    memory = Memory(10, 2)
    memory.changes("\x1b[1;1Habc\x1b[1;1H")
    memory.forget()
    assert "abc" in (memory.changes("\x1b[1;1Habc\x1b[1;1H") or "")


def test_a_frame_with_another_escape_is_not_understood() -> None:
    assert Memory(10, 2).changes("\x1b[1;1H\x1b]8;;x\x1b\\link\x1b[1;1H") is None


@pytest.mark.parametrize(
    ("parameters", "style"),
    [
        ("0", ""),
        ("39;49", ""),
        ("1;39;49", "1"),
        ("38;2;39;49;1;49", "38;2;39;49;1"),
        ("0;7", "7"),
        ("48;5;49;39", "48;5;49"),
    ],
)
def test_a_default_colour_is_no_style_but_part_of_a_colour_is(parameters: str, style: str) -> None:
    assert combined("", parameters) == style
