"""Payments and deposits: enter money, post what waited or came twice, settle what was found out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from store import clock
from store.errors import Refused
from store.money import parse_cents
from tui.asks import Choice, Chosen, Days, Pick, Words
from tui.calls import PracticeApi, opened
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec


def _day_and_amount(chosen: Chosen) -> tuple[date, int]:
    on = chosen.answers["on"]
    day = on if isinstance(on, date) else clock.today() - timedelta(days=int(on))
    return day, parse_cents(chosen.text("amount").lstrip("$").replace(",", ""))


def _deposit(chosen: Chosen) -> Sequence[object]:
    from store.remits.money import EnterDeposit

    day, amount = _day_and_amount(chosen)
    return [EnterDeposit(chosen.text("trace"), amount, day, chosen.text("payer"), chosen.text("kind"))]


def _eob(chosen: Chosen) -> Sequence[object]:
    from store.remits.eob import EnterEob

    day, amount = _day_and_amount(chosen)
    return [EnterEob(int(chosen.text("payer")), chosen.text("trace"), amount, day, chosen.text("claims"))]


def _post(chosen: Chosen) -> Sequence[object]:
    """What a row needs to be posted depends on why it is here, which its reason tells."""
    from store.remits.arrivals import PostSecondArrival
    from store.remits.money import PostWithoutMoney

    commands = {"NO_EFT": PostWithoutMoney, "EFT_DIFF": PostWithoutMoney, "DUP": PostSecondArrival}
    found = []
    for row in chosen.rows:
        reason = str(row.cells[-1]) if row.cells else ""
        if reason not in commands:
            raise Refused("There is nothing to post here.", do="Settle it with z.")
        found.append(commands[reason](row.subject_id, chosen.text("reason")))
    return found


def _settle(chosen: Chosen) -> Sequence[object]:
    from store.remits.arrivals import SettleMatter

    return [SettleMatter(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _rule(chosen: Chosen) -> Sequence[object]:
    from store.remits.arrivals import SetPostingRule

    how = chosen.text("how")
    payer = chosen.text("payer")
    return [SetPostingRule(int(payer) if payer != "0" else None, "person" not in how, "money" in how)]


def _payers(practice: PracticeApi, chosen: Chosen) -> Sequence[Choice]:
    return [Choice("0", "every payer"), *_payers_alone(practice, chosen)]


def _payers_alone(practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.remits.eob import payer_choices

    with opened(practice).reading() as session:
        return [Choice(str(key), name) for key, name in payer_choices(session)]


SPEC = QueueScreenSpec(
    queue="payments",
    actions=(
        Action(
            id="payments.deposit",
            key="E",
            label="deposit",
            help="Enter an EFT or a check that reached the bank; a remittance that waited for it is posted.",
            places=frozenset({Place.LIST}),
            asks=(
                Pick(name="kind", question="What came", choices=(Choice("EFT", "EFT"), Choice("check", "check"))),
                Words(name="trace", question="Trace or check number"),
                Words(name="amount", question="Dollars"),
                Days(name="on", question="On which day", hint="2026-11-20, or 3d for three days ago", first="1d"),
                Words(name="payer", question="From", required=False),
            ),
            build=_deposit,
            confirm=lambda chosen: f"Enter {chosen.text('kind')} {chosen.text('trace')} of ${chosen.text('amount')}?",
            rank=20,
        ),
        Action(
            id="payments.post",
            key="S",
            label="post",
            help="Post what waits for its money, or a second arrival that is another payment; a supervisor does.",
            asks=(Words(name="reason", question="Post it because"),),
            build=_post,
            confirm=lambda chosen: f"Post {chosen.several('payment')}?",
            rank=30,
        ),
        Action(
            id="payments.settle",
            key="z",
            label="settle",
            help="Close the row with what you found out; no money moves.",
            asks=(Words(name="reason", question="What was found out"),),
            build=_settle,
            many=True,
            rank=40,
        ),
        Action(
            id="payments.eob",
            key="P",
            label="paper EOB",
            help="Type a payer's paper answer; it is balanced and posted like a file.",
            places=frozenset({Place.LIST}),
            asks=(
                Pick(name="payer", question="From which payer", load=_payers_alone),
                Words(name="trace", question="Check number or trace"),
                Words(name="amount", question="Dollars"),
                Days(name="on", question="Dated", hint="2026-11-20, or 3d for three days ago", first="1d"),
                Words(
                    name="claims",
                    question="Claims",
                    longest=4000,
                    hint="K10001: 1 80 CO-45 20; 2 0 CO-16 32 | K10002: 1 195",
                ),
            ),
            build=_eob,
            confirm=lambda chosen: f"Post the EOB {chosen.text('trace')} of ${chosen.text('amount')}?",
        ),
        Action(
            id="payments.rule",
            key="L",
            label="rule",
            help="How a payer's remittances are posted: by themselves when certain, after their money, or by a person.",
            places=frozenset({Place.LIST}),
            asks=(
                Pick(name="payer", question="For which payer", load=_payers),
                Pick(
                    name="how",
                    question="Post",
                    choices=(
                        Choice("certain", "what is certain, at once"),
                        Choice("money", "what is certain, after its money came"),
                        Choice("person", "by a person"),
                        Choice("person money", "by a person, after its money came"),
                    ),
                ),
            ),
            build=_rule,
            confirm=lambda chosen: f"Change the rule to: {chosen.text('how')}?",
        ),
    ),
)
