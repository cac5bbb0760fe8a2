"""Whose turn it is to ask for a SQLite file's write lock: who came first, asks first.

SQLite keeps no queue: who waits asks again from time to time, and of many who ask it is luck who comes when the file
is free; whoever has just written comes again before the others wake up.  Here only the first in line asks SQLite. The
others wait in the kernel's own queue for a lock on the folder, which costs nothing while it lasts, leaves no file
behind and ends with the process, however that ends.  Who comes in the moment between one's leaving and the next one's
waking may still step in between; nobody is kept out by that for long.  It is courtesy alone: what guards the file is
SQLite's lock.  So where the line does not move, or there is no thread to wait in it, a writer just asks.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE_SECONDS = 3.0
"""For so long somebody waits for his turn: who is before him may have been stopped by a signal.  Then he just asks.

As long as the line stands still, nobody of the same process waits in it again: that costs each process one wait, and
no more threads and open folders than it had writers when the line stopped.
"""

_in_vain: set[_Place] = set()
"""The places of this process that somebody gave up and that have not come to the front since."""
os.register_at_fork(after_in_child=_in_vain.clear)  # the threads that stand there are the parent's


@contextmanager
def turn(folder: Path, longest: float) -> Iterator[None]:
    """Wait to be the first in line, `longest` seconds at most; the next is let through when the block ends."""
    if any(place.folder == folder for place in [*_in_vain]):
        yield
        return
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # SQLite will say what is wrong with the folder
        yield
        return
    place = _Place(folder, handle)
    try:
        place.wait(min(longest, PATIENCE_SECONDS))
        yield
    finally:
        place.leave()


class _Place:
    """A place in the line: a lock on an open folder, for which a thread waits where it is not to be had at once.

    The kernel knows no such wait with an end, and a signal would have to go to the program's first thread.
    """

    def __init__(self, folder: Path, handle: int) -> None:
        self.folder = folder
        self._handle = handle
        self._first = threading.Event()
        self._guard = threading.Lock()
        self._waiting = self._left = False

    def wait(self, seconds: float) -> None:
        """Until the place is the first one, or the time is over."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait_in_line(seconds)
        except OSError:  # a file system without such locks: nobody stands in line there
            return

    def _wait_in_line(self, seconds: float) -> None:
        self._waiting = True
        try:
            threading.Thread(target=self._stand, daemon=True).start()
        except RuntimeError:  # there is room for no more threads
            self._waiting = False
            return
        if not self._first.wait(seconds):
            with self._guard:
                if self._waiting:
                    _in_vain.add(self)

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
                _in_vain.discard(self)
                self._first.set()
                if self._left:
                    self._close()

    def _close(self) -> None:
        """Unlocked before it is closed: a process that was forked meanwhile has the same open folder."""
        with suppress(OSError):
            fcntl.flock(self._handle, fcntl.LOCK_UN)
        os.close(self._handle)
