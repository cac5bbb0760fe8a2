from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from store.demo.answer_fates import payer_number
from store.demo.answers import Answers, answer
from store.demo.encounters import DemoEncounter, demo_encounters
from store.demo.practice import PRACTICE, fees, payers
from store.errors import Refused
from store.intake.values import PersonIn
from store.remits.dispositions import disposition
from store.x12.ack_values import REJECTING, ClaimAckSet
from store.x12.acks import read_acks
from store.x12.balance import patient_share_doubts, require_balanced
from store.x12.claim_values import (
    Address,
    BillingProvider,
    Clinician,
    FileControl,
    Person,
    ProfessionalClaim,
    ServiceLine,
    Subscription,
)
from store.x12.remittance import read_remittance
from store.x12.remittance_values import Payment, RemitClaim
from tests.store.x12.samples import validator_complaints

TODAY = date(2026, 6, 15)
RECEIVED, PAID_ON = date(2026, 6, 16), date(2026, 6, 24)
CONTROL = FileControl(7, 7, "0001", "SB000000007", datetime(2026, 6, 15, 9))
HOME = Address(PRACTICE.line1, PRACTICE.city, PRACTICE.state, PRACTICE.zip)
BILLING = BillingProvider(PRACTICE.name, PRACTICE.npi, PRACTICE.tax_id, PRACTICE.taxonomy, HOME, phone=PRACTICE.phone)
ROOT = Path(__file__).parents[3]


def ask(
    claims: Sequence[ProfessionalClaim], *, seed: int = 3, control: FileControl = CONTROL, pend: float = 0.0
) -> Answers:
    return answer(claims, control, "LARKFIELD", seed=seed, received=RECEIVED, paid_on=PAID_ON, pend=pend)


def claims_of(count: int) -> list[ProfessionalClaim]:
    made = enumerate(demo_encounters(count, 5, TODAY), 1)
    prices = {fee.code: fee.cents for fee in fees()}
    return [_claim(number, value, prices) for number, value in made if value.encounter.coverages]


def _claim(number: int, value: DemoEncounter, prices: dict[str, int]) -> ProfessionalClaim:
    told = value.encounter
    plan = told.coverages[0]
    filing = next(payer.filing for payer in payers() if payer.payer_id == plan.payer_id)
    lines = tuple(
        ServiceLine(
            f"E{number:06d}-1L{n}", line.code, prices[line.code] * line.units, line.units, told.service_date,
            line.pointers, line.modifiers,
        )
        for n, line in enumerate(value.lines, 1)
    )  # fmt: skip
    subscriber = _person(plan.subscriber or told.patient)
    return ProfessionalClaim(
        control_number=f"E{number:06d}-1",
        billing=BILLING,
        subscription=Subscription(
            subscriber, plan.member_id, plan.payer_name, plan.payer_id, filing, relationship=plan.relationship
        ),
        place=told.place,
        diagnoses=tuple(code.code for code in value.codes),
        lines=lines,
        patient=_person(told.patient) if plan.subscriber else None,
        rendering=Clinician(told.provider.last, told.provider.first, told.provider.npi),
    )


def _person(who: PersonIn) -> Person:
    return Person(who.last, who.first, who.birth, who.sex, Address(who.line1, who.city, who.state, who.zip))


@pytest.fixture(scope="module")
def claims() -> list[ProfessionalClaim]:
    return claims_of(3000)


@pytest.fixture(scope="module")
def told(claims: list[ProfessionalClaim]) -> Answers:
    return ask(claims)


def ack_set(answers: Answers) -> ClaimAckSet:
    (found,) = read_acks(answers.ack277.encode("ascii"), "277").claim_sets
    return found


def payments(answers: Answers) -> list[Payment]:
    found: list[Payment] = []
    for number, text in enumerate(answers.remits):
        file = read_remittance(text.encode("ascii"), f"{number}.835")
        require_balanced(file)
        assert patient_share_doubts(file) == []
        found += file.payments
    return found


def answered(answers: Answers) -> dict[str, list[RemitClaim]]:
    found: dict[str, list[RemitClaim]] = {}
    for payment in payments(answers):
        for one in payment.claims:
            found.setdefault(one.control_number, []).append(one)
    return found


def reasons(one: RemitClaim) -> set[str]:
    return {f"{each.group}-{each.reason}" for line in one.lines for each in line.adjustments}


