"""Refunds to guarantors that wait: for another person's decision, or for the check."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from store.accounts.refunds import QUEUE
from store.accounts.view import account_record
from store.errors import NotFound
from store.money import show_cents
from store.people.roles import Permission
from store.tables import Guarantor, Refund, User, WorkItem
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.record import Facts, Record, Tab
from store.work.values import Column, Kind, Why


def _join(query: AnySelect) -> AnySelect:
    query = query.join(Refund, col(Refund.id) == col(WorkItem.subject_id))
    return query.join(Guarantor, col(Guarantor.id) == col(Refund.guarantor_id))


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    query = select(Refund, User.name).join(User, col(User.id) == col(Refund.asked_by))
    rows = session.exec(query.where(col(Refund.id).in_(subjects))).all()
    return {
        refund.id: (
            f"{show_cents(refund.cents, sign='$')} asked for by {name} on {refund.asked_on}: {refund.reason}",
            "another person approves it" if refund.state == "ASKED" else "approved: issue the check",
            "",
        )
        for refund, name in rows
    }


def _why(session: Session, item: WorkItem) -> Why:
    lines = _preview(session, [item.subject_id])[item.subject_id]
    return Why(
        "Why does this refund wait?", lines[:2], "Two persons for each refund; nothing is booked before it goes."
    )


def refund_record(session: Session, refund_id: int) -> Record:
    """The refund, then the account that it is of."""
    refund = session.get(Refund, refund_id)
    if refund is None:
        raise NotFound("There is no such refund.")
    account = account_record(session, refund.guarantor_id)
    names = {user.id: user.name for user in session.exec(select(User)).all()}
    facts = Facts(
        (
            ("Amount", show_cents(refund.cents, sign="$")),
            ("Because", refund.reason),
            ("Asked by", names.get(refund.asked_by, "")),
            ("Decided by", names.get(refund.decided_by or 0, "nobody yet")),
            ("Check", refund.check_number or "not issued"),
        )
    )
    return Record(
        f"Refund to {account.title}",
        account.headline,
        refund.state,
        (Tab("Refund", (facts,)), *account.tabs),
        account_id=refund.guarantor_id,
        version=refund.version,
    )


REFUNDS = Queue(
    name=QUEUE,
    title="Patient refunds",
    permission=Permission.STATEMENT,
    shown=(
        Shown(Column("account", "Account", 8), col(Guarantor.number)),
        Shown(Column("guarantor", "Guarantor", 22), col(Guarantor.last) + ", " + col(Guarantor.first)),
        Shown(Column("amount", "Amount", 10, Kind.CENTS), col(Refund.cents)),
        Shown(Column("asked", "Asked", 10, Kind.DATE), col(Refund.asked_on)),
        Shown(Column("state", "State", 9), col(Refund.state)),
        Shown(Column("why", "Why", 24), col(Refund.reason)),
    ),
    join=_join,
    preview=_preview,
    why=_why,
    record=refund_record,
)
