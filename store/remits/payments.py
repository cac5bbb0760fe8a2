"""The queue of whole payments: money that is missing or alone, second arrivals, adjustments of unknown kind."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from store.errors import NotFound
from store.money import show_cents
from store.people.roles import Permission
from store.remits.matters import DUP, QUEUE, UNBALANCED, WORDS
from store.remits.provider import provider_table
from store.tables import ArchivedFile, Deposit, PaymentMatter, RemitClaim, Remittance, WorkItem
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.record import Facts, Lines, Record, Tab, Table
from store.work.values import Cell, Column, Kind, Why

_UNBALANCED = "Send it back to the payer, or type it as a paper EOB that balances (P); then settle it here (z)."
_HELP = {
    "UNBAL-L": _UNBALANCED,
    "UNBAL-C": _UNBALANCED,
    "UNBAL-T": _UNBALANCED,
    "NO_EFT": "Wait for the bank's file, enter the deposit (E), or post without it (S).",
    "NO_ERA": "Ask the payer for the remittance, or enter the paper one (P).",
    "EFT_DIFF": "Ask payer and bank; the remittance is not touched.",
    "DUP": "Read the difference; if it is another payment after all, post it (S).",
    "NEG_CHECK": "It is booked as it came; ask the payer how it is settled, then settle it here (z).",
    "PLB_OPEN": "The money is booked; find out what the payer means, then settle it (z).",
}


def _join(query: AnySelect) -> AnySelect:
    return query.join(PaymentMatter, col(PaymentMatter.id) == col(WorkItem.subject_id))


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    rows = session.exec(select(PaymentMatter).where(col(PaymentMatter.id).in_(subjects))).all()
    return {row.id: (_sentence(row), _HELP[row.reason], row.told.splitlines()[0] if row.told else "") for row in rows}


def _sentence(row: PaymentMatter) -> str:
    word = "off by" if row.reason in UNBALANCED.values() else "the other amount is"
    other = f", {word} {show_cents(row.found, sign='$')}" if row.found else ""
    amount = show_cents(row.amount, sign="$")
    return f"{row.payer_name or 'unknown payer'} {row.trace} of {row.on}, {amount}: {WORDS[row.reason]}{other}"


def _why(session: Session, item: WorkItem) -> Why:
    row = session.get_one(PaymentMatter, item.subject_id)
    lines = (f"{_sentence(row)}.", _HELP[row.reason])
    return Why(
        "Why is this here?", lines, "Money and remittance are matched by trace and amount, never by amount alone."
    )


def matter_record(session: Session, matter_id: int) -> Record:
    """The matter, the payment or deposit that it is about, and, for a second arrival, what is different."""
    from store.remits.raw import answer_segments

    row = session.get(PaymentMatter, matter_id)
    if row is None:
        raise NotFound(f"There is no payment matter {matter_id}.")
    tabs = [Tab("Matter", (_facts(session, row), Lines(tuple(row.told.splitlines()) or ("Nothing more is known.",))))]
    if row.reason in UNBALANCED.values() and row.file_id is not None:
        tabs.append(Tab("Segments", (Lines(answer_segments(session, row.file_id, row.segment)),)))
    remittance = session.get(Remittance, row.remittance_id) if row.remittance_id is not None else None
    if remittance is not None:
        blocks = (_payment(remittance), _answers(session, remittance.id), provider_table(session, remittance.id))
        tabs.append(Tab("As posted before" if row.reason == DUP else "Payment", blocks))
    title = f"{row.reason}  {row.trace}"
    headline = f"{row.payer_name or 'unknown payer'}  {row.on}  {show_cents(row.amount, sign='$')}"
    state = "not posted" if row.reason == DUP else remittance.state if remittance else "OPEN"
    return Record(title, headline, state, tuple(tabs))


def _facts(session: Session, row: PaymentMatter) -> Facts:
    file = session.get(ArchivedFile, row.file_id) if row.file_id is not None else None
    deposit = session.get(Deposit, row.deposit_id) if row.deposit_id is not None else None
    pairs: list[tuple[str, Cell]] = [
        ("What", WORDS[row.reason]),
        ("To do", _HELP[row.reason]),
        ("Payer", row.payer_name),
        ("Trace", row.trace),
        ("Amount", show_cents(row.amount, sign="$")),
        ("Date", row.on),
        ("File", f"{file.name}, segment {row.segment}" if file else "none"),
    ]
    if deposit is not None:
        where = f"line {deposit.line} of its file" if deposit.line else "typed"
        pairs.append(("Deposit", f"{deposit.kind} of {deposit.on}, {show_cents(deposit.amount, sign='$')}, {where}"))
    return Facts(tuple(pairs))


def _payment(remittance: Remittance) -> Facts:
    return Facts(
        (
            ("State", remittance.state),
            ("Source", remittance.source),
            ("Set control", remittance.set_control),
            ("Posted", remittance.posted_at.date()),
            ("Claims", remittance.claims),
        )
    )


def _answers(session: Session, remittance_id: int) -> Table:
    columns = (
        Column("number", "Claim", 14),
        Column("status", "St", 2),
        Column("charge", "Charge", 10, Kind.CENTS),
        Column("paid", "Paid", 10, Kind.CENTS),
        Column("state", "State", 10),
        Column("why", "Exception", 12),
    )
    query = select(RemitClaim).where(RemitClaim.remittance_id == remittance_id).order_by(col(RemitClaim.id)).limit(500)
    rows = session.exec(query).all()
    return Table(columns, tuple((r.control_number, r.status, r.charge, r.paid, r.state, r.reason) for r in rows))


PAYMENTS = Queue(
    name=QUEUE,
    title="Payments and deposits",
    permission=Permission.POST,
    shown=(
        Shown(Column("date", "Date", 10, Kind.DATE), col(PaymentMatter.on)),
        Shown(Column("trace", "Trace", 14), col(PaymentMatter.trace)),
        Shown(Column("payer", "Payer", 16), col(PaymentMatter.payer_name)),
        Shown(Column("amount", "Amount", 10, Kind.CENTS), col(PaymentMatter.amount)),
        Shown(Column("found", "Other", 10, Kind.CENTS, help="the amount that came, or is not explained"),
              col(PaymentMatter.found)),
        Shown(Column("why", "Reason", 9), col(PaymentMatter.reason)),
    ),
    join=_join,
    preview=_preview,
    why=_why,
    record=matter_record,
)  # fmt: skip
