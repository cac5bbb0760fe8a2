"""Remittance exceptions: find out what the money is for, and say so."""

from __future__ import annotations

from collections.abc import Sequence

from tui.asks import Chosen, Words
from tui.keys import Action
from tui.queues import QueueScreenSpec


def _settle(chosen: Chosen) -> Sequence[object]:
    from store.remits.queue import SettleException

    return [SettleException(row.subject_id, chosen.text("reason")) for row in chosen.rows]


SPEC = QueueScreenSpec(
    queue="remits",
    actions=(
        Action(
            id="remits.settle",
            key="S",
            label="settle",
            help="Close the exception with what you found out; the money stays where it is booked.",
            asks=(Words(name="reason", question="What was found out"),),
            build=_settle,
            confirm=lambda chosen: f"Settle {len(chosen.rows)} exceptions?",
            many=True,
            rank=20,
        ),
    ),
)
