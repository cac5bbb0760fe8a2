"""Composing and sending a question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlmodel import func, select

from codesets.worksheets.query_wording import QueryForm, check_quote
from store.coding import access as coding
from store.coding.diagnoses import within_note
from store.coding.expected import charged
from store.errors import Refused
from store.people.roles import Permission
from store.queries import access
from store.queries.states import PROVIDER_QUERY, QUEUE, WAITING, Notice, QueryState
from store.queries.templates import template
from store.tables import Encounter, Provider, ProviderQuery, QueryIndicator, QueryTiming
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, free_text

MOST_OPTIONS, LONGEST = 12, 2000


@dataclass(frozen=True, slots=True)
class ComposeQuery(Command):
    """Draft a question from quoted words of the note (`spans`: start and end of each).

    An empty `question` is the one of the kind; `options` None are the kind's own, empty ones ask openly.
    """

    encounter_id: int
    kind: str
    spans: tuple[tuple[int, int], ...]
    question: str = free_text(default="")
    options: tuple[str, ...] | None = free_text(default=None)
    title: str = free_text(default="")
    follows_id: int | None = None
    name: ClassVar[str] = "queries.compose"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """The encounter stays in work until the question is sent."""
        encounter = coding.editable(change, self.encounter_id)
        kind = template(self.kind)
        if not self.spans:
            raise Refused("No words are quoted.", do="Select the words of the note that give rise to the question.")
        quotes = [_quoted(change, encounter.id, span) for span in self.spans]
        options = kind.options if self.options is None else _options(self.options)
        number = change.session.exec(
            select(func.count()).select_from(ProviderQuery).where(ProviderQuery.encounter_id == encounter.id)
        ).one()
        query = ProviderQuery(
            number=f"Q{encounter.number}-{number + 1}",
            encounter_id=encounter.id,
            provider_id=encounter.provider_id,
            follows_id=self.follows_id,
            kind=kind.kind,
            form=kind.form if options or kind.form != QueryForm.CHOICE else QueryForm.OPEN,
            purpose=kind.purpose,
            title=clean_line(self.title)[:80] or kind.title,
            question=clean_line(self.question)[:LONGEST] or kind.ask(quotes[0], encounter.service_date),
            options="\n".join(options),
            state=QueryState.DRAFT,
            asked_by=change.actor.user_id,
            composed_at=change.now,
        )
        if options and query.form == QueryForm.OPEN:
            query.form = QueryForm.CHOICE
        change.born(query, PROVIDER_QUERY, access.called(query))
        for span, words in zip(self.spans, quotes, strict=True):
            change.add(QueryIndicator(query_id=query.id, span_start=span[0], span_end=span[1], words=words))
        items.put(change, QUEUE, query.id, reason="draft, not sent")
        return Said(f"{access.called(query)} is drafted.", query.id)


@dataclass(frozen=True, slots=True)
class QuoteIndicator(Command):
    """Quote more words of the note in a draft."""

    query_id: int
    span_start: int
    span_end: int
    name: ClassVar[str] = "queries.quote"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Only while it is a draft."""
        query = _draft(change, self.query_id)
        words = _quoted(change, query.encounter_id, (self.span_start, self.span_end))
        change.add(QueryIndicator(query_id=query.id, span_start=self.span_start, span_end=self.span_end, words=words))
        return Said(f"{access.called(query)} quotes “{words[:60]}”.", query.id)


@dataclass(frozen=True, slots=True)
class RewordQuery(Command):
    """Change a draft's question, title or options; None leaves them."""

    query_id: int
    question: str | None = free_text(default=None)
    options: tuple[str, ...] | None = free_text(default=None)
    title: str | None = free_text(default=None)
    name: ClassVar[str] = "queries.reword"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """What was sent is never reworded; a new question follows it."""
        query = _draft(change, self.query_id)
        if self.question is not None:
            query.question = clean_line(self.question)[:LONGEST]
        if self.title is not None:
            query.title = clean_line(self.title)[:80]
        if self.options is not None:
            query.options = "\n".join(_options(self.options))
            query.form = QueryForm.CHOICE if query.options else QueryForm.OPEN
        return Said(f"{access.called(query)} is reworded.", query.id)


