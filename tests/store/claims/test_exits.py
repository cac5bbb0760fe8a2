"""Every state of a claim's way is reached and left by a real step, and always has a next date or an end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from store.claims.acks import ImportAcks
from store.claims.alarms import RaiseAlarms
from store.claims.correct import CancelClaim, CorrectClaim
from store.claims.edit_work import HoldClaim, ReleaseClaim, RescrubClaims
from store.claims.rejection_work import RetransmitBatch, RetransmitClaims
from store.claims.routing import ReturnClaim, RouteClaim
from store.claims.states import ADJUDICATED, ClaimState
from store.claims.status import AskStatus, ImportStatus
from store.remits.take_in import ImportRemittance
from store.tables import Batch, Claim, ClaimVersion, WorkItem
from tests.payer import Answers, answer
from tests.store.claims.test_hearing import status_text
from tests.store.eras import era, pays, reversal
from tests.store.world import DAY, World, on

_S = ClaimState
Step = Callable[[World, int], object]
LATE = DAY + timedelta(days=60)


def number(world: World, claim_id: int) -> str:
    return world.get(Claim, claim_id).control_number


def told(world: World, claim_id: int, fate: str = "paid") -> Answers:
    """Sends what is ready, with the payer's answers."""
    return answer(world.send(), fates={number(world, claim_id): fate})


def import_(text: str) -> Step:
    return lambda world, _claim_id: world.do(ImportAcks("ack", text.encode()))


# --- how each state is reached ---


def edit_fail(world: World) -> int:
    claim_id = world.claim()
    world.sql("UPDATE coverage SET member_id=''")
    world.do(RescrubClaims())
    world.sql("UPDATE coverage SET member_id='PRM12345678'")
    return claim_id


def held(world: World) -> int:
    claim_id = world.claim()
    world.do(HoldClaim(claim_id, DAY + timedelta(days=9), "records are missing"))
    return claim_id


def heard(*parts: str, fate: str = "paid", by: str = "") -> Callable[[World], int]:
    """A claim of which these parts of the answer came; `by` puts another category in the place of the payer's."""

    def reach(world: World) -> int:
        claim_id = world.claim()
        answers = told(world, claim_id, fate)
        for part in parts:
            text = getattr(answers, part)
            world.do(ImportAcks(part, (text.replace("A2:20:PR", by) if by else text).encode()))
        return claim_id

    return reach


def late(*parts: str) -> Callable[[World], int]:
    def reach(world: World) -> int:
        claim_id = heard(*parts)(world)
        with on(LATE):
            world.do(RaiseAlarms())
        return claim_id

    return reach


def routed(world: World) -> int:
    claim_id = heard("claims", fate="rejected")(world)
    world.do(RouteClaim(claim_id, "front desk", "which id?"))
    return claim_id


def cancelled(world: World) -> int:
    claim_id = world.claim()
    world.do(CancelClaim(claim_id, "wrong patient"))
    return claim_id


REACHED: dict[ClaimState, Callable[[World], int]] = {
    _S.EDIT_FAIL: edit_fail,
    _S.READY: lambda world: world.claim(),
    _S.HELD: held,
    _S.SENT: lambda world: world.sent(),
    _S.ACK_999: heard("syntax"),
    _S.ACCEPTED_CH: heard("syntax", "claims", by="A1:19:PR"),
    _S.ACCEPTED: heard("syntax", "claims"),
    _S.REJECTED: heard("claims", fate="rejected"),
    _S.ROUTED: routed,
    _S.NO_ACK: late("syntax"),
    _S.NO_ANSWER: late("syntax", "claims"),
    _S.CANCELLED: cancelled,
}


def paid(world: World, claim_id: int) -> object:
    return world.do(ImportRemittance("835", era(pays(world, claim_id, "", ""))))


def alarm(world: World, _claim_id: int) -> object:
    with on(LATE):
        return world.do(RaiseAlarms())


def asked(world: World, claim_id: int) -> object:
    with on(LATE):
        world.do(AskStatus((claim_id,)))
        return world.do(ImportStatus("277", status_text(number(world, claim_id), "P1:20:PR").encode()))


def again(world: World, claim_id: int) -> object:
    return world.do(RetransmitClaims((claim_id,), "they were out"))


def cancel(world: World, claim_id: int) -> object:
    return world.do(CancelClaim(claim_id, "given up"))


