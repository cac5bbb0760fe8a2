"""Encounter values become records: patients, accounts, coverages, payers, providers, encounters; each once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeVar

from sqlmodel import SQLModel, col, select

from store.claims.arriving import keep
from store.coding.access import QUEUE
from store.coding.desk import age_on
from store.coding.expected import ExpectedCharges
from store.coding.priority import day_of, target_days
from store.coding.states import ENCOUNTER, CodingState
from store.intake.values import CoverageIn, EncounterIn, ProviderIn
from store.people.roles import Permission
from store.tables import Coverage, Encounter, Guarantor, Note, Patient, PatientContact, Payer, Provider
from store.work import items
from store.work.command import Change, Command, Said, bulk
from store.work.dates import add_business_days, holidays
from store.work.progress import steps

ADULT = 18
_FIRST_NUMBER = 10_000

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class ImportEncounters(Command):
    """Keep encounters that were read from a file.

    Those that are here already are left as they are, but for one that waited for its note and gets it now.
    """

    file_name: str
    encounters: tuple[EncounterIn, ...] = bulk()
    name: ClassVar[str] = "intake.import"
    permission: ClassVar[Permission] = Permission.IMPORT_ENCOUNTERS
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """The result counts new and known encounters, and those without a note."""
        loader = _Loader(change)
        known = 0
        for value in steps(self.encounters, "encounters"):
            known += not loader.load(value)
        new = len(self.encounters) - known
        counts = {"new": new, "known": known, "without_note": loader.without_note, "completed": loader.completed}
        said = f"{Path(self.file_name).name}: {new} new encounters, {known} already here"
        if loader.without_note:
            said += f", {loader.without_note} wait for a note"
        if loader.completed:
            said += f", {loader.completed} got the note that they waited for"
        return Said(f"{said}.", counts)

    def subject(self) -> str:
        """The file; no patient's name."""
        return f"file:{Path(self.file_name).name}"


