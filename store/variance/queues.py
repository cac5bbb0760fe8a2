"""The underpayment queue and its record."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.claims.opened import claim_record
from store.errors import NotFound
from store.money import show_cents
from store.people.roles import Permission
from store.tables import Claim, ClaimLine, ContractRate, Dispute, Payer, Underpayment, WorkItem
from store.variance import find
from store.variance.states import UNDERPAID_OPEN
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.record import Facts, Record, Tab, Table
from store.work.values import Column, Kind, Why

_SHORT = col(Underpayment.expected) - col(Underpayment.allowed)
_OTHER = Underpayment.__table__.alias("other")  # type: ignore[attr-defined]
_LIKE = (
    select(func.count())
    .select_from(_OTHER)
    .where(_OTHER.c.payer_id == col(Underpayment.payer_id), _OTHER.c.cause == col(Underpayment.cause))
    .where(_OTHER.c.state.in_(sorted(UNDERPAID_OPEN)))
    .correlate(Underpayment)
    .scalar_subquery()
)


def _join_underpaid(query: AnySelect) -> AnySelect:
    return (
        query.join(Underpayment, col(Underpayment.id) == col(WorkItem.subject_id))
        .join(Claim, col(Claim.id) == col(Underpayment.claim_id))
        .join(ClaimLine, col(ClaimLine.id) == col(Underpayment.claim_line_id))
        .join(Payer, col(Payer.id) == col(Underpayment.payer_id))
        .join(ContractRate, col(ContractRate.id) == col(Underpayment.rate_id))
    )


def _preview_underpaid(session: Session, subjects: Sequence[int]) -> Previews:
    rows = session.exec(
        select(Underpayment, ContractRate)
        .join(ContractRate, col(ContractRate.id) == col(Underpayment.rate_id))
        .where(col(Underpayment.id).in_(subjects))
    ).all()
    return {
        row.id: (
            f"{row.cause}   expected {show_cents(row.expected, sign='$')}, allowed "
            f"{show_cents(row.allowed, sign='$')}, short {show_cents(row.expected - row.allowed, sign='$')}",
            f"rate {show_cents(rate.cents)} since {rate.valid_from}   {rate.term or 'no term on file'}",
            f"dispute by {row.due}" if row.due else "the limit for disputes is not set for this payer",
        )
        for row, rate in rows
    }


def _why_underpaid(session: Session, item: WorkItem) -> Why:
    row = session.get_one(Underpayment, item.subject_id)
    return Why(
        "Why is this here?",
        (
            f"The contract allows {show_cents(row.expected, sign='$')}, the payer allowed "
            f"{show_cents(row.allowed, sign='$')}.",
            f"Flagged from {show_cents(find.threshold(row.expected), sign='$')} on: $5 or 2 %, whichever is more.",
            f"It stands by what its cause holds in all: {show_cents(item.score, sign='$')}.",
            "Dispute (D) many lines of one cause in one letter, accept it (K), or put the rate right (c).",
        ),
        "Variance is expected less allowed, never less paid.",
    )


def underpayment_record(session: Session, row_id: int) -> Record:
    """How the line was priced, and the claim behind it."""
    row = session.get(Underpayment, row_id)
    if row is None:
        raise NotFound(f"There is no underpayment {row_id}.")
    rate, line = session.get_one(ContractRate, row.rate_id), session.get_one(ClaimLine, row.claim_line_id)
    dispute = session.get(Dispute, row.dispute_id) if row.dispute_id is not None else None
    claim = claim_record(session, row.claim_id)
    facts = Facts(
        (
            ("Procedure", f"{line.code} {line.modifiers} x {line.units} on {line.service_date}"),
            ("Rate", f"{show_cents(rate.cents)} a unit since {rate.valid_from} {rate.modifiers}".strip()),
            ("Term", rate.term or "none on file"),
            ("Expected", show_cents(row.expected, sign="$")),
            ("Allowed", show_cents(row.allowed, sign="$")),
            ("Short", show_cents(row.expected - row.allowed, sign="$")),
            ("Recovered", show_cents(row.recovered, sign="$")),
            ("Cause", row.cause),
            ("Dispute by", row.due or "not set for this payer"),
            ("Disputed", f"on {dispute.filed_on} with {dispute.lines} lines {dispute.reference}" if dispute else "no"),
            ("Note", row.note or "none"),
        )
    )
    tab = Tab("Pricing", (facts, _same_cause(session, row)))
    headline = f"short {show_cents(row.expected - row.allowed, sign='$')}   {claim.headline}"
    tabs = (tab, *(one for one in claim.tabs if one.title != "Versions"))
    return Record(
        f"Underpayment {row.cause}", headline, row.state, tabs, row.claim_id, claim.account_id, row.version
    )  # fmt: skip


def _same_cause(session: Session, row: Underpayment) -> Table:
    columns = (
        Column("claim", "Claim", 10),
        Column("expected", "Expected", 10, Kind.CENTS),
        Column("allowed", "Allowed", 10, Kind.CENTS),
        Column("state", "State", 10),
    )
    query = (
        select(Claim.control_number, Underpayment)
        .join(Claim, col(Claim.id) == col(Underpayment.claim_id))
        .where(Underpayment.payer_id == row.payer_id, Underpayment.cause == row.cause)
        .order_by(col(Underpayment.id))
        .limit(200)
    )
    rows = tuple((number, one.expected, one.allowed, one.state) for number, one in session.exec(query).all())
    return Table(columns, rows, "The same cause")


UNDERPAID = Queue(
    name=find.QUEUE,
    title="Underpayments",
    permission=Permission.DENIAL,
    shown=(
        Shown(Column("age", "Since", 10, Kind.DATE, wide=True), col(Underpayment.opened_on)),
        Shown(Column("claim", "Claim", 9), col(Claim.control_number)),
        Shown(Column("payer", "Payer", 7), col(Payer.payer_id)),
        Shown(Column("code", "Code", 7), col(ClaimLine.code)),
        Shown(Column("cause", "Cause", 20, help="procedure: allowed for rate"), col(Underpayment.cause)),
        Shown(Column("exp", "Expected", 9, Kind.CENTS), col(Underpayment.expected)),
        Shown(Column("alw", "Allowed", 9, Kind.CENTS), col(Underpayment.allowed)),
        Shown(Column("var", "Short", 8, Kind.CENTS, help="expected less allowed"), _SHORT),
        Shown(Column("like", "Like", 4, Kind.NUMBER, help="open lines of the same cause"), _LIKE),
        Shown(Column("state", "State", 9, wide=True), col(Underpayment.state)),
        Shown(Column("term", "Term", 16, wide=True), col(ContractRate.term)),
    ),
    join=_join_underpaid,
    preview=_preview_underpaid,
    why=_why_underpaid,
    record=underpayment_record,
)
