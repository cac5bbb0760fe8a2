"""Which of the files that we sent an answer speaks of."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from store.errors import Refused
from store.tables import Batch, Practice, TradingPartner
from store.x12.professional import batch_of
from store.x12.segments import Interchange


def file_with(session: Session, interchange: int, inside: Interchange) -> Batch | None:
    """The file with this ISA13, as a TA1 repeats it in an interchange of its own; None where we sent none."""
    return _one(session, session.exec(_sent().where(Batch.interchange == interchange)).all(), inside)


def file_with_group(session: Session, group: int, inside: Interchange) -> Batch | None:
    """The file with this GS06, as a 999 repeats it."""
    return _one(session, session.exec(_sent().where(Batch.group == group)).all(), inside)


def file_called(session: Session, reference: str) -> Batch | None:
    """The file with this BHT03, as a 277CA repeats it, be it with the number of a set behind it."""
    found = session.exec(select(Batch).where(Batch.reference == reference)).first()
    if found is None and "-" in reference:
        whole = batch_of(reference, [reference.rpartition("-")[0]])
        found = session.exec(select(Batch).where(Batch.reference == whole)).first()
    return found


def number_of(text: str) -> int:
    """A control number as an answer repeats it, 0 where it is none."""
    return int(text) if text.strip().isascii() and text.strip().isdigit() else 0


def _sent() -> SelectOfScalar[Batch]:
    return select(Batch).where(Batch.kind != "paper").order_by(col(Batch.id))


def _one(session: Session, found: Sequence[Batch], inside: Interchange) -> Batch | None:
    """Partners count by themselves, so that several files have a number: who answers, and for test or not, tells."""
    if len(found) > 1:
        receivers = _receivers(session)
        found = [one for one in found if receivers.get(one.partner_id) == inside.sender.strip().upper()] or found
    if len(found) > 1:
        found = [one for one in found if one.usage == inside.usage] or found
    if len(found) > 1:
        names = " and ".join(one.file_name for one in found)
        raise Refused(
            f"{names} have the same number, and the answer comes from {inside.sender[:15]!r}, who is neither.",
            do="Put that id on file as the receiver_id of the partner: superbill payers partner.",
        )
    return found[0] if found else None


def _receivers(session: Session) -> dict[int | None, str]:
    """The id of each partner as it stands in ISA08 of what we send to it."""
    known: dict[int | None, str] = {one.id: one.receiver_id for one in session.exec(select(TradingPartner)).all()}
    known[None] = session.exec(select(Practice)).one().receiver_id
    return {partner: receiver.strip().upper() for partner, receiver in known.items()}
