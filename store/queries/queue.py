"""The queue of questions to providers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import BigInteger, ColumnElement, cast
from sqlmodel import Session, col, select

from store import clock
from store.claims.pressing import files_within
from store.coding.priority import priority
from store.errors import NotFound
from store.money import show_cents
from store.people.roles import Permission
from store.queries.answer import effect
from store.queries.giving import notices_of
from store.queries.states import QUEUE, QueryState
from store.tables import Encounter, Patient, Provider, ProviderQuery, QueryIndicator, User, WorkItem
from store.work.dates import days_since
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.record import Facts, Lines, Record, Tab, Table
from store.work.values import Column, Kind, Why

_NEXT = {
    QueryState.DRAFT: "It is not sent yet: S sends it once its wording stands.",
    QueryState.SENT: "The provider has it; the encounter waits in QUERY_HOLD.",
    QueryState.OVERDUE: "No answer came in time; E hands it to the advisor.",
    QueryState.ESCALATED: "The advisor has it; N closes it without an answer.",
    QueryState.ANSWERED: "The answer is there: code what it documents, then P, or finish the encounter.",
}


SHORT_DAYS = 21
"""With fewer days than these to the last one for filing, a question is before those that are due later."""
_LANE = " So it is before what is due later, whatever that holds."


def _reach(query: AnySelect) -> AnySelect:
    return query.join(ProviderQuery, col(ProviderQuery.id) == col(WorkItem.subject_id)).join(
        Encounter, col(Encounter.id) == col(ProviderQuery.encounter_id)
    )


def _join(query: AnySelect) -> AnySelect:
    return (
        _reach(query)
        .join(Patient, col(Patient.id) == col(Encounter.patient_id))
        .join(Provider, col(Provider.id) == col(ProviderQuery.provider_id))
    )


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    rows = session.exec(select(ProviderQuery).where(col(ProviderQuery.id).in_(subjects))).all()
    found = {}
    for row in rows:
        answer = f"answer ({row.answer_kind}): {row.answer}" if row.answer else " / ".join(row.options.split("\n"))
        found[row.id] = (f"{row.number}  {row.title}  {row.state}  reminded {row.reminders}", row.question, answer)
    return found


def _why(session: Session, item: WorkItem) -> Why:
    row = _query(session, item.subject_id)
    dates = f"Overdue on {row.overdue_on}, reminder {row.remind_on}, advisor {row.escalate_on}, closed {row.close_on}."
    age = max(0, (clock.today() - item.opened_on).days)
    held = f"Of those due together the first holds most for longest: {show_cents(item.cents, sign='$')}"
    limit = priority(session, session.get_one(Encounter, row.encounter_id), item.cents, clock.today())
    lines = (
        f"Query {row.number} is {row.state}: {item.reason}.",
        _NEXT[QueryState(row.state)],
        f"{held} x ({age} days + 1) = {item.cents * (age + 1) // 100:,}.",
        f"{limit.filing}{_LANE if limit.within(SHORT_DAYS) else ''}",
    )
    rule = f"the practice's timing of queries; ! with less than {SHORT_DAYS} days to the payer's filing limit"
    return Why("Why is this here?", (*lines, dates) if row.sent_at else lines, rule)


def query_record(session: Session, query_id: int) -> Record:
    """A question with what it quotes, its options, its answer and what came of it."""
    row = _query(session, query_id)
    encounter = session.get_one(Encounter, row.encounter_id)
    provider = session.get_one(Provider, row.provider_id)
    facts = Facts(
        (
            ("Encounter", encounter.number),
            ("Date of service", encounter.service_date),
            ("Provider", f"{provider.last}, {provider.first}"),
            ("Asked by", session.get_one(User, row.asked_by).name),
            ("Sent", f"{row.sent_at:%Y-%m-%d %H:%M}" if row.sent_at else "not yet"),
            ("Overdue on", row.overdue_on),
            ("Reminded", row.reminders),
            ("To the advisor on", row.escalate_on),
        )
    )
    question = Lines(
        (row.question, *(f"  [ ] {option}" for option in filter(None, row.options.split("\n")))), row.title
    )
    tabs = (
        Tab("Question", (question, _quotes(session, query_id), facts, _asked(session, query_id))),
        Tab("Answer", (_answer(row),)),
    )
    return Record(f"Query {row.number}", row.title, row.state, tabs, version=row.version)


def _query(session: Session, query_id: int) -> ProviderQuery:
    row = session.get(ProviderQuery, query_id)
    if row is None:
        raise NotFound(f"There is no query {query_id}.")
    return row


def _quotes(session: Session, query_id: int) -> Table:
    query = select(QueryIndicator).where(QueryIndicator.query_id == query_id).order_by(col(QueryIndicator.id))
    columns = (Column("at", "At", 6, Kind.NUMBER), Column("words", "Words of the note", 70))
    return Table(columns, tuple((row.span_start, row.words) for row in session.exec(query)), "Quoted")


def _asked(session: Session, query_id: int) -> Table:
    columns = (
        Column("kind", "Asked", 10),
        Column("number", "No.", 3, Kind.NUMBER, help="number of the reminder"),
        Column("at", "When", 16),
        Column("by", "By", 10),
        Column("to", "To", 14),
        Column("given", "Given out", 16),
    )
    rows = tuple(
        (kind, number or None, f"{at:%Y-%m-%d %H:%M}", by, to, f"{given:%Y-%m-%d %H:%M}" if given else "not yet")
        for kind, number, at, by, to, given in notices_of(session, query_id)
    )
    return Table(columns, rows, "Askings")


def _answer(row: ProviderQuery) -> Facts | Lines:
    if not row.answer:
        return Lines((f"No answer. {row.close_reason}".strip(),))
    came = f"{row.answered_at:%Y-%m-%d %H:%M}" if row.answered_at else ""
    result = effect(row) if row.state == QueryState.APPLIED else "not applied yet"
    return Facts(
        (("Answer", row.answer), ("Kind", row.answer_kind), ("By", row.answered_by), ("At", came), ("Codes", result))
    )


def _rank(_session: Session, today: date) -> ColumnElement[int]:
    """What waits for the answer, in cents, times the days that it waits."""
    return cast(col(WorkItem.score), BigInteger) * (days_since(col(WorkItem.opened_on), today) + 1)


def _pressing(session: Session, today: date) -> ColumnElement[bool]:
    """Whether the claim that waits for the answer has to be filed soon."""
    return files_within(session, today, SHORT_DAYS)


QUERIES = Queue(
    name=QUEUE,
    title="Queries to providers",
    permission=Permission.CODE,
    shown=(
        Shown(Column("query", "Query", 10, help="number of the query"), col(ProviderQuery.number)),
        Shown(Column("dos", "DOS", 10, Kind.DATE, wide=True, help="date of service"), col(Encounter.service_date)),
        Shown(Column("patient", "Patient", 14), col(Patient.last) + ", " + col(Patient.first)),
        Shown(Column("prov", "Provider", 10), col(Provider.last)),
        Shown(Column("type", "Type", 8, help="kind of question"), col(ProviderQuery.kind)),
        Shown(Column("due", "Due", 10, Kind.DATE, help="next step by itself"), col(WorkItem.due)),
        Shown(Column("rem", "Rem", 3, Kind.NUMBER, help="times reminded"), col(ProviderQuery.reminders)),
        Shown(Column("state", "State", 10), col(ProviderQuery.state)),
        Shown(Column("title", "Title", 26, wide=True), col(ProviderQuery.title)),
    ),
    join=_join,
    preview=_preview,
    why=_why,
    record=query_record,
    rank=_rank,
    pressing=_pressing,
    reach=_reach,
)
