"""The audit chain: each entry's hash covers its fields and the hash before it, so that none can be altered unnoticed.

No free text and no clinical detail stands in it: record identities, codes of the action, states.
(45 CFR 164.312(b): record and examine activity.)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import desc, text
from sqlmodel import Session, col, select

from store.db import on_postgresql
from store.people.roles import Actor
from store.tables import AuditEntry

GENESIS = "0" * 64
_APPENDED = ("by", "role", "at", "action", "subject", "patient", "detail", "host")
_APPEND = text(f"SELECT superbill_audit({', '.join(f':{name}' for name in _APPENDED)})")


def append(
    session: Session,
    actor: Actor,
    at: datetime,
    action: str,
    subject: str,
    detail: dict[str, object],
    patient_id: int | None = None,
) -> None:
    """Add one link.  Call it last in the transaction: on a shared server the chain is one place to wait at.

    PostgreSQL makes the link itself and takes who and when from nobody.
    """
    told = json.dumps(detail, sort_keys=True, separators=(",", ":"), default=str)
    if on_postgresql(session):
        values = (actor.name, str(actor.role), at, action, subject, patient_id, told, actor.host)
        session.execute(_APPEND, dict(zip(_APPENDED, values, strict=True)))
        return
    last = session.exec(select(AuditEntry).order_by(desc(col(AuditEntry.seq))).limit(1)).first()
    entry = AuditEntry(
        seq=last.seq + 1 if last else 1,
        at=at,
        user_name=actor.name,
        role=actor.role,
        action=action,
        subject=subject,
        patient_id=patient_id,
        detail=told,
        host=actor.host,
        previous=last.hash if last else GENESIS,
        hash="",
    )
    entry.hash = digest(entry)
    session.add(entry)
    session.flush()


def digest(entry: AuditEntry) -> str:
    """SHA-256 over the previous hash and every other field, in a fixed JSON form."""
    fields = [
        entry.seq,
        entry.at.astimezone(UTC).isoformat(),
        entry.user_name,
        entry.role,
        entry.action,
        entry.subject,
        entry.patient_id,
        entry.detail,
        entry.host,
        entry.previous,
    ]
    return hashlib.sha256(json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def broken_links(session: Session) -> Iterator[tuple[int, str]]:
    """Each entry that doesn't fit the one before: (seq, why)."""
    previous, expected = GENESIS, 1
    for entry in session.exec(select(AuditEntry).order_by(col(AuditEntry.seq))).yield_per(1000):
        if entry.seq != expected:
            yield entry.seq, f"entry {expected} is missing"
        if entry.previous != previous:
            yield entry.seq, "it does not follow the entry before it"
        if digest(entry) != entry.hash:
            yield entry.seq, "it was altered"
        previous, expected = entry.hash, entry.seq + 1
