"""Whole rounds: claims written, answered by payers that share no code with the product, and read again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from store.errors import Refused
from store.money import parse_cents
from store.x12.acks import read_acks
from store.x12.balance import imbalances, patient_share_doubts, require_balanced
from store.x12.claim_values import ProfessionalClaim
from store.x12.institutional import write_institutional
from store.x12.professional import write_professional
from store.x12.remittance import read_remittance
from store.x12.remittance_values import RemitClaim, RemittanceFile
from tests.payer import answer
from tests.store.x12.rich_samples import institutional_claims, professional_claims, secondary
from tests.store.x12.samples import (
    CONTROL,
    SUBMITTER,
    many_claims,
    shared_folder,
    small_file_claims,
    validator_complaints,
)


def adjustments_of(claims: list[RemitClaim]) -> dict[str, dict[str, int]]:
    """Cents by group and reason, over all lines and levels of these claims, without zeros."""
    total: Counter[tuple[str, str]] = Counter()
    for claim in claims:
        for one in (*claim.adjustments, *(one for line in claim.lines for one in line.adjustments)):
            total[one.group, one.reason] += one.cents
    found: dict[str, dict[str, int]] = {}
    for (group, reason), cents in total.items():
        if cents:
            found.setdefault(group, {})[reason] = cents
    return found


def verdicts(data: bytes) -> dict[str, bool]:
    """Whether each claim of a 277CA was rejected."""
    return {one.control_number: one.rejected for part in read_acks(data).claim_sets for one in part.claims}


def by_number(file: RemittanceFile) -> dict[str, list[RemitClaim]]:
    found: dict[str, list[RemitClaim]] = {}
    for payment in file.payments:
        for claim in payment.claims:
            found.setdefault(claim.control_number, []).append(claim)
    return found


def test_the_tests_own_payer_passes_the_validator_and_its_truth_is_read() -> None:
    claims = [*small_file_claims(), *many_claims(80)]
    answers = answer(write_professional(claims, SUBMITTER, CONTROL, claims_per_set=50), fates={"1001": "CO-197"})
    for text in (answers.syntax, answers.claims, answers.remittance):
        assert validator_complaints(text) == []
    assert {truth.outcome for truth in answers.truth.values()} == {"paid", "partial", "denied", "rejected"}
    acks = read_acks(answers.syntax.encode())
    assert [(one.group_control, one.status, one.accepted) for one in acks.groups] == [("45", "A", 2)]
    said = verdicts(answers.claims.encode())
    assert said == {number: truth.outcome == "rejected" for number, truth in answers.truth.items()}
    file = read_remittance(answers.remittance.encode())
    assert (imbalances(file), patient_share_doubts(file)) == ([], [])
    found = by_number(file)
    assert {*found} == {number for number, truth in answers.truth.items() if truth.outcome != "rejected"}
    for number, (claim,) in found.items():
        truth = answers.truth[number]
        assert (claim.paid, claim.patient_responsibility or 0) == (truth.paid, truth.patient)
        assert adjustments_of([claim]) == truth.adjustments
    assert answers.truth["1001"].adjustments == {"CO": {"197": 12550}}


Told = tuple[dict[str, Any], dict[str, list[Path]]]


def simulate(folder: Path, claims: list[ProfessionalClaim], *options: str) -> Told:
    """The payer's program run on these claims: its truth and its files by kind; skipped where it is not here."""
    return simulate_text(folder, write_professional(claims, SUBMITTER, CONTROL), *options)


def simulate_text(folder: Path, text: str, *options: str) -> Told:
    """The payer's program run on a claim file."""
    shared = shared_folder()
    program = shared / "payer_sim" / "payer_sim.py" if shared else Path()
    if not program.is_file():
        pytest.skip("the payer's program is not here")
    source, answers = folder / "claims.837", folder / "answers"
    source.write_text(text)
    command = [sys.executable, str(program), str(source), "--out", str(answers), "--quiet", *options]
    subprocess.run(command, check=True, capture_output=True)
    files: dict[str, list[Path]] = {}
    for path in sorted(answers.glob("*.x12")):
        files.setdefault(path.name.partition("_")[0], []).append(path)
    return json.loads((answers / "truth.json").read_text()), files


def in_cents(adjustments: dict[str, dict[str, str]]) -> dict[str, dict[str, int]]:
    told = {
        group: {reason: cents for reason, text in reasons.items() if (cents := parse_cents(text))}
        for group, reasons in adjustments.items()
    }
    return {group: reasons for group, reasons in told.items() if reasons}


OPTIONS = [
    ("--seed", "1"),
    ("--seed", "2", "--plb", "1", "--reversals", "0.3", "--interest-rate", "0.3", "--split-files"),
    ("--seed", "3", "--claim-level-rate", "0.5", "--no-6r", "--money", "fixed", "--eol", "crlf", "--seps", "|^>~"),
    ("--seed", "4", "--no-2200c", "--always-status4", "--deny-rate", "0.5", "--pend-rate", "0.2", "--max-claims", "20"),
]


