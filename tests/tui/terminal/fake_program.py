"""The program on the invented practice, for a terminal of its own: `python -m tests.tui.terminal.fake_program`."""

from __future__ import annotations

from tests.tui.fake import FakePractice
from tests.tui.support import make_app

if __name__ == "__main__":
    make_app(FakePractice()).run(mouse=False)
