"""On PostgreSQL each person works through a login of their own: all of a day's work goes, and no more than that."""

from __future__ import annotations

import zlib

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from store.accounts.holds import HoldKind, LiftHolds, PlaceHold
from store.accounts.policy import SetPolicy
from store.calls import call
from store.claims.acks import ImportAcks
from store.claims.batch import MakeBatch
from store.claims.correct import RouteToCoder
from store.coding.flow import FinishCoding, HoldEncounter, ResumeEncounter
from store.coding.reviewing import AskReview, FinishReview, ReturnReview
from store.coding.whole import CodeEncounter
from store.denials.commands import StartDenial, WriteOffDenial
from store.errors import NotAllowed
from store.people.users import NameUser
from store.remits.take_in import ImportRemittance
from store.statements.results import ReconcileRun
from store.statements.runs import ApproveRun, SelectRun
from store.statements.sending import GenerateRun, SendRun
from store.tables import ArchivedFile, Batch, Claim, Denial, Encounter, Patient, Payer
from store.work.commands import AddRemark, Defer
from store.work.values import View
from tests.payer import answer
from tests.store.eras import era, pays
from tests.store.work.patients import owing
from tests.store.world import DAY, VISIT, LoginWorld

SOON = DAY.replace(day=20)


@pytest.fixture
def world(postgres_world: LoginWorld) -> LoginWorld:
    return postgres_world


def test_a_day_goes_through_the_hands_of_everybody_with_their_own_login(world: LoginWorld) -> None:
    """Import, coding, claims, answers, posting, denials and statements; the proofs hold at the end."""
    encounters = [world.encounter("PRMUT") for _ in range(4)] + [world.encounter()]
    coder, biller, poster = world.login("coder"), world.login("biller"), world.login("poster")
    lease = coder.next_item("coding")
    assert lease is not None
    coder.do(CodeEncounter(lease.subject_id, (("I10", None, None),), VISIT), lease=lease)
    for encounter_id in [one for one in encounters if one != lease.subject_id]:
        coder.do(CodeEncounter(encounter_id, (("I10", None, None),), VISIT, finish=False))
        assert coder.record("coding", encounter_id).tabs
        coder.do(FinishCoding(encounter_id))
    assert {encounter.state for encounter in world.all(Encounter)} == {"CODED"}
    assert coder.page("coding", View()).rows == ()
    assert next(line for line in biller.board() if line.queue == "claims").count == 4
    batch_id = biller.do(MakeBatch()).result
    told = answer(_sent(world, batch_id), fates={claim.control_number: "CO-16" for claim in world.all(Claim)[:2]})
    for name, content in (("999", told.syntax), ("277", told.claims)):
        biller.do(ImportAcks(name, content.encode()))
    assert told.remittance
    poster.do(ImportRemittance("835", told.remittance.encode()))
    for queue in ("claims", "rejections", "remits", "denials", "statements"):
        for row in biller.page(queue, View()).rows:
            assert biller.record(queue, row.subject_id).tabs
            biller.do(AddRemark(row.item_id, "seen"))
    assert world.login("collector").do(SelectRun(DAY)).result
    assert world.login("collector").ledger(world.all(Claim)[0].guarantor_id).tabs
    boss = world.login("supervisor")
    assert len(boss.board()) >= 6
    assert world.faults() == []


def _sent(world: LoginWorld, batch_id: object) -> str:
    with Session(world.engine) as session:
        query = select(ArchivedFile).join(Batch, Batch.sha256 == ArchivedFile.sha256).where(Batch.id == batch_id)  # type: ignore[arg-type]
        return zlib.decompress(session.exec(query).one().content).decode()


def test_a_poster_posts_an_answer_and_the_next_payer_is_billed_at_once(world: LoginWorld) -> None:
    """With no right to change a patient's data, and none to read a phone number or the notes of calls."""
    claim_id = world.sent("PRMUT", "HRTLD")
    poster = world.login("poster")
    poster.do(ImportRemittance("835", era(pays(world, claim_id, "PR-1 5000", ""))))
    following = world.one(Claim, prior_id=claim_id)
    assert (following.state, world.due(claim_id)) == ("READY", (0, 5_000))
    assert poster.ledger(following.guarantor_id).tabs
    assert poster.identities() is not None
    assert world.faults() == []


def test_denials_go_back_to_the_coder_and_out_again(world: LoginWorld) -> None:
    claim_id, denial_id = world.denied()
    biller, coder = world.login("biller"), world.login("coder")
    biller.do(StartDenial(denial_id))
    rejected = world.claim("PRMUT")
    biller.do(RouteToCoder(rejected, "which side?"))
    encounter_id = world.get(Claim, rejected).encounter_id
    coder.do(FinishCoding(encounter_id))
    biller.board()
    assert world.get(Encounter, encounter_id).state == "RELEASED"
    other = next(denial.id for denial in world.all(Denial, claim_id=claim_id) if denial.id != denial_id)
    world.login("supervisor").do(WriteOffDenial(other, "filed too late"))
    assert world.faults() == []


