"""The undoable commands about remittances, underpayments and credits, each on a practice that it can be done to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from store.accounts.payments import TakePayment
from store.accounts.policy import SetPolicy
from store.remits import arrivals, scratch
from store.remits.queue import SettleException
from store.remits.rule_table import LoadDispositions, SetDisposition
from store.remits.take_in import ImportRemittance
from store.tables import Claim, ContractRate, CreditBalance, PaymentMatter, RemitClaim, Underpayment
from store.variance import credit_work, credits, disputes, recoupments
from store.variance.rates import CorrectRate, LoadRates
from store.work.command import Command
from tests.store.eras import era, pays, reversal
from tests.store.world import DAY, World

Make = Callable[[World], Command]


def lost_answer(world: World) -> tuple[int, str]:
    """An answer whose claim number was lost, and the number of its claim."""
    claim_id = world.sent()
    told = replace(pays(world, claim_id, "CO-45 500,PR-1 1000", "CO-16 3200"), control_number="LOST", payer_control="")
    world.do(ImportRemittance("835", era(told)))
    return world.one(RemitClaim).id, world.get(Claim, claim_id).control_number


def _begun(world: World) -> tuple[int, str]:
    answer_id, number = lost_answer(world)
    world.do(scratch.PlacePart(answer_id, 1, number, 1))
    world.do(scratch.PlacePart(answer_id, 2, number, 1))
    return answer_id, number


def _negative(world: World) -> tuple[int, tuple[str, ...]]:
    claim_id = world.sent()
    world.do(ImportRemittance("835", era(pays(world, claim_id, "", ""))))
    told = replace(reversal(pays(world, claim_id, "CO-45 500", "")), control_number="LOST", payer_control="")
    world.do(ImportRemittance("back", era(told, trace="T2", plb=f"FB {told.paid}")))
    return world.all(RemitClaim)[-1].id, (world.get(Claim, claim_id).control_number,)


def _short(world: World) -> int:
    """A line that was allowed less than its contract says."""
    rates = b"payer,code,rate,from\nPRMUT,G0438,150,2026-01-01\n"
    world.do(LoadRates("rates", rates))
    world.do(ImportRemittance("835", era(pays(world, world.sent(), "CO-45 5500", ""))))
    return world.one(Underpayment).id


def _taken_without_a_name(world: World) -> int:
    """Too much money of a payer on a claim, which it took from another payment without naming the claim."""
    credit_id = _credit(world, payer="PRMUT")
    world.do(ImportRemittance("taken", era(pays(world, world.sent(), "", ""), trace="TAKEN", plb="WO 10000")))
    return credit_id


def _credit(world: World, state: str = "", payer: str = "MEDB") -> int:
    """Too much money of a payer on a claim."""
    claim_id = world.sent(payer)
    for trace in ("T1", "T2"):
        world.do(ImportRemittance(trace, era(pays(world, claim_id, "", ""), trace=trace)))
    world.do(scratch.CommitAnswer(world.one(RemitClaim, state="held").id))
    credit_id = world.one(CreditBalance).id
    if state:
        world.who("biller").do(credit_work.AskPayerRefund(credit_id, "paid twice"))
    if state == "APPROVED":
        world.who("supervisor").do(credit_work.ApprovePayerRefund(credit_id))
    return credit_id


def _patient_credit(world: World, state: str = "") -> int:
    """Too much money of a patient on an account, which owes nothing, or a check for it that went stale."""
    claim_id = world.sent()
    account = world.get(Claim, claim_id).guarantor_id
    world.do(TakePayment(account, 4_000, "cash"))
    credit_id = world.one(CreditBalance).id
    if state == "owes":
        world.do(ImportRemittance("835", era(pays(world, claim_id, "PR-1 3000", ""))))
    if state == "ISSUED":
        world.who("biller").do(credit_work.AskPayerRefund(credit_id, "paid too early"))
        world.who("supervisor").do(credit_work.ApprovePayerRefund(credit_id))
        world.do(credit_work.IssuePayerRefund(credit_id, "1001"))
    if state == "lost":
        world.do(SetPolicy("escheat_days", "KS=5 MO=5"))
        world.sql("UPDATE credit_balance SET identified_on='2026-01-01'")
    return credit_id


def _matter(world: World) -> int:
    world.do(ImportRemittance("835", era(plb="ZZ -1500")))
    return world.one(PaymentMatter).id


def _exception(world: World) -> int:
    claim_id = world.sent()
    answer = pays(world, claim_id, "", "")
    world.sql("UPDATE claim SET control_number='elsewhere'")
    world.do(ImportRemittance("835", era(answer)))
    return world.one(RemitClaim).id


CASES: dict[str, Make] = {
    "remits.match": lambda w: scratch.MatchAnswer(*lost_answer(w)),
    "remits.place": lambda w: scratch.PlacePart(lost_answer(w)[0], 1, w.all(Claim)[-1].control_number, 1, 5_000),
    "remits.edit_part": lambda w: scratch.EditPart(lost_answer(w)[0], 1, 5_000, "CO-45 3.20"),
    "remits.distribute": lambda w: scratch.DistributeNegative(*_negative(w)),
    "remits.commit": lambda w: scratch.CommitAnswer(_begun(w)[0]),
    "remits.suspense": lambda w: scratch.ToSuspense(lost_answer(w)[0], "an old system's"),
    "remits.settle_matter": lambda w: arrivals.SettleMatter(_matter(w), "a bonus"),
    "remits.set_rule": lambda _: arrivals.SetPostingRule(None, auto_post=False, wait_for_money=True),
    "remits.set_disposition": lambda w: (w.denied(), SetDisposition("16", "denial", "records", group="CO"))[1],
    "remits.load_dispositions": lambda _: LoadDispositions("f", b"reason,disposition,category\n16,denial,records\n"),
    "variance.load_rates": lambda _: LoadRates("r", b"payer,code,rate,from\nPRMUT,G0438,150,2026-01-01\n"),
    "variance.correct_rate": lambda w: (_short(w), CorrectRate(w.one(ContractRate).id, 14_000))[1],
    "variance.correct_rate_of": lambda w: disputes.CorrectRateOf(_short(w), 16_000),
    "variance.verify": lambda w: disputes.VerifyUnderpayment(_short(w)),
    "variance.accept": lambda w: disputes.AcceptUnderpayment(_short(w), "too small"),
    "variance.false": lambda w: disputes.FalseUnderpayment(_short(w), "other term"),
    "credits.find": lambda w: (_credit(w), w.sql("UPDATE credit_balance SET cents=1"), credits.FindCredits())[2],
    "credits.investigate": lambda w: credit_work.InvestigateCredit(_credit(w)),
    "credits.identified": lambda w: credit_work.SetIdentified(_credit(w), DAY - timedelta(days=3)),
    "credits.ask": lambda w: credit_work.AskPayerRefund(_credit(w), "paid twice"),
    "credits.approve": lambda w: credit_work.ApprovePayerRefund(_credit(w, "REFUND_REQ")),
    "credits.refuse": lambda w: credit_work.RefusePayerRefund(_credit(w, "REFUND_REQ"), "look again"),
    "credits.issue": lambda w: credit_work.IssuePayerRefund(_credit(w, "APPROVED"), "1001"),
    "credits.apply": lambda w: credit_work.ApplyCreditBalance(_patient_credit(w, "owes")),
    "credits.cashed": lambda w: credit_work.CheckCashed(_patient_credit(w, "ISSUED")),
    "credits.escheat": lambda w: credit_work.EscheatCredit(_patient_credit(w, "lost"), "report 7"),
    "credits.taken": lambda w: recoupments.ApplyTaking(_taken_without_a_name(w), "TAKEN"),
    "credits.recoup": lambda w: credit_work.ExpectRecoupment(_credit(w)),
    "remits.settle": lambda w: SettleException(_exception(w), "belongs to another practice"),
}
