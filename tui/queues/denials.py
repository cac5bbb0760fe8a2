"""Denials: correct and send again, write off, move to the patient."""

from __future__ import annotations

from collections.abc import Sequence

from store.money import show_cents
from tui.asks import Choice, Chosen, Pick, Words
from tui.calls import PracticeApi
from tui.keys import Action
from tui.queues import QueueScreenSpec
from tui.queues.corrections import CORRECTION_ASKS, correction


def _correct(chosen: Chosen) -> Sequence[object]:
    from store.denials.commands import CorrectDenial

    return [CorrectDenial(row.subject_id, **correction(chosen)) for row in chosen.rows]


def _start(chosen: Chosen) -> Sequence[object]:
    from store.denials.commands import StartDenial

    return [StartDenial(row.subject_id) for row in chosen.rows]


def _write_off(chosen: Chosen) -> Sequence[object]:
    from store.denials.commands import WriteOffDenial

    return [WriteOffDenial(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _transfer(chosen: Chosen) -> Sequence[object]:
    from store.denials.commands import TransferDenial

    return [TransferDenial(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _reasons(_practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.denials.commands import WRITE_OFF_REASONS

    return [Choice(reason, reason) for reason in WRITE_OFF_REASONS]


def _route(chosen: Chosen) -> Sequence[object]:
    from store.denials.commands import RouteDenial

    return [RouteDenial(row.subject_id, chosen.text("question")) for row in chosen.rows]


SPEC = QueueScreenSpec(
    queue="denials",
    actions=(
        Action(
            id="denials.correct",
            key="c",
            label="correct",
            help="Mend the claim and send it again (frequency 7, the payer's number); the denial waits for the answer.",
            asks=CORRECTION_ASKS,
            build=_correct,
            rank=20,
        ),
        Action(
            id="denials.write_off",
            key="w",
            label="write off",
            help="Give the denied amount up, with the reason; u takes it back.",
            asks=(Pick(name="reason", question="Write off because", load=_reasons),),
            build=_write_off,
            many=True,
            rank=50,
        ),
        Action(
            id="denials.route",
            key="r",
            label="to coder",
            help="Send the encounter back to coding with a question; finishing it corrects the claim.",
            asks=(Words(name="question", question="What should the coder look at"),),
            build=_route,
        ),
        Action(id="denials.work", key="W", label="in work", help="Mark the denial as being worked.", build=_start,
               confirm=lambda chosen: f"Mark {len(chosen.rows)} denials as in work?", many=True),
        Action(
            id="denials.transfer",
            key="P",
            label="to patient",
            help="Move the amount to the patient; only where the payer's group is PR.",
            asks=(Words(name="reason", question="Why is it the patient's"),),
            build=_transfer,
            confirm=lambda chosen: f"Move {show_cents(chosen.cents, sign='$')} to the patient?",
        ),
    ),
)  # fmt: skip
