"""What comes back: answers, reminders, escalation, and the end of a question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlmodel import select

from store.errors import NotAllowed, NotFound, Refused
from store.people.roles import Permission
from store.queries import access
from store.queries.states import PROVIDER_QUERY, QUEUE, WAITING, AnswerKind, Notice, QueryState
from store.tables import ProviderQuery
from store.text import clean_line, how_many
from store.work import items
from store.work.command import Change, Command, Said, bulk, free_text


@dataclass(frozen=True, slots=True)
class AnswerQuery(Command):
    """What the provider answered.  `kind` is an `AnswerKind`; empty, it is told from the options."""

    query_id: int
    answer: str = free_text()
    kind: str = ""
    answered_by: str = free_text(default="")
    name: ClassVar[str] = "queries.answer"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """The encounter returns to its coder; only what is documented is coded."""
        query = access.editable(change, self.query_id)
        _take(change, query, Answer(query.number, self.answer, self.kind, self.answered_by))
        return Said(f"{access.called(query)} is answered ({query.answer_kind}); the encounter is back.", query.id)


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of an answer file; `line` is where it stands there."""

    number: str
    text: str
    kind: str = ""
    by: str = ""
    at: datetime | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class ImportAnswers(Command):
    """Take in a file of answers: all rows or none; an answer that is known already changes nothing."""

    file: str
    answers: tuple[Answer, ...] = bulk()
    name: ClassVar[str] = "queries.import_answers"

    def apply(self, change: Change) -> Said:
        """The result counts what is new and what was known."""
        if not (change.actor.may(Permission.CODE) or change.actor.may(Permission.IMPORT_ENCOUNTERS)):
            raise NotAllowed(f"Your role ({change.actor.role}) lacks the permission '{Permission.CODE}'.")
        new = 0
        for answer in self.answers:
            try:
                new += self._one(change, answer)
            except Refused as refused:
                raise Refused(refused.what, where=f"{self.file}, line {answer.line}", do=refused.do) from refused
        counts = {"answered": new, "known": len(self.answers) - new}
        return Said(
            f"{how_many(new, 'query', 'queries')} answered, {how_many(counts['known'], 'answer')} known already.",
            counts,
        )

    def _one(self, change: Change, answer: Answer) -> bool:
        row = change.session.exec(select(ProviderQuery).where(ProviderQuery.number == answer.number)).first()
        if row is None:
            raise NotFound(f"There is no query {answer.number[:30]!r}.", do="Its number stands in the query.")
        query = access.editable(change, row.id)
        if query.answer and query.answer == clean_line(answer.text):
            return False
        _take(change, query, answer)
        return True


def _take(change: Change, query: ProviderQuery, answer: Answer) -> None:
    text = clean_line(answer.text)[:2000]
    if not text:
        raise Refused("The answer is empty.", do="An unanswered query is no agreement: leave it open.")
    if query.state not in WAITING:
        raise Refused(f"{access.called(query)} is {query.state}; an answer isn't waited for.")
    change.move(query, PROVIDER_QUERY, QueryState.ANSWERED, access.called(query))
    query.answer, query.answer_kind = text, _kind(query, text, answer.kind)
    query.answered_by, query.answered_at = clean_line(answer.by)[:80], answer.at or change.now
    items.put(change, QUEUE, query.id, reason=f"answered: {query.answer_kind}", due=change.today)
    access.give_back(change, query, f"query {query.number} answered ({query.answer_kind})")


def _kind(query: ProviderQuery, text: str, given: str) -> str:
    from codesets.worksheets.query_wording import UNDETERMINED

    if given:
        try:
            return AnswerKind(clean_line(given).lower())
        except ValueError:
            kinds = ", ".join(AnswerKind)
            raise Refused(f"{given[:20]!r} is no kind of answer.", do=f"There are: {kinds}.") from None
    options = [option.casefold() for option in query.options.split("\n")]
    if text.casefold().startswith((UNDETERMINED.casefold(), "undetermined", "cannot determine")):
        return AnswerKind.UNDETERMINED
    return AnswerKind.AGREE if text.casefold() in options else AnswerKind.OTHER


@dataclass(frozen=True, slots=True)
class ApplyAnswer(Command):
    """The codes say what the answer documents: the question is done."""

    query_id: int
    name: ClassVar[str] = "queries.apply"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """What it changed in the codes is kept with it.  Finishing the encounter does the same by itself."""
        query = access.editable(change, self.query_id)
        applied(change, query)
        return Said(f"{access.called(query)} is applied: {effect(query)}.", query.id)