@dataclass(frozen=True, slots=True)
class SendQuery(Command):
    """Ask the provider; the encounter waits in QUERY_HOLD until the answer is there."""

    query_id: int
    name: ClassVar[str] = "queries.send"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Refused with the first thing in its wording that leads, speaks of payment or quotes what is not there."""
        query = _draft(change, self.query_id)
        stops = [one for one in access.wording(change, query) if one.severity == "stop"]
        if stops:
            first = stops[0]
            words = f" (“{first.words}”)" if first.words else ""
            more = f" {len(stops) - 1} more." if len(stops) > 1 else ""
            raise Refused(f"{access.called(query)} can't be sent: {first.message}{words}", do=first.do + more)
        change.move(query, PROVIDER_QUERY, QueryState.SENT, access.called(query))
        query.sent_at, query.codes_before = change.now, access.codes_now(change, query.encounter_id)
        access.set_dates(query, access.timing(change, change.today), change.today)
        access.notify(change, query, Notice.ASKED)
        encounter = change.get(Encounter, query.encounter_id)
        if not [one for one in access.of_encounter(change, encounter.id, WAITING) if one.id != query.id]:
            access.hold(change, query)
        waits = items.find(change, coding.QUEUE, encounter.id)
        cents = charged(change.session, encounter.id) or (waits.cents if waits is not None else 0)
        due = query.overdue_on
        items.put(change, QUEUE, query.id, reason="waits for the provider", cents=cents, due=due, score=cents)
        provider = change.get(Provider, query.provider_id)
        return Said(f"{access.called(query)} is sent to {provider.first} {provider.last}; due {due}.", query.id)


@dataclass(frozen=True, slots=True)
class SetQueryTiming(Command):
    """After how many days a question is overdue, reminded of, escalated and closed, from a day on."""

    valid_from: date
    overdue_days: int = 3
    remind_days: int = 5
    escalate_days: int = 7
    close_days: int = 14
    name: ClassVar[str] = "queries.timing"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """They have to follow each other; questions that were sent keep their dates."""
        days = (self.overdue_days, self.remind_days, self.escalate_days, self.close_days)
        if not 0 < days[0] <= days[1] <= days[2] <= days[3] <= 365:
            raise Refused("The days are in order: overdue, reminder, escalation, closing.", do="For example 3 5 7 14.")
        known = change.session.exec(select(QueryTiming).where(QueryTiming.valid_from == self.valid_from)).first()
        row = known or QueryTiming(valid_from=self.valid_from)
        row.overdue_days, row.remind_days, row.escalate_days, row.close_days = days
        change.add(row)
        told = "overdue after {}, reminder after {}, escalation after {}, closed after {} days".format(*days)
        return Said(f"Queries from {self.valid_from} on: {told}.", row.id)


def _draft(change: Change, query_id: int) -> ProviderQuery:
    query = access.editable(change, query_id)
    if query.state != QueryState.DRAFT:
        raise Refused(f"{access.called(query)} is {query.state}: only a draft can be changed or sent.")
    return query


def _quoted(change: Change, encounter_id: int, span: tuple[int, int]) -> str:
    """Words of the note that may go out; what speaks of money is refused here, as a quote is not changed later."""
    words = clean_line(within_note(change, encounter_id, *span))
    for found in check_quote(words):
        raise Refused(found.message, do=found.do)
    return words


def _options(given: tuple[str, ...]) -> tuple[str, ...]:
    options = tuple(filter(None, (clean_line(option)[:200] for option in given)))
    if len(options) > MOST_OPTIONS:
        raise Refused(f"At most {MOST_OPTIONS} options are offered.")
    return options
