"""The life of a question to a provider."""

from __future__ import annotations

from enum import StrEnum

from store.work.states import Machine, register

QUEUE = "queries"


class QueryState(StrEnum):
    """OVERDUE comes by itself; APPLIED, FOLLOW_UP, NO_RESPONSE and CANCELLED are closed."""

    DRAFT = "DRAFT"
    SENT = "SENT"
    OVERDUE = "OVERDUE"
    ESCALATED = "ESCALATED"
    ANSWERED = "ANSWERED"
    APPLIED = "APPLIED"
    FOLLOW_UP = "FOLLOW_UP"
    NO_RESPONSE = "NO_RESPONSE"
    CANCELLED = "CANCELLED"


class Notice(StrEnum):
    """What a provider or an advisor is told of a question: that it is asked, a reminder, that the advisor has it."""

    ASKED = "asked"
    REMINDER = "reminder"
    ESCALATION = "escalation"


class AnswerKind(StrEnum):
    """How a provider answered: with an option, otherwise, by denying it, or not to be said.  Silence is no answer."""

    AGREE = "agree"
    OTHER = "other"
    DISAGREE = "disagree"
    UNDETERMINED = "undetermined"


_S = QueryState

PROVIDER_QUERY = register(
    Machine(
        "provider_query",
        births=(_S.DRAFT,),
        steps={
            _S.DRAFT: (_S.SENT, _S.CANCELLED),
            _S.SENT: (_S.ANSWERED, _S.OVERDUE, _S.CANCELLED),
            _S.OVERDUE: (_S.ANSWERED, _S.ESCALATED, _S.CANCELLED),
            _S.ESCALATED: (_S.ANSWERED, _S.NO_RESPONSE),
            _S.ANSWERED: (_S.APPLIED, _S.FOLLOW_UP),
            _S.APPLIED: (),
            _S.FOLLOW_UP: (),
            _S.NO_RESPONSE: (),
            _S.CANCELLED: (),
        },
    )
)

WAITING = frozenset({_S.SENT, _S.OVERDUE, _S.ESCALATED})
"""The provider has not answered yet: the encounter is held."""

OPEN = frozenset({_S.DRAFT, *WAITING})
"""States that stop the encounter from being finished."""
