"""The queue of claim files: those that were refused whole or in part, and those of which nothing was heard in time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from store.claims import archive
from store.people.roles import Permission
from store.tables import ArchivedFile, Batch, Claim, ClaimVersion, TradingPartner, WorkItem
from store.work.queue import WHOSE, AnySelect, Previews, Queue, Shown
from store.work.record import Facts, Lines, Record, Tab, Table
from store.work.values import Column, Kind, Why

QUEUE = "files"


def _join(query: AnySelect) -> AnySelect:
    return query.join(Batch, col(Batch.id) == col(WorkItem.subject_id))


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    rows = session.exec(select(Batch).where(col(Batch.id).in_(subjects))).all()
    return {
        row.id: (f"{row.file_name}  {row.kind}  sent {row.made_at:%Y-%m-%d}  {row.claims} claims", row.failure, "")
        for row in rows
    }


def _why(session: Session, item: WorkItem) -> Why:
    batch = session.get_one(Batch, item.subject_id)
    lines = (
        f"{batch.file_name} is {batch.state}: {item.reason}.",
        "What was refused, or never read, was never filed: the filing clock of its claims still runs.",
        "R sends its claims again under new numbers; a late acknowledgement closes the row by itself.",
    )
    return Why("Why is this here?", lines, "TA1 and 999 of a file; the timers are those of its trading partner.")


def batch_record(session: Session, batch_id: int) -> Record:
    """A claim file with its claims and what it says."""
    batch = session.get_one(Batch, batch_id)
    pairs = (
        ("State", batch.state),
        ("Why", batch.failure or "nothing is wrong with it"),
        ("Numbers", f"interchange {batch.interchange}, group {batch.group}, {batch.reference}"),
        ("Usage", {"T": "test", "P": "production"}.get(batch.usage, batch.usage)),
        ("SHA-256", batch.sha256),
        ("Awaits an answer until", batch.awaits_until or "no"),
    )
    columns = (
        Column("claim", "Claim", 12),
        Column("state", "State", 12),
        Column("charge", "Charge", 10, Kind.CENTS),
        Column("limit", "Filing limit", 12, Kind.DATE),
    )
    query = (
        select(Claim)
        .join(ClaimVersion, col(ClaimVersion.claim_id) == col(Claim.id))
        .where(ClaimVersion.batch_id == batch_id)
        .order_by(col(Claim.id))
        .limit(500)
    )
    rows = tuple((c.control_number, c.state, c.charge, c.filing_limit) for c in session.exec(query).all())
    tabs = (
        Tab("File", (Facts(tuple(pairs)),)),
        Tab("Claims", (Table(columns, rows),)),
        Tab("Raw", (Lines(_raw(session, batch)),)),
    )
    headline = f"{batch.claims} claims   {batch.kind}   {batch.made_at:%Y-%m-%d %H:%M}"
    return Record(f"File {batch.file_name}", headline, batch.state, tabs)


def _raw(session: Session, batch: Batch) -> tuple[str, ...]:
    file = session.exec(select(ArchivedFile).where(ArchivedFile.sha256 == batch.sha256)).first()
    if file is None or batch.kind == "paper":
        return ("Forms on paper: superbill claims proof writes them out again.",)
    return tuple(archive.content(file).decode("ascii", "replace").split("~")[:2000])


_PARTNER = func.coalesce(
    select(col(TradingPartner.name)).where(TradingPartner.id == Batch.partner_id).correlate(Batch).scalar_subquery(),
    "clearinghouse",
)

FILES = Queue(
    name=QUEUE,
    title="Claim files",
    permission=Permission.CLAIM,
    shown=(
        Shown(Column("days", "Days", 4, Kind.AGE, help="Days it waits", letter="n"), col(WorkItem.opened_on)),
        Shown(Column("file", "File", 22), col(Batch.file_name)),
        Shown(Column("claims", "Claims", 6, Kind.NUMBER), col(Batch.claims)),
        Shown(Column("cents", "Open", 11, Kind.CENTS), col(WorkItem.cents)),
        Shown(Column("state", "State", 8), col(Batch.state)),
        Shown(Column("review", "Rv", 2, Kind.NUMBER, help="Rv: 1 not looked at, 2 being, 3 done"), col(Batch.review)),
        Shown(Column("why", "Why", 16, letter="e"), col(WorkItem.reason)),
        Shown(Column("tf", "TF", 4, Kind.DAYS, wide=True, help="TF: days to the next limit"), col(WorkItem.due)),
        Shown(Column("to", "To", 12, wide=True, help="To: the trading partner, else the clearinghouse"), _PARTNER),
        Shown(Column("owner", "Owner", 6, wide=True, help="Owner: whom it is assigned to", letter="a"), WHOSE),
    ),
    join=_join,
    preview=_preview,
    why=_why,
    record=batch_record,
)
