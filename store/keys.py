"""The key of an encrypted SQLite file: from a file descriptor, a file, the environment or a person, never an argument.

What stands on a command line is read by everybody on the machine and kept by the shell.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from store.errors import Refused

SHORTEST = 8
"""Characters of a key; the file is read at leisure by who steals it, so more is better."""
_PLAIN = b"SQLite format 3\x00"
_known: dict[str, str] = {}
_asks: list[Callable[[str], str]] = []


def asked_by(ask: Callable[[str], str]) -> None:
    """Who is to be asked where no key is at hand: `ask` is given the question."""
    _asks[:] = [ask]


def is_encrypted(path: Path) -> bool:
    """Whether the file's first bytes are none of a plain SQLite database; False for a file that is not there."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_PLAIN))
    except OSError:
        return False
    return len(head) == len(_PLAIN) and head != _PLAIN


def give(path: Path, key: str | None) -> None:
    """The key of a file from now on, one that is still to be made too; None for a plain file."""
    if key is None:
        _known.pop(_name(path), None)
    else:
        _known[_name(path)] = key


def known(path: Path) -> str | None:
    """The key of a file, without asking anybody."""
    return _known.get(_name(path))


def of(path: Path) -> str | None:
    """The key of a file: None for a plain one, and where nobody knows it."""
    if (key := known(path)) is not None:
        return key
    if not is_encrypted(path):
        return None
    key = given() or (_asks[0](f"Key of {path.name}") if _asks else None)
    if key:
        give(path, key)
    return key or None


def given() -> str | None:
    """The key that `SUPERBILL_KEY_FD`, `SUPERBILL_KEY_FILE` or `SUPERBILL_KEY` gives; taken out of the environment."""
    if descriptor := os.environ.pop("SUPERBILL_KEY_FD", ""):
        try:
            with os.fdopen(int(descriptor), encoding="utf-8") as file:
                return _kept(file.read())
        except (OSError, ValueError):
            raise Refused("The key can't be read.", where=f"SUPERBILL_KEY_FD={descriptor[:10]}") from None
    if name := os.environ.get("SUPERBILL_KEY_FILE", ""):
        return _of_file(Path(name))
    if key := os.environ.pop("SUPERBILL_KEY", ""):
        return _kept(key)
    return _known.get("")


def _kept(text: str) -> str:
    _known[""] = text.rstrip("\r\n")
    return _known[""]


def _of_file(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise Refused("Others can read the key.", where=str(path), do=f"chmod 600 {path}")
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise Refused("The key can't be read.", where=str(path)) from None


def require_good(key: str) -> str:
    """The key, refused where it is too short."""
    if len(key) < SHORTEST:
        raise Refused("The key is too short.", do=f"Take {SHORTEST} characters or more: some words are good.")
    return key


def _name(path: Path) -> str:
    return os.path.realpath(path)


def pragma(key: str) -> str:
    """What tells SQLCipher a key, as SQL: there is no other way to it."""
    return f"PRAGMA key = '{quoted(key)}'"


def quoted(key: str) -> str:
    """A key inside single quotes."""
    return key.replace("\x00", "").replace("'", "''")
