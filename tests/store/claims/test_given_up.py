"""A claim that is given up leaves nothing open at a payer: its charge is taken back, or goes to the claim before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session

from store.accounts.explain import explain
from store.claims.correct import BuildClaims, CancelClaim, CorrectClaim, VoidClaim
from store.denials.commands import WriteOffDenial
from store.errors import Refused
from store.remits.next_payer import MoveToPatient
from store.remits.take_in import ImportRemittance
from store.tables import Claim, Denial
from tests.store.eras import era, pays, reversal
from tests.store.world import DAY, World, on


def decided(world: World, *whys: str, payers: tuple[str, ...] = ("PRMUT",)) -> int:
    claim_id = world.sent(*payers)
    world.do(ImportRemittance("835", era(pays(world, claim_id, *whys))))
    return claim_id


def test_the_charge_of_a_cancelled_claim_is_taken_back_and_undo_brings_it_again(world: World) -> None:
    claim_id = world.claim()
    before = world.books(claim_id)
    done = world.do(CancelClaim(claim_id, "billed twice"))
    assert "$227.00 is charged no more" in done.said
    assert (world.books(claim_id), world.get(Claim, claim_id).charge) == ({}, 0)
    assert world.due(claim_id) == (0, 0)
    with Session(world.engine) as session:
        told = explain(session, claim_id)
    assert [(one.charge, one.causes[0].what, one.open) for one in told] == [
        (19_500, "charged no more", 0), (3_200, "charged no more", 0),
    ]  # fmt: skip
    assert world.faults() == []
    world.owner.undo()
    assert (world.books(claim_id), world.get(Claim, claim_id).charge) == (before, 22_700)
    assert world.faults() == []


def test_a_later_payers_claim_gives_what_it_had_back_to_the_claim_before_which_comes_up(world: World) -> None:
    first = decided(world, "PR-1 3000", "", payers=("PRMUT", "HRTLD"))
    following = world.one(Claim, prior_id=first)
    world.do(CancelClaim(following.id, "that cover had ended"))
    assert (world.get(Claim, following.id).state, world.books(following.id)) == ("CANCELLED", {})
    item = world.item("claims", first)
    assert (item.open, item.cents) == (True, 3_000)
    assert "was cancelled" in item.reason
    assert world.faults() == []
    world.do(BuildClaims())
    assert world.get(Claim, following.id).state == "CANCELLED"  # nobody asked for it again
    world.do(MoveToPatient(first, "no other cover"))
    assert (world.due(first), world.item("claims", first).open) == ((3_000, 0), False)
    assert world.faults() == []


def test_what_the_payer_decided_is_voided_and_not_cancelled_behind_a_correction(world: World) -> None:
    claim_id = decided(world, "PR-1 3000", "")
    world.do(CorrectClaim(claim_id, place="22"))
    with pytest.raises(Refused, match="decided"):
        world.do(CancelClaim(claim_id, "wrong patient"))
    world.do(VoidClaim(claim_id, "wrong patient"))
    assert ":B:8*" in world.send()


def test_a_void_that_the_payer_carried_out_ends_the_claim_with_nothing_open(world: World) -> None:
    claim_id = world.sent("PRMUT")
    first = pays(world, claim_id, "CO-45 500,PR-1 3000", "CO-45 200")
    world.do(ImportRemittance("835", era(first)))
    world.do(VoidClaim(claim_id, "wrong patient"))
    world.send()
    world.do(ImportRemittance("back", era(reversal(first), trace="EFT2")))
    claim = world.get(Claim, claim_id)
    assert (claim.state, claim.charge, world.books(claim_id)) == ("CANCELLED", 0, {})
    assert world.due(claim_id) == (0, 0)
    assert world.faults() == []
    with on(DAY + timedelta(days=99)):
        world.do(ImportRemittance("again", era(first, trace="EFT3")))  # though the payer did not mean it
    assert (world.get(Claim, claim_id).state, world.books(claim_id)["cash"]) == ("PAID", 19_000)
    assert world.faults() == []


def test_what_we_gave_up_of_a_voided_claim_is_given_up_no_longer(world: World) -> None:
    claim_id = world.sent("PRMUT")
    first = pays(world, claim_id, "CO-29 19500", "PR-3 3200")
    world.do(ImportRemittance("835", era(first)))
    world.do(WriteOffDenial(world.one(Denial).id, "filed too late"))
    world.do(VoidClaim(claim_id, "wrong patient"))
    world.send()
    world.do(ImportRemittance("back", era(reversal(first), trace="EFT2")))
    assert (world.get(Claim, claim_id).state, world.books(claim_id)) == ("CANCELLED", {})
    assert world.faults() == []


def test_a_cancelled_claim_that_still_has_money_open_is_found_and_settled_with_the_next_building(world: World) -> None:
    """As an earlier version of this program left it."""
    claim_id, other = world.claim(), world.claim()
    world.do(CancelClaim(other, "billed twice"))
    world.sql(f"UPDATE claim SET state='CANCELLED' WHERE id={claim_id}")
    number = world.get(Claim, claim_id).control_number
    assert f"claim {number}: is CANCELLED, and 227.00 stay open at a payer (superbill claims build)" in world.faults()
    world.do(BuildClaims())
    assert world.books(claim_id) == {}
    assert not [fault for fault in world.faults() if "stay open" in fault]
