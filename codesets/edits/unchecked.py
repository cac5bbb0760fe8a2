"""What an encounter was not checked for, because the data is not there: an edit without data has not passed."""

from __future__ import annotations

from collections.abc import Iterator

from codesets.edits.case import Case, is_for_certain
from codesets.edits.reference_data import dating_kind
from codesets.edits.visit_codes import in_group, level_of

_WORDS = {
    "ptp": "Pairs of procedures (PX.PTP) not checked: no NCCI pairs for {on}.",
    "mue": "Unit limits (PX.MUE) not checked: no NCCI unit limits for {on}.",
    "aoc": "Add-on codes (PX.ADDON) not checked: no NCCI add-on codes for {on}.",
    "pfs": "Bilateral and global rules (PX.BILAT, PX.MOD25) not checked: no fee schedule for {on}.",
    "lcd": "Coverage of the diagnoses (PX.MEDNEC) not checked: no coverage articles for {on}.",
    "hcpcs": "Dates of procedure codes (PX.DATE) not checked: no HCPCS for {on}.",
    "cpt": "Dates of CPT codes (PX.DATE) not checked: no CPT for {on}.",
    "telehealth": "The list of telehealth services (PX.TELEHEALTH) not checked: none for {on}.",
    "history": "Global days (PX.GLOBAL) not checked: earlier procedures are not known.",
    "visits": "New or established (PX.NEW_EST) not checked: earlier visits are not known.",
    "em": "Minutes (PX.EM_LEVEL) not checked: no minutes of visit codes for {on}.",
}
_EARLIER = (
    "Codes deleted before {first}, and the notes as they were on {on} (DX.*), not checked: the loaded code sets"
    " begin on {first}."
)
_DIABETES = ("E08", "E09", "E11", "E13")


def unchecked(case: Case) -> tuple[str, ...]:
    """A sentence for each kind of data that the encounter needs and that is not there."""
    on = case.encounter.dos
    used = case.encounter.coded_on
    earlier = _EARLIER.format(on=used, first=case.on) if case.encounter.dx and case.on > used else ""
    missing = [kind for kind in _needed(case) if not case.data.has(kind, on)]
    words = [_WORDS[kind].format(on=on.isoformat()) for kind in missing]
    return (*filter(None, (earlier,)), *words, *_unlisted(case), *_not_told(case))


def _needed(case: Case) -> Iterator[str]:
    lines = case.encounter.lines
    codes = [line.code for line in lines]
    if len(lines) > 1:
        yield "ptp"
    if lines:
        yield from ("mue", "aoc", "pfs", "lcd", *_undated(case))
    if any(line.pos in ("02", "10") or {"93", "95"} & set(line.modifiers) for line in lines):
        yield "telehealth"
    if any(in_group(code, "visit") for code in codes):
        yield "history"
    if any(in_group(code, group) for code in codes for group in ("new", "established")):
        yield "visits"
    if case.encounter.ctx.get("minutes") and any(map(level_of, codes)):
        yield "em"


def _undated(case: Case) -> list[str]:
    """Of the procedure code sets those that the lines need for their dates and that are not there."""
    lines = case.encounter.lines
    return sorted({dating_kind(one.code) for one in lines if not case.data.dated(one.code, case.day_of(one))})


def _unlisted(case: Case) -> Iterator[str]:
    """CPT codes that the loaded CPT does not have: it may be older than they are, so that they are not stopped."""
    lines = [one for one in case.encounter.lines if dating_kind(one.code) == "cpt"]
    codes = {one.code for one in lines if case.data.listed(one.code, case.day_of(one)) is False}
    if codes:
        yield f"Dates of {', '.join(sorted(codes))} (PX.DATE) not checked: not in the loaded CPT."


def _not_told(case: Case) -> Iterator[str]:
    """What the encounter itself does not tell."""
    ctx = case.encounter.ctx
    if case.encounter.birth is None and case.dx:
        yield "Age (DX.AGE) not checked: the date of birth is not known."
    if not case.encounter.sex and case.dx:
        yield "Sex (DX.SEX) not checked: it is not known."
    if bare := [dx.code for dx in case.dx if not dx.text and is_for_certain(case, dx)]:
        codes = ", ".join(bare)
        yield f"Uncertain diagnoses (DX.UNCERTAIN) not checked: the words of the note are not known for {codes}."
    if case.having(*_DIABETES) and "meds" not in ctx:
        yield "Drugs for diabetes (DX.DM_INSULIN) not checked: the medications are not known."
    if any(map(level_of, (line.code for line in case.encounter.lines))) and not (ctx.get("mdm") or ctx.get("minutes")):
        yield "Level of the visit (PX.EM_LEVEL) not checked: neither decision making nor time is recorded."