def applied(change: Change, query: ProviderQuery) -> None:
    """Close an answered question with the codes as they stand now."""
    query.codes_after = access.codes_now(change, query.encounter_id)
    access.settle(change, query, QueryState.APPLIED, "")


def effect(query: ProviderQuery) -> str:
    """What became of the codes, in words."""
    before, after = query.codes_before.split(), query.codes_after.split()
    added = [code for code in after if code not in before]
    gone = [code for code in before if code not in after]
    told = [*(f"added {code}" for code in added), *(f"removed {code}" for code in gone)]
    return ", ".join(told) or "no change of codes"


@dataclass(frozen=True, slots=True)
class FollowQuery(Command):
    """The answer needs another question: this one is closed, a draft that follows it is made."""

    query_id: int
    question: str = free_text(default="")
    name: ClassVar[str] = "queries.follow"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """The same words are quoted again."""
        from store.queries.compose import ComposeQuery

        query = access.editable(change, self.query_id)
        access.settle(change, query, QueryState.FOLLOW_UP, "asked again")
        spans = tuple((row.span_start, row.span_end) for row in access.indicators(change, query.id))
        options = tuple(filter(None, query.options.split("\n")))
        return ComposeQuery(query.encounter_id, query.kind, spans, self.question, options, query.title, query.id).apply(
            change
        )


@dataclass(frozen=True, slots=True)
class RemindProvider(Command):
    """Remind the provider now: kept with its number, who and when, and given out with the next file."""

    query_id: int
    name: ClassVar[str] = "queries.remind"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Only while an answer is waited for."""
        query = _waiting(change, self.query_id)
        access.notify(change, query, Notice.REMINDER)
        return Said(f"{access.called(query)}: reminder {query.reminders} goes out.", query.id)


ADVISOR = "advisor"
"""Who has an escalated question where nobody is named."""


@dataclass(frozen=True, slots=True)
class EscalateQuery(Command):
    """Hand an overdue question to the advisor; `to` names who that is."""

    query_id: int
    to: str = free_text(default="")
    name: ClassVar[str] = "queries.escalate"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Only what is overdue can be escalated."""
        query = access.editable(change, self.query_id)
        escalated(change, query, self.to)
        return Said(f"{access.called(query)} is before the advisor.", query.id)


def escalated(change: Change, query: ProviderQuery, to: str = "") -> None:
    """One step, with its item before the supervisor; to whom it went is kept."""
    change.move(query, PROVIDER_QUERY, QueryState.ESCALATED, access.called(query))
    access.notify(change, query, Notice.ESCALATION, clean_line(to)[:80] or ADVISOR)
    item = items.find(change, QUEUE, query.id)
    if item is not None:
        item.escalated, item.reason, item.due = True, "escalated to the advisor", query.close_on


@dataclass(frozen=True, slots=True)
class CancelQuery(Command):
    """Take a question back that is not answered yet; the encounter returns to its coder."""

    query_id: int
    reason: str = free_text()
    name: ClassVar[str] = "queries.cancel"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """The reason is kept."""
        query = access.editable(change, self.query_id)
        access.settle(change, query, QueryState.CANCELLED, _reason(self.reason))
        access.give_back(change, query, f"query {query.number} cancelled")
        return Said(f"{access.called(query)} is cancelled.", query.id)


@dataclass(frozen=True, slots=True)
class CloseUnanswered(Command):
    """No answer came: code only what is documented."""

    query_id: int
    name: ClassVar[str] = "queries.no_response"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Only after it was escalated."""
        query = access.editable(change, self.query_id)
        unanswered(change, query)
        return Said(f"{access.called(query)} is closed without an answer; silence is no agreement.", query.id)


def unanswered(change: Change, query: ProviderQuery) -> None:
    """Close without an answer and give the encounter back."""
    access.settle(change, query, QueryState.NO_RESPONSE, "no answer")
    access.give_back(change, query, f"query {query.number} not answered: code what is documented")


def _waiting(change: Change, query_id: int) -> ProviderQuery:
    query = access.editable(change, query_id)
    if query.state not in WAITING:
        raise Refused(f"{access.called(query)} is {query.state}; nothing is waited for.")
    return query


def _reason(text: str) -> str:
    reason = clean_line(text)
    if not reason:
        raise Refused("Say why.", do="Write a few words.")
    return reason
