"""Underpayments: verify, dispute many in one letter, accept, or put the rate right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from store.money import parse_cents
from tui.asks import Choice, Chosen, Pick, Words
from tui.calls import PracticeApi
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec
from tui.queues.folders import into


def _verify(chosen: Chosen) -> Sequence[object]:
    from store.variance.disputes import VerifyUnderpayment

    return [VerifyUnderpayment(row.subject_id) for row in chosen.rows]


def _accept(chosen: Chosen) -> Sequence[object]:
    from store.variance.disputes import AcceptUnderpayment
    from store.work.together import Together

    commands = tuple(AcceptUnderpayment(row.subject_id, chosen.text("reason")) for row in chosen.rows)
    return [Together(commands, "Accepted")] if len(commands) > 1 else commands


def _false(chosen: Chosen) -> Sequence[object]:
    from store.variance.disputes import FalseUnderpayment
    from store.work.together import Together

    commands = tuple(FalseUnderpayment(row.subject_id, chosen.text("reason")) for row in chosen.rows)
    return [Together(commands, "No underpayment")] if len(commands) > 1 else commands


def _why_false(_practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.variance.disputes import FALSE_REASONS

    return [Choice(reason, reason) for reason in FALSE_REASONS]


def _dispute(chosen: Chosen) -> Sequence[object]:
    from store.jobs import WriteDispute

    ids = tuple(row.subject_id for row in chosen.rows)
    folder = Path(chosen.text("folder")).expanduser()
    return [WriteDispute(ids, chosen.text("how"), chosen.text("reference"), folder)]


def _rate(chosen: Chosen) -> Sequence[object]:
    from store.variance.disputes import CorrectRateOf

    return [CorrectRateOf(row.subject_id, parse_cents(chosen.text("rate").lstrip("$"))) for row in chosen.rows]


SPEC = QueueScreenSpec(
    queue="underpaid",
    alike=("payer", "cause"),
    actions=(
        Action(
            id="underpaid.verify",
            key="w",
            label="verify",
            help="You looked: the contract says so.",
            build=_verify,
            rank=20,
        ),
        Action(
            id="bundle",
            key="b",
            label="same cause",
            help="Mark every row of the same payer and cause.",
            places=frozenset({Place.LIST}),
            rank=25,
        ),
        Action(
            id="underpaid.dispute",
            key="D",
            label="dispute",
            help="One dispute with one payer about all marked lines: one letter, kept as it went.",
            asks=(
                Pick(
                    name="how",
                    question="Sent by",
                    choices=tuple(Choice(way, way) for way in ("mail", "fax", "portal", "secure mail")),
                ),
                Words(name="reference", question="Reference", required=False),
                into("The letter", "letters-out"),
            ),
            build=_dispute,
            confirm=lambda chosen: f"Dispute {chosen.several('line')}?",
            many=True,
            rank=30,
        ),
        Action(
            id="underpaid.accept",
            key="K",
            label="accept",
            help="Accept what was allowed, with the reason.",
            asks=(Words(name="reason", question="Accepted because"),),
            build=_accept,
            confirm=lambda chosen: f"Accept {chosen.several('line')} as paid?",
            many=True,
            rank=40,
        ),
        Action(
            id="underpaid.false",
            key="z",
            label="none",
            help="It is no underpayment: the contract was read wrongly here.",
            asks=(Pick(name="reason", question="It is none because", load=_why_false),),
            build=_false,
            many=True,
        ),
        Action(
            id="underpaid.rate",
            key="c",
            label="rate",
            help="The rate on file is wrong: put it right, and everything that it priced is priced again.",
            asks=(Words(name="rate", question="Right rate in dollars a unit"),),
            build=_rate,
        ),
    ),
)
