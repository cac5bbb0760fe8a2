"""What stands for a code elsewhere, where tables are loaded: before and after a change, and in ICD-9-CM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codesets.library import rule_sql as sql
from codesets.releases.crosswalks import ICD9, ICD10

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary

NAMES = {ICD9: "ICD-9-CM", ICD10: "ICD-10-CM"}


@dataclass(frozen=True, slots=True)
class Crossing:
    """Another code for one that was asked for; an empty `code` says that the system has none.

    `relation` is "before" (what it was until `since`), "after" (what took its place on `since`), or "equivalent";
    `how` says how well an equivalent fits.
    """

    relation: str
    system: str
    code: str
    how: str = ""
    since: str = ""


def crossings(library: CodeLibrary, code: str) -> tuple[Crossing, ...]:
    """Everything that the loaded tables say of a code of either system, its dot left out or not; once each."""
    key = "".join(code.split()).replace(".", "").upper()
    forth = library.rows(sql.CROSSWALK_FROM, {"key": key})
    known = {(system, other) for _, system, other, _, _ in forth}
    back = library.rows(sql.CROSSWALK_TO, {"key": key})
    found = [_crossing(*row, forth=True) for row in forth]
    found += [_crossing(*row, forth=False) for row in back if row[0] == row[1] or (row[1], row[2]) not in known]
    return tuple(dict.fromkeys(found))


def replacements(library: CodeLibrary, key: str, start: str) -> tuple[str, ...]:
    """The codes that a conversion table names for a code without dot as from a day (ISO)."""
    found = crossings(library, key)
    return tuple(crossing.code for crossing in found if crossing.relation == "after" and crossing.since == start)


def _crossing(own: str, system: str, other: str, flags: str, since: str | None, *, forth: bool) -> Crossing:
    shown = _dotted(other, system)
    if own == system:
        return Crossing("after" if forth else "before", system, shown, since=since or "")
    return Crossing("equivalent", system, shown, _how(flags, forth=forth))


def _how(flags: str, *, forth: bool) -> str:
    approximate, none, combined, scenario, choice = tuple(flags)
    if none == "1":
        return "no equivalent"
    told = "approximate" if approximate == "1" else "identical"
    if combined == "1":
        told += f", in combination: scenario {scenario}, list {choice}"
    return told if forth else f"{told}, read backwards"


def _dotted(key: str, system: str) -> str:
    at = 4 if system == ICD9 and key.startswith("E") else 3
    return key if len(key) <= at else f"{key[:at]}.{key[at:]}"


def told(found: tuple[Crossing, ...]) -> tuple[str, ...]:
    """The crossings in words, one line for each relation, day and fit."""
    lines: dict[str, list[str]] = {}
    for crossing in found:
        lines.setdefault(_heading(crossing), []).append(crossing.code)
    return tuple(f"{heading}{', '.join(filter(None, codes))}" for heading, codes in lines.items())


def _heading(crossing: Crossing) -> str:
    name = NAMES[crossing.system]
    if not crossing.code:
        return f"{name}: no equivalent"
    if crossing.relation == "before":
        return f"Before {crossing.since}: " if crossing.since else "Before: "
    if crossing.relation == "after":
        return f"From {crossing.since}: " if crossing.since else "After: "
    return f"{name} ({crossing.how}): "
