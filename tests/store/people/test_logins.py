"""On PostgreSQL each person works through a login of their own: all of a day's work goes, and no more than that."""

from __future__ import annotations

import zlib
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from store.accounts.holds import HoldKind, LiftHolds, PlaceHold
from store.accounts.payments import TakePayment
from store.accounts.policy import SetPolicy
from store.calls import call
from store.calls.due import calls_due
from store.claims.acks import ImportAcks
from store.claims.batch import MakeBatch
from store.claims.correct import RouteToCoder
from store.claims.fields import fields_of
from store.claims.practice_data import SetPractice
from store.coding.flow import FinishCoding, HoldEncounter, ResumeEncounter
from store.coding.reviewing import AskReview, FinishReview, ReturnReview
from store.coding.whole import CodeEncounter
from store.denials.commands import StartDenial, WriteOffDenial
from store.errors import NotAllowed, Refused
from store.people.trail import Seen, faults
from store.people.users import NameUser
from store.remits.take_in import ImportRemittance
from store.statements.results import ReconcileRun
from store.statements.runs import ApproveRun, SelectRun
from store.statements.sending import GenerateRun, SendRun
from store.tables import (
    Action,
    ArchivedFile,
    Batch,
    Claim,
    ClaimVersion,
    CreditBalance,
    Denial,
    Encounter,
    Patient,
    PatientContact,
    Payer,
)
from store.variance.credit_work import ApplyCreditBalance
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
    street = world.get(PatientContact, following.patient_id).line1
    assert street in world.one(ClaimVersion, claim_id=following.id).content
    assert "Phone" not in str(poster.ledger(following.guarantor_id))
    assert street not in str(poster.ledger(following.guarantor_id))
    assert street in str(world.login("collector").ledger(following.guarantor_id))
    hidden = poster.identities()
    assert hidden is not None
    assert street.split()[-1].casefold() in hidden.words  # as it stands on claims
    with poster.reading() as session:
        assert {one.name: one.value for one in fields_of(session, following)}["address"].startswith(street)
    assert world.faults() == []


def test_a_poster_works_credits_of_payers_and_of_patients(world: LoginWorld) -> None:
    claim_id = world.sent("PRMUT")
    poster = world.login("poster")
    poster.do(ImportRemittance("835", era(pays(world, claim_id, "PR-1 5000", ""))))
    account = world.get(Claim, claim_id).guarantor_id
    world.do(TakePayment(account, 9_000, "check"))
    credit = world.one(CreditBalance, guarantor_id=account)
    assert credit.payer_id is None
    assert "which your role does not see" in str(poster.record("credits", credit.id))
    assert "which your role" not in str(world.login("biller").record("credits", credit.id))
    assert len(poster.page("credits", View()).rows) == 1
    assert poster.page("credits", View()).rows
    with pytest.raises(Refused, match="owes nothing that its credit"):
        poster.do(ApplyCreditBalance(credit.id))


def test_who_posts_keeps_the_calls_true_without_reading_a_number(world: LoginWorld) -> None:
    for name in ("call_from", "call_to"):
        world.do(SetPolicy(name, "0" if name == "call_from" else "24"))
    account = owing(world)
    world.do(call.AskForCall(account, "high balance"))
    world.do(call.EndCall(account, "WRONG_NO"))
    world.sql("UPDATE guarantor SET dunning=4, last_statement_on=:on WHERE id=:id", on=SOON, id=account)
    later = SOON + timedelta(days=60)

    def due() -> dict[str, str]:
        found = {}
        for name in ("poster", "collector"):
            with Session(world.login_engine(name)) as session:
                found[name] = "".join(one.rank for one in calls_due(session, [account], later).values())
        return found

    assert due() == {"poster": "", "collector": ""}
    world.sql("UPDATE guarantor SET phone='5550001111' WHERE id=:id", id=account)
    assert due() == {"poster": "final notice", "collector": "final notice"}


def test_who_is_shown_a_part_of_what_was_done_proves_that_part_and_calls_nothing_altered(world: LoginWorld) -> None:
    world.denied()
    world.login("admin").do(SetPractice((("npi", "1999999984"),)))

    def proved(name: str) -> tuple[list[tuple[int, str]], Seen]:
        seen = Seen()
        with world.login(name).reading() as session:
            return list(faults(session, seen=seen)), seen

    found, all_of_it = proved("supervisor")
    assert (found, all_of_it.proved) == ([], all_of_it.hashed)
    found, part = proved("admin")
    assert (found, part.hashed) == ([], all_of_it.hashed)
    assert 0 < part.proved < part.hashed
    world.unguarded("row_image")
    mine = world.all(Action)[-1].id
    world.sql("UPDATE row_image SET after='{}' WHERE action_id=:a", a=mine)
    for name in ("supervisor", "admin"):
        assert [why for _, why in proved(name)[0]] == ["what it says was changed is not what is kept of it"]


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
