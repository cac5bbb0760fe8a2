"""An encounter as the coding edits see it: its codes, and all that the practice knows beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from codesets.edits import CodedEncounter, CodedLine
from codesets.edits import Diagnosis as CodedDiagnosis
from codesets.edits.reference_data import reference_data
from codesets.worksheets import Level, decision_level
from store.coding import access
from store.coding.states import CodingState
from store.tables import Diagnosis, Encounter, Note, Patient, Provider, ServiceLine, VisitSheet

if TYPE_CHECKING:
    from codesets import CodeLibrary

VISIT_YEARS = 3
GLOBAL_DAYS = 91
"""The longest global period and the day before it."""


def coded(
    encounter: Encounter,
    patient: Patient,
    diagnoses: Sequence[Diagnosis],
    lines: Sequence[ServiceLine],
    *,
    note: str = "",
    known: Mapping[str, Any] | None = None,
    sheet: Mapping[str, Any] | None = None,
) -> CodedEncounter:
    """The encounter's codes; inpatients are judged by their discharge date.

    `note` gives each diagnosis its words and the drugs that are taken; `known` are the practice's earlier visits and
    procedures, by the names of the edits' reference rows; `sheet` is what the visit's worksheet found (mdm, minutes).
    """
    from codesets.reading.drugs import drugs_taken
    from codesets.reading.evidence import evidence_of

    position = {row.id: row.position for row in diagnoses}
    return CodedEncounter(
        dos=encounter.service_date,
        through=encounter.discharge_date,
        sex=patient.sex,
        birth=patient.birth,
        setting=encounter.setting,
        id=encounter.number,
        ctx=({"meds": list(drugs_taken(note))} if note else {}) | dict(sheet or {}),
        refdata=known or {},
        dx=tuple(CodedDiagnosis(row.code, evidence_of(note, row.span_start, row.span_end)) for row in diagnoses),
        lines=tuple(
            CodedLine(
                line=line.position,
                code=line.code,
                modifiers=tuple(filter(None, line.modifiers.split(","))),
                units=line.units,
                pointers=tuple(position[pointer] for pointer in access.pointer_ids(line) if pointer in position),
                pos=encounter.place,
                dos=encounter.service_date,
            )
            for line in lines
        ),
    )


def whole_case(session: Session, codes: CodeLibrary, encounter: Encounter) -> CodedEncounter:
    """The encounter as it stands, with its note, the patient's earlier visits and procedures."""
    patient = session.get_one(Patient, encounter.patient_id)
    note = session.get(Note, encounter.id)
    rows = session.exec(
        select(Diagnosis).where(Diagnosis.encounter_id == encounter.id).order_by(col(Diagnosis.position))
    ).all()
    lines = session.exec(
        select(ServiceLine).where(ServiceLine.encounter_id == encounter.id).order_by(col(ServiceLine.position))
    ).all()
    known = _earlier(session, codes, encounter)
    sheet = recorded_level(session, encounter.id)
    return coded(encounter, patient, rows, lines, note=note.text if note else "", known=known, sheet=sheet)


def recorded_level(session: Session, encounter_id: int) -> dict[str, Any]:
    """The level of decision making and the minutes of the visit's worksheet; empty without one."""
    row = session.get(VisitSheet, encounter_id)
    if row is None:
        return {}
    level = decision_level(*(Level.of(word) for word in (row.problems, row.data, row.risk)))
    told: dict[str, Any] = {"mdm": level.word} if level is not None else {}
    return told | ({"minutes": row.minutes} if row.minutes is not None else {})


def _earlier(session: Session, codes: CodeLibrary, encounter: Encounter) -> dict[str, Any]:
    """Earlier visits and procedures; a kind is left out where the practice's records don't reach back far enough."""
    day = encounter.service_date
    begun = session.exec(select(col(Encounter.service_date)).order_by(col(Encounter.id)).limit(1)).first() or day
    known: dict[str, Any] = {"elsewhere": _elsewhere(session, encounter)}
    visits = _visits(session, encounter, _years_before(day, VISIT_YEARS))
    if visits or begun <= _years_before(day, VISIT_YEARS):
        known["visits"] = visits
    if begun <= day - timedelta(days=GLOBAL_DAYS) and reference_data({}, codes).has("pfs", day):
        known["history"] = earlier_procedures(session, codes, encounter)
    return known


def _visits(session: Session, encounter: Encounter, since: date) -> list[dict[str, Any]]:
    own = session.get_one(Provider, encounter.provider_id).specialty
    query = (
        select(col(Encounter.service_date), col(Provider.specialty))
        .join(Provider, col(Provider.id) == col(Encounter.provider_id))
        .where(Encounter.patient_id == encounter.patient_id, Encounter.id != encounter.id)
        .where(Encounter.state != CodingState.VOID, Encounter.service_date >= since)
        .where(Encounter.service_date < encounter.service_date)
    )
    return [
        {"dos": day, "same_group": True, "same_specialty": specialty == own} for day, specialty in session.exec(query)
    ]


def earlier_procedures(session: Session, codes: CodeLibrary, encounter: Encounter) -> list[dict[str, Any]]:
    """What the practice did for the patient in the longest global period before, where the fee schedule knows it.

    One practice is one group.  Nothing is asked for where no schedule is loaded for any of these days.
    """
    last = encounter.service_date
    first = last - timedelta(days=GLOBAL_DAYS)
    if not any(reference_data({}, codes).has("pfs", day) for day in (first, last)):
        return []
    query = (
        select(col(ServiceLine.code), col(Encounter.service_date))
        .join(Encounter, col(Encounter.id) == col(ServiceLine.encounter_id))
        .where(Encounter.patient_id == encounter.patient_id, Encounter.id != encounter.id)
        .where(Encounter.state != CodingState.VOID)
        .where(Encounter.service_date >= first, Encounter.service_date <= last)
    )
    found = []
    for code, day in session.exec(query):
        fee = codes.rules.fee(code, day)
        if fee is not None:
            found.append({"code": code, "dos": day, "glob": fee.global_days, "same_group": True})
    return found


def _elsewhere(session: Session, encounter: Encounter) -> list[dict[str, Any]]:
    """What the same provider did for the patient on the same day, and what stands on other encounters."""
    query = (
        select(ServiceLine)
        .join(Encounter, col(Encounter.id) == col(ServiceLine.encounter_id))
        .where(Encounter.patient_id == encounter.patient_id, Encounter.id != encounter.id)
        .where(Encounter.provider_id == encounter.provider_id, Encounter.service_date == encounter.service_date)
        .where(Encounter.state != CodingState.VOID)
        .order_by(col(ServiceLine.id))
    )
    return [
        {
            "code": line.code,
            "dos": encounter.service_date,
            "modifiers": tuple(filter(None, line.modifiers.split(","))),
            "units": line.units,
        }
        for line in session.exec(query)
    ]


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
