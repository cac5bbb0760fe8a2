"""A few months of an invented practice: encounters with the codes and services that a coder would find in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from store.demo.insurance import coverages
from store.demo.people import a_birth, a_person, age, age_in_months
from store.demo.practice import PRACTICE, DemoProvider, providers
from store.demo.templates import DemoCode, DemoLine, Rendered, Template, templates
from store.intake.values import CoverageIn, EncounterIn, PersonIn, ProviderIn

SOURCE = "demo"
"""The sending system of every demo encounter."""

DAYS_BACK = 150
_RETURNING = 0.35
_OBSTETRICS = "Obstetrics and Gynecology"


@dataclass(frozen=True, slots=True)
class DemoEncounter:
    """An encounter as it comes in, with what coding it gives: diagnoses in order, and service lines.

    `template` names the kind of visit.
    """

    encounter: EncounterIn
    codes: tuple[DemoCode, ...]
    lines: tuple[DemoLine, ...]
    template: str


def demo_encounters(n: int, seed: int, today: date) -> list[DemoEncounter]:
    """`n` encounters on weekdays of the 150 days before `today`, oldest first; the same for the same arguments."""
    rng = Random(seed)
    roster = _Roster()
    days = sorted(_weekday(rng, today) for _ in range(n))
    return [_encounter(rng, number, day, roster) for number, day in enumerate(days, start=1)]


@dataclass(slots=True)
class _Patient:
    person: PersonIn
    coverages: tuple[CoverageIn, ...]
    last_seen: date


@dataclass(slots=True)
class _Roster:
    """Everybody who was seen so far."""

    patients: list[_Patient] = field(default_factory=list)

    def patient(self, rng: Random, template: Template, on: date) -> _Patient:
        """Somebody whom the visit fits: now and then one who was here before, else somebody new."""
        sex = template.sex if template.sex in {"F", "M"} else rng.choice("FM")
        returning = rng.random() < _RETURNING
        # A pregnancy has its own calendar, which a patient drawn at random would break.
        if returning and not template.new_patient and template.specialty != _OBSTETRICS:
            known = [one for one in self.patients if self._fits(one, template, sex, on)]
            if known:
                found = rng.choice(known)
                found.last_seen = on
                return found
        return self._new(rng, template, sex, on)

    def _fits(self, patient: _Patient, template: Template, sex: str, on: date) -> bool:
        count = age_in_months if template.in_months else age
        in_age = template.youngest <= count(patient.person.birth, on) <= template.oldest
        return in_age and patient.person.sex == sex and on - patient.last_seen >= timedelta(days=10)

    def _new(self, rng: Random, template: Template, sex: str, on: date) -> _Patient:
        birth = a_birth(rng, on, template.youngest, template.oldest, months=template.in_months)
        person = a_person(rng, f"P{len(self.patients) + 1:05d}", sex=sex, birth=birth)
        patient = _Patient(person, coverages(rng, person, on), on)
        self.patients.append(patient)
        return patient


def _weekday(rng: Random, today: date) -> date:
    while True:
        day = today - timedelta(days=rng.randint(1, DAYS_BACK))
        if day.weekday() < 5:
            return day


def _encounter(rng: Random, number: int, day: date, roster: _Roster) -> DemoEncounter:
    staff = providers()
    clinician = rng.choices(staff, [one.weight for one in staff])[0]
    fitting = [one for one in templates() if one.specialty == clinician.specialty]
    template = rng.choices(fitting, [one.weight for one in fitting])[0]
    patient = roster.patient(rng, template, day)
    rendered = template.render(rng, _words(patient.person, clinician, day))
    encounter = EncounterIn(
        source=SOURCE,
        source_id=f"E{number:05d}",
        line=number,
        patient=patient.person,
        provider=ProviderIn(clinician.npi, clinician.last, clinician.first, clinician.specialty),
        service_date=day,
        note=_signed(rendered, clinician, day),
        coverages=patient.coverages,
        facility=PRACTICE.name,
        place=template.place,
        kind=template.kind,
    )
    return DemoEncounter(encounter, rendered.codes, rendered.lines, template.name)


def _signed(rendered: Rendered, clinician: DemoProvider, day: date) -> str:
    """The note with its signature after it, so that the evidence stays where it is."""
    name = f"{clinician.first} {clinician.last}, MD"
    return f"{rendered.note.rstrip()}\n\nElectronically signed by {name} on {day:%m/%d/%Y}\n"


def _words(person: PersonIn, clinician: DemoProvider, day: date) -> dict[str, str]:
    """What the slots of a note say about this patient on this day."""
    woman = person.sex == "F"
    years = age(person.birth, day)
    child = years < 18
    he, his, him = ("she", "her", "her") if woman else ("he", "his", "him")
    grown = ("girl" if woman else "boy") if child else ("woman" if woman else "man")
    return {
        "name": f"{person.first} {person.last}",
        "last": person.last,
        "mr": "Ms." if woman else "Mr.",
        "aged": f"{years}-year-old" if years >= 2 else f"{age_in_months(person.birth, day)}-month-old",
        "man": grown,
        "he": he,
        "He": he.capitalize(),
        "his": his,
        "His": his.capitalize(),
        "him": him,
        "visit_date": f"{day:%m/%d/%Y}",
        "provider": f"Dr. {clinician.last}",
    }
