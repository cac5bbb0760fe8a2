"""Runs `superbill` as a person does: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What a command printed and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def refused_plainly(self) -> bool:
        """One sentence, exit 1 or 2, and no traceback."""
        words = self.err + self.out
        return self.status in {1, 2} and bool(words.strip()) and "Traceback" not in words


def superbill(*words: str, limit_bytes: int | None = None) -> Answer:
    """One command; `limit_bytes` is the largest file that it may write (a full disk)."""

    def full_disk() -> None:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes or 0, limit_bytes or 0))

    done = subprocess.run(
        [sys.executable, "-m", "tui", *words],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=full_disk if limit_bytes is not None else None,
    )
    return Answer(done.returncode, done.stdout, done.stderr)
