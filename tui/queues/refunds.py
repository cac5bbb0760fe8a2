"""Refunds to patients: approved by another person than who asked, then issued."""

from __future__ import annotations

from collections.abc import Sequence

from store.money import show_cents
from tui.asks import Chosen, Words
from tui.keys import Action
from tui.queues import QueueScreenSpec


def _approve(chosen: Chosen) -> Sequence[object]:
    from store.accounts.refunds import ApproveRefund

    return [ApproveRefund(row.subject_id) for row in chosen.rows]


def _refuse(chosen: Chosen) -> Sequence[object]:
    from store.accounts.refunds import RefuseRefund

    return [RefuseRefund(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _issue(chosen: Chosen) -> Sequence[object]:
    from store.accounts.refunds import IssueRefund

    return [IssueRefund(row.subject_id, chosen.text("check")) for row in chosen.rows]


SPEC = QueueScreenSpec(
    queue="refunds",
    actions=(
        Action(id="refunds.approve", key="Y", label="approve", build=_approve, many=True, rank=20,
               confirm=lambda chosen: f"Approve refunds of {show_cents(chosen.cents, sign='$')}?",
               help="Approve refunds that others asked for."),
        Action(id="refunds.refuse", key="N", label="refuse", build=_refuse, many=True, rank=30,
               asks=(Words(name="reason", question="Refused because"),),
               confirm=lambda chosen: f"Refuse {chosen.several('refund')}?", help="Refuse refunds, with the reason."),
        Action(id="refunds.issue", key="I", label="issued", build=_issue, rank=25,
               asks=(Words(name="check", question="Check number"),),
               confirm=lambda chosen: f"Book {show_cents(chosen.cents, sign='$')} as gone by check "
               f"{chosen.text('check')}?", help="The check went out: the refund is booked."),
    ),
)  # fmt: skip
