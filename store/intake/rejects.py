"""The file of refused rows, for a person to mend and import again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from store.errors import Refused
from store.intake.values import Reject
from store.spreadsheet import Sheet
from store.text import clean_line

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
            sheet = Sheet(stream, quoted=True, end="\n")
            sheet.row(REJECT_COLUMNS)
            for reject in rejects:
                sheet.row((reject.file, str(reject.line), reject.field, reject.reason, reject.original))
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
