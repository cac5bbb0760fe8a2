"""Reversals restore what was before; the patient's share goes to the next payer first; random remittances add up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from store.errors import Refused
from store.intake.values import CoverageIn
from store.remits.next_payer import MoveToPatient
from store.remits.queue import SettleException
from store.remits.take_in import ImportRemittance
from store.tables import Claim, Denial, Encounter, Patient, RemitClaim
from store.x12.remittance_values import RemitClaim as RemitAnswer
from tests.store.eras import era, pays, reversal
from tests.store.world import World, insured, person


def post(world: World, content: bytes) -> None:
    world.do(ImportRemittance("835", content))


def books(world: World) -> list[Any]:
    """Every balance there is: by account, claim, line, book and payer."""
    where = "guarantor_id, claim_id, claim_line_id, book, payer_id"
    return world.sql(
        f"SELECT {where}, sum(cents) FROM posting GROUP BY {where} HAVING sum(cents) <> 0 ORDER BY {where}"
    )


ANSWERS = [
    ("", ""),
    ("CO-45 5500,PR-1 2000,PR-2 1000", "CO-45 200"),
    ("CO-197 19500", "CO-16 3200"),
    ("PR-1 500,CO-50 19000", "OA-94 -100"),
]


@pytest.mark.parametrize("whys", ANSWERS)
@pytest.mark.parametrize("payers", [("PRMUT",), ("PRMUT", "HRTLD")], ids=["alone", "with a second payer"])
def test_a_reversal_restores_every_balance_exactly(
    world: World, whys: tuple[str, str], payers: tuple[str, ...]
) -> None:
    claim_id = world.sent(*payers)
    before = books(world)
    answer = pays(world, claim_id, *whys)
    post(world, era(answer))
    post(world, era(reversal(answer), trace="EFT2"))
    assert books(world) == before
    assert world.get(Claim, claim_id).state == "REVERSED"
    assert {denial.state for denial in world.all(Denial)} <= {"REVERSED"}
    assert world.owner.board()[4].count == 0
    assert world.faults() == []


def test_reversal_and_correction_in_one_file_leave_the_correction(world: World) -> None:
    claim_id = world.sent()
    first, second = pays(world, claim_id, "PR-1 5000", "CO-16 3200"), pays(world, claim_id, "PR-1 1000", "")
    post(world, era(first))
    post(world, era(reversal(first), second, trace="EFT2"))
    assert world.books(claim_id) == {"charges": -22_700, "cash": 21_700, "patient": 1_000}
    assert (world.get(Claim, claim_id).state, world.one(Denial).state) == ("PAID", "REVERSED")
    assert world.faults() == []


# --- the next payer -----------------------------------------------------------------------------------------------


def test_a_patient_share_goes_to_the_next_payer_where_there_is_one(world: World) -> None:
    claim_id = world.sent("PRMUT", "HRTLD")
    post(world, era(pays(world, claim_id, "CO-45 500,PR-1 3000", "PR-2 200")))
    assert world.due(claim_id) == (0, 3_200)
    following = world.one(Claim, prior_id=claim_id)
    assert (following.state, following.sequence, world.books(following.id)["insurance"]) == ("READY", "S", 3_200)
    assert (world.item("claims", claim_id).open, world.item("claims", following.id).open) == (False, True)
    assert world.faults() == []


def test_what_the_next_payer_does_not_pay_becomes_the_patients(world: World) -> None:
    claim_id = world.sent("PRMUT", "HRTLD")
    post(world, era(pays(world, claim_id, "CO-16 19500", "PR-2 200")))
    with pytest.raises(Refused, match="Say why"):
        world.do(MoveToPatient(claim_id, " "))
    world.do(MoveToPatient(claim_id, "coverage had ended"))
    assert world.due(claim_id) == (200, 19_500)
    with pytest.raises(Refused, match="Nothing of Claim"):
        world.do(MoveToPatient(claim_id, "again"))
    assert world.faults() == []


def test_a_share_that_moved_to_the_patient_since_is_taken_back_from_the_patient(world: World) -> None:
    claim_id = world.sent("PRMUT", "HRTLD")
    answer = pays(world, claim_id, "PR-1 3000", "")
    post(world, era(answer))
    world.do(MoveToPatient(claim_id, "coverage had ended"))
    assert world.due(claim_id) == (3_000, 0)
    post(world, era(reversal(answer), trace="EFT2"))
    assert world.due(claim_id) == (0, 22_700)
    assert world.faults() == []


def test_a_share_of_the_patient_is_taken_back_from_him_though_a_coverage_came_since(world: World) -> None:
    patient = person("late")
    claim_id = world.sent("PRMUT", patient=patient)
    answer = pays(world, claim_id, "PR-1 3000", "")
    post(world, era(answer))
    assert world.due(claim_id) == (3_000, 0)
    second: tuple[CoverageIn, ...] = (insured("PRMUT"), insured("HRTLD", 2))
    encounter = world.get(Encounter, world.encounter(patient=patient, coverages=second))
    assert world.get(Patient, encounter.patient_id).id == world.get(Claim, claim_id).patient_id
    post(world, era(reversal(answer), trace="EFT2"))
    assert world.due(claim_id) == (0, 22_700)
    assert world.faults() == []


def test_a_coverage_that_did_not_hold_on_that_day_is_no_next_payer(world: World) -> None:
    claim_id = world.claim("PRMUT", "HRTLD")
    world.sql("UPDATE coverage SET valid_to='2026-01-31' WHERE \"order\"=2")
    world.send()
    post(world, era(pays(world, claim_id, "PR-1 3000", "")))
    assert world.due(claim_id) == (3_000, 0)


def test_an_exception_is_settled_with_words_and_the_money_stays(world: World) -> None:
    claim_id = world.sent()
    answer = pays(world, claim_id, "", "")
    world.sql("UPDATE claim SET control_number='elsewhere'")
    post(world, era(answer))
    before, row = books(world), world.one(RemitClaim)
    with pytest.raises(Refused, match="Say what was found out"):
        world.do(SettleException(row.id, ""))
    world.do(SettleException(row.id, "another practice's"))
    assert (books(world), world.item("remits", row.id).open) == (before, False)
    assert world.one(RemitClaim).reason == "NO_CLAIM: another practice's"


# --- any remittance at all ----------------------------------------------------------------------------------------

REASONS = ("CO-45", "CO-253", "PR-1", "PR-2", "PR-3", "CO-16", "CO-197", "PR-204", "OA-23", "OA-94", "PI-B22", "CO-999")


@st.composite
def a_line(draw: st.DrawFn) -> str:
    """Up to three different reasons; what is not the patient's is now and then below zero."""
    found = draw(st.lists(st.sampled_from(REASONS), max_size=3, unique=True))
    least = {reason: 1 if reason.startswith("PR") else -3000 for reason in found}
    return ",".join(f"{reason} {draw(st.integers(least[reason], 20_000).filter(bool))}" for reason in found)


