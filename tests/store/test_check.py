"""The proofs: a practice that was played through is clean, and whatever is done behind its back is found."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest
from sqlmodel import Session

from store.accounts.payments import TakePayment
from store.check import check
from store.claims.correct import CorrectClaim, RouteToCoder
from store.coding.flow import FinishCoding, HoldEncounter
from store.denials.commands import CorrectDenial, StartDenial, TransferDenial, WriteOffDenial
from store.migrations.guards import APPEND_ONLY
from store.remits.take_in import ImportRemittance
from store.statements.runs import ApproveRun, SelectRun
from store.statements.sending import GenerateRun, SendRun
from store.tables import Claim, Denial, RemitClaim, WorkItem
from tests.payer import FATES
from tests.store.eras import era, pays, reversal
from tests.store.world import DAY, World, insured, person

PAYERS: tuple[tuple[str, ...], ...] = (("PRMUT",), ("MEDB", "HRTLD"), (), ("HRTLD",), ("KSAID",))


def _play(world: World) -> None:
    encounters = [world.encounter(*PAYERS[number % len(PAYERS)]) for number in range(25)]
    for encounter_id in encounters[:22]:
        world.code(encounter_id)
    world.do(HoldEncounter(encounters[22], DAY.replace(day=20), "report is missing"))
    world.code(encounters[23], finish=False)
    numbers = [claim.control_number for claim in world.all(Claim)]
    fates = dict(zip((number.replace("-", "_") for number in numbers), FATES + FATES[::-1], strict=False))
    world.answered(world.send(), **fates)
    open_ = [denial.id for denial in world.all(Denial)]
    world.do(WriteOffDenial(open_[0], "filed too late"))
    world.do(CorrectDenial(open_[2], authorization="AUTH1"))
    world.do(StartDenial(open_[4]))
    world.do(TransferDenial(next(d.id for d in world.all(Denial) if d.group == "PR"), "signed for it"))
    rejected = world.all(Claim, state="REJECTED")
    world.do(CorrectClaim(rejected[0].id, member_id="NEW1"))
    unknown = pays(world, world.sent(coverages=(insured("PRMUT"),), patient=person("u")), "", "")
    world.do(ImportRemittance("unknown", era(unknown, trace="U1").replace(b"CLP*", b"CLP*X")))
    answer = pays(world, world.sent(), "PR-1 500", "CO-16 3200")
    world.do(ImportRemittance("first", era(answer, trace="A1", plb="L6 -55")))
    world.do(ImportRemittance("back", era(reversal(answer), trace="A2", plb="FB -22000")))
    run_id = int(str(world.do(SelectRun(DAY)).result))
    world.do(ApproveRun(run_id))
    world.do(GenerateRun(run_id))
    world.do(SendRun(run_id))
    paying = next(row for row in world.all(WorkItem, queue="statements") if row.open)
    world.do(TakePayment(paying.subject_id, 100, "cash"))
    world.do(RouteToCoder(world.claim(), "which side?"))
    world.claim()


@pytest.fixture
def played(world: World) -> World:
    """A practice with something in every state and every queue."""
    world.reach(("played through",), lambda: _play(world), at_once=True)
    return world


def test_a_practice_that_was_played_through_is_proved_clean(played: World) -> None:
    with Session(played.engine) as session:
        proofs = check(session)
    assert [fault for proof in proofs for fault in proof.faults] == []
    assert all(proof.rows for proof in proofs), [proof.what for proof in proofs if not proof.rows]
    assert len({proof.what for proof in proofs}) == len(proofs)
    states = {claim.state for claim in played.all(Claim)}
    assert states >= {"PAID", "PARTIAL", "DENIED", "REJECTED", "READY", "SENT", "REVERSED"}


def test_an_empty_practice_is_clean(world: World) -> None:
    assert world.faults() == []


def test_looking_changes_nothing(played: World) -> None:
    before = played.dump(everything=True)
    played.faults()
    assert played.dump(everything=True) == before


ONE_CLAIM = "(SELECT min(claim_id) FROM posting WHERE book='cash' AND claim_id IS NOT NULL)"


def _file(world: World) -> None:
    world.sql("UPDATE archived_file SET content=:c WHERE kind='835'", c=zlib.compress(b"ISA"))


def _missing_patient(world: World) -> None:
    if not world.on_sqlite:
        pytest.skip("the database refuses it")
    with world.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DELETE FROM patient WHERE id=1")
        raw.execute("PRAGMA foreign_keys=ON")


TAMPERINGS: dict[str, Callable[[World], object]] = {
    "one leg of an entry changed": lambda w: w.sql("UPDATE posting SET cents=cents+1 WHERE id=1"),
    "both legs of a charge changed": lambda w: w.sql("UPDATE posting SET cents=cents*2 WHERE entry_id=1"),
    "a posting removed": lambda w: w.sql("DELETE FROM posting WHERE id=(SELECT max(id) FROM posting)"),
    "all postings of an entry removed": lambda w: w.sql("DELETE FROM posting WHERE entry_id=1"),
    "a payment removed": lambda w: w.sql(
        "DELETE FROM posting WHERE entry_id=(SELECT min(entry_id) FROM posting WHERE book='cash')"
    ),
    "cash moved to another claim": lambda w: w.sql(
        f"UPDATE posting SET claim_id={ONE_CLAIM}+1 WHERE claim_id={ONE_CLAIM} AND book='cash'"
    ),
    "what a patient owes moved to write-off": lambda w: w.sql(
        "UPDATE posting SET book='write-off' WHERE id=(SELECT max(id) FROM posting WHERE book='patient')"
    ),
    "an entry for a claim that never was": lambda w: (
        w.sql("INSERT INTO posting (entry_id, book, cents, claim_id) VALUES (1, 'cash', 5, 999)"),
        w.sql("INSERT INTO posting (entry_id, book, cents, claim_id) VALUES (1, 'insurance', -5, 999)"),
    ),
    "the amount of a remittance changed": lambda w: w.sql("UPDATE remittance SET amount=amount+1 WHERE id=1"),
    "what an answer paid changed": lambda w: w.sql("UPDATE remit_claim SET paid=paid+1 WHERE claim_id=1"),
    "the charge of a claim changed": lambda w: w.sql("UPDATE claim SET charge=charge+1 WHERE id=1"),
    "the state of a claim changed": lambda w: w.sql("UPDATE claim SET state='SENT' WHERE state='PAID'"),
    "the state of a denial changed": lambda w: w.sql("UPDATE denial SET state='CLOSED_WO' WHERE state='OPEN'"),
    "the state of an encounter changed": lambda w: w.sql("UPDATE encounter SET state='VOID' WHERE id=1"),
    "the state of a run changed": lambda w: w.sql("UPDATE statement_run SET state='UNSENT'"),
    "a step of a state machine removed": lambda w: w.sql("DELETE FROM transition WHERE before='READY'"),
    "a step that is not allowed": lambda w: w.sql("UPDATE transition SET after='PAID' WHERE after='ACK_999'"),
    "an item of the statements queue removed": lambda w: w.sql("DELETE FROM work_item WHERE queue='statements'"),
    "an item of the statements queue changed": lambda w: w.sql(
        "UPDATE work_item SET cents=cents+1 WHERE queue='statements'"
    ),
    **{
        f"an item of the {queue} queue removed": lambda w, queue=queue: w.sql(  # type: ignore[misc]
            "DELETE FROM work_item WHERE queue=:q AND open", q=queue
        )
        for queue in ("coding", "claims", "rejections", "denials")
    },
    "an item closed": lambda w: w.sql("UPDATE work_item SET open=false WHERE queue='denials'"),
    "an item for nothing": lambda w: w.sql("UPDATE work_item SET open=true WHERE queue='rejections'"),
    "a file altered": _file,
    "a file damaged": lambda w: w.sql("UPDATE archived_file SET content=:c WHERE kind='837P'", c=b"\x00\xff"),
    "a claim version altered": lambda w: w.sql("UPDATE claim_version SET content=replace(content, 'I10', 'E119')"),
    "a note altered": lambda w: w.sql("UPDATE note SET text=text || ' Chest pain.' WHERE encounter_id=1"),
    "an audit entry altered": lambda w: w.sql("UPDATE audit_entry SET user_name='nobody' WHERE seq=5"),
    "the end of the audit trail cut": lambda w: w.sql("DELETE FROM audit_entry WHERE seq > 20"),
    "a row that others name removed": _missing_patient,
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_was_done_behind_the_back_is_found(played: World, tampering: str) -> None:
    for table in APPEND_ONLY:
        played.unguarded(table)
    played.unguarded_postings()
    TAMPERINGS[tampering](played)
    assert played.faults()


def test_a_rejection_that_the_coder_mended_leaves_the_queue_of_rejections(played: World) -> None:
    claim = played.all(Claim, state="REJECTED")[0]
    played.do(RouteToCoder(claim.id, "which side?"))
    assert played.faults() == []
    played.do(FinishCoding(claim.encounter_id))
    assert not played.item("rejections", claim.id).open
    assert played.faults() == []


def test_every_answer_of_the_play_stands_on_a_claim_or_is_an_exception(played: World) -> None:
    for answer in played.all(RemitClaim):
        assert (answer.claim_id is None) == (answer.state == "unmatched")
