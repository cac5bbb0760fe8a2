"""The one claim view, whose reading is loaded when a claim is first opened and not with the queues."""

from __future__ import annotations

from sqlmodel import Session

from store.work.record import Record


def claim_record(session: Session, claim_id: int) -> Record:
    """Everything about one claim; `NotFound` where there is none."""
    from store.claims import view

    return view.claim_record(session, claim_id)
