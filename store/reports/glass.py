"""Notes that were opened for a reason by people whose role reads no notes: who, when, whose and why."""

from __future__ import annotations

import json

from sqlmodel import Session, col, desc, select

from store.people.roles import Actor
from store.reports.measure import during
from store.reports.values import Asked, Report, ReportRow
from store.tables import AuditEntry
from store.work.values import Column

COLUMNS = (
    Column("at", "When (UTC)", 17),
    Column("who", "Who", 12),
    Column("role", "Role", 10),
    Column("note", "Note of", 16, help="The encounter."),
    Column("why", "Why", 40, help="What the person said before the note was shown."),
)


def glass_report(session: Session, actor: Actor, asked: Asked) -> Report:  # noqa: ARG001
    """From the audit trail, the newest first."""
    query = (
        select(AuditEntry)
        .where(AuditEntry.action == "note.break_glass", during(AuditEntry.at, asked.period))
        .order_by(desc(col(AuditEntry.seq)))
    )
    rows = tuple(
        ReportRow(
            (f"{entry.at:%Y-%m-%d %H:%M}", entry.user_name, entry.role, entry.subject, reason),
            about=(reason, f"From {entry.host}; entry {entry.seq} of the trail."),
        )
        for entry, reason in ((entry, _reason(entry)) for entry in session.exec(query).all())
    )
    notes = () if rows else ("No note was opened for a reason in this period.",)
    return Report("glass", f"Notes opened for a reason, {asked.period}", COLUMNS, rows, notes)


def _reason(entry: AuditEntry) -> str:
    return str(json.loads(entry.detail).get("reason", ""))
