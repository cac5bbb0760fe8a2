"""A program on a pseudo-terminal of its own, with a model of what the terminal shows."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyte

QUIET_SECONDS = 0.25
LONGEST_SECONDS = 30.0
IDLE_TICKS = 2  # hundredths of a second that timers may take meanwhile


def _work_of(process: int) -> tuple[bool, int]:
    """Whether a process has work to do just now, and its processor time in ticks; unknown beyond Linux."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False, 0
    return fields[0] == "R", int(fields[11]) + int(fields[12])


class Line:
    """The line between the program and its terminal."""

    def __init__(self, file: int, size: tuple[int, int], process: int = 0) -> None:
        self._file = file
        self.process = process
        self.sent = 0
        self.raw = bytearray()
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)

    def press(self, keys: str) -> int:
        """Types, waits until the terminal is still, and tells how many bytes came."""
        before = self.sent
        os.write(self._file, keys.encode())
        self.settle()
        return self.sent - before

    def settle(self) -> None:
        """Reads until nothing has come for a while from a program that has nothing to do."""
        end = time.monotonic() + LONGEST_SECONDS
        spent = _work_of(self.process)[1]
        while time.monotonic() < end:
            ready, _, _ = select.select([self._file], [], [], QUIET_SECONDS)
            if not ready:
                before, (runs, spent) = spent, _work_of(self.process)
                if runs or spent - before > IDLE_TICKS:
                    continue
                return
            try:
                data = os.read(self._file, 65536)
            except OSError:
                return
            self.sent += len(data)
            self.raw += data
            # The model knows no private modes with '>' or '$'; the program only asks with them.
            self._stream.feed(data.replace(b"\x1b[>", b"\x1b[?").replace(b"$p", b"l"))

    def until(self, words: str) -> None:
        """Waits for words on the screen."""
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end:
            self.settle()
            if any(words in row for row in self.screen.display):
                return
        raise AssertionError(f"{words!r} never stood on the screen:\n" + "\n".join(self.screen.display))

    def cells(self) -> list[list[tuple[object, ...]]]:
        """Every cell with its looks."""
        return [
            [
                (c.data, c.fg, c.bg, c.bold, c.underscore, c.reverse)
                for c in (self.screen.buffer[y][x] for x in range(self.screen.columns))
            ]
            for y in range(self.screen.lines)
        ]


@contextlib.contextmanager
def on_a_line(command: Sequence[str], size: tuple[int, int], env: Mapping[str, str]) -> Iterator[Line]:
    """Runs a program on a terminal of this size; it is hung up at the end."""
    process, file = pty.fork()
    if process == 0:
        os.execvpe(command[0], list(command), {**os.environ, **env, "TERM": "xterm-256color"})
    fcntl.ioctl(file, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    line = Line(file, size, process)
    try:
        yield line
    finally:
        os.close(file)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process, 0)
