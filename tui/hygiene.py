"""What a process that shows patients' data does before anything else: nothing of it may be left lying about."""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import resource
import sys
import traceback
import uuid
from pathlib import Path

_PR_SET_DUMPABLE = 4
_SCRUBBED = "TEXTUAL"
"""The screen library would log every key, a password's too, write pictures of screens, or load any module."""
_KEPT = {"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver", "TEXTUAL_COLOR_SYSTEM": "truecolor"}
"""What the browser's server sets for its pages, and harms nobody."""


def for_everybody() -> None:
    """Files that are made from now on can be read by all: code sets hold nobody's data and are shared."""
    os.umask(0o022)


def begin() -> None:
    """Files for the owner alone, no core dump, no reading by other processes, no switches of the screen library."""
    _open_streams()
    os.umask(0o077)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    for name in [name for name in os.environ if name.startswith(_SCRUBBED) and os.environ[name] != _KEPT.get(name)]:
        del os.environ[name]
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "1"  # else the model library looks through all that is installed for some


def _open_streams() -> None:
    """A stream that was closed leads nowhere; else the next file that is opened, the database, would be in its place.

    What a terminal can't show of a name is shown as a question mark.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - to the end
        elif mode == "w" and isinstance(stream := getattr(sys, name), io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def crash_sentence(error: BaseException) -> str:
    """Kind and place of an error and an id to ask for; no message, as it may hold what nobody should read."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename]
    last = (own or list(frames))[-1] if frames else None
    place = f"{Path(last.filename).name}:{last.lineno}" if last else "an unknown place"
    return f"superbill stopped: {type(error).__name__} at {place} (id {uuid.uuid4().hex[:12]})."
