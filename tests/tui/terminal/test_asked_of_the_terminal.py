"""On a real pseudo-terminal: what the settings let the program ask of it, and what is pasted into it."""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path

from tests.tui.terminal.pty_line import Line, on_a_line

COMMAND = (sys.executable, "-m", "tests.tui.terminal.fake_program")
SIZE = (80, 24)


def pasted(text: str) -> str:
    """As a terminal sends what is pasted, once it was asked to tell it from typing."""
    return f"\x1b[200~{text}\x1b[201~"


def foot(line: Line) -> str:
    """The last lines of the screen."""
    return "\n".join(line.screen.display[-3:])


def test_a_copy_goes_to_the_clipboard_of_the_terminal_and_a_paste_is_text_and_no_keys(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('copy = "osc52"\n')
    with on_a_line(COMMAND, SIZE, {"SUPERBILL_SETTINGS": str(tmp_path)}) as line:
        line.until("? help")
        assert b"\x1b[?2004h" in line.raw
        line.press("\r")
        assert b"\x1b]52;" not in line.raw
        line.press("\x19")
        sent = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", line.raw)
        assert len(sent) == 1
        words = base64.b64decode(sent[0]).decode()
        assert words
        assert f"{words}  is on your clipboard" in foot(line)
        before = line.screen.display[:-2]
        line.press(pasted("q\rjjd14d\r"))  # where no line is open, a paste does nothing
        assert line.screen.display[:-2] == before
        line.press("t")
        line.press(pasted("called\r\nthe payer \x1b[5n\x07q"))
        assert "Note" in foot(line)
        assert re.search(r"called\W*the payer", foot(line))
        line.press("\x1b")
        assert line.screen.display[2:-3] == before[2:-1]


def test_a_terminal_that_is_said_to_have_ascii_only_gets_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('lines = "ascii"\n')
    with on_a_line(COMMAND, (120, 40), {"SUPERBILL_SETTINGS": str(tmp_path)}) as line:
        line.until("? help")
        for key in ("\r", "j", "y", "\x1b", "?", "\x1b", "\r", "t", "\x1b"):
            line.press(key)
            if key == "j":
                rule = [row for row in line.screen.display if "|" in row or "----" in row]
                assert rule, "borders of the list"
        assert [byte for byte in line.raw if byte > 127] == []
