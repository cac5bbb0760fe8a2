from __future__ import annotations

import csv
import gzip
import os
import re
from pathlib import Path

import pytest

from store.demo.practice import PRACTICE, allowed_cents, fees, payers, providers
from store.demo.templates import templates
from store.intake.npi import is_npi

SHARED = Path(os.environ.get("SUPERBILL_SHARED", Path(__file__).parents[4] / "shared"))
KNOWN = Path(__file__).with_name("known_codes.csv")


def known(system: str) -> dict[str, str]:
    with KNOWN.open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row["title"] for row in csv.DictReader(stream) if row["system"] == system}


def official(path: str) -> dict[str, list[str]]:
    with gzip.open(SHARED / "data" / path, "rt", encoding="utf-8") as stream:
        return {row[0]: row for row in (line.rstrip("\n").split("\t") for line in stream)}


def test_every_npi_has_its_check_digit_and_is_nobodys() -> None:
    numbers = [PRACTICE.npi, *(one.npi for one in providers())]
    assert all(is_npi(number) and number[0] == "2" for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_the_practice_can_stand_on_a_claim() -> None:
    assert re.fullmatch(r"[0-9]{9}", PRACTICE.zip)
    assert re.fullmatch(r"07[0-9]{7}", PRACTICE.tax_id)
    assert all(re.fullmatch(r"[0-9A-Z]{9}X", one.taxonomy) for one in providers())
    assert {one.specialty for one in providers()} == {one.specialty for one in templates()}


def test_there_are_payers_of_each_kind() -> None:
    assert [one.kind for one in payers()].count("commercial") == 4
    assert {one.kind for one in payers()} == {"medicare", "medicaid", "commercial"}
    assert len({one.payer_id for one in payers()}) == 6
    assert all(0 < one.allowed_percent < 100 for one in payers())


def test_a_contract_allows_a_part_of_the_charge_in_whole_cents() -> None:
    for fee in fees():
        assert all(0 < allowed_cents(payer, fee) < fee.cents for payer in payers())


def test_every_service_of_a_template_has_a_price() -> None:
    priced = {one.code for one in fees()}
    assert len(priced) == len(fees())
    assert {service.code for one in templates() for service in one.services} <= priced


def test_procedure_codes_are_hcpcs_level_2_or_invented_and_never_cpt() -> None:
    for fee in fees():
        assert fee.cents > 0
        assert re.fullmatch(r"ZZ[0-9]{3}" if fee.system == "LOCAL" else r"[AEGJLQ][0-9]{4}", fee.code)
    listed = known("HCPCS")
    assert {one.code: one.title for one in fees() if one.system == "HCPCS"} == listed


def test_every_diagnosis_of_a_template_is_a_known_billable_code() -> None:
    assert {code for one in templates() for _, code, _ in one.evidence} == set(known("ICD-10-CM"))


@pytest.mark.skipif(not (SHARED / "data" / "icd10cm").is_dir(), reason="the official code lists are not here")
def test_the_known_codes_are_those_of_the_official_lists() -> None:
    diagnoses = official("icd10cm/icd10cm_codes_april_2026.tsv.gz")
    for code, title in known("ICD-10-CM").items():
        assert diagnoses[code][1:3] == ["1", title]
    services = official("hcpcs/hcpcs_level2_2025_10.tsv.gz")
    for code, title in known("HCPCS").items():
        assert services[code][3] == title
        # A status of the April 2026 payment list shows that the code is in force; D would mean discontinued.
        assert services[code][4] not in {"", "D"}
