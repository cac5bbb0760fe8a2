"""A write-off above a person's limit needs a second one."""

from __future__ import annotations

import pytest

from store.denials.approvals import ApproveWriteOff, RefuseWriteOff, SetWriteOffLimit
from store.denials.commands import WriteOffDenial
from store.errors import NotAllowed, Refused
from store.remits.take_in import ImportRemittance
from store.tables import Denial, LedgerEntry, Remark, WriteOffRequest
from store.work.values import View
from tests.store.eras import denied, era, pays, reversal
from tests.store.world import World


def asked(world: World, cents: int = 19_499) -> tuple[int, int]:
    """A claim and its denial of $195.00, whose write-off a biller with that limit has asked for."""
    claim_id, denial_id = world.denied()
    world.do(SetWriteOffLimit("biller", cents))
    world.who("biller").do(WriteOffDenial(denial_id, "filed too late"))
    return claim_id, denial_id


def test_up_to_the_limit_nobody_else_is_needed(world: World) -> None:
    claim_id, denial_id = asked(world, 19_500)
    assert world.get(Denial, denial_id).state == "CLOSED_WO"
    assert world.books(claim_id)["write-off"] == 19_500
    assert world.all(WriteOffRequest) == []


def test_a_cent_above_it_waits_and_nothing_is_booked(world: World) -> None:
    claim_id, denial_id = asked(world)
    assert world.get(Denial, denial_id).state == "WRITEOFF_REQ"
    assert "write-off" not in world.books(claim_id)
    item = world.item("denials", denial_id)
    assert (item.open, item.escalated) == (True, True)
    assert item.reason == "write-off of $195.00 asked by biller: filed too late"
    assert item.subject_id in {row.subject_id for row in world.who("supervisor").page("denials", View()).rows}
    assert world.faults() == []


def test_another_person_approves_and_both_are_named(world: World) -> None:
    claim_id, denial_id = asked(world)
    world.who("supervisor").do(ApproveWriteOff(denial_id))
    assert world.get(Denial, denial_id).state == "CLOSED_WO"
    assert world.books(claim_id)["write-off"] == 19_500
    assert world.one(LedgerEntry, kind="write-off").memo == "CO-16: filed too late (asked by biller)"
    request = world.one(WriteOffRequest)
    assert (request.approved, request.decided_by) == (True, world.who("supervisor").actor.user_id)
    with pytest.raises(Refused, match="waits for approval"):
        world.do(ApproveWriteOff(denial_id))
    assert world.faults() == []


def test_nobody_approves_his_own_and_a_biller_none(world: World) -> None:
    _, denial_id = world.denied()
    world.do(SetWriteOffLimit("owner", 100))
    world.do(WriteOffDenial(denial_id, "filed too late"))
    with pytest.raises(NotAllowed, match="can't decide it"):
        world.do(ApproveWriteOff(denial_id))
    with pytest.raises(NotAllowed):
        world.who("biller").do(ApproveWriteOff(denial_id))
    world.who("supervisor").do(ApproveWriteOff(denial_id))


def test_an_approver_has_a_limit_too(world: World) -> None:
    _, denial_id = asked(world)
    world.do(SetWriteOffLimit("supervisor", 10_000))
    with pytest.raises(NotAllowed, match=r"own limit is \$100.00"):
        world.who("supervisor").do(ApproveWriteOff(denial_id))
    world.do(SetWriteOffLimit("supervisor", None))
    world.who("supervisor").do(ApproveWriteOff(denial_id))


def test_a_refusal_returns_it_to_who_asked(world: World) -> None:
    claim_id, denial_id = asked(world)
    with pytest.raises(Refused, match="Say why"):
        world.do(RefuseWriteOff(denial_id, " "))
    world.do(RefuseWriteOff(denial_id, "appeal it first"))
    item = world.item("denials", denial_id)
    assert world.get(Denial, denial_id).state == "WORKING"
    assert (item.assigned_to, item.escalated) == (world.who("biller").actor.user_id, False)
    assert world.one(Remark).text == "Write-off refused: appeal it first"
    assert "write-off" not in world.books(claim_id)
    world.who("biller").do(WriteOffDenial(denial_id, "not worth it"))
    assert [row.approved for row in world.all(WriteOffRequest)] == [False, None]
    assert world.faults() == []


def test_what_was_paid_or_taken_back_meanwhile_is_not_written_off(world: World) -> None:
    claim_id, denial_id = asked(world)
    first = denied(world, claim_id, "CO-16")
    world.do(ImportRemittance("835", era(reversal(first), pays(world, claim_id, "", ""), trace="EFT2")))
    assert world.get(Denial, denial_id).state == "REVERSED"
    with pytest.raises(Refused, match="waits for approval"):
        world.do(ApproveWriteOff(denial_id))
    assert world.faults() == []


def test_limits_are_set_by_who_administers(world: World) -> None:
    with pytest.raises(NotAllowed):
        world.who("supervisor").do(SetWriteOffLimit("biller", 100))
    with pytest.raises(Refused, match="no role"):
        world.do(SetWriteOffLimit("king", 100))
    with pytest.raises(Refused, match="below zero"):
        world.do(SetWriteOffLimit("biller", -1))
