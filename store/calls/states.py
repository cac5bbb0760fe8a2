"""The life of one call."""

from __future__ import annotations

from enum import StrEnum

from store.work.states import Machine, register


class CallState(StrEnum):
    """IN_CALL while the line is open, then what came of it."""

    IN_CALL = "IN_CALL"
    NO_ANSWER = "NO_ANSWER"
    LEFT_MSG = "LEFT_MSG"
    WRONG_NO = "WRONG_NO"
    CALLBACK = "CALLBACK"
    PAID = "PAID"
    PLAN = "PLAN"
    PROMISED = "PROMISED"
    DISPUTED = "DISPUTED"
    FA_APPLIED = "FA_APPLIED"
    NEW_INS = "NEW_INS"
    REFUSED = "REFUSED"
    STOPPED = "STOPPED"


_S = CallState
OUTCOMES = tuple(state for state in CallState if state is not _S.IN_CALL)
REACHED = frozenset({_S.PAID, _S.PLAN, _S.PROMISED, _S.DISPUTED, _S.FA_APPLIED, _S.NEW_INS, _S.REFUSED})
"""Outcomes of a talk with the guarantor, which needs the identity to be checked."""

CALL = register(
    Machine("patient_call", births=(_S.IN_CALL,), steps={_S.IN_CALL: OUTCOMES, **dict.fromkeys(OUTCOMES, ())})
)
