"""What goes out to the providers' own system, each once: the first asking, every reminder, the way to the advisor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlmodel import Session, col, select

from store.people.roles import Permission
from store.queries.states import WAITING, Notice
from store.tables import Encounter, Provider, ProviderQuery, QueryIndicator, QueryNotice, User
from store.text import how_many
from store.work.command import Change, Command, Said


@dataclass(frozen=True, slots=True)
class SendOut:
    """What is to be given out: a document a question, the askings that it stands for, and why others are kept back."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    notices: tuple[int, ...] = ()
    kept_back: tuple[str, ...] = ()

    def __len__(self) -> int:
        """How many questions go out."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class NoteGivenOut(Command):
    """These askings are in the providers' hands; what was noted before stays as it was."""

    notice_ids: tuple[int, ...]
    name: ClassVar[str] = "queries.given_out"
    permission: ClassVar[Permission] = Permission.CODE
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """The result counts those that were new."""
        query = select(QueryNotice).where(col(QueryNotice.id).in_(self.notice_ids), col(QueryNotice.given_at).is_(None))
        rows = change.session.exec(query).all()
        for row in rows:
            row.given_at = change.now
        return Said(f"{how_many(len(rows), 'asking')} given out.", len(rows))


def to_give_out(session: Session, *, again: bool = False) -> SendOut:
    """The questions with an asking that was not given out yet, `again` all that wait; no money is in what goes out."""
    query = (
        select(ProviderQuery, Encounter, Provider)
        .join(Encounter, col(Encounter.id) == col(ProviderQuery.encounter_id))
        .join(Provider, col(Provider.id) == col(ProviderQuery.provider_id))
        .where(col(ProviderQuery.state).in_(sorted(WAITING)))
        .order_by(col(ProviderQuery.id))
    )
    if not again:
        new = select(QueryNotice.query_id).where(col(QueryNotice.given_at).is_(None))
        query = query.where(col(ProviderQuery.id).in_(new))
    rows, given, kept = [], [], []
    for row, encounter, provider in session.exec(query):
        told = _document(session, row, encounter, provider)
        if why := _money(told):
            kept.append(f"Query {row.number} is kept back: {why} Cancel it (C) and ask without that.")
            continue
        rows.append(told)
        given += [one.id for one, _ in _notices(session, row.id) if one.given_at is None]
    return SendOut(rows, tuple(given), tuple(kept))


def _money(told: dict[str, Any]) -> str:
    """Why a question that was sent before this was checked must not go out; empty where it may."""
    from codesets.worksheets.query_wording import check_quote

    for words in (told["title"], told["question"], *told["indicators"], *told["options"]):
        for found in check_quote(words):
            return found.message
    return ""


def _notices(session: Session, query_id: int) -> list[tuple[QueryNotice, str]]:
    query = select(QueryNotice, User.name).join(User, col(User.id) == col(QueryNotice.user_id))
    return list(session.exec(query.where(QueryNotice.query_id == query_id).order_by(col(QueryNotice.id))).all())


def notices_of(session: Session, query_id: int) -> Iterable[tuple[str, int, Any, str, str, Any]]:
    """Each asking as it is shown: kind, number, when, by whom, to whom, and when it was given out."""
    for one, who in _notices(session, query_id):
        yield one.kind, one.number, one.at, who, one.recipient or "provider", one.given_at


def _document(session: Session, row: ProviderQuery, encounter: Encounter, provider: Provider) -> dict[str, Any]:
    """As it goes out: no more of the patient than the visit."""
    quotes = select(QueryIndicator).where(QueryIndicator.query_id == row.id).order_by(col(QueryIndicator.id))
    notices = [one for one, _ in _notices(session, row.id)]
    open_now = [one for one in notices if one.given_at is None] or notices
    escalated = next((one for one in reversed(notices) if one.kind == Notice.ESCALATION), None)
    return {
        "query": row.number,
        "notice": open_now[-1].kind if open_now else Notice.ASKED.value,
        "encounter": encounter.source_id,
        "date_of_service": encounter.service_date.isoformat(),
        "provider_npi": provider.npi,
        "sent": row.sent_at.isoformat() if row.sent_at else "",
        "reminder": row.reminders,
        "reminded": [one.at.isoformat() for one in notices if one.kind == Notice.REMINDER],
        "escalated_to": escalated.recipient if escalated else "",
        "escalated_at": escalated.at.isoformat() if escalated else "",
        "escalates_on": row.escalate_on.isoformat() if row.escalate_on else "",
        "title": row.title,
        "question": row.question,
        "indicators": [quote.words for quote in session.exec(quotes)],
        "options": list(filter(None, row.options.split("\n"))),
    }