answers = st.tuples(a_line(), a_line(), a_line())
rounds = st.lists(st.tuples(answers, answers, st.integers(-500, 500)), min_size=1, max_size=3)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(rounds=rounds)
def test_any_balanced_remittance_is_explained_to_the_cent_and_can_be_taken_back(
    world: World, rounds: list[tuple[tuple[str, str, str], tuple[str, str, str], int]]
) -> None:
    world.again()
    claims = world.pair()
    before, paid = books(world), _cash(world)
    posted: list[tuple[list[RemitAnswer], str, str]] = []
    for first, second, interest in rounds:
        both = [
            pays(world, claim_id, *whys[:2], whole=whys[2])
            for claim_id, whys in zip(claims, (first, second), strict=True)
        ]
        total = sum(answer.paid for answer in both)
        plb = f"L6 {interest}" if interest and total - interest >= 0 else ""
        if total < 0:
            plb = f"FB {total}"  # what is not enough is carried forward
        trace = f"T{claims[0]}-{len(posted)}"
        post(world, era(*both, plb=plb, trace=trace))
        posted.append((both, plb, trace))
        paid += total - (int(plb.split()[1]) if plb else 0)
        assert _cash(world) == paid
        for claim_id in claims:
            assert sum(world.books(claim_id).values()) == 0
            assert world.books(claim_id)["charges"] == -22_700
    for both, _, trace in reversed(posted):
        back = [reversal(answer) for answer in both]
        total = sum(answer.paid for answer in back)
        post(world, era(*back, plb=f"FB {total}" if total < 0 else "", trace=f"{trace}R"))
    for claim_id in claims:
        assert world.books(claim_id) == {"charges": -22_700, "insurance": 22_700}
        assert world.due(claim_id) == (0, 22_700)
    kept = [row for row in books(world) if row[1] is not None]
    assert kept == [row for row in before if row[1] is not None]
    assert world.faults() == []


def _cash(world: World) -> int:
    return int(world.sql("SELECT coalesce(sum(cents), 0) FROM posting WHERE book='cash'")[0][0])