def test_all_of_a_collector_s_work_goes_with_a_collector_s_login(world: LoginWorld) -> None:
    """Calls with every outcome, papers of an account, a run from selecting to its results and back."""
    world.do(SetPolicy("call_from", "0"))
    world.do(SetPolicy("call_to", "24"))
    accounts = [owing(world) for _ in range(7)]
    world.login("admin").do(NameUser("collector", "Cora Lane"))
    collector = world.login("collector")
    for account in accounts:
        collector.do(call.AskForCall(account, "high balance"))
        assert "Hello, this is Cora Lane of Larkfield" in str(collector.record("calls", account))
        collector.do(call.VerifyCaller(account, "birth date", "address"))
    for command in (
        call.CallPromise(accounts[0], 5_000, SOON),
        call.CallPlan(accounts[1], 22_700, 5_000, SOON),
        call.CallPayment(accounts[2], 5_000, "card"),
        call.CallDispute(accounts[3], "was not there"),
        call.CallAssistance(accounts[4]),
        call.EndCall(accounts[5], "REFUSED", "no"),
        call.DoNotCall(accounts[5]),
        call.SetContact(accounts[5], line1="9 Oak Rd"),
        PlaceHold(accounts[6], HoldKind.ATTORNEY, "letter"),
        LiftHolds(accounts[6]),
    ):
        collector.do(command)
    run_id = int(str(collector.do(SelectRun(DAY)).result))
    for step in (ApproveRun, GenerateRun, SendRun):
        collector.do(step(run_id))
    collector.do(ReconcileRun(run_id, (), rest_delivered=True))
    assert world.faults() == []


def test_new_insurance_that_a_collector_notes_is_billed_by_whoever_works_claims(world: LoginWorld) -> None:
    world.do(SetPolicy("call_from", "0"))
    account = owing(world)
    patient, payer = world.one(Patient, guarantor_id=account), world.one(Payer, payer_id="PRMUT")
    collector = world.login("collector")
    collector.do(call.AskForCall(account, "high balance"))
    collector.do(call.VerifyCaller(account, "birth date", "address"))
    world.encounter("HRTLD")
    before = world.dump()
    said = collector.do(call.CallInsurance(account, patient.id, payer.id, "PRM999")).said
    assert "billed by the next person who works claims" in said
    assert not world.all(Claim)
    collector.undo()
    assert world.dump() == before
    collector.do(call.CallInsurance(account, patient.id, payer.id, "PRM999"))
    with world.login_engine("collector").begin() as connection:  # others' coverages are not theirs to drop
        gone = connection.execute(text("DELETE FROM coverage WHERE member_id <> 'PRM999'")).rowcount
    assert gone == 0
    world.login("biller").board()
    claim = world.one(Claim)
    assert (claim.payer_id, claim.charge) == (payer.id, 22_700)
    assert world.due(claim.id) == (0, 22_700)
    answered = world.sent()
    world.do(ImportRemittance("835", era(pays(world, answered, "PR-1 5000", ""))))
    second = world.get(Claim, answered)
    collector.do(call.AskForCall(second.guarantor_id, "high balance"))
    collector.do(call.VerifyCaller(second.guarantor_id, "birth date", "address"))
    other = world.one(Payer, payer_id="HRTLD")
    collector.do(call.CallInsurance(second.guarantor_id, second.patient_id, other.id, "HRT1"))
    assert world.due(answered) == (0, 5_000)
    assert world.faults() == []


def test_a_coder_can_hold_resume_defer_and_undo(world: LoginWorld) -> None:
    encounter_id = world.encounter("PRMUT")
    coder = world.login("coder")
    before = world.dump()
    coder.do(Defer(world.item("coding", encounter_id).id, SOON))
    coder.undo()
    assert world.dump() == before
    coder.do(CodeEncounter(encounter_id, (("I10", None, None),), (), finish=False))
    coder.do(HoldEncounter(encounter_id, SOON, "report is missing"))
    coder.do(ResumeEncounter(encounter_id))
    assert world.get(Encounter, encounter_id).state == "IN_PROGRESS"


@pytest.mark.parametrize("name", ["coder", "reviewer", "poster", "collector", "admin"])
def test_a_login_without_the_permission_is_refused_by_its_name(world: LoginWorld, name: str) -> None:
    claim_id = world.claim()
    with pytest.raises(NotAllowed, match="lacks the permission 'work claims'"):
        world.login(name).do(RouteToCoder(claim_id, "which side?"))


@pytest.mark.parametrize("name", ["biller", "supervisor", "admin"])
def test_whoever_imports_puts_encounters_before_the_coders(world: LoginWorld, name: str) -> None:
    encounter_id = world.encounter("PRMUT", by=world.login(name))
    lease = world.login("coder").next_item("coding")
    assert lease is not None
    assert lease.subject_id == encounter_id
    assert world.faults() == []


def test_a_reviewer_takes_a_second_look_at_what_a_coder_sent(world: LoginWorld) -> None:
    agreed, returned = world.encounter("PRMUT"), world.encounter("PRMUT")
    coder, reviewer = world.login("coder"), world.login("reviewer")
    for encounter_id in (agreed, returned):
        coder.do(CodeEncounter(encounter_id, (("I10", None, None),), VISIT, finish=False))
        coder.do(AskReview(encounter_id, "is the line right?"))
    assert {row.subject_id for row in reviewer.page("reviews", View()).rows} == {agreed, returned}
    reviewer.do(FinishReview(agreed))
    reviewer.do(ReturnReview(returned, "see the second line"))
    world.login("biller").board()
    assert world.get(Encounter, agreed).state == "RELEASED"
    assert world.get(Encounter, returned).state == "IN_PROGRESS"
    assert world.faults() == []
