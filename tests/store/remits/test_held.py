"""What is held is posted when what it waited for comes, in whatever order the payer sends it."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from store.remits.arrivals import SetPostingRule
from store.remits.take_in import ImportRemittance
from store.tables import Claim, RemitClaim, Remittance
from store.x12.remittance_values import Adjustment
from store.x12.remittance_values import RemitClaim as Answer
from tests.store.eras import answer_of, era, line, pays, reversal
from tests.store.world import World, person


def post(world: World, *answers: Answer, trace: str, plb: str = "") -> None:
    total = sum(answer.paid for answer in answers)
    world.do(ImportRemittance(trace, era(*answers, trace=trace, plb=plb or (f"FB {total}" if total < 0 else ""))))


def by_book(world: World, claim_id: int) -> list[object]:
    rows = world.sql(
        "SELECT claim_line_id, book, sum(cents) FROM posting WHERE claim_id=:c GROUP BY 1, 2 HAVING sum(cents)<>0 "
        "ORDER BY 1, 2",
        c=claim_id,
    )
    first = world.lines(claim_id)[0].id
    return [(None if line_id is None else line_id - first, book, cents) for line_id, book, cents in rows]


@pytest.mark.parametrize("first", [("PR-1 5000", "CO-16 3200"), ("CO-16 19500", "CO-16 3200"), ("", "")])
def test_payment_reversal_and_correction_end_alike_in_every_order(world: World, first: tuple[str, str]) -> None:
    ends = []
    for number, order in enumerate(permutations(range(3))):
        claim_id = world.sent()
        paid = pays(world, claim_id, *first)
        three = (paid, reversal(paid), pays(world, claim_id, "CO-45 500,PR-1 1000", ""))
        for step in order:
            post(world, three[step], trace=f"T{number}-{step}")
        ends.append((by_book(world, claim_id), world.get(Claim, claim_id).state, world.due(claim_id)))
        assert world.all(RemitClaim, claim_id=claim_id, state="held") == []
    assert ends == [ends[0]] * len(ends)
    assert world.faults() == []


def test_a_reversal_without_its_original_is_held(world: World) -> None:
    claim_id = world.sent()
    post(world, reversal(pays(world, claim_id, "PR-1 500", "")), trace="T1")
    assert world.one(RemitClaim).reason == "REV_NO_ORIG"
    assert world.books(claim_id) == {"charges": -22_700, "insurance": 22_700}
    assert world.faults() == []


def test_a_reversal_of_the_claim_for_what_was_paid_by_line_is_held(world: World) -> None:
    claim_id = world.sent()
    post(world, pays(world, claim_id, "PR-1 500", ""), trace="T1")
    whole = answer_of(world.get(Claim, claim_id), (), whole="PR-1 500")
    post(world, reversal(whole), trace="T2")
    assert world.all(RemitClaim)[-1].reason == "REV_NO_LINE"
    assert world.get(Claim, claim_id).state == "PAID"


def test_a_reversal_of_4010_names_no_group_and_restores_everything(world: World) -> None:
    claim_id = world.sent()
    before = by_book(world, claim_id)
    paid = pays(world, claim_id, "CO-45 500,PR-1 1000", "CO-16 3200")
    post(world, paid, trace="T1")
    back = reversal(paid)
    lines = tuple(
        replace(one, adjustments=tuple(Adjustment("CR", a.reason, a.cents) for a in one.adjustments))
        for one in back.lines
    )
    post(world, replace(back, lines=lines), trace="T2")
    assert by_book(world, claim_id) == before
    assert world.get(Claim, claim_id).state == "REVERSED"
    assert world.due(claim_id) == (0, 22_700)
    assert world.faults() == []


def test_an_answer_is_taken_back_once(world: World) -> None:
    claim_id = world.sent()
    paid = pays(world, claim_id, "", "")
    post(world, paid, trace="T1")
    post(world, reversal(paid), trace="T2")
    post(world, replace(reversal(paid), payer_control="ICN9"), trace="T3")
    assert [row.reason for row in world.all(RemitClaim)] == ["", "", "REV_NO_ORIG"]
    assert world.faults() == []


def test_patient_day_and_charge_find_the_one_claim_they_fit(world: World) -> None:
    one = world.sent(patient=replace(person("solo"), last="Quist", first="Ida"))
    told = replace(pays(world, one, "", ""), control_number="LOST1", patient_name="QUIST, IDA B", payer_control="")
    post(world, told, trace="T1")
    assert (world.one(RemitClaim).claim_id, world.get(Claim, one).state) == (one, "PAID")


def test_two_claims_that_fit_are_an_exception(world: World) -> None:
    for name in ("a", "b"):
        claim_id = world.sent(patient=replace(person(name), last="Quist", first="Ida"))
    told = replace(pays(world, claim_id, "", ""), control_number="LOST1", patient_name="QUIST, IDA", payer_control="")
    post(world, told, trace="T1")
    assert world.one(RemitClaim).reason == "AMBIG"


def test_the_code_that_was_submitted_finds_the_line(world: World) -> None:
    claim_id = world.sent()
    lines = [replace(line(row, ""), control="", code="G9999", submitted_code=row.code) for row in world.lines(claim_id)]
    post(world, answer_of(world.get(Claim, claim_id), lines), trace="T1")
    assert world.one(RemitClaim).state == "matched"


def test_a_payer_that_is_not_enabled_is_posted_by_a_person(world: World) -> None:
    world.do(SetPostingRule(None, auto_post=False, wait_for_money=False))
    claim_id = world.sent()
    post(world, pays(world, claim_id, "", ""), trace="T1")
    assert (world.one(RemitClaim).reason, world.one(Remittance).state) == ("REVIEW", "PARTIAL")
    assert world.get(Claim, claim_id).state == "SENT"
    assert world.faults() == []


def test_a_second_payers_answer_takes_from_its_own_share(world: World) -> None:
    claim_id = world.sent("PRMUT", "HRTLD")
    post(world, pays(world, claim_id, "CO-45 500,PR-1 3000", ""), trace="T1")
    second = pays(world, claim_id, "OA-23 16500", "OA-23 3200", status="2")
    content = era(second, trace="T2").replace(b"*PRMUT~", b"*HRTLD~")
    assert b"HRTLD" in content
    world.do(ImportRemittance("second", content))
    assert (
        world.sql("SELECT payer_id, sum(cents) FROM posting WHERE book='insurance' GROUP BY 1 HAVING sum(cents)<>0")
        == []
    )
    assert world.due(claim_id) == (0, 0)
    assert world.faults() == []