def is_denied(one: RemitClaim) -> bool:
    return any(
        disposition(each.group, each.reason).disposition == "denial" for line in one.lines for each in line.adjustments
    )


def text_digest(answers: Answers) -> str:
    return hashlib.sha256("".join((answers.ack999, answers.ack277, *answers.remits)).encode()).hexdigest()


def test_the_same_call_gives_the_same_texts_and_another_seed_others(claims: list[ProfessionalClaim]) -> None:
    some = claims[:60]
    assert ask(some) == ask(some)
    assert ask(some, seed=4).remits != ask(some).remits


def test_another_process_with_another_hash_seed_gives_the_same() -> None:
    program = "from tests.store.demo.test_answers import *; print(text_digest(ask(claims_of(40))))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "77"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == text_digest(ask(claims_of(40)))


def test_a_claims_fate_hangs_on_no_other_claim_and_no_file(claims: list[ProfessionalClaim]) -> None:
    whole = answered(ask(claims[:80]))
    rejected = {one.control_number for one in ack_set(ask(claims[:80])).claims if one.rejected}
    for claim in claims[:80]:
        alone = ask([claim], control=replace(CONTROL, interchange=99, group=99))
        assert ack_set(alone).claims[0].rejected == (claim.control_number in rejected)
        mine = [replace(one, segment=0, interest=0, lines=()) for one in answered(alone).get(claim.control_number, [])]
        then = [replace(one, segment=0, interest=0, lines=()) for one in whole.get(claim.control_number, [])]
        assert mine == then


def test_the_999_accepts_each_transaction_set_of_the_file(claims: list[ProfessionalClaim], told: Answers) -> None:
    (group,) = read_acks(told.ack999.encode("ascii"), "999").groups
    assert (group.group_control, group.status, group.received, group.accepted) == ("7", "A", 1, 1)
    assert [one.set_control for one in group.sets] == ["0001"]
    many = ask((claims * 2)[:5001])
    (group,) = read_acks(many.ack999.encode("ascii"), "999").groups
    assert [one.set_control for one in group.sets] == ["0001", "0002"]


def test_the_277ca_answers_every_claim_once_and_rejects_a_few(claims: list[ProfessionalClaim], told: Answers) -> None:
    acks = ack_set(told)
    assert acks.batch == CONTROL.batch
    by_number = {one.control_number: one for one in acks.claims}
    assert len(acks.claims) == len(by_number) == len(claims)
    assert all(by_number[claim.control_number].charge == claim.charge for claim in claims)
    rejected = [one for one in acks.claims if one.rejected]
    assert 0.03 < len(rejected) / len(claims) < 0.05
    assert {status.category for one in rejected for status in one.statuses} == REJECTING
    assert all(one.action == "U" and not one.payer_control for one in rejected)
    assert all(one.payer_control for one in acks.claims if not one.rejected)
    by_line = [one for one in rejected if one.line_statuses]
    assert by_line
    assert all(one.statuses[0].status == "247" and one.line_statuses[0][0].endswith("L1") for one in by_line)


def test_each_claim_is_rejected_or_answered_by_its_payer(claims: list[ProfessionalClaim], told: Answers) -> None:
    rejected = {one.control_number for one in ack_set(told).claims if one.rejected}
    payer_of = {claim.control_number: claim.subscription.payer_id for claim in claims}
    found = payments(told)
    assert len(told.remits) == len(found) == len(payers())
    ours = [(one.control_number, payment.payer_id) for payment in found for one in payment.claims]
    ours = [pair for pair in ours if pair[0] in payer_of]
    assert Counter(ours) == Counter((n, payer) for n, payer in payer_of.items() if n not in rejected)
    assert len({payment.trace for payment in found}) == len(found)
    assert {(one.payee_npi, one.paid_on) for one in found} == {(PRACTICE.npi, PAID_ON)}


def test_exactly_one_claim_is_not_ours_and_has_money(claims: list[ProfessionalClaim], told: Answers) -> None:
    strangers = set(answered(told)) - {claim.control_number for claim in claims}
    assert len(strangers) == 1
    assert answered(told)[strangers.pop()][0].paid > 0