LEFT: list[tuple[ClaimState, Step, ClaimState]] = [
    (_S.EDIT_FAIL, lambda world, claim_id: world.do(RescrubClaims((claim_id,))), _S.READY),
    (_S.EDIT_FAIL, lambda world, claim_id: world.do(RouteClaim(claim_id, "front desk", "?")), _S.ROUTED),
    (_S.EDIT_FAIL, cancel, _S.CANCELLED),
    (_S.READY, lambda world, _claim_id: world.send(), _S.SENT),
    (_S.READY, lambda world, claim_id: world.do(HoldClaim(claim_id, DAY + timedelta(days=3), "x")), _S.HELD),
    (_S.HELD, lambda world, claim_id: world.do(ReleaseClaim(claim_id)), _S.READY),
    (_S.SENT, paid, _S.PAID),
    (_S.SENT, alarm, _S.NO_ACK),
    (_S.ACK_999, paid, _S.PAID),
    (_S.ACK_999, alarm, _S.NO_ACK),
    (_S.ACCEPTED_CH, paid, _S.PAID),
    (_S.ACCEPTED_CH, alarm, _S.NO_ACK),
    (_S.ACCEPTED, paid, _S.PAID),
    (_S.ACCEPTED, alarm, _S.NO_ANSWER),
    (_S.REJECTED, lambda world, claim_id: world.do(CorrectClaim(claim_id, "PRM87654321")), _S.READY),
    (_S.REJECTED, again, _S.READY),
    (_S.REJECTED, cancel, _S.CANCELLED),
    (_S.REJECTED, paid, _S.PAID),
    (_S.ROUTED, lambda world, claim_id: world.do(ReturnClaim(claim_id, "it is right")), _S.REJECTED),
    (_S.ROUTED, lambda world, claim_id: world.do(CorrectClaim(claim_id, "PRM87654321")), _S.READY),
    (_S.ROUTED, paid, _S.PAID),
    (_S.NO_ACK, again, _S.READY),
    (_S.NO_ACK, asked, _S.ACCEPTED),
    (_S.NO_ANSWER, asked, _S.ACCEPTED),
    (_S.NO_ANSWER, paid, _S.PAID),
    (_S.CANCELLED, paid, _S.PAID),
]


def test_every_state_up_to_the_payers_decision_is_among_these() -> None:
    assert set(REACHED) == set(ClaimState) - set(ADJUDICATED) - {_S.BUILT}  # no claim rests in BUILT
    assert {before for before, _, _ in LEFT} == set(REACHED)
    assert {after for _, _, after in LEFT} >= {_S.SENT, _S.ROUTED, _S.CANCELLED, _S.NO_ACK, _S.NO_ANSWER, _S.PAID}


@pytest.mark.parametrize(("before", "step", "after"), LEFT, ids=[f"{b}-{a}-{n}" for n, (b, _, a) in enumerate(LEFT)])
def test_a_state_is_left_by_a_real_step_and_never_without_a_next_date(
    world: World, before: ClaimState, step: Step, after: ClaimState
) -> None:
    claim_id = REACHED[before](world)
    assert world.get(Claim, claim_id).state == before
    assert goes_on(world, claim_id), f"{before} has neither a next date nor an end"
    step(world, claim_id)
    assert world.get(Claim, claim_id).state == after
    assert goes_on(world, claim_id), f"{after} has neither a next date nor an end"
    assert world.faults() == []


def test_what_waits_behind_a_refused_file_goes_on_with_the_files_row(world: World) -> None:
    claim_id = world.claim()
    syntax = told(world, claim_id).syntax.replace("IK5*A", "IK5*R*5").replace("AK9*A*1*1*1", "AK9*R*1*1*0")
    import_(syntax)(world, claim_id)
    assert (world.get(Claim, claim_id).state, goes_on(world, claim_id)) == (_S.REJECTED, True)
    world.do(RetransmitBatch(world.one(Batch).id, "mended"))
    assert (world.get(Claim, claim_id).state, goes_on(world, claim_id)) == (_S.READY, True)


def test_an_answer_that_the_payer_took_back_without_another_comes_before_somebody(world: World) -> None:
    claim_id = world.sent()
    first = pays(world, claim_id, "", "")
    world.do(ImportRemittance("835", era(first)))
    world.do(ImportRemittance("back", era(reversal(first), trace="EFT2")))
    assert world.get(Claim, claim_id).state == _S.REVERSED
    with on(DAY + timedelta(days=7)):
        assert world.do(RaiseAlarms()).result == {"files": 0, "claims": 0}  # nor is a 999 missed of what was decided
    with on(DAY + timedelta(days=9)):
        done = world.do(RaiseAlarms())
        assert (done.result, done.said) == ({"files": 0, "claims": 1}, "1 claim overdue for an answer.")
        item = world.item("rejections", claim_id)
        assert (world.get(Claim, claim_id).state, item.open, item.reason[:9]) == (_S.NO_ANSWER, True, "the payer")
        world.do(ImportRemittance("new", era(first, trace="EFT3")))
    assert (world.get(Claim, claim_id).state, world.item("rejections", claim_id).open) == (_S.PAID, False)
    assert world.faults() == []


def goes_on(world: World, claim_id: int) -> bool:
    """Whether the claim is somebody's work, or waits for a day, or is at an end."""
    claim = world.get(Claim, claim_id)
    if claim.awaits_until or claim.state in {*ADJUDICATED, _S.CANCELLED}:
        return True
    with Session(world.engine) as session:
        query = select(WorkItem).where(WorkItem.subject_id == claim_id, WorkItem.open)
        if session.exec(query.where(col(WorkItem.queue).in_(("claims", "rejections")))).first() is not None:
            return True
        sent = select(Batch).join(ClaimVersion, col(ClaimVersion.batch_id) == col(Batch.id))
        batch = session.exec(
            sent.where(ClaimVersion.claim_id == claim_id, ClaimVersion.number == claim.current)
        ).first()
        if batch is None:
            return False
        row = select(WorkItem).where(WorkItem.queue == "files", WorkItem.subject_id == batch.id, WorkItem.open)
        return batch.awaits_until is not None or session.exec(row).first() is not None
