"""The file of refused rows, for a person to mend and import again."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from store.errors import Refused
from store.intake.values import Reject
from store.text import clean_line, clean_note, safe_cell

REJECT_COLUMNS = ("file", "line", "field", "reason", "original")


def rejects_path(imported: Path) -> Path:
    """Where the refused rows of `imported` go unless a person names another place: beside it."""
    return imported.with_name(f"{imported.name}.rejects.csv")


def write_rejects(path: Path, rejects: Iterable[Reject]) -> int:
    """Write the refused rows as CSV and return how many there are; an older file of that name is replaced.

    The file appears complete or not at all, is readable by its owner alone (it tells of patients), and no cell of
    it is taken for a formula.  `Refused` if it can't be written.
    """
    count = 0
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerow(REJECT_COLUMNS)
            for reject in rejects:
                cells = (reject.file, str(reject.line), reject.field, reject.reason, reject.original)
                writer.writerow([_cell(cell) for cell in cells])
                count += 1
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        why = (error.strerror or str(error)).lower()
        raise Refused(f"The rejects can't be written ({why}).", where=clean_line(path.name)) from None
    return count


def _cell(text: str) -> str:
    """A cell that is text to a spreadsheet, also where it skips blanks before the sign of a formula."""
    text = clean_note(text)
    return safe_cell(text) if safe_cell(text) != text or safe_cell(text.lstrip()) == text.lstrip() else "'" + text
