"""Files that did not exist before and are readable by their owner alone, and the folders for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from store.errors import Refused


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Create `path` (never replace it), mode 0600; on the way out it is on disk, or gone when anything failed.

    `Refused` when it exists or can't be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError:
        raise Refused("The file exists already.", where=path.name, do="Name another one.") from None
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(handle, "wb", buffering=1 << 16) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def make_folder(path: Path) -> None:
    """Make a folder and those above it where they are missing; `Refused` when that can't be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"The folder can't be made ({(error.strerror or '').lower()}).", where=str(path)) from None


def _unwritable(path: Path, error: Exception) -> Refused:
    why = (getattr(error, "strerror", None) or str(error)).lower()
    return Refused(f"The file can't be written ({why}).", where=str(path))
