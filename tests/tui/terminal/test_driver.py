"""On a real pseudo-terminal: the same screens as with the library's own driver, for a fraction of the bytes."""

from __future__ import annotations

import sys
from random import Random

import pytest

from tests.tui.terminal.pty_line import Line, on_a_line

COMMAND = (sys.executable, "-m", "tests.tui.terminal.fake_program")
KEYS = ("j", "k", "G", "g", "\r", "\x1b", "3", "y", "s", "/", "a", " ", "*", "d", "?", "v", "\t", "\x1b[6~", ":")


def walked(line: Line, seed: int) -> list[list[list[tuple[object, ...]]]]:
    """The screens of a random walk; it never leaves the program."""
    rng = Random(seed)
    line.until("superbill")
    line.until("? help")
    screens = [line.cells()]
    for _ in range(25):
        line.press(rng.choice(KEYS))
        screens.append(line.cells())
    return screens


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_a_random_walk_shows_the_same_screens_with_either_driver(size: tuple[int, int]) -> None:
    with on_a_line(COMMAND, size, {}) as line:
        ours, our_bytes = walked(line, 7), line.sent
    with on_a_line(COMMAND, size, {"SUPERBILL_PLAIN_DRIVER": "1"}) as line:
        theirs, their_bytes = walked(line, 7), line.sent
    assert ours == theirs
    assert our_bytes < their_bytes / 3


def test_a_step_of_the_cursor_costs_a_few_hundred_bytes() -> None:
    with on_a_line(COMMAND, (120, 40), {}) as line:
        line.until("? help")
        line.press("\r")
        steps = [line.press("j") for _ in range(6)]
    assert sorted(steps)[3] < 1200
