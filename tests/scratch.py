"""Where tests write what nobody keeps."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ROOM = 4 * 2**30
_MEMORY = Path("/dev/shm")


def memory() -> str | None:
    """A folder in memory where there is room; None where there is not.

    Each commit waits for its disk: milliseconds on one, nothing here.  A database of PostgreSQL is a thousand small
    files, copied eight times as fast here.
    """
    roomy = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    return str(_MEMORY) if roomy else None


@contextmanager
def full_disk(most_bytes: int = 100_000) -> Iterator[None]:
    """While it lasts this process can make no file larger than so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
