"""Credit balances: give the payer its money back in time, with a second person, or wait for it to be taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from store import clock
from store.money import show_cents
from tui.asks import Chosen, Days, Words
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec


def _find(_chosen: Chosen) -> Sequence[object]:
    from store.variance.credits import FindCredits

    return [FindCredits()]


def _ask(chosen: Chosen) -> Sequence[object]:
    from store.variance.credit_work import AskPayerRefund

    return [AskPayerRefund(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _approve(chosen: Chosen) -> Sequence[object]:
    from store.variance.credit_work import ApprovePayerRefund

    return [ApprovePayerRefund(row.subject_id) for row in chosen.rows]


def _refuse(chosen: Chosen) -> Sequence[object]:
    from store.variance.credit_work import RefusePayerRefund

    return [RefusePayerRefund(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _issue(chosen: Chosen) -> Sequence[object]:
    from store.variance.credit_work import IssuePayerRefund

    return [IssuePayerRefund(row.subject_id, chosen.text("check")) for row in chosen.rows]


def _recoup(chosen: Chosen) -> Sequence[object]:
    from store.variance.credit_work import ExpectRecoupment

    return [ExpectRecoupment(row.subject_id) for row in chosen.rows]


def _taken(chosen: Chosen) -> Sequence[object]:
    from store.variance.recoupments import ApplyTaking

    return [ApplyTaking(row.subject_id, chosen.text("trace")) for row in chosen.rows]


def _investigate(chosen: Chosen) -> Sequence[object]:
    from store.variance.credit_work import InvestigateCredit

    return [InvestigateCredit(row.subject_id) for row in chosen.rows]


def _identified(chosen: Chosen) -> Sequence[object]:
    from store.variance.credit_work import SetIdentified

    on = chosen.answers["on"]
    day = on if isinstance(on, date) else clock.today() - timedelta(days=int(on))
    return [SetIdentified(row.subject_id, day) for row in chosen.rows]


def _apply(chosen: Chosen) -> Sequence[object]:
    from store.variance.credit_work import ApplyCreditBalance

    return [ApplyCreditBalance(row.subject_id) for row in chosen.rows]


def _cashed(chosen: Chosen) -> Sequence[object]:
    from store.variance.credit_work import CheckCashed

    return [CheckCashed(row.subject_id) for row in chosen.rows]


def _escheat(chosen: Chosen) -> Sequence[object]:
    from store.variance.credit_work import EscheatCredit

    return [EscheatCredit(row.subject_id, chosen.text("reference")) for row in chosen.rows]


SPEC = QueueScreenSpec(
    queue="credits",
    actions=(
        Action(
            id="credits.apply",
            key="m",
            label="move",
            help="Put a patient's credit on what the same account owes elsewhere, the oldest visit first.",
            build=_apply,
            confirm=lambda chosen: f"Put {show_cents(chosen.cents, sign='$')} on what the account owes?",
            rank=15,
        ),
        Action(
            id="credits.cashed",
            key="C",
            label="cashed",
            help="The bank paid the check: nothing is left to do.",
            build=_cashed,
            confirm=lambda chosen: f"Note {chosen.several('check')} as cashed?",
            many=True,
        ),
        Action(
            id="credits.escheat",
            key="E",
            label="to state",
            help="The owner can't be found: handed over to the state, once the days on file for it have passed.",
            asks=(Words(name="reference", question="The state's report, its number or date"),),
            build=_escheat,
            confirm=lambda chosen: f"Book {show_cents(chosen.cents, sign='$')} as handed over to the state?",
        ),
        Action(
            id="credits.ask",
            key="R",
            label="refund",
            help="Ask that the money goes back to who overpaid, payer or patient; another person approves it.",
            asks=(Words(name="reason", question="Because"),),
            build=_ask,
            confirm=lambda chosen: f"Ask to give back {show_cents(chosen.cents, sign='$')}?",
            many=True,
            rank=20,
        ),
        Action(
            id="credits.approve",
            key="Y",
            label="approve",
            help="Approve refunds that others asked for.",
            build=_approve,
            confirm=lambda chosen: f"Approve giving back {show_cents(chosen.cents, sign='$')}?",
            many=True,
            rank=30,
        ),
        Action(
            id="credits.refuse",
            key="N",
            label="refuse",
            help="Refuse a refund; the credit balance is work again.",
            asks=(Words(name="reason", question="Refused because"),),
            build=_refuse,
            confirm=lambda chosen: f"Refuse {chosen.several('refund')}?",
            many=True,
        ),
        Action(
            id="credits.issue",
            key="I",
            label="issued",
            help="The refund went out: its check number, and it is booked.  A stale check goes out again.",
            asks=(Words(name="check", question="Check number or trace"),),
            build=_issue,
            confirm=lambda chosen: f"Book {show_cents(chosen.cents, sign='$')} as given back?",
            rank=40,
        ),
        Action(
            id="credits.recoup",
            key="K",
            label="recoup",
            help="The payer takes it back by itself: the adjustment that names the claim clears the row.",
            build=_recoup,
            confirm=lambda chosen: f"Wait for the payer to take {show_cents(chosen.cents, sign='$')} back?",
            many=True,
            rank=50,
        ),
        Action(
            id="credits.taken",
            key="W",
            label="taken",
            help="The payer took it at provider level (WO, WU) and named no claim: put it against the credit.",
            asks=(Words(name="trace", question="Trace of the payment that it was taken from"),),
            build=_taken,
            confirm=lambda chosen: f"Put what was taken against {show_cents(chosen.cents, sign='$')} too much?",
            rank=60,
        ),
        Action(
            id="credits.investigate",
            key="b",
            label="investigate",
            help="Begin an investigation; a government payer's clock stands still for up to 180 days.",
            build=_investigate,
        ),
        Action(
            id="credits.identified",
            key="i",
            label="identified",
            help="The day on which the overpayment was known; the clock counts from it.",
            asks=(Days(name="on", question="Identified on", hint="2026-11-20, or 3d for three days ago"),),
            build=_identified,
        ),
        Action(
            id="credits.find",
            key="f",
            label="find",
            help="Look at every claim and every account for too much money.",
            places=frozenset({Place.LIST}),
            build=_find,
        ),
    ),
)
