"""The life of a payment, and what an answer in it counts for."""

from __future__ import annotations

from enum import StrEnum

from store.work.states import Machine, register


class RemitState(StrEnum):
    """A payment that does not balance is refused before it has a state.

    WAIT_EFT: nothing is booked before its money is there.  PARTIAL: the money is booked, and some answers still wait
    for a person.  POSTED: every answer has found its place.  REVERSED: all of it was taken back by us.
    """

    WAIT_EFT = "WAIT_EFT"
    PARTIAL = "PARTIAL"
    POSTED = "POSTED"
    REVERSED = "REVERSED"


_S = RemitState

REMITTANCE = register(
    Machine(
        "remittance",
        births=(_S.WAIT_EFT, _S.PARTIAL, _S.POSTED),
        steps={
            _S.WAIT_EFT: (_S.PARTIAL, _S.POSTED),
            _S.PARTIAL: (_S.POSTED, _S.REVERSED),
            _S.POSTED: (_S.PARTIAL, _S.REVERSED),
        },
    )
)


class AnswerState(StrEnum):
    """Only MATCHED answers count for their claim; the money of the others is unapplied."""

    MATCHED = "matched"
    UNMATCHED = "unmatched"
    """No claim of ours is certain."""
    HELD = "held"
    """The claim is certain, but something else is not."""
    SUSPENSE = "suspense"
    """A person said that the money belongs to nothing here."""
    SPLIT = "split"
    """Others stand for it: it was split over several claims."""
    CANCELLED = "cancelled"
    """It and its reversal came before either was posted."""
    REVERSED = "reversed"
    """Taken back by us with its whole payment."""


WAITING = (AnswerState.UNMATCHED, AnswerState.HELD)
"""What still waits for a person."""
