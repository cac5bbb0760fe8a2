"""Notes that a table names as files of their own: only plain files under the table's folder are ever read."""

from __future__ import annotations

from pathlib import Path

from store.errors import Refused
from store.intake.checks import FieldError
from store.intake.plain_file import decode, read_bytes
from store.text import clean_line

_FIELD = "note_file"
_MAX_BYTES = 4_000_000


def read_note_file(folder: Path, name: str) -> str:
    """The text of `name` in `folder`; `FieldError` if it lies elsewhere, can't be read or isn't UTF-8.

    Links are followed before the place is judged, so that no link leads out of the folder either.
    """
    shown = clean_line(name)[:80]
    try:
        root = folder.resolve(strict=True)
        path = (root / name).resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        raise FieldError(_FIELD, f"there is no file {shown!r} in the folder of the table") from None
    if not path.is_relative_to(root):
        raise FieldError(_FIELD, f"{shown!r} is not in the folder of the table")
    try:
        return decode(read_bytes(path, cap=_MAX_BYTES), shown)
    except Refused as refused:
        raise FieldError(_FIELD, str(refused)) from None
