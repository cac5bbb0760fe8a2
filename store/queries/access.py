"""What the commands on questions share: the question, its encounter, and the encounter's way out of and into coding."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from store.coding import access as coding
from store.coding.states import ENCOUNTER, CodingState
from store.queries.states import OPEN, PROVIDER_QUERY, QUEUE, WAITING, Notice, QueryState
from store.tables import Encounter, Note, ProviderQuery, QueryIndicator, QueryNotice, QueryTiming
from store.work import items
from store.work.command import Change

if TYPE_CHECKING:
    from codesets.worksheets.query_wording import Wording


def called(query: ProviderQuery) -> str:
    """How a sentence names the question."""
    return f"Query {query.number}"


def editable(change: Change, query_id: int) -> ProviderQuery:
    """The question, for a change by somebody while nobody else holds it."""
    query = change.get(ProviderQuery, query_id, lock=True)
    change.patient_id = change.get(Encounter, query.encounter_id).patient_id
    items.require_free(change, QUEUE, query.id)
    return query


def indicators(change: Change, query_id: int) -> list[QueryIndicator]:
    """The quoted words in order."""
    query = select(QueryIndicator).where(QueryIndicator.query_id == query_id).order_by(col(QueryIndicator.id))
    return list(change.session.exec(query).all())


def of_encounter(change: Change, encounter_id: int, states: frozenset[QueryState]) -> list[ProviderQuery]:
    """An encounter's questions in one of these states."""
    query = select(ProviderQuery).where(ProviderQuery.encounter_id == encounter_id)
    return [row for row in change.session.exec(query.order_by(col(ProviderQuery.id))).all() if row.state in states]


def open_queries(change: Change, encounter_id: int) -> list[ProviderQuery]:
    """Questions that are not answered yet."""
    return of_encounter(change, encounter_id, OPEN)


def wording(change: Change, query: ProviderQuery) -> tuple[Wording, ...]:
    """What is wrong with a draft, stops first; the note is at hand, so that quotes and conditions are compared."""
    from codesets.worksheets.query_wording import QueryDraft, QueryForm, check_wording

    note = change.get(Note, query.encounter_id).text
    draft = QueryDraft(
        title=query.title,
        question=query.question,
        form=QueryForm(query.form),
        indicators=tuple(row.words for row in indicators(change, query.id)),
        options=tuple(filter(None, query.options.split("\n"))),
        purpose=query.purpose,
    )
    from codesets.reading.introduced import introduced

    return check_wording(draft, note, introduced(f"{query.title}. {query.question}", note, change.codes))


def codes_now(change: Change, encounter_id: int) -> str:
    """The encounter's diagnoses in order."""
    return " ".join(row.code for row in coding.diagnoses(change, encounter_id))


def hold(change: Change, query: ProviderQuery) -> None:
    """The encounter waits for the answer: it leaves the coding queue."""
    encounter = coding.editable(change, query.encounter_id)
    change.move(encounter, ENCOUNTER, CodingState.QUERY_HOLD, coding.called(encounter))
    encounter.hold_reason = f"query {query.number}"
    item = items.find(change, coding.QUEUE, encounter.id)
    if item is not None:
        item.assigned_to = change.actor.user_id
    items.close(change, coding.QUEUE, encounter.id)


def give_back(change: Change, query: ProviderQuery, reason: str) -> None:
    """The encounter returns to its coder's queue, once no question of it waits any more."""
    encounter = change.get(Encounter, query.encounter_id, lock=True)
    if encounter.state != CodingState.QUERY_HOLD or of_encounter(change, encounter.id, WAITING):
        return
    coding.note_step(change, encounter.id)
    change.move(encounter, ENCOUNTER, CodingState.IN_PROGRESS, coding.called(encounter))
    encounter.hold_reason = ""
    item = items.find(change, coding.QUEUE, encounter.id)
    cents, due, score = (item.cents, item.due, item.score) if item else (0, None, 0)
    items.put(change, coding.QUEUE, encounter.id, reason=reason, cents=cents, due=due, score=score)


def settle(change: Change, query: ProviderQuery, state: QueryState, reason: str) -> None:
    """Close a question and its item."""
    change.move(query, PROVIDER_QUERY, state, called(query))
    query.closed_on, query.close_reason = change.today, reason
    items.force_close(change, QUEUE, query.id)


def notify(change: Change, query: ProviderQuery, kind: Notice, recipient: str = "") -> QueryNotice:
    """Keep that a question is asked now, by whom; a reminder is numbered.  It goes out with the next file."""
    if kind is Notice.REMINDER:
        query.reminders += 1
    return change.add(
        QueryNotice(
            query_id=query.id,
            kind=kind,
            number=query.reminders if kind is not Notice.ASKED else 0,
            recipient=recipient,
            at=change.now,
            user_id=change.actor.user_id,
        )
    )


def timing(change: Change, on: date) -> QueryTiming:
    """The settings that hold on a day; without any, those that the table has by default."""
    query = select(QueryTiming).where(QueryTiming.valid_from <= on).order_by(col(QueryTiming.valid_from).desc())
    return change.session.exec(query).first() or QueryTiming(valid_from=on)


def set_dates(query: ProviderQuery, times: QueryTiming, sent: date) -> None:
    """When a question that is sent now is overdue, reminded of, escalated and closed."""
    query.overdue_on = sent + timedelta(days=times.overdue_days)
    query.remind_on = sent + timedelta(days=times.remind_days)
    query.escalate_on = sent + timedelta(days=times.escalate_days)
    query.close_on = sent + timedelta(days=times.close_days)
