"""What a release changed: the codes that may be billed on its first day beside those of the day before."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from codesets.errors import Refused
from codesets.library import sql
from codesets.library.model import ChangedCode

Place = tuple[str, str, date]
_Codes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """Codes by what happened to them, and the rows that the loaded files gave."""

    rows: int
    added: tuple[ChangedCode, ...]
    deleted: tuple[ChangedCode, ...]
    revised: tuple[ChangedCode, ...]


def difference(new: Path, old: Path | None, system: str, effective: date, places: Sequence[Place]) -> Difference:
    """Compare the first day of a release with the day before it, and with what the old library knew.

    Of a system that had no release before, everything is added.  A code that a release adds as
    from an earlier day is new when the old library did not know it.
    """
    with closing(_open(new)) as connection:
        rows = sum(_rows_of(connection, place) for place in places)
        first = connection.execute(sql.FIRST_RELEASE, {"system": system}).fetchone()[0]
        now = _codes_on(connection, system, effective)
        if first is None or first >= effective.isoformat():
            before: _Codes = {}
        else:
            before = _codes_on(connection, system, effective - timedelta(days=1))
    unknown = _unknown_before(old, system, now) if before else set()
    added = [code for code in now if code not in before or code in unknown]
    deleted = [code for code in before if code not in now]
    revised = [code for code in now if code in before and before[code] != now[code]]
    return Difference(
        rows,
        tuple(ChangedCode(code, now[code]) for code in added),
        tuple(ChangedCode(code, before[code]) for code in deleted),
        tuple(ChangedCode(code, now[code], before[code]) for code in revised),
    )


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _rows_of(connection: sqlite3.Connection, place: Place) -> int:
    kind, part, effective = place
    values = {"kind": kind, "part": part, "start": effective.isoformat()}
    found = connection.execute(sql.RELEASE_LINES, values).fetchone()
    return int(found[0] or 0)


def _codes_on(connection: sqlite3.Connection, system: str, day: date) -> _Codes:
    return dict(connection.execute(sql.CODES_ON, {"system": system, "day": day.isoformat()}))


def _unknown_before(old: Path | None, system: str, now: _Codes) -> set[str]:
    if old is None:
        return set()
    try:
        with closing(_open(old)) as connection:
            known = {code for (code,) in connection.execute(sql.CODES_KNOWN, {"system": system})}
    except sqlite3.Error:
        return set()
    return now.keys() - known if known else set()


def first_probe(new: Path, places: Sequence[Place]) -> None:
    """Every loaded release must be there with rows; of a code system, a code of it must be found."""
    from codesets.library.reader import open_library

    with open_library(new) as library:
        for kind, part, effective in places:
            values = {"kind": kind, "part": part, "start": effective.isoformat()}
            ((lines,),) = library.rows(sql.RELEASE_LINES, values) or ((0,),)
            if not lines:
                raise Refused(f"The new library holds nothing of {kind} {part}.".replace(" .", "."))
            for code, title, system in library.rows(sql.PROBE_CODE, values):
                found = library.lookup(code, on=effective, system=system)
                if found is None or not library.search(title, systems=[system], on=effective, limit=5):
                    raise Refused(f"The search of the new library does not find {code}.")