@pytest.mark.parametrize("options", OPTIONS, ids=[one[1] for one in OPTIONS])
def test_a_payer_s_answers_are_read_to_its_own_truth(tmp_path: Path, options: tuple[str, ...]) -> None:
    truth, files = simulate(tmp_path, [*small_file_claims()[:3], *many_claims(150)], *options)
    remits: dict[str, list[RemitClaim]] = {}
    for path in files["835"]:
        file = read_remittance(path.read_bytes(), path.name)
        require_balanced(file, path.name)
        for number, claims in by_number(file).items():
            remits.setdefault(number, []).extend(claims)
    said = {number: rejected for path in files["277ca"] for number, rejected in verdicts(path.read_bytes()).items()}
    assert all(group.status == "A" for path in files["999"] for group in read_acks(path.read_bytes()).groups)
    for told in truth["claims"]:
        number = told["claim_id"]
        assert said[number] == (told["outcome"] == "rejected_277ca")
        claims = remits.get(number, [])
        assert sum(claim.paid for claim in claims) == parse_cents(told["paid"])
        assert adjustments_of(claims) == in_cents(told["adjustments"])
    assert len(said) == len(truth["claims"]) == 153


def test_a_payer_answers_second_claims_by_what_the_first_one_left(tmp_path: Path) -> None:
    claims = [secondary(f"S{n:03d}") for n in range(30)]
    truth, files = simulate(tmp_path, claims, "--deny-rate", "0", "--line-deny-rate", "0", "--reject-rate", "0")
    assert not {one["outcome"] for one in truth["claims"]} & {"rejected_999", "rejected_277ca"}
    file = read_remittance(files["835"][0].read_bytes())
    require_balanced(file)
    answered = [claim for payment in file.payments for claim in payment.claims]
    assert len(answered) == 30
    for claim in answered:
        assert claim.status == "2"
        assert adjustments_of([claim])["OA"] == {"23": 8000 + 2550}
        assert claim.paid + (claim.patient_responsibility or 0) == 5000


def test_the_tests_own_payer_answers_second_claims_too() -> None:
    claims = [secondary("S001"), *small_file_claims()]
    answers = answer(write_professional(claims, SUBMITTER, CONTROL), fates=dict.fromkeys(("S001", "1001"), "paid"))
    assert validator_complaints(answers.remittance) == []
    (found,) = by_number(read_remittance(answers.remittance.encode()))["S001"]
    assert adjustments_of([found]) == {"OA": {"23": 10550}, "PR": {"2": 2500}}
    assert found.paid == 2500
    assert answers.truth["1001"].adjustments["CO"]["45"] > 0


def test_a_payer_reads_every_kind_of_claim_without_complaint(tmp_path: Path) -> None:
    claims = [one for one in professional_claims() if one.subscription.sequence != "T"]  # it knows no third payer
    truth, _ = simulate(tmp_path, claims, "--reject-rate", "0")
    assert {one["outcome"] for one in truth["claims"]} & {"rejected_999", "rejected_277ca"} == set()


def test_a_payer_reads_institutional_claims_without_complaint(tmp_path: Path) -> None:
    """It takes the hour of discharge for a day, so that is left out."""
    claims = [replace(one, admission=replace(one.admission, discharge_hour=None)) for one in institutional_claims()]
    text = write_institutional(claims, SUBMITTER, CONTROL)
    truth, _ = simulate_text(tmp_path, text, "--reject-rate", "0")
    assert len(truth["claims"]) == 4
    assert {one["outcome"] for one in truth["claims"]} & {"rejected_999", "rejected_277ca"} == set()


@pytest.mark.parametrize("damage", ["line", "claim", "trn", "se-count", "control", "no-iea", "truncate"])
def test_a_payer_s_damaged_remittance_never_passes(tmp_path: Path, damage: str) -> None:
    _, files = simulate(tmp_path, many_claims(20), "--corrupt", damage)
    path = files["835"][0]
    with pytest.raises(Refused):
        require_balanced(read_remittance(path.read_bytes(), path.name), path.name)


def test_an_interchange_is_acknowledged_where_that_is_asked(tmp_path: Path) -> None:
    shared = shared_folder()
    if not shared or not (shared / "payer_sim" / "payer_sim.py").is_file():
        pytest.skip("the payer's program is not here")
    text = write_professional(small_file_claims()[:1], SUBMITTER, CONTROL).replace("*000000123*0*T", "*000000123*1*T")
    source = tmp_path / "claims.837"
    source.write_text(text)
    program = shared / "payer_sim" / "payer_sim.py"
    command = [sys.executable, str(program), str(source), "--out", str(tmp_path / "out"), "--quiet"]
    subprocess.run(command, check=True, capture_output=True)
    (path,) = (tmp_path / "out").glob("ta1_*")
    assert [(one.control, one.status) for one in read_acks(path.read_bytes()).interchanges] == [("000000123", "A")]
