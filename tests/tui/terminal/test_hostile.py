"""On a real pseudo-terminal: whatever a name or a note holds, not one byte of it is obeyed by the terminal."""

from __future__ import annotations

import json
import sys

from tests.tui.terminal.pty_line import on_a_line

COMMAND = (sys.executable, "-m", "tests.tui.terminal.fake_program")
OBEYED = (  # a title, the clipboard, a question whose answer is typed, colours, strings, another screen, a reset
    "\x1b]0;PWNED\x07", "\x1b]52;c;UFdORUQ=\x07", "\x1b[5n", "\x1b[31mPWN", "\x9b31m", "\x9d0;PWNED\x9c",
    "\x1bP+q\x1b\\", "\x1b[?1049l", "\x1bc", "\x90", "\x07", "\u202ePWN", "\u2066", "\u200b", "\ufeff", "\x0e",
)  # fmt: skip
NEVER = (b"PWNED\x07", b"\x1b]0;", b"\x1b]52;", b"\x1b[5n", b"\x1b[31mPWN", b"\xc2\x9b", b"\xc2\x9d", b"\xc2\x90",
         b"\x1bP", b"\x1bc", b"\xe2\x80\xae", b"\xe2\x81\xa6", b"\xe2\x80\x8b", b"\xef\xbb\xbf", b"\x0e")  # fmt: skip
KEYS = ("j", "y", "\x1b", "\r", "\t", "?", "\x1b", "\x1b", "d", "\x1b", "v", "\x1b", ":")


def test_no_byte_of_hostile_text_reaches_the_terminal_as_a_command() -> None:
    hostile = "sent" + "inel".join(OBEYED) + "[red]over[/]"
    with on_a_line(COMMAND, (120, 40), {"HOSTILE": json.dumps(hostile)}) as line:
        line.until("? help")
        met = False
        for key in KEYS:
            line.press(key)
            met = met or any("sent\ufffd]0;" in row for row in line.screen.display)
        assert met
        assert "PWNED" not in line.screen.title
        assert [words for words in NEVER if words in line.raw] == []
