"""What the demo's people did about patients' accounts before you came: runs, payments, promises, plans, calls."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from sqlmodel import col, select

from store.accounts.assistance import AskAssistance, DecideAssistance, SetDiscounts, SetGuideline
from store.accounts.holds import HoldKind, PlaceHold
from store.accounts.payments import CloseDay, TakePayment, by_method, open_payments
from store.accounts.plans import MakePlan, MakePromise
from store.accounts.refunds import AskRefund
from store.calls.call import AskForCall, CallPromise, EndCall, VerifyCaller
from store.errors import Refused
from store.practice import Practice
from store.statements.dunning import SetDunningMessage
from store.statements.estimates import GiveEstimate
from store.statements.results import ReconcileRun, Result
from store.statements.runs import ApproveRun, SelectRun
from store.statements.sending import GenerateRun, SendRun
from store.tables import Encounter, Guarantor, Patient, StatementAccount, WorkItem
from store.work.command import Command

_MESSAGES = (
    (2, "en", 0, "missed", "", "A payment of your plan has not reached us. Please call {phone}: we can look at the "
     "plan together."),
    (2, "es", 0, "missed", "", "No hemos recibido un pago de su plan. Llame al {phone} para revisarlo juntos."),
    (3, "en", 60, "", "pending", "Part of your visits is still with your insurance. What you see here as due is yours "
     "whatever it decides. Please pay it now or call {phone}."),
)  # fmt: skip


def set_up(practice: Practice, day: date) -> None:
    """The practice's tables: guideline, discounts, its own words at some levels."""
    practice.do(SetGuideline(2025, 1_565_000, 550_000))
    practice.do(SetDiscounts("charity", day, ((200, 100), (300, 60), (400, 30))))
    practice.do(SetDiscounts("sliding", day, ((100, 80), (150, 60), (200, 40))))
    for level, language, age, plan, insurance, text in _MESSAGES:
        practice.do(SetDunningMessage(level, language, text, age, plan, insurance))


def statement_run(practice: Practice, day: date) -> None:
    """One run, sent and reconciled: one letter came back."""
    run_id = int(str(practice.do(SelectRun(day)).result))
    for command in (ApproveRun(run_id), GenerateRun(run_id), SendRun(run_id)):
        practice.do(command)
    with practice.reading() as session:
        query = (
            select(Guarantor.number)
            .join(StatementAccount, col(StatementAccount.guarantor_id) == col(Guarantor.id))
            .where(StatementAccount.run_id == run_id, StatementAccount.state == "SENT")
            .order_by(col(Guarantor.id).desc())
        )
        number = session.exec(query).first()
    back = (Result(f"{run_id}-{number}", "returned", "moved, left no address"),) if number else ()
    _try(practice, ReconcileRun(run_id, back, rest_delivered=True))


def work_accounts(practice: Practice, rng: Random, day: date) -> None:
    """Some pay at the desk, some promise, some agree on a plan, a few say that it is wrong."""
    for guarantor_id, cents in _owing(practice):
        luck = rng.random()
        if luck < 0.22:
            _try(practice, TakePayment(guarantor_id, cents, rng.choice(("card", "card", "check", "cash"))))
        elif luck < 0.30 and cents > 8_000:
            _try(practice, TakePayment(guarantor_id, cents // 3, "card"))
        elif luck < 0.38:
            _try(practice, MakePromise(guarantor_id, cents, day + timedelta(days=rng.randrange(3, 9))))
        elif luck < 0.43 and cents > 12_000:
            _try(practice, MakePlan(guarantor_id, cents, max(2_500, cents // 6), day + timedelta(days=7)))
        elif luck < 0.46:
            _try(practice, PlaceHold(guarantor_id, HoldKind.DISPUTE, "says the visit was for her sister"))
        elif luck < 0.49:
            _try(practice, AskAssistance(guarantor_id))
            if luck < 0.475:
                _try(practice, DecideAssistance(guarantor_id, 2, 3_900_000))
    _call_some(practice, rng, day)
    _close(practice)


def leave_open(practice: Practice, day: date) -> None:
    """A run that waits for review, a refund that waits for another person, calls that are due, an estimate."""
    owing = _owing(practice)
    for guarantor_id, _ in owing[:2]:
        _try(practice, AskForCall(guarantor_id, "asked us to ring about her bill"))
    if owing:
        account = owing[-1][0]
        _estimate(practice, account, day)
        over = owing[len(owing) // 2]
        _try(practice, TakePayment(over[0], over[1] + 4_000, "check", "1187"))
        _try(practice, AskRefund(over[0], 4_000, "paid twice"))
    practice.do(SelectRun(day))


def _estimate(practice: Practice, guarantor_id: int, day: date) -> None:
    with practice.reading() as session:
        query = (
            select(Encounter)
            .join(Patient, col(Patient.id) == col(Encounter.patient_id))
            .where(Patient.guarantor_id == guarantor_id)
        )
        encounter = session.exec(query.order_by(col(Encounter.id).desc())).first()
    if encounter is not None:
        first = encounter.service_date
        _try(practice, GiveEstimate(encounter.patient_id, encounter.provider_id, 9_000, first, max(first, day)))


def _call_some(practice: Practice, rng: Random, day: date) -> None:
    with practice.reading() as session:
        query = select(WorkItem.subject_id, WorkItem.cents).where(WorkItem.queue == "calls", WorkItem.open)
        waiting = [(one, cents) for one, cents in session.exec(query.order_by(col(WorkItem.id))).all()]
    for guarantor_id, cents in waiting[:6]:
        luck = rng.random()
        if luck < 0.4:
            _try(practice, EndCall(guarantor_id, rng.choice(("NO_ANSWER", "LEFT_MSG"))))
        elif luck < 0.7:
            _try(practice, VerifyCaller(guarantor_id, "birth date", "address"))
            _try(practice, CallPromise(guarantor_id, cents, day + timedelta(days=5)))


def _owing(practice: Practice) -> list[tuple[int, int]]:
    with practice.reading() as session:
        query = select(WorkItem.subject_id, WorkItem.cents).where(WorkItem.queue == "statements", WorkItem.open)
        return [(one, cents) for one, cents in session.exec(query.order_by(col(WorkItem.id))).all()]


def _close(practice: Practice) -> None:
    with practice.reading() as session:
        posted = by_method(open_payments(session, practice.actor.user_id))
    _try(practice, CloseDay(posted["cash"], posted["check"], posted["card"], posted["other"]))


def _try(practice: Practice, command: Command) -> None:
    try:
        practice.do(command)
    except Refused:
        return  # held, paid or promised already
