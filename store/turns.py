"""Whose turn it is to ask for a SQLite file's write lock: who came first, asks first.

SQLite keeps no queue: who waits asks again from time to time, and of many who ask it is luck who comes when the file
is free; whoever has just written comes again before the others wake up.  Here only the first in line asks SQLite. The
others wait in the kernel's own queue for a lock on the folder, which costs nothing while it lasts, leaves no file
behind and ends with the process, however that ends.  Who comes in the moment between one's leaving and the next one's
waking may still step in between; nobody is kept out by that for long.  It is courtesy alone: what guards the file is
SQLite's lock.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE_SECONDS = 3.0
"""For so long somebody waits for his turn: who is before him may have been stopped by a signal.  Then he just asks."""


@contextmanager
def turn(folder: Path, longest: float) -> Iterator[None]:
    """Wait to be the first in line, `longest` seconds at most; the next is let through when the block ends."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # SQLite will say what is wrong with the folder
        yield
        return
    place = _Place(handle)
    try:
        place.wait(min(longest, PATIENCE_SECONDS))
        yield
    finally:
        place.leave()


class _Place:
    """A place in the line: a lock on an open folder, for which a thread waits where it is not to be had at once.

    The kernel knows no such wait with an end, and a signal would have to go to the program's first thread.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._first = threading.Event()
        self._guard = threading.Lock()
        self._waiting = self._left = False

    def wait(self, seconds: float) -> None:
        """Until the place is the first one, or the time is over."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._waiting = True
            threading.Thread(target=self._stand, daemon=True).start()
            self._first.wait(seconds)
        except OSError:  # a file system without such locks: nobody stands in line there
            return

    def leave(self) -> None:
        """Let the next one through; a thread that still waits does so when it comes to the front."""
        with self._guard:
            self._left = True
            if not self._waiting:
                self._close()

    def _stand(self) -> None:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX)
        finally:
            with self._guard:
                self._waiting = False
                self._first.set()
                if self._left:
                    self._close()

    def _close(self) -> None:
        """Unlocked before it is closed: a process that was forked meanwhile has the same open folder."""
        with suppress(OSError):
            fcntl.flock(self._handle, fcntl.LOCK_UN)
        os.close(self._handle)
