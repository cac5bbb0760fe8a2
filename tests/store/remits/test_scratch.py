"""Answers that a person places, part by part, to the last cent; and whole payments taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from store.denials.appeals import AppealDenial
from store.denials.commands import WriteOffDenial
from store.errors import NotFound, Refused
from store.remits.held import receipts
from store.remits.next_payer import MoveToPatient
from store.remits.pad import lines_told, may_be_told, part_told, unplaced_part
from store.remits.scratch import CommitAnswer, DistributeNegative, EditPart, MatchAnswer, PlacePart, ToSuspense
from store.remits.take_back import ReverseRemittance
from store.remits.take_in import ImportRemittance
from store.tables import Claim, Denial, Patient, RemitClaim, Remittance, Transition, WorkItem
from store.work.record import Table
from store.x12.remittance_values import RemitClaim as Answer
from tests.store.eras import era, payment, pays, reversal
from tests.store.remits.test_reversals import answers, books
from tests.store.world import DOS, World


def post(world: World, *told: Answer, trace: str = "EFT1") -> None:
    total = sum(answer.paid for answer in told)
    world.do(ImportRemittance(trace, era(*told, trace=trace, plb=f"FB {total}" if total < 0 else "")))


def number(world: World, claim_id: int) -> str:
    return world.get(Claim, claim_id).control_number


def unapplied(world: World) -> int:
    return int(world.sql("SELECT coalesce(sum(cents), 0) FROM posting WHERE book='unapplied'")[0][0])


def lost(world: World, *whys: str) -> tuple[int, int]:
    """A claim, and an answer to it whose numbers were lost: (claim id, answer id)."""
    claim_id = world.sent()
    told = replace(pays(world, claim_id, *whys), control_number="LOST", payer_control="")
    post(world, told)
    return claim_id, world.all(RemitClaim)[-1].id


def test_a_claim_that_a_person_names_is_posted_as_if_it_had_been_certain(world: World) -> None:
    claim_id, answer_id = lost(world, "CO-45 500,PR-1 1000", "CO-16 3200")
    with pytest.raises(NotFound, match="There is no claim"):
        world.do(MatchAnswer(answer_id, "NOPE"))
    done = world.do(MatchAnswer(answer_id, number(world, claim_id).lower()))
    assert "posted" in done.said
    assert world.books(claim_id) == {
        "charges": -22_700, "cash": 18_000, "contractual": 500, "patient": 1_000, "insurance": 3_200,
    }  # fmt: skip
    assert (unapplied(world), world.one(Remittance).state) == (0, "POSTED")
    assert (world.get(Claim, claim_id).state, world.one(Denial).cents) == ("PARTIAL", 3_200)
    assert not world.item("remits", answer_id).open
    assert world.faults() == []


def test_each_occasion_on_which_a_payment_was_posted_has_a_receipt_of_its_own(world: World) -> None:
    known, gone = world.sent(), world.sent()
    told = replace(pays(world, gone, "CO-45 500", ""), control_number="LOST", payer_control="")
    post(world, pays(world, known, "", ""), told)
    answer = world.all(RemitClaim)[-1].id
    done = world.do(MatchAnswer(answer, number(world, gone)))
    assert "receipt EFT1-B" in done.said
    assert "EFT1-A" in str(world.owner.record("remits", answer).tabs)
    post(world, pays(world, world.sent(), "", ""), trace="EFT2")  # whole at once: the trace alone
    with world.owner.reading() as session:
        assert set(receipts(session, world.one(Remittance, trace="EFT2")).values()) == {"EFT2"}


def test_what_a_person_matched_can_be_undone(world: World) -> None:
    claim_id, answer_id = lost(world, "CO-45 500,PR-1 1000", "CO-16 3200")
    before, had = world.dump(), books(world)
    world.do(MatchAnswer(answer_id, number(world, claim_id)))
    world.owner.undo()
    assert (world.dump(), books(world)) == (before, had)
    assert world.faults() == []


def test_the_scratchpad_lists_the_lines_of_the_claim_by_the_numbers_that_place_a_part(world: World) -> None:
    claim_id, answer_id = lost(world, "CO-45 500", "")
    world.do(PlacePart(answer_id, 1, number(world, claim_id), 2))
    blocks = world.owner.record("remits", answer_id).tabs[0].blocks
    (lines,) = (one for one in blocks if isinstance(one, Table) and one.title == f"Lines of {number(world, claim_id)}")
    assert [row[:2] for row in lines.rows] == [(1, "G0438"), (2, "G0008")]


def test_claims_that_an_answer_may_be_about_are_listed_where_two_things_agree_and_never_taken(world: World) -> None:
    claim_id = world.sent()
    claim = world.get(Claim, claim_id)
    patient = world.get(Patient, claim.patient_id)
    name = f"{patient.last}, {patient.first}".upper()
    told = replace(pays(world, claim_id, "CO-45 500", ""), control_number="LOST", payer_control="", patient_name=name)
    post(world, replace(told, service_from=DOS - timedelta(days=1)))
    answer_id = world.one(RemitClaim).id
    (may_be,) = (
        one
        for one in world.owner.record("remits", answer_id).tabs[0].blocks
        if isinstance(one, Table) and one.title.startswith("Claims that it may be")
    )
    row = (claim.control_number, f"{patient.last}, {patient.first}", DOS, 22_700, 22_700, "name charge line")
    assert may_be.rows == (row,)
    with world.owner.reading() as session:
        assert unplaced_part(session, answer_id) == 1
        assert part_told(session, answer_id, 1) == ("190.00", "CO-45 5.00")
        assert lines_told(session, answer_id, 1, "") == "1, 2 …"
        assert lines_told(session, answer_id, 1, claim.control_number) == "1 G0438 195.00  2 G0008 32.00"
        assert may_be_told(session, answer_id) == f"{claim.control_number} ({patient.last}, {patient.first})"


def test_a_matched_answer_that_does_not_fit_stays_before_the_person(world: World) -> None:
    claim_id, answer_id = lost(world, "", "")
    post(world, pays(world, claim_id, "", ""), trace="EFT2")
    done = world.do(MatchAnswer(answer_id, number(world, claim_id)))
    assert "not posted: more was paid" in done.said
    assert world.get(RemitClaim, answer_id).reason == "OVERPAY"
    world.do(CommitAnswer(answer_id))
    assert world.books(claim_id) == {"charges": -22_700, "cash": 45_400, "insurance": -22_700}
    assert world.faults() == []


def test_nothing_is_posted_while_anything_is_left_to_distribute(world: World) -> None:
    first, answer_id = lost(world, "", "")
    other = world.sent()
    with pytest.raises(Refused, match=r"\$227.00 is left to distribute"):
        world.do(CommitAnswer(answer_id))
    assert world.do(PlacePart(answer_id, 1, number(world, first), 1)).said == "Left to distribute: 32.00."
    with pytest.raises(Refused, match="has no line 9"):
        world.do(PlacePart(answer_id, 2, number(world, other), 9))
    assert world.do(PlacePart(answer_id, 2, number(world, other), 2, 2_000)).said == "Left to distribute: 12.00."
    assert world.do(PlacePart(answer_id, 2, number(world, first), 2)).said == "Left to distribute: 0.00."
    world.do(CommitAnswer(answer_id))
    assert world.books(first)["cash"] == 20_700
    assert world.books(other)["cash"] == 2_000
    assert unapplied(world) == 0
    states = sorted((row.state, row.paid) for row in world.all(RemitClaim))
    assert states == [("matched", 2_000), ("matched", 20_700), ("split", 22_700)]
    assert world.faults() == []


def test_an_edited_part_has_to_come_to_the_whole_again(world: World) -> None:
    claim_id, answer_id = lost(world, "", "")
    world.do(PlacePart(answer_id, 1, number(world, claim_id), 1))
    world.do(PlacePart(answer_id, 2, number(world, claim_id), 2))
    assert world.do(EditPart(answer_id, 1, 18_500, "CO-45 10")).said == "Left to distribute: 10.00."
    with pytest.raises(Refused, match=r"\$10.00 is left"):
        world.do(CommitAnswer(answer_id))
    world.do(EditPart(answer_id, 2, 4_200, "OA-94 -10"))
    world.do(CommitAnswer(answer_id))
    assert world.books(claim_id) == {"charges": -22_700, "cash": 22_700}
    assert world.faults() == []
    world.owner.undo()
    assert world.books(claim_id) == {"charges": -22_700, "insurance": 22_700}
    assert world.faults() == []


def test_a_negative_is_distributed_over_what_was_paid(world: World) -> None:
    first, second = world.sent(), world.sent()
    post(world, pays(world, first, "CO-16 19500", ""), trace="T1")
    post(world, pays(world, second, "", ""), trace="T2")
    post(world, replace(reversal(pays(world, second, "CO-45 2700", "")), control_number="LOST", payer_control="",
                        patient_name=""), trace="T3")  # fmt: skip
    answer_id = world.all(RemitClaim)[-1].id
    said = world.do(DistributeNegative(answer_id, (number(world, first),))).said
    assert said == "Left to distribute: -168.00."
    said = world.do(DistributeNegative(answer_id, (number(world, first), number(world, second)))).said
    assert said == "Left to distribute: 0.00."
    world.do(CommitAnswer(answer_id))
    assert (world.books(first).get("cash", 0), world.books(second)["cash"]) == (0, 5_900)
    assert unapplied(world) == 0
    assert world.faults() == []


def test_money_that_is_nobodys_goes_to_suspense_and_stays_unapplied(world: World) -> None:
    _, answer_id = lost(world, "", "")
    with pytest.raises(Refused, match="Say why"):
        world.do(ToSuspense(answer_id, ""))
    world.do(ToSuspense(answer_id, "an old system's"))
    assert (unapplied(world), world.item("remits", answer_id).open) == (-22_700, False)
    assert world.one(Remittance).state == "POSTED"
    assert world.faults() == []


# --- a whole payment taken back ---------------------------------------------------------------------------------------


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(whys=st.tuples(answers, answers))
def test_a_payment_taken_back_leaves_everything_as_it_was_and_comes_in_again(
    world: World, whys: tuple[tuple[str, str, str], tuple[str, str, str]]
) -> None:
    world.again()
    claims = world.pair()
    before = _standing(world, claims)
    told = [pays(world, one, *why[:2], whole=why[2]) for one, why in zip(claims, whys, strict=True)]
    total = sum(answer.paid for answer in told)
    content = era(*told, trace=f"T{claims[0]}", plb=f"FB {total}" if total < 0 else "")
    world.do(ImportRemittance("835", content))
    after = _standing(world, claims)
    world.do(ReverseRemittance(world.all(Remittance)[-1].id, "a test file"))
    assert _standing(world, claims) == before
    assert world.faults() == []
    world.do(ImportRemittance("835", content))
    assert _standing(world, claims) == after
    assert world.faults() == []


def _standing(world: World, claims: list[int]) -> list[object]:
    open_items = {(one.queue, one.reason, one.cents) for one in world.all(WorkItem, open=True)}
    return [books(world), [world.get(Claim, claim_id).state for claim_id in claims], open_items]


def test_what_was_done_about_its_denials_goes_with_it(world: World) -> None:
    claim_id, denial_id = world.denied()
    world.do(WriteOffDenial(denial_id, "filed too late"))
    world.do(ReverseRemittance(world.one(Remittance).id, "a test file"))
    assert world.books(claim_id) == {"charges": -22_700, "insurance": 22_700}
    assert {denial.state for denial in world.all(Denial)} == {"REVERSED"}
    assert world.get(Claim, claim_id).state == "SENT"
    assert world.faults() == []


def test_a_denial_that_it_overturned_waits_again(world: World) -> None:
    claim_id, denial_id = world.denied("CO-50", "MEDB")
    world.do(AppealDenial(denial_id, "R1"))
    post(world, pays(world, claim_id, "", ""), trace="EFT2")
    assert world.get(Denial, denial_id).state == "OVERTURNED"
    world.do(ReverseRemittance(world.all(Remittance)[-1].id, "wrong file"))
    assert world.get(Denial, denial_id).state == "APPEALED"
    assert world.get(Claim, claim_id).state == "DENIED"
    assert world.faults() == []


def test_a_share_that_moved_to_the_patient_since_comes_back_too(world: World) -> None:
    claim_id = world.sent("PRMUT", "HRTLD")
    post(world, pays(world, claim_id, "PR-1 3000", ""))
    world.do(MoveToPatient(claim_id, "coverage had ended"))
    world.do(ReverseRemittance(world.one(Remittance).id, "wrong file"))
    assert world.due(claim_id) == (0, 22_700)
    assert world.faults() == []


def test_what_the_payer_took_back_already_has_to_be_taken_back_in_order(world: World) -> None:
    claim_id = world.sent()
    paid = pays(world, claim_id, "", "")
    post(world, paid)
    post(world, reversal(paid), trace="EFT2")
    first, second = (row.id for row in world.all(Remittance))
    with pytest.raises(Refused, match="Take EFT2 back first"):
        world.do(ReverseRemittance(first, "wrong"))
    world.do(ReverseRemittance(second, "wrong"))
    assert world.books(claim_id)["cash"] == 22_700
    world.do(ReverseRemittance(first, "wrong"))
    assert world.books(claim_id) == {"charges": -22_700, "insurance": 22_700}
    with pytest.raises(Refused, match="nothing to take back"):
        world.do(ReverseRemittance(first, "wrong"))
    with pytest.raises(Refused, match="Say why"):
        world.do(ReverseRemittance(first, ""))
    assert {step.machine for step in world.all(Transition, undo=True)} == {"claim"}
    assert payment(paid).amount == 22_700
    assert world.faults() == []
