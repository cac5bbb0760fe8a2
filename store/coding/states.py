"""The life of an encounter on the coder's side."""

from __future__ import annotations

from enum import StrEnum

from store.work.states import Machine, register


class CodingState(StrEnum):
    """NEW waits for its documents; RELEASED is billed, directly or by a claim, and CODED again to be billed anew."""

    NEW = "NEW"
    READY = "READY"
    IN_PROGRESS = "IN_PROGRESS"
    HOLD = "HOLD"
    QUERY_HOLD = "QUERY_HOLD"
    REVIEW = "REVIEW"
    CODED = "CODED"
    RELEASED = "RELEASED"
    RECODE = "RECODE"
    VOID = "VOID"


_S = CodingState

ENCOUNTER = register(
    Machine(
        "encounter",
        births=(_S.NEW, _S.READY),
        steps={
            _S.NEW: (_S.READY, _S.VOID),
            _S.READY: (_S.IN_PROGRESS,),
            _S.IN_PROGRESS: (_S.READY, _S.HOLD, _S.QUERY_HOLD, _S.REVIEW, _S.CODED, _S.VOID),
            _S.HOLD: (_S.IN_PROGRESS, _S.READY, _S.VOID),
            _S.QUERY_HOLD: (_S.IN_PROGRESS,),
            _S.REVIEW: (_S.IN_PROGRESS, _S.CODED),
            _S.CODED: (_S.RELEASED, _S.IN_PROGRESS),
            _S.RELEASED: (_S.RECODE, _S.CODED),
            _S.RECODE: (_S.IN_PROGRESS, _S.RELEASED),
            _S.VOID: (_S.READY,),
        },
    )
)

OPEN_TO_CODING = frozenset({_S.READY, _S.IN_PROGRESS, _S.RECODE})
"""States in which a coder may change codes."""

WITH_CODERS = OPEN_TO_CODING | {_S.HOLD, _S.QUERY_HOLD, _S.REVIEW}
"""Not coded to the end: a coder has it, or will."""
