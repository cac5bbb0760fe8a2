"""Patient calls: identity, outcomes by digit, promise, plan, payment, insurance, dispute, assistance, call-back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from store.errors import Refused
from store.money import show_cents
from tui.asks import Amount, Choice, Chosen, Days, Pick, Words
from tui.calls import PracticeApi, opened
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec
from tui.queues.accounts import KINDS, PAPERS, PAYMENT, PLAN, SET_CONTACT, WHY_PAPER, account, due, pay_effect
from tui.verbs import day

_CALL = frozenset({Place.RECORD})
_ITEMS = ("birth date", "address", "full name", "phone", "account number", "date of a visit")


def _verify(chosen: Chosen) -> Sequence[object]:
    from store.calls.call import VerifyCaller

    return [VerifyCaller(account(chosen), chosen.text("first"), chosen.text("second"))]


def _outcome(state: str) -> Callable[[Chosen], Sequence[object]]:
    def build(chosen: Chosen) -> Sequence[object]:
        from store.calls.call import EndCall

        return [EndCall(account(chosen), state, chosen.text("note"))]

    return build


def _end(chosen: Chosen) -> Sequence[object]:
    return _outcome(chosen.text("outcome"))(chosen)


def _outcomes(_practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.calls.states import OUTCOMES

    return [Choice(state, state.lower().replace("_", " ")) for state in OUTCOMES if state != "CALLBACK"]


def _call_back(chosen: Chosen) -> Sequence[object]:
    from store.calls.call import EndCall

    hour = chosen.text("hour")
    if not (hour.isdecimal() and len(hour) < 3):
        raise Refused(f"{hour[:10]!r} is no hour.", do="Write 9 or 14.")
    return [EndCall(account(chosen), "CALLBACK", chosen.text("note"), day(chosen, "on"), int(hour))]


def _promise(chosen: Chosen) -> Sequence[object]:
    from store.calls.call import CallPromise

    return [CallPromise(account(chosen), chosen.number("cents"), day(chosen, "by"))]


def _plan(chosen: Chosen) -> Sequence[object]:
    from store.calls.call import CallPlan

    return [CallPlan(account(chosen), chosen.number("total"), chosen.number("each"), day(chosen, "first"))]


def _pay(chosen: Chosen) -> Sequence[object]:
    from store.calls.call import CallPayment

    return [CallPayment(account(chosen), chosen.number("cents"), chosen.text("method"), chosen.text("reference"))]


def _dispute(chosen: Chosen) -> Sequence[object]:
    from store.calls.call import CallDispute

    return [CallDispute(account(chosen), chosen.text("what"))]


def _assist(chosen: Chosen) -> Sequence[object]:
    from pathlib import Path

    from store.accounts.papers import PrintPaper
    from store.calls.call import CallAssistance

    folder = Path(chosen.text("folder")).expanduser()
    return [CallAssistance(account(chosen), chosen.text("kind")), PrintPaper(account(chosen), "packet", folder)]


def _insurance(chosen: Chosen) -> Sequence[object]:
    from store.calls.call import CallInsurance

    patient, payer = int(chosen.text("patient")), int(chosen.text("payer"))
    return [CallInsurance(account(chosen), patient, payer, chosen.text("member"))]


def _patients(practice: PracticeApi, chosen: Chosen) -> Sequence[Choice]:
    from store.calls.insurance import patients_of

    with opened(practice).reading() as session:
        return [Choice(str(number), called) for number, called in patients_of(session, account(chosen))]


def _payers(practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.calls.insurance import payers

    with opened(practice).reading() as session:
        return [Choice(str(number), called) for number, called in payers(session)]


def _never(chosen: Chosen) -> Sequence[object]:
    from store.calls.call import DoNotCall

    return [DoNotCall(account(chosen))]


def _items(first: int) -> tuple[Choice, ...]:
    return tuple(Choice(item, item) for item in (*_ITEMS[first:], *_ITEMS[:first]))


_NOTE = Words(name="note", question="Note", required=False, hint="may stay empty")


def _digit(number: int, state: str, label: str, help_: str) -> Action:
    return Action(id=f"calls.{number}", label=label, build=_outcome(state), places=_CALL, help=help_)


SPEC = QueueScreenSpec(
    queue="calls",
    screen="tui.screens.call:CallScreen",
    actions=(
        Action(id="calls.verify", key="c", label="identity", build=_verify, places=_CALL, rank=5,
               asks=(Pick(name="first", question="Right was", choices=_items(0)),
                     Pick(name="second", question="and", choices=_items(1))),
               help="Two items of the identity were right; only then the balance is shown and talked about."),
        _digit(1, "NO_ANSWER", "1 no answer", "Nobody answered; it comes back tomorrow."),
        _digit(2, "LEFT_MSG", "2 message left", "A message was left, name and number only; it comes back tomorrow."),
        _digit(3, "WRONG_NO", "3 wrong number", "Not their number; it rests until there is another."),
        _digit(4, "REFUSED", "4 refused", "They will not pay; the next statement opens it again."),
        _digit(5, "STOPPED", "5 stopped", "The call broke off; the next statement opens it again."),
        Action(id="calls.promise", key="m", label="promise", build=_promise, places=_CALL, rank=10,
               asks=(Amount(name="cents", question="They promise", suggest=due),
                     Days(name="by", question="By", first="14d", hint="14d or a date")),
               help="Keep a promise and end the call; it returns by itself when it is broken."),
        Action(id="calls.pay", key="P", label="payment", build=_pay, places=_CALL, asks=PAYMENT, confirm=pay_effect,
               rank=12, help="Take a payment and end the call; the receipt has a number."),
        Action(id="calls.plan", key="L", label="plan", build=_plan, places=_CALL, asks=PLAN, rank=14,
               confirm=lambda chosen: f"Agree on {show_cents(chosen.number('each'), sign='$')} a month?",
               help="Agree on a plan and end the call."),
        Action(id="calls.insurance", key="i", label="insurance", build=_insurance, places=_CALL, rank=16,
               asks=(Pick(name="patient", question="Whose insurance", load=_patients, sole=True, none="No patient."),
                     Pick(name="payer", question="Payer", load=_payers), Words(name="member", question="Member id")),
               help="Other insurance: statements stop, and what is due of its days is billed to it."),
        Action(id="calls.dispute", key="D", label="dispute", build=_dispute, places=_CALL,
               asks=(Words(name="what", question="What is wrong"),),
               confirm=lambda _chosen: "Keep the dispute and stop collecting?",
               help="They say it is wrong: nothing is collected until it is answered."),
        Action(id="calls.assist", key="f", label="assistance", build=_assist, places=_CALL,
               asks=(Pick(name="kind", question="They ask for", choices=KINDS), PAPERS),
               help="They can't pay: the application begins and the packet is written."),
        Action(id="calls.back", key="b", label="call back", build=_call_back, places=_CALL,
               asks=(Days(name="on", question="Call back in", first="1d", hint="1d or a date"),
                     Words(name="hour", question="Hour, by their clock", first="10"), _NOTE),
               help="They want to be called at another time."),
        Action(id="calls.end", key="E", label="end", build=_end, places=_CALL,
               asks=(Pick(name="outcome", question="The call ended with", load=_outcomes, digits=False), _NOTE),
               confirm=lambda chosen: f"End the call: {chosen.text('outcome').lower().replace('_', ' ')}?",
               help="End the call with any outcome and a note."),
        Action(id="calls.never", key="N", label="no calls", build=_never,
               confirm=lambda _chosen: "They wish no calls: take them out of the queue for good?",
               help="They wish no calls."),
        SET_CONTACT,
        WHY_PAPER,
    ),
)  # fmt: skip
