"""What is done with a guarantor's account, in every queue whose rows are accounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from store.money import parse_cents, show_cents
from tui.asks import Amount, Ask, Choice, Chosen, Count, Days, Pick, Words
from tui.calls import PracticeApi, opened
from tui.keys import Action, Place
from tui.queues.folders import into
from tui.verbs import day

if TYPE_CHECKING:
    pass

_LIFT = "lift"
PAPERS = into("PDF and text", "papers")


def account(chosen: Chosen) -> int:
    """The account of the row."""
    return chosen.rows[0].subject_id


def hold_kinds(_practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    """Every kind of hold."""
    from store.accounts.holds import HoldKind

    return [Choice(kind, kind) for kind in HoldKind]


def _kinds(practice: PracticeApi, chosen: Chosen) -> Sequence[Choice]:
    return [*hold_kinds(practice, chosen), Choice(_LIFT, "lift every hold")]


def _hold(chosen: Chosen) -> Sequence[object]:
    from store.accounts.holds import LiftHolds, PlaceHold

    kind = chosen.text("kind")
    if kind == _LIFT:
        return [LiftHolds(row.subject_id) for row in chosen.rows]
    return [PlaceHold(row.subject_id, kind, chosen.text("reason")) for row in chosen.rows]


def _pay(chosen: Chosen) -> Sequence[object]:
    from store.accounts.payments import TakePayment

    return [TakePayment(account(chosen), chosen.number("cents"), chosen.text("method"), chosen.text("reference"))]


def _void_payment(chosen: Chosen) -> Sequence[object]:
    from store.accounts.payments import VoidPayment

    return [VoidPayment(int(chosen.text("receipt")), chosen.text("reason"))]


def _receipts(practice: PracticeApi, chosen: Chosen) -> Sequence[Choice]:
    from store.accounts.asked import receipts_of

    return [Choice(str(number), called) for number, called in receipts_of(opened(practice), account(chosen))]


def _apply(chosen: Chosen) -> Sequence[object]:
    from store.accounts.payments import ApplyCredit

    return [ApplyCredit(row.subject_id) for row in chosen.rows]


def _plan(chosen: Chosen) -> Sequence[object]:
    from store.accounts.plans import MakePlan

    return [MakePlan(account(chosen), chosen.number("total"), chosen.number("each"), day(chosen, "first"))]


def _end_plan(chosen: Chosen) -> Sequence[object]:
    from store.accounts.plans import EndPlan

    return [EndPlan(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _promise(chosen: Chosen) -> Sequence[object]:
    from store.accounts.plans import MakePromise

    return [MakePromise(account(chosen), chosen.number("cents"), day(chosen, "by"))]


def _assist(chosen: Chosen) -> Sequence[object]:
    from store.accounts.assistance import AskAssistance

    return [AskAssistance(row.subject_id, chosen.text("kind")) for row in chosen.rows]


def _decide(chosen: Chosen) -> Sequence[object]:
    from store.accounts.assistance import DecideAssistance

    return [DecideAssistance(account(chosen), chosen.number("household"), chosen.number("income"))]


def _refund(chosen: Chosen) -> Sequence[object]:
    from store.accounts.refunds import AskRefund

    return [AskRefund(account(chosen), chosen.number("cents"), chosen.text("reason"))]


def _paper(kind: str) -> Callable[[Chosen], Sequence[object]]:
    def build(chosen: Chosen) -> Sequence[object]:
        from store.accounts.papers import PrintPaper

        folder = Path(chosen.text("folder")).expanduser()
        return [PrintPaper(row.subject_id, kind, folder) for row in chosen.rows]

    return build


def _hand_over(chosen: Chosen) -> Sequence[object]:
    from store.accounts.bad_debt import HandOver

    ids = tuple(row.subject_id for row in chosen.rows)
    return [HandOver(ids, chosen.text("agency"), Path(chosen.text("folder")).expanduser())]


def _recall(chosen: Chosen) -> Sequence[object]:
    from store.accounts.bad_debt import RecallBadDebt

    return [RecallBadDebt(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _call(chosen: Chosen) -> Sequence[object]:
    from store.calls.call import AskForCall

    return [AskForCall(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def contact(chosen: Chosen) -> Sequence[object]:
    """A new address or number."""
    from store.calls.call import SetContact

    given = {name: chosen.text(name) for name in ("line1", "city", "state", "zip", "phone")}
    return [SetContact(account(chosen), **given)]


def _close_day(chosen: Chosen) -> Sequence[object]:
    from store.accounts.payments import CloseDay

    counted = [parse_cents(chosen.text(name) or "0") for name in ("cash", "check", "card", "other")]
    return [CloseDay(*counted)]


def _close_effect(practice: PracticeApi, _chosen: Chosen) -> str:
    from store.accounts.asked import drawer_effect

    return drawer_effect(opened(practice))


def _small(chosen: Chosen) -> Sequence[object]:
    from store.accounts.small_balances import ProposeSmallBalances

    return [ProposeSmallBalances(chosen.text("reason"))]


def _small_effect(practice: PracticeApi, _chosen: Chosen) -> str:
    from store.accounts.asked import small_effect

    return small_effect(opened(practice))


def _small_runs(practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.accounts.asked import waiting_small_runs

    return [Choice(str(number), called) for number, called in waiting_small_runs(opened(practice))]


def _decide_small(chosen: Chosen) -> Sequence[object]:
    from store.accounts.small_balances import DecideSmallBalances

    return [DecideSmallBalances(int(chosen.text("run")), chosen.text("verdict") == "yes")]


def due(practice: PracticeApi, chosen: Chosen) -> str:
    """What the account owes, as a person types it."""
    from store.accounts.asked import due_of

    return show_cents(due_of(opened(practice), account(chosen)))


def _own(practice: PracticeApi, chosen: Chosen) -> str:
    from store.accounts.asked import refundable

    return show_cents(refundable(opened(practice), account(chosen)))


def sixth(practice: PracticeApi, chosen: Chosen) -> str:
    """A sixth of it, rounded up to whole dollars, at least 25."""
    from store.accounts.asked import due_of

    return show_cents(max(2_500, -(-due_of(opened(practice), account(chosen)) // 600) * 100))


def pay_effect(chosen: Chosen) -> str:
    """What posting a payment means."""
    return f"Post {show_cents(chosen.number('cents'), sign='$')} by {chosen.text('method')} and make a receipt?"


METHOD = Pick(
    name="method",
    question="Paid by",
    choices=(Choice("cash", "cash"), Choice("check", "check"), Choice("card", "card"), Choice("other", "other"),
             Choice("agency", "the agency that collects")),
)  # fmt: skip
PAYMENT: tuple[Ask, ...] = (
    Amount(name="cents", question="Amount paid", suggest=due),
    METHOD,
    Words(name="reference", question="Reference", required=False, hint="check or slip number; no card number"),
)
PLAN: tuple[Ask, ...] = (
    Amount(name="total", question="Plan for", suggest=due),
    Amount(name="each", question="Each month", suggest=sixth),
    Days(name="first", question="First payment in", first="14d", hint="14d or a date"),
)
KINDS = (Choice("charity", "charity care"), Choice("sliding", "sliding fee"))
_CONTACT = {"line1": "Street", "city": "City", "state": "State", "zip": "ZIP", "phone": "Phone"}
CONTACT: tuple[Ask, ...] = tuple(
    Words(name=name, question=question, required=False, hint="empty: as it is") for name, question in _CONTACT.items()
)
_LIST = frozenset({Place.LIST})

HOLD = Action(id="accounts.hold", key="h", label="hold", build=_hold, many=True, rank=50,
              asks=(Pick(name="kind", question="Hold", load=_kinds, digits=False),
                    Words(name="reason", question="Because", required=False)),
              help="Stop statements and calls, with the kind and the reason; or lift what stands.")  # fmt: skip
WHY_PAPER = Action(id="accounts.why_paper", key="w", label="print why", build=_paper("why"), asks=(PAPERS,), many=True,
                   help="Write why it is owed, visit by visit in plain words, as PDF and text.")  # fmt: skip
SET_CONTACT = Action(id="accounts.contact", label="new address or phone", build=contact, asks=CONTACT,
                     help="Change the guarantor's address or telephone; a new address ends returned mail.")  # fmt: skip
SHARED_ACTIONS: tuple[Action, ...] = (
    HOLD,
    WHY_PAPER,
    SET_CONTACT,
    Action(id="accounts.void_payment", label="take a payment back", build=_void_payment,
           asks=(Pick(name="receipt", question="Which payment", load=_receipts, sole=True, none="There is no payment."),
                 Words(name="reason", question="Because")),
           help="Take a payment back by its exact contrary, with the reason."),
    Action(id="accounts.receipt", label="print receipt", build=_paper("receipt"), asks=(PAPERS,),
           help="Write the receipt of the newest payment as PDF and text."),
    Action(id="accounts.end_plan", label="end the plan", build=_end_plan, many=True,
           asks=(Words(name="reason", question="The plan ends because"),), help="End the payment plan."),
)  # fmt: skip
ACCOUNT_ACTIONS: tuple[Action, ...] = (
    *SHARED_ACTIONS,
    Action(id="accounts.pay", key="P", label="payment", build=_pay, asks=PAYMENT, confirm=pay_effect, rank=30,
           help="Take a payment: it goes to the oldest visit first; the receipt has a number."),
    Action(id="accounts.plan", key="L", label="plan", build=_plan, asks=PLAN,
           confirm=lambda chosen: f"Agree on {show_cents(chosen.number('each'), sign='$')} a month for "
           f"{show_cents(chosen.number('total'), sign='$')}?",
           help="Agree on a payment plan; while it is kept nothing is sent and nobody calls."),
    Action(id="accounts.promise", key="m", label="promise", build=_promise, rank=55,
           asks=(Amount(name="cents", question="They promise", suggest=due),
                 Days(name="by", question="By", first="14d")),
           help="Keep a promise to pay; broken, it comes up in the call queue by itself."),
    Action(id="accounts.assist", key="f", label="assistance", build=_assist, many=True,
           asks=(Pick(name="kind", question="They ask for", choices=KINDS),),
           help="The guarantor asks for financial assistance: nothing is sent until it is decided."),
    Action(id="accounts.call", key="c", label="call", build=_call, many=True,
           asks=(Words(name="reason", question="Call because"),), help="Put the account into the call queue."),
    Action(id="accounts.apply", key="b", label="use credit", build=_apply, many=True,
           help="Put the guarantor's own money that is too much somewhere on what is owed."),
    Action(id="accounts.decide", label="decide assistance", build=_decide,
           asks=(Count(name="household", question="People in the household"),
                 Amount(name="income", question="Income in a year", hint="dollars, before taxes", least=0)),
           help="Decide an application by the practice's table."),
    Action(id="accounts.packet", label="print assistance packet", build=_paper("packet"), asks=(PAPERS,), many=True,
           help="Write the form that asks for assistance, as PDF and text."),
    Action(id="accounts.refund", key="R", label="refund", build=_refund,
           asks=(Amount(name="cents", question="Refund", suggest=_own), Words(name="reason", question="Because")),
           confirm=lambda chosen: f"Ask for a refund of {show_cents(chosen.number('cents'), sign='$')}?",
           help="Ask that money goes back; another person approves it."),
    Action(id="accounts.bad_debt", key="B", label="to agency", build=_hand_over, many=True,
           asks=(Words(name="agency", question="Which agency"),
                 into("The agency's file", "agency-out")),
           confirm=lambda chosen: f"Hand {chosen.several('account')}, {show_cents(chosen.cents, sign='$')}, over?",
           help="Hand accounts to a collection agency, each looked at: final notice, 120 days, no hold."),
    Action(id="accounts.recall", label="recall from agency", build=_recall, many=True,
           asks=(Words(name="reason", question="Recalled because"),), help="Take accounts back from the agency."),
    Action(id="accounts.close_day", label="close the day", build=_close_day, effect=_close_effect, places=_LIST,
           asks=tuple(Words(name=name, question=f"Counted {name}", required=False, hint="dollars; empty is none")
                      for name in ("cash", "check", "card", "other")), on_view=True,
           help="Count your drawer: what is deposited has to be what was posted."),
    Action(id="accounts.small", label="propose small balances", build=_small, effect=_small_effect, places=_LIST,
           asks=(Words(name="reason", question="Worth it because", first="cost to collect is higher"),), on_view=True,
           help="Propose to give up small balances; another person approves."),
    Action(id="accounts.decide_small", label="decide small balances", build=_decide_small, places=_LIST, on_view=True,
           asks=(Pick(name="run", question="Which run", load=_small_runs, sole=True, none="No run waits."),
                 Pick(name="verdict", question="Give them up", choices=(Choice("yes", "yes"), Choice("no", "no")))),
           help="Approve or refuse a run of small balances that another person proposed."),
)  # fmt: skip