def test_the_shares_of_the_fates_are_those_of_a_real_practice(claims: list[ProfessionalClaim], told: Answers) -> None:
    answers = [one[0] for one in answered(told).values()]
    denied = [one for one in answers if one.paid == 0 and is_denied(one)]
    partial = [one for one in answers if one.paid and is_denied(one)]
    several = [claim for claim in claims if len(claim.lines) > 1]
    assert 0.07 < len(denied) / len(claims) < 0.11
    assert 0.03 < len(partial) / len(several) < 0.09
    assert all(sum(line.allowed is None for line in one.lines) == 1 for one in partial)
    kinds = {next(iter(reasons(one))) for one in denied}
    assert len(kinds) >= 14
    assert {"CO-16", "CO-197", "CO-50", "OA-18", "PR-31", "OA-109"} <= kinds
    assert {one.status for one in denied if reasons(one) == {"PR-31"}} == {"4"}
    assert {one.status for one in answers if reasons(one) != {"PR-31"}} == {"1"}
    assert any(line.remarks for one in denied for line in one.lines)
    assert any("MA130" in one.remarks for one in denied)


def test_paid_lines_follow_the_contract(claims: list[ProfessionalClaim], told: Answers) -> None:
    percent = {payer.payer_id: payer.allowed_percent for payer in payers()}
    sent = {line.control: (claim, line) for claim in claims for line in claim.lines}
    found = answered(told)
    lines = [line for ones in found.values() for one in ones for line in one.lines if line.control in sent]
    for line in lines:
        claim, ours = sent[line.control]
        assert (line.code, line.modifiers, line.charge) == (ours.code, ours.modifiers, ours.charge)
        assert (line.units, line.service_date) == (str(ours.units), ours.service_date)
        if line.allowed is None:
            continue
        share = percent[claim.subscription.payer_id]
        assert abs(line.allowed - line.charge * share / 100) <= ours.units
        by_reason = {f"{one.group}-{one.reason}": one.cents for one in line.adjustments}
        assert by_reason.get("CO-45", 0) == line.charge - line.allowed
        medicare = claim.subscription.payer_id == "MEDB"
        assert ("CO-253" in by_reason) == (medicare and line.paid >= 25)
        patient = sum(cents for reason, cents in by_reason.items() if reason.startswith("PR"))
        assert line.paid == line.allowed - patient - by_reason.get("CO-253", 0)
    assert {"PR-1", "PR-2", "PR-3"} <= {r for ones in found.values() for one in ones for r in reasons(one)}


def test_a_pended_claim_is_accepted_and_paid_by_nobody_until_it_is(
    claims: list[ProfessionalClaim], told: Answers
) -> None:
    waiting = ask(claims, pend=0.2)
    assert waiting.ack277 == told.ack277
    missing = {n for n in answered(told) if n.startswith("E")} - set(answered(waiting))
    assert 0.15 < len(missing) / len(claims) < 0.25
    at_once = answered(told)
    later = answered(ask([claim for claim in claims if claim.control_number in missing]))
    assert all(reasons(later[number][0]) == reasons(at_once[number][0]) for number in missing)
    assert ask(claims, pend=1.0).remits == ()


def test_a_replacement_reverses_the_very_answer_that_it_was_given_and_is_paid(
    claims: list[ProfessionalClaim], told: Answers
) -> None:
    before = answered(told)
    of_denied = [claim for claim in claims if any(map(is_denied, before.get(claim.control_number, ())))]
    replaced = [
        replace(claim, frequency="7", payer_control=before[claim.control_number][0].payer_control)
        for claim in of_denied
    ]
    # Another seed: the payer's number alone brings the first answer back.
    again = answered(ask(replaced, seed=44, control=replace(CONTROL, interchange=8)))
    for claim in replaced:
        (first,) = before[claim.control_number]
        reversal, correction = again[claim.control_number]
        assert (reversal.status, reversal.charge, reversal.paid) == ("22", -first.charge, -first.paid)
        assert reversal.payer_control == first.payer_control != correction.payer_control
        assert reversal.patient_responsibility is None
        for was, now in zip(first.lines, reversal.lines, strict=True):
            assert [replace(one, cents=-one.cents) for one in was.adjustments] == list(now.adjustments)
        assert correction.status == "1"
        assert correction.charge == first.charge
        assert not is_denied(correction)


def test_a_replacement_of_a_number_that_no_payer_here_gave_reverses_a_denial(claims: list[ProfessionalClaim]) -> None:
    sent = replace(claims[0], frequency="7", payer_control="P77")
    reversal, correction = answered(ask([sent]))[sent.control_number]
    assert is_denied(reversal)
    assert reversal.paid == 0
    assert not is_denied(correction)


