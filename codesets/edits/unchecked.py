"""What an encounter was not checked for, because the data is not there: an edit without data has not passed."""

from __future__ import annotations

from codesets.edits.case import Case

_WORDS = {
    "ptp": "Pairs of procedures (PX.PTP) not checked: no NCCI pairs for {on}.",
    "mue": "Unit limits (PX.MUE) not checked: no NCCI unit limits for {on}.",
    "aoc": "Add-on codes (PX.ADDON) not checked: no NCCI add-on codes for {on}.",
    "pfs": "Bilateral and global rules (PX.BILAT, PX.MOD_INVALID) not checked: no fee schedule for {on}.",
    "lcd": "Coverage of the diagnoses (PX.MEDNEC) not checked: no coverage articles for {on}.",
    "hcpcs": "Dates of procedure codes (PX.DATE) not checked: no HCPCS for {on}.",
    "telehealth": "The list of telehealth services (PX.TELEHEALTH) not checked: none for {on}.",
    "history": "Global days (PX.GLOBAL) not checked: earlier procedures are not known.",
    "visits": "New or established (PX.NEW_EST) not checked: earlier visits are not known.",
}


def unchecked(case: Case) -> tuple[str, ...]:
    """A sentence for each kind of data that the encounter needs and that is not there."""
    on = case.encounter.dos
    missing = [kind for kind in _needed(case) if not case.data.has(kind, on)]
    told = [_WORDS[kind].format(on=on.isoformat()) for kind in missing]
    if case.encounter.birth is None and case.dx:
        told.append("Age (DX.AGE) not checked: the date of birth is not known.")
    if not case.encounter.sex and case.dx:
        told.append("Sex (DX.SEX) not checked: it is not known.")
    return tuple(told)


def _needed(case: Case) -> list[str]:
    lines = case.encounter.lines
    kinds = ["mue", "aoc", "pfs", "lcd", "hcpcs"] if lines else []
    if len(lines) > 1:
        kinds.insert(0, "ptp")
    if any(line.pos in ("02", "10") or {"93", "95"} & set(line.modifiers) for line in lines):
        kinds.append("telehealth")
    return kinds + (["history", "visits"] if lines else [])
