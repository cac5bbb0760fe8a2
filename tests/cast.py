"""Makes the README's cast from the real screens: `python -m tests.cast`.

The file is an asciicast (version 2), which terminals' players read; the demo practice, its date and the keys are fixed.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import struct
import sys
import tempfile
import termios
import time
from contextlib import suppress
from pathlib import Path

from store.demo.make import Plan, make_demo
from tests.pictures import FOLDER, TODAY

WIDTH, HEIGHT = 100, 30
PAUSE = 1.2
"""Seconds that the viewer gets after each key, whatever the machine took."""

KEYS = (
    *("j", "j", "k", "k"),
    *(":", *"denials", "\r"),
    *("j", "j", "y", "\x1b", " ", " ", "w", "\x1b", "\x1b"),
    *("s", *"ev-", "\r", "/", *"den:>100", "\r", "\r", "2", "3", "\x1b", "\x1b"),
    *("q", "#", "2", "j", "j", "\r", "v", "2", "\x1b", "\x1b"),
    *("?", "\x1b", "q"),
)


def record(url: str) -> list[tuple[float, str]]:
    """What came to the terminal, with the second at which a viewer sees it."""
    process, handle = pty.fork()
    if process == 0:
        os.environ |= {"SUPERBILL_DB": url, "TERM": "xterm-256color", "SUPERBILL_SETTINGS": "/nowhere"}
        os.execvp(sys.executable, [sys.executable, "-m", "tui"])
    fcntl.ioctl(handle, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    seen = [(0.0, _until_still(handle, 2.0))]
    now = PAUSE
    for key in KEYS:
        os.write(handle, key.encode())
        seen.append((now, _until_still(handle, 0.4)))
        now += 0.12 if key.isalpha() and len(seen) > 1 and KEYS[len(seen) - 2].isalpha() else PAUSE
    os.close(handle)
    with suppress(ChildProcessError):
        os.waitpid(process, 0)
    return seen


def _until_still(handle: int, quiet: float) -> str:
    data, last = b"", time.monotonic()
    while time.monotonic() - last < quiet:
        if select.select([handle], [], [], 0.05)[0]:
            try:
                data += os.read(handle, 65536)
            except OSError:
                break
            last = time.monotonic()
    return data.decode(errors="replace")


def main() -> None:
    """Writes the file."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SUPERBILL_NOW"] = f"{TODAY.isoformat()}T10:00:00+00:00"
        url = make_demo(Path(folder), Plan(300, 7, TODAY), lambda *_: None)
        seen = record(url)
    head = {"version": 2, "width": WIDTH, "height": HEIGHT, "title": "superbill"}
    lines = [json.dumps(head), *(json.dumps([round(at, 2), "o", text]) for at, text in seen if text)]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "superbill.cast").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
