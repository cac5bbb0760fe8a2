"""Runs `superbill` as a person does: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
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


@cache
def _ready() -> subprocess.Popen[str]:
    """The process that commands come out of; it ends with this one, when nobody writes to it any more."""
    command = [sys.executable, "-m", "tests.journeys.ready"]
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)


def superbill(*words: str, limit_bytes: int | None = None) -> Answer:
    """One command; `limit_bytes` is the largest file that it may write (a full disk)."""
    os.umask(umask := os.umask(0o022))
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        out.touch()
        err.touch()
        told = {"words": words, "out": str(out), "err": str(err), "env": dict(os.environ), "folder": os.getcwd(),
                "umask": umask, "limit": limit_bytes}  # fmt: skip
        ready = _ready()
        assert ready.stdin is not None
        assert ready.stdout is not None
        ready.stdin.write(json.dumps(told) + "\n")
        ready.stdin.flush()
        status = int(ready.stdout.readline())
        return Answer(status, out.read_text(errors="replace"), err.read_text(errors="replace"))
