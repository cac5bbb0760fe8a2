from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from store.demo.encounters import DAYS_BACK, SOURCE, DemoEncounter, demo_encounters
from store.demo.people import age, age_in_months
from store.demo.practice import payers, providers
from store.demo.templates import templates
from store.intake.csv_rows import read_csv
from store.intake.npi import is_npi
from store.text import clean_line, clean_note
from tests.store.intake.samples import table

TODAY = date(2026, 6, 15)
COUNT = 1000
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def made() -> list[DemoEncounter]:
    return demo_encounters(COUNT, 7, TODAY)


def test_the_same_seed_gives_the_same_practice_and_another_seed_another(made: list[DemoEncounter]) -> None:
    assert demo_encounters(COUNT, 7, TODAY) == made
    assert demo_encounters(COUNT, 8, TODAY) != made


def test_another_process_with_another_hash_seed_gives_the_same(made: list[DemoEncounter]) -> None:
    program = (
        "import hashlib, datetime; from store.demo.encounters import demo_encounters as d;"
        f"print(hashlib.sha256(repr(d({COUNT}, 7, datetime.date({TODAY:%Y, %-m, %-d}))).encode()).hexdigest())"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "123"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == hashlib.sha256(repr(made).encode()).hexdigest()


def test_encounters_are_told_apart_and_stand_in_order(made: list[DemoEncounter]) -> None:
    found = [one.encounter for one in made]
    assert len({(one.source, one.source_id) for one in found}) == COUNT
    assert all(one.source == SOURCE for one in found)
    assert [one.service_date for one in found] == sorted(one.service_date for one in found)


def test_dates_are_weekdays_of_the_last_months(made: list[DemoEncounter]) -> None:
    days = [one.encounter.service_date for one in made]
    assert min(days) >= TODAY - timedelta(days=DAYS_BACK)
    assert max(days) < TODAY
    assert all(day.weekday() < 5 for day in days)
    assert max(days) - min(days) > timedelta(days=DAYS_BACK - 10)


def test_every_evidence_is_the_phrase_of_its_template(made: list[DemoEncounter]) -> None:
    phrases = {(one.name, code): phrase for one in templates() for _, code, phrase in one.evidence}
    for one in made:
        for code in one.codes:
            pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(phrases[one.template, code.code]))
            assert re.fullmatch(pattern, one.encounter.note[code.start : code.end])


def test_patients_fit_their_visit(made: list[DemoEncounter]) -> None:
    by_name = {one.name: one for one in templates()}
    for one in made:
        template, person = by_name[one.template], one.encounter.patient
        count = age_in_months if template.in_months else age
        assert template.youngest <= count(person.birth, one.encounter.service_date) <= template.oldest
        assert template.sex in {"any", person.sex}
        if template.specialty == "Obstetrics and Gynecology":
            assert person.sex == "F"
        if template.specialty == "Pediatrics":
            assert age(person.birth, one.encounter.service_date) < 18


def test_a_patient_stays_the_same_person_with_the_same_insurance(made: list[DemoEncounter]) -> None:
    known: dict[str, object] = {}
    for one in made:
        told = (one.encounter.patient, one.encounter.coverages)
        assert known.setdefault(one.encounter.patient.source_id, told) == told
    assert COUNT * 0.5 < len(known) < COUNT * 0.9


def test_the_payers_are_mixed_as_in_a_practice(made: list[DemoEncounter]) -> None:
    insurance = [one.encounter.coverages for one in made]
    assert 0.03 < sum(not one for one in insurance) / COUNT < 0.09
    assert 0.05 < sum(len(one) > 1 for one in insurance) / COUNT < 0.12
    assert 0.10 < sum(any(each.subscriber for each in one) for one in insurance) / COUNT < 0.20
    first = Counter(one[0].payer_id for one in insurance if one)
    assert set(first) == {one.payer_id for one in payers()}
    assert min(first.values()) > COUNT * 0.04


def test_coverages_are_sound(made: list[DemoEncounter]) -> None:
    for one in made:
        ranks = [each.order for each in one.encounter.coverages]
        assert ranks == list(range(1, len(ranks) + 1))
        years = age(one.encounter.patient.birth, one.encounter.service_date)
        for each in one.encounter.coverages:
            assert (each.relationship == "18") == (each.subscriber is None)
            assert re.fullmatch(r"[0-9A-Z]{11,12}", each.member_id)
            assert (each.payer_id == "MEDB") <= (years >= 65)
            if each.relationship == "19" and each.subscriber:
                assert age(each.subscriber.birth, one.encounter.service_date) >= years + 20


def test_nobody_can_be_called_and_nothing_needs_cleaning(made: list[DemoEncounter]) -> None:
    for one in made:
        person = one.encounter.patient
        assert re.fullmatch(r"[0-9]{3}55501[0-9]{2}", person.phone)
        assert person.email == "" or person.email.endswith("@example.com")
        assert clean_note(one.encounter.note) == one.encounter.note
        assert all(clean_line(text) == text for text in (person.last, person.first, person.line1))


def test_clinicians_see_their_own_specialty(made: list[DemoEncounter]) -> None:
    staff = {one.npi: one for one in providers()}
    by_name = {one.name: one for one in templates()}
    for one in made:
        provider = one.encounter.provider
        assert is_npi(provider.npi)
        assert staff[provider.npi].specialty == provider.specialty == by_name[one.template].specialty
    assert {one.template for one in made} == set(by_name)


def test_demo_encounters_written_as_a_table_are_read_back_the_same(made: list[DemoEncounter]) -> None:
    rows = []
    for one in made[:200]:
        encounter, person = one.encounter, one.encounter.patient
        row = {
            "source_id": encounter.source_id, "patient_id": person.source_id, "last": person.last,
            "first": person.first, "birth": f"{person.birth}", "sex": person.sex, "address": person.line1,
            "city": person.city, "state": person.state, "zip": person.zip, "phone": person.phone,
            "email": person.email, "provider_npi": encounter.provider.npi, "provider_last": encounter.provider.last,
            "provider_first": encounter.provider.first, "specialty": encounter.provider.specialty,
            "service_date": f"{encounter.service_date}", "place": encounter.place, "kind": encounter.kind,
            "facility": encounter.facility, "note": encounter.note,
        }  # fmt: skip
        rows.append(row)
    intake = read_csv(table(*rows), Path("demo.csv"), today=TODAY, source=SOURCE)
    assert not intake.rejects
    for back, one in zip(intake.encounters, made, strict=False):
        person = replace(one.encounter.patient, language="en")
        assert replace(back, line=one.encounter.line) == replace(one.encounter, coverages=(), patient=person)
