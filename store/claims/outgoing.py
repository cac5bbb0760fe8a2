"""What a file that goes out needs: whom it goes to, under which numbers, and where it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from store.claims import archive
from store.db import on_postgresql
from store.errors import Refused
from store.tables import ArchivedFile, Batch, ControlNumber, Practice, TradingPartner
from store.work.command import Change
from store.work.dates import add_business_days, holidays
from store.x12.claim_values import FileControl, Submitter

MADE, DELIVERED = "MADE", "DELIVERED"
HEARD, REJECTED, PARTLY, NO_ACK, DONE = "HEARD", "REJECTED", "PARTLY", "NO_ACK", "DONE"
"""What a batch's file may be: written down, in its folder; read by the other side, refused whole or in part, not heard
of in time, or settled by sending its claims again."""

LAST_NUMBER = 999_999_999
"""ISA13 has nine digits."""

SUFFIX = {"837P": "837", "837I": "837", "276": "276", "paper": "pdf"}


@dataclass(frozen=True, slots=True)
class Route:
    """Where files go: the practice's own clearinghouse, or a trading partner of some payers."""

    partner_id: int | None
    submitter: Submitter
    usage: str
    acknowledge: bool
    folder: str
    syntax_days: int
    claim_days: int
    payer_days: int

    @property
    def series(self) -> str:
        """Whose control numbers its files have: each partner has its own for test and for production."""
        return f"{self.partner_id or ''}{self.usage}"


def route_to(session: Session, partner_id: int | None) -> Route:
    """The route of a partner; None is the practice's own clearinghouse."""
    practice = session.exec(select(Practice)).one()
    if partner_id is None:
        submitter = Submitter(
            practice.submitter_id, practice.name, "BILLING", practice.phone, practice.receiver_id,
            practice.receiver_name,
        )  # fmt: skip
        return Route(None, submitter, practice.usage, False, "", 1, 2, 5)
    one = session.get_one(TradingPartner, partner_id)
    submitter = Submitter(
        one.submitter_id, practice.name, "BILLING", practice.phone, one.receiver_id, one.receiver_name,
        one.id_qualifier, one.receiver_qualifier,
    )  # fmt: skip
    return Route(
        one.id, submitter, one.usage, one.acknowledge, one.folder, one.syntax_days, one.claim_days, one.payer_days
    )  # fmt: skip


def new_batch(change: Change, route: Route, kind: str, claims: int, charge: int) -> Batch:
    """A batch with the next numbers of its partner and usage, which no file to them ever had."""
    series = "paper" if kind == "paper" else route.series
    number = _next_number(change.session, series)
    stem = "status" if kind == "276" else "claims"
    return change.add(
        Batch(
            series=series,
            interchange=number,
            group=number,
            set_control="0001",
            reference=f"SB{series.upper()}{number:09d}",
            file_name=f"{stem}_{series}_{number:09d}.{SUFFIX[kind]}",
            sha256="",
            usage=route.usage,
            state=MADE,
            made_at=change.now,
            claims=claims,
            charge=charge,
            kind=kind,
            partner_id=route.partner_id,
            awaits_until=None if kind == "paper" else awaited(change, route.syntax_days),
        )
    )


def _next_number(session: Session, series: str) -> int:
    """Counts the series up; whoever comes at the same time waits, so that no number is given twice."""
    if on_postgresql(session):  # the dialect in use is loaded; the other one would cost each start 50 ms and 2 MB
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    session.execute(insert(ControlNumber).values(series=series, last=0).on_conflict_do_nothing())
    row = session.exec(select(ControlNumber).where(ControlNumber.series == series).with_for_update()).one()
    if row.last >= LAST_NUMBER:
        raise Refused(f"The control numbers of {series} are used up.", do="Put the partner on file anew.")
    row.last += 1
    session.flush()
    return row.last


def control_of(batch: Batch, route: Route) -> FileControl:
    """The numbers of a batch's file."""
    return FileControl(
        batch.interchange, batch.group, batch.set_control, batch.reference, batch.made_at, batch.usage,
        route.acknowledge,
    )  # fmt: skip


def keep_file(change: Change, batch: Batch, content: bytes) -> ArchivedFile:
    """Archive the batch's file; its hash stays with the batch."""
    file = archive.keep(change, batch.kind if batch.kind != "paper" else "CMS-1500", "out", batch.file_name, content)
    batch.sha256 = file.sha256
    return file


def awaited(change: Change, days: int) -> date:
    """The last day of a wait of so many business days of the practice."""
    return add_business_days(change.today, days, holidays(change.session))