class _Loader:
    """One import: what was looked up already is not looked up again."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self.without_note = 0
        self.completed = 0
        self.target_days = target_days(change.session)
        self.expected = ExpectedCharges(change.session, change.today)

    def load(self, value: EncounterIn) -> bool:
        """Keep one encounter; False when it is here already."""
        query = select(Encounter).where(Encounter.source == value.source, Encounter.source_id == value.source_id)
        known = self.change.session.exec(query).first()
        if known is not None:
            self._complete(known, value)
            return False
        patient = self._patient(value)
        self._coverages(patient, value)
        state = CodingState.READY if value.note.strip() else CodingState.NEW
        encounter = Encounter(
            number=self._number(Encounter, ""),
            source=value.source,
            source_id=value.source_id,
            patient_id=patient.id,
            provider_id=self._provider(value.provider).id,
            service_date=value.service_date,
            discharge_date=value.discharge_date,
            place=value.place,
            setting=value.setting,
            kind=value.kind,
            facility=value.facility,
            state=state,
        )
        self.change.born(encounter, ENCOUNTER, "The encounter")
        self.change.add(Note(encounter_id=encounter.id, text=value.note, sha256=_digest(value.note)))
        keep(self.change, encounter, value.claim)
        self._queue(encounter)
        return True

    def _complete(self, encounter: Encounter, value: EncounterIn) -> None:
        """The note that an encounter waited for has come, with whatever else the claim is told by now."""
        if encounter.state != CodingState.NEW or not value.note.strip():
            return
        note = self.change.get(Note, encounter.id)
        note.text, note.sha256 = value.note, _digest(value.note)
        keep(self.change, encounter, value.claim)
        self.change.move(encounter, ENCOUNTER, CodingState.READY, f"Encounter {encounter.number}")
        self._queue(encounter)
        self.completed += 1

    def _queue(self, encounter: Encounter) -> None:
        waiting = encounter.state == CodingState.NEW
        self.without_note += waiting
        due = add_business_days(day_of(encounter), self.target_days, holidays(self.change.session))
        reason = "waits for its note" if waiting else "to be coded"
        provider = self.change.get(Provider, encounter.provider_id)
        cents = self.expected.of(provider.specialty, encounter.kind)
        items.put(self.change, QUEUE, encounter.id, reason=reason, due=due, cents=cents, score=cents)

    def _patient(self, value: EncounterIn) -> Patient:
        person = value.patient
        query = select(Patient).where(Patient.source == value.source, Patient.source_id == person.source_id)
        known = self.change.session.exec(query).first()
        if known is not None:
            return known
        patient = self.change.add(
            Patient(
                number=self._number(Patient, "P"),
                source=value.source,
                source_id=person.source_id,
                last=person.last,
                first=person.first,
                birth=person.birth,
                sex=person.sex,
                guarantor_id=self._guarantor(value).id,
            )
        )
        self.change.add(
            PatientContact(
                patient_id=patient.id,
                line1=person.line1,
                city=person.city,
                state=person.state,
                zip=person.zip,
                phone=person.phone,
                email=person.email,
            )
        )
        return patient

    def _guarantor(self, value: EncounterIn) -> Guarantor:
        """An adult answers for himself, a child's account is its subscriber's."""
        person = value.patient
        if age_on(person.birth, value.service_date) < ADULT:
            subscribers = [coverage.subscriber for coverage in value.coverages if coverage.subscriber]
            person = subscribers[0] if subscribers and subscribers[0] is not None else person
        key = f"{value.source}:{person.source_id}"
        known = self.change.session.exec(select(Guarantor).where(Guarantor.source_key == key)).first()
        if known is not None:
            return known
        where = person if person.line1 else value.patient
        return self.change.add(
            Guarantor(
                number=self._number(Guarantor, "A"),
                source_key=key,
                last=person.last,
                first=person.first,
                line1=where.line1,
                city=where.city,
                state=where.state,
                zip=where.zip,
                phone=where.phone,
                email=where.email,
                language=person.language,
            )
        )

    def _coverages(self, patient: Patient, value: EncounterIn) -> None:
        for coverage in value.coverages:
            payer = self._payer(coverage)
            query = select(Coverage.id).where(
                Coverage.patient_id == patient.id,
                Coverage.payer_id == payer.id,
                Coverage.member_id == coverage.member_id,
            )
            if self.change.session.exec(query).first() is None:
                self.change.add(_coverage(patient, payer, coverage))

    def _payer(self, coverage: CoverageIn) -> Payer:
        known = self.change.session.exec(select(Payer).where(Payer.payer_id == coverage.payer_id)).first()
        return known or self.change.add(Payer(payer_id=coverage.payer_id, name=coverage.payer_name))

    def _provider(self, provider: ProviderIn) -> Provider:
        known = self.change.session.exec(select(Provider).where(Provider.npi == provider.npi)).first()
        return known or self.change.add(
            Provider(npi=provider.npi, last=provider.last, first=provider.first, specialty=provider.specialty)
        )

    def _number(self, model: type[Row], letter: str) -> str:
        """The next number of a kind of record: numbers are given once, in order."""
        last = self.change.session.exec(select(model).order_by(col(model.id).desc())).first()  # type: ignore[attr-defined]
        return f"{letter}{_FIRST_NUMBER + (last.id if last else 0) + 1}"  # type: ignore[attr-defined]


def _digest(note: str) -> str:
    return hashlib.sha256(note.encode()).hexdigest()


def _coverage(patient: Patient, payer: Payer, value: CoverageIn) -> Coverage:
    subscriber = value.subscriber
    return Coverage(
        patient_id=patient.id,
        payer_id=payer.id,
        order=value.order,
        member_id=value.member_id,
        group_number=value.group_number,
        relationship=value.relationship,
        subscriber_last=subscriber.last if subscriber else "",
        subscriber_first=subscriber.first if subscriber else "",
        subscriber_birth=subscriber.birth if subscriber else None,
        subscriber_sex=subscriber.sex if subscriber else "",
    )
