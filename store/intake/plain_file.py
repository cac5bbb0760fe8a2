"""Files of other people, read once and whole: only plain files, only up to a size, only UTF-8."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

from store.errors import Refused
from store.text import clean_line

MAX_BYTES = 200_000_000
"""The largest file that is taken; it is held in memory while it is read."""

_SAVE = "Save it as UTF-8 and import it again."


def read_bytes(path: Path, *, cap: int = MAX_BYTES) -> bytes:
    """All bytes of a plain file; `Refused` if it isn't one, can't be read, is empty or is larger than `cap`.

    A pipe or a device is refused without waiting for it; a file that grows while it is read is cut off at the cap.
    """
    where = clean_line(path.name)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Refused("There is no such file.", where=where) from None
    except (OSError, ValueError) as error:
        raise Refused(f"The file can't be opened ({_why(error)}).", where=where) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Refused("This is not a plain file.", where=where, do="Name a file, not a folder or a device.")
    with os.fdopen(handle, "rb") as stream:
        try:
            data = stream.read(cap + 1)
        except OSError as error:
            raise Refused(f"The file can't be read ({_why(error)}).", where=where) from None
    if len(data) > cap:
        raise Refused(f"The file is larger than {cap // 1_000_000} MB.", where=where, do="Split it.")
    if not data.strip():
        raise Refused("The file is empty.", where=where)
    return data


def decode(data: bytes, name: str) -> str:
    """The text of UTF-8 bytes, without a byte order mark; `Refused` names the line and the byte that isn't UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused("The file is UTF-16, not UTF-8.", where=name, do=_SAVE)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        bad = data[error.start]
        guess = bytes([bad]).decode("cp1252", "replace")
        seems = f"; in Latin-1 it would be {guess!r}" if guess.isprintable() and guess != "\ufffd" else ""
        what = f"The byte 0x{bad:02X} is not UTF-8{seems}."
        raise Refused(what, where=f"{name}, line {line}", do=_SAVE) from None


def _why(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
