"""Cost share that may not be billed to the patient (QMB), and claims that the payer sent on by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from store.errors import Refused
from store.remits.next_payer import MoveToPatient
from store.remits.take_in import ImportRemittance
from store.tables import Claim, RemitAdjustment, RemitClaim
from store.work.values import View
from store.x12.remittance_values import RemitClaim as RemitAnswer
from tests.store.eras import era, pays, reversal
from tests.store.world import DAY, World

MEDICARE, MEDICAID = "MEDB", "KSAID"


def post(world: World, *answers: RemitAnswer, trace: str = "EFT1") -> None:
    world.do(ImportRemittance("835", era(*answers, trace=trace)))


def qmb(world: World, claim_id: int, remark: str = "N781") -> RemitAnswer:
    return replace(pays(world, claim_id, "CO-45 5000,PR-1 2000", "PR-2 600"), remarks=("MA01", remark))


@pytest.mark.parametrize("remark", ["N781", "N782", "N783"])
def test_the_share_of_a_protected_patient_goes_to_medicaid_and_never_on(world: World, remark: str) -> None:
    claim_id = world.sent(MEDICARE, MEDICAID)
    post(world, qmb(world, claim_id, remark))
    assert world.due(claim_id) == (0, 2_600)
    with pytest.raises(Refused, match="protected from cost sharing"):
        world.do(MoveToPatient(claim_id, "Medicaid said no"))
    assert world.get(Claim, claim_id).state == "PAID"
    assert world.faults() == []


def test_without_another_payer_it_stays_open_before_a_person(world: World) -> None:
    claim_id = world.sent(MEDICARE)
    post(world, qmb(world, claim_id))
    assert world.due(claim_id) == (0, 2_600)
    assert world.one(RemitClaim).reason == "QMB"
    assert world.owner.page("remits", View()).total == 1
    assert {row.disposition for row in world.all(RemitAdjustment, group="PR")} == {"protected"}
    assert world.faults() == []


@pytest.mark.parametrize("payers", [(MEDICARE,), (MEDICARE, MEDICAID)])
def test_a_reversal_without_the_remark_takes_nothing_from_the_patient(world: World, payers: tuple[str, ...]) -> None:
    claim_id = world.sent(*payers)
    answer = qmb(world, claim_id)
    post(world, answer)
    post(world, replace(reversal(answer), remarks=()), trace="EFT2")
    assert world.due(claim_id) == (0, 22_700)
    assert world.books(claim_id) == {"charges": -22_700, "insurance": 22_700}
    assert world.get(Claim, claim_id).state == "REVERSED"
    assert world.faults() == []


def test_an_amount_that_may_not_be_collected_is_not_the_patients(world: World) -> None:
    claim_id = world.sent(MEDICARE)
    post(world, pays(world, claim_id, "OA-209 1000,PR-2 500", ""))
    assert world.due(claim_id) == (0, 1_500)


def test_another_claims_share_stays_the_patients(world: World) -> None:
    claim_id, other = world.sent(MEDICARE), world.sent(MEDICARE)
    post(world, qmb(world, claim_id), pays(world, other, "PR-1 700", ""))
    assert (world.due(claim_id)[0], world.due(other)[0]) == (0, 700)


@pytest.mark.parametrize("status", ["19", "20", "21"])
def test_what_was_sent_on_is_not_billed_again_but_asked_for_in_time(world: World, status: str) -> None:
    claim_id = world.sent(MEDICARE, MEDICAID)
    post(world, pays(world, claim_id, "PR-1 3000", "", status=status))
    item = world.item("claims", claim_id)
    assert item.reason == "sent on to Plains State Medicaid, which has not answered"
    assert item.deferred_until == DAY + timedelta(days=30)
    assert world.owner.page("claims", View()).total == 0
    assert world.faults() == []