def test_a_void_of_a_paid_claim_is_carried_forward_and_no_payment_is_below_zero(
    claims: list[ProfessionalClaim], told: Answers
) -> None:
    by_number = {claim.control_number: claim for claim in claims}
    before = [one for ones in answered(told).values() for one in ones if one.control_number in by_number]
    paid = sorted(before, key=lambda one: -one.paid)[:20]
    voids = [replace(by_number[one.control_number], frequency="8", payer_control=one.payer_control) for one in paid]
    found = payments(ask(voids))
    assert {one.control_number: -one.paid for one in paid}.items() <= {
        one.control_number: one.paid for payment in found for one in payment.claims
    }.items()
    assert {pair.reason for payment in found for pair in payment.provider_adjustments} == {"FB"}
    assert all(payment.amount == 0 and payment.method == "NON" for payment in found if payment.provider_adjustments)
    assert all(payment.amount >= 0 for payment in found)


def test_about_one_payment_in_three_adjusts_the_provider(claims: list[ProfessionalClaim]) -> None:
    found: list[Payment] = []
    for number in range(1, 26):
        found += payments(ask(claims[number * 60 : number * 60 + 60], control=replace(CONTROL, interchange=number)))
    adjusted = [payment for payment in found if payment.provider_adjustments]
    assert 0.22 < len(adjusted) / len(found) < 0.45
    assert {pair.reason for one in adjusted for pair in one.provider_adjustments} == {"WO", "L6", "72"}
    for payment in adjusted:
        pairs = {pair.reason: pair.cents for pair in payment.provider_adjustments}
        assert pairs.get("L6", 0) == -sum(one.interest for one in payment.claims)
        assert pairs.get("WO", 1) > 0
        assert pairs.get("72", -1) < 0
        assert payment.amount >= 0


def test_a_payer_outside_the_demo_answers_too(claims: list[ProfessionalClaim]) -> None:
    other = replace(claims[0].subscription, payer_id="ACME1", payer_name="Acme Héalth", filing="CI")
    (payment,) = payments(ask([replace(claims[0], subscription=other)], seed=1))
    assert (payment.payer_id, payment.payer_name) == ("ACME1", "ACME HEALTH")


def test_two_billing_providers_have_a_payment_each_in_the_payers_file(claims: list[ProfessionalClaim]) -> None:
    mine = [claim for claim in claims if claim.subscription.payer_id == "MEDB"][:40]
    second = replace(BILLING, npi="2999900113", name="Larkfield Annex")
    both = [replace(claim, billing=second) if n % 2 else claim for n, claim in enumerate(mine)]
    told = ask(both)
    assert len(told.remits) == 1
    assert {payment.payee_npi for payment in payments(told)} == {BILLING.npi, second.npi}


def test_a_name_with_an_accent_travels_in_the_basic_character_set(claims: list[ProfessionalClaim]) -> None:
    who = replace(claims[0].subscription.subscriber, last="Núñez_O'Hara")
    named = replace(claims[0], subscription=replace(claims[0].subscription, subscriber=who), patient=None)
    told = ask([named])
    assert "NUNEZ-O'HARA" in told.ack277
    assert all(text.isascii() for text in (told.ack277, *told.remits))


def test_a_line_without_a_charge_and_nobodys_claims_are_no_trouble(claims: list[ProfessionalClaim]) -> None:
    free = replace(claims[0], lines=tuple(replace(line, charge=0) for line in claims[0].lines))
    for seed in range(30):
        payments(ask([free], seed=seed))
    with pytest.raises(Refused, match="no claim to answer"):
        ask([])


def test_an_independent_validator_finds_nothing_wrong(claims: list[ProfessionalClaim]) -> None:
    some = claims[:300]
    first = answered(ask(some))
    sevens = [
        replace(claim, frequency="7", payer_control=first[claim.control_number][0].payer_control)
        for claim in some[:60]
        if claim.control_number in first
    ]
    told = ask([*sevens, *some[60:]], control=replace(CONTROL, interchange=12))
    for text in (told.ack999, told.ack277, *told.remits):
        assert validator_complaints(text) == []


def test_the_payers_numbers_do_not_repeat(claims: list[ProfessionalClaim]) -> None:
    numbers = {payer_number(claim, 3, frequency) for claim in claims for frequency in "178"}
    assert len(numbers) == 3 * len(claims)
