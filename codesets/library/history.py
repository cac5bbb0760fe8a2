"""The life of a code: its intervals, its titles, what replaced it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from codesets.library import sql
from codesets.library.crosswalk import replacements
from codesets.library.model import Stretch

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary, CodeRow


def stretches(library: CodeLibrary, code: str, system: str | None) -> tuple[Stretch, ...]:
    """The answer of `CodeLibrary.history`."""
    rows = library.code_rows(code, system)[::-1]
    first = _first_release(library, rows[0].system) if rows else ""
    told: list[Stretch] = []
    for place, row in enumerate(rows):
        following = rows[place + 1] if place + 1 < len(rows) else None
        replaced = _replaced_by(library, row, following) if row.billable and row.valid_to else ()
        told.append(
            Stretch(
                valid_from=date.fromisoformat(row.valid_from),
                valid_to=date.fromisoformat(row.valid_to) if row.valid_to else None,
                title=row.title,
                billable=bool(row.billable),
                change=_change(rows[place - 1] if place else None, row, first),
                replaced_by=replaced,
            )
        )
    return tuple(told)


def _first_release(library: CodeLibrary, system: str) -> str:
    dates = [r.effective_from.isoformat() for r in library.releases() if r.system == system]
    return min(dates, default="")


def _change(before: CodeRow | None, row: CodeRow, first: str) -> str:
    if before is None:
        return "in the first release loaded" if row.valid_from == first else "added"
    if before.billable != row.billable:
        return "became a code to bill" if row.billable else "became a heading"
    return "title changed" if before.title != row.title else "in force again"


def _replaced_by(library: CodeLibrary, row: CodeRow, following: CodeRow | None) -> tuple[str, ...]:
    """What a loaded conversion table names; else the codes below it from the day after its end, and not before."""
    if row.valid_to is None or (following is not None and following.billable):
        return ()
    start = (date.fromisoformat(row.valid_to) + timedelta(days=1)).isoformat()
    if named := replacements(library, row.key, start):
        return named
    values = {"low": row.key + "!", "high": row.key + "~", "start": start, "system": row.system}
    return tuple(code for (code,) in library.rows(sql.CODES_BEGUN_UNDER, values))
