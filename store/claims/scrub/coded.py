"""The codes of a claim: in force on each date of service, and every coding edit, PTP and MUE where they are loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count

from codesets.edits import CodedEncounter, CodedLine, Diagnosis, check
from codesets.edits import Severity as EditSeverity
from store.claims.parts import lines_beside
from store.claims.scrub.finding import Facts, Finding, Fix, Severity
from store.claims.snapshot import AnyClaim, diagnosis_codes
from store.tables import Encounter, Patient
from store.x12.claim_values import ProfessionalClaim, ServiceLine
from store.x12.institutional_values import InstitutionalClaim, InstitutionalLine

_PAIR = "PX.PTP"
_DENIED = frozenset({_PAIR, "PX.MUE"})
_OF_DIAGNOSES = "DX."
_VALID = frozenset({"DX.DATE", "DX.INVALID", "DX.NOT_BILLABLE", "DX.7TH"})
"""Edits of a code by itself: whether it holds on the day."""
_NO_CODE = ("NOT OTHERWISE", "UNLISTED", "UNCLASSIFIED", "NOT ELSEWHERE CLASSIFIED", " NOS", " NOC")


def coding(facts: Facts) -> Iterator[Finding]:
    """The coding edits on the claim as it will go: an error stops, unless it may be set aside; the rest is told.

    Of a hospital's claim the diagnoses are judged, on its last day; the edits of lines are a practitioner's.
    (The coder has seen what is told; what may be set aside was set aside with a reason at the desk.  A pair without the
    modifier that would pass it, and too many units, are denied as they stand: they warn.)
    """
    library, claim = facts.codes, facts.content
    if library is None:
        return
    for found in check(_encounter(facts, claim), library):
        if (found.line or 0) > len(claim.lines):
            continue  # it is told on the claim that bills the line
        if isinstance(claim, InstitutionalClaim) and (found.edit in _VALID or not found.edit.startswith(_OF_DIAGNOSES)):
            continue  # told by `of_a_stay`; the tables of the edits of lines are for practitioners
        stops = found.severity is EditSeverity.ERROR and not found.overridable
        denied = found.edit in _DENIED and found.severity is EditSeverity.WARN
        place = f"line {found.line}" if found.line else "diagnoses"
        yield Finding(
            f"K.{found.edit.upper()}", place, found.message, found.clears_when,
            Severity.STOP if stops else Severity.WARN if denied else Severity.INFO, " ".join(found.codes), found.edit,
            found.source, Fix.MODIFIERS if denied and found.edit == _PAIR else Fix.CODER,
        )  # fmt: skip


def in_force(facts: Facts) -> Iterator[Finding]:
    """Each diagnosis on each line's own date: a claim over 1 October may hold codes of two years."""
    library, claim = facts.codes, facts.content
    if library is None or not isinstance(claim, ProfessionalClaim):
        return
    first = facts.claim.service_from
    days = sorted({line.service_date for line in claim.lines} - {first})
    for day in days:
        for code in claim.diagnoses:
            told = library.validity(code, day)
            if told.wrong and any(
                claim.diagnoses[one - 1] == code
                for line in claim.lines
                if line.service_date == day
                for one in line.pointers
                if 1 <= one <= len(claim.diagnoses)
            ):
                yield Finding(
                    "K.DXDAY",
                    f"diagnoses on {day}",
                    told.message,
                    "Route it to the coder.",
                    value=code,
                    rule="codes in force on each date of service",
                    source="ICD-10-CM I.A",
                    fix=Fix.CODER,
                )


def of_a_stay(facts: Facts) -> Iterator[Finding]:
    """Each diagnosis of an institutional claim on its last day, which decides the year of the codes."""
    library, claim = facts.codes, facts.content
    if library is None or not isinstance(claim, InstitutionalClaim):
        return
    told = (*(one.code for one in claim.diagnoses), claim.admitting, *claim.reasons)
    for code in dict.fromkeys(filter(None, told)):
        judged = library.validity(code, claim.statement_to)
        if judged.wrong:
            yield Finding("K.DXDAY", "2300 HI", judged.message, "Route it to the coder.", value=code,
                          rule="codes in force on the last day", source="ICD-10-CM I.A", fix=Fix.CODER)  # fmt: skip


def unlisted(facts: Facts) -> Iterator[Finding]:
    """A code that stands for whatever has no code needs a description (SV101-7, SV202-7)."""
    library, claim = facts.codes, facts.content
    if library is None:
        return
    place = "SV101-7" if isinstance(claim, ProfessionalClaim) else "SV202-7"
    lines: tuple[ServiceLine | InstitutionalLine, ...] = claim.lines
    for number, line in enumerate(lines, 1):
        entry = library.lookup(line.code, on=line.service_date or facts.claim.service_to)
        title = f" {entry.title.upper()}" if entry is not None else ""
        if not line.description and any(words in title for words in _NO_CODE):
            yield Finding("C.NOC", f"line {number} {place}", f"{line.code} has no meaning of its own: it needs words.",
                          "Write the words (f), or route it to the coder.", Severity.WARN, line.code,
                          "unlisted codes are described", "payers' front-end edits", Fix.DESCRIPTION)  # fmt: skip


def _encounter(facts: Facts, claim: AnyClaim) -> CodedEncounter:
    encounter = facts.session.get_one(Encounter, facts.claim.encounter_id)
    patient = facts.session.get_one(Patient, facts.claim.patient_id)
    known = CodedEncounter(
        dos=facts.claim.service_from,
        through=encounter.discharge_date,
        sex=patient.sex,
        birth=patient.birth,
        setting=encounter.setting,
        dx=tuple(Diagnosis(code) for code in diagnosis_codes(claim)),
    )
    if isinstance(claim, InstitutionalClaim):
        return replace(known, through=claim.statement_to)
    lines = (
        CodedLine(
            number, line.code, line.modifiers, line.units, line.pointers, line.place or claim.place, line.service_date
        )
        for number, line in enumerate(claim.lines, 1)
    )
    first = _first_day(claim, encounter.service_date)
    return replace(known, dos=first, lines=(*lines, *_other_parts(facts, claim)))


def _other_parts(facts: Facts, claim: ProfessionalClaim) -> Iterator[CodedLine]:
    """What further claims bill of the same visits, numbered after the claim's own lines.

    An add-on, a pair or the units of a day may stand there.
    """
    numbers = count(len(claim.lines) + 1)
    for line in lines_beside(facts.session, facts.claim):
        modifiers = tuple(filter(None, line.modifiers.split(",")))
        yield CodedLine(next(numbers), line.code, modifiers, line.units, (1,), claim.place, line.service_date)


def _first_day(claim: ProfessionalClaim, day: date) -> date:
    return min((line.service_date for line in claim.lines), default=day)


RULES = (coding, in_force, of_a_stay, unlisted)
