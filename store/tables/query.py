"""Questions to providers: what was asked, on which words of the record, and what came back."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from store.tables.base import Versioned, key, moment


class ProviderQuery(Versioned, table=True):
    """One question about one encounter.  `state` is a `store.queries.states.QueryState`.

    `options` are separated by line ends, as `codes_before` and `codes_after` are by blanks: the diagnoses when it was
    sent and when the answer was applied.  `overdue_on`, `remind_on`, `escalate_on` and `close_on` are set when it is
    sent, by the settings of that day.
    """

    __tablename__ = "provider_query"

    id: int = key()
    number: str = Field(unique=True)
    encounter_id: int = Field(foreign_key="encounter.id", index=True)
    provider_id: int = Field(foreign_key="provider.id")
    follows_id: int | None = Field(default=None, foreign_key="provider_query.id")
    kind: str
    form: str
    purpose: str = ""
    title: str
    question: str
    options: str = ""
    state: str = Field(index=True)
    asked_by: int = Field(foreign_key="app_user.id")
    composed_at: datetime = moment()
    sent_at: datetime | None = moment(optional=True)
    overdue_on: date | None = None
    remind_on: date | None = None
    escalate_on: date | None = None
    close_on: date | None = None
    reminders: int = 0
    answer_kind: str = ""
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = moment(optional=True)
    closed_on: date | None = None
    close_reason: str = ""
    codes_before: str = ""
    codes_after: str = ""


class QueryIndicator(SQLModel, table=True):
    """Words of the note that give rise to a question: note[start:end], kept as they stood."""

    __tablename__ = "query_indicator"

    id: int = key()
    query_id: int = Field(foreign_key="provider_query.id", index=True)
    span_start: int
    span_end: int
    words: str


class QueryNotice(SQLModel, table=True):
    """One asking of one question: the first (`number` 0), a reminder (from 1), or its handing to the advisor.

    `kind` is a `store.queries.states.Notice`; `recipient` is empty for the provider, `at` and `user_id` who asked
    when, `given_at` when it was given to the providers' system, None until then.
    """

    __tablename__ = "query_notice"

    id: int = key()
    query_id: int = Field(foreign_key="provider_query.id", index=True)
    kind: str
    number: int
    recipient: str = ""
    at: datetime = moment()
    user_id: int = Field(foreign_key="app_user.id")
    given_at: datetime | None = moment(optional=True)


class QueryTiming(SQLModel, table=True):
    """Days after sending at which a question is overdue, reminded of, escalated and closed; from `valid_from` on."""

    __tablename__ = "query_timing"

    id: int = key()
    valid_from: date = Field(unique=True)
    overdue_days: int = 3
    remind_days: int = 5
    escalate_days: int = 7
    close_days: int = 14
