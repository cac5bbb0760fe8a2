"""The life of a denial."""

from __future__ import annotations

from enum import StrEnum

from store.work.states import Machine, register


class DenialState(StrEnum):
    """OPEN comes from posting by itself; OVERTURNED (in full or in part), UPHELD and REVERSED from a later answer.

    TRIAGED: somebody said what it is.  PENDED: put off to a day, by whom it comes back.  ROUTED: with the coder.
    AWAITING: the payer has what was sent.  NO_RESPONSE: its clock ran out.  EXPIRED: the last day passed before
    anything was sent.  What an answer upholds, or overturns in part, ends: the rest is a denial of its own.
    """

    OPEN = "OPEN"
    TRIAGED = "TRIAGED"
    WORKING = "WORKING"
    PENDED = "PENDED"
    ROUTED = "ROUTED"
    CORRECTED_SENT = "CORRECTED_SENT"
    APPEALED = "APPEALED"
    RECORDS_SENT = "RECORDS_SENT"
    AWAITING = "AWAITING"
    NO_RESPONSE = "NO_RESPONSE"
    EXPIRED = "EXPIRED"
    WRITEOFF_REQ = "WRITEOFF_REQ"
    OVERTURNED = "OVERTURNED"
    OVERTURNED_PART = "OVERTURNED_PART"
    UPHELD = "UPHELD"
    REVERSED = "REVERSED"
    TRANSFERRED = "TRANSFERRED"
    CLOSED_WO = "CLOSED_WO"


_S = DenialState
_LATER = (_S.OVERTURNED, _S.OVERTURNED_PART, _S.UPHELD, _S.REVERSED)
SENT = frozenset({_S.CORRECTED_SENT, _S.APPEALED, _S.RECORDS_SENT})
"""Something went to the payer; whether it has it is not known yet."""
_SENT = tuple(sorted(SENT))

DENIAL = register(
    Machine(
        "denial",
        births=(_S.OPEN,),
        steps={
            _S.OPEN: (_S.TRIAGED, *_LATER),
            _S.TRIAGED: (_S.WORKING, _S.PENDED, _S.ROUTED, _S.EXPIRED, *_LATER),
            _S.WORKING: (*_SENT, _S.PENDED, _S.ROUTED, _S.WRITEOFF_REQ, _S.TRANSFERRED, *_LATER),
            _S.PENDED: (_S.WORKING, *_LATER),
            _S.ROUTED: (_S.WORKING, *_LATER),
            **dict.fromkeys(_SENT, (_S.AWAITING, _S.NO_RESPONSE, _S.WORKING, *_LATER)),
            _S.AWAITING: (_S.NO_RESPONSE, _S.WORKING, *_LATER),
            _S.NO_RESPONSE: (_S.WORKING, *_LATER),
            _S.EXPIRED: (_S.WORKING, _S.WRITEOFF_REQ, *_LATER),
            _S.WRITEOFF_REQ: (_S.CLOSED_WO, _S.WORKING, *_LATER),
            _S.UPHELD: (_S.WORKING, _S.WRITEOFF_REQ, _S.TRANSFERRED, _S.REVERSED),
            _S.OVERTURNED_PART: (_S.WORKING, _S.REVERSED),
            _S.OVERTURNED: (_S.OPEN, _S.REVERSED),
            _S.REVERSED: (_S.OPEN,),
            _S.TRANSFERRED: (_S.OPEN, _S.REVERSED),
            _S.CLOSED_WO: (_S.OPEN, _S.REVERSED),
        },
        before=(  # what an earlier program could do in one step stays provable
            *((_S.OPEN, after) for after in (_S.WORKING, *_SENT, _S.WRITEOFF_REQ, _S.TRANSFERRED, _S.CLOSED_WO)),
            (_S.WORKING, _S.CLOSED_WO), (_S.RECORDS_SENT, _S.APPEALED),
            *((_S.UPHELD, after) for after in (*_SENT, _S.CLOSED_WO)),
        ),
    )
)  # fmt: skip

WON = frozenset({_S.OVERTURNED, _S.OVERTURNED_PART})
DECIDED = frozenset({*WON, _S.UPHELD})
"""The payer's later answer decided it: what the chances are learned from."""
CLOSED = frozenset({*DECIDED, _S.REVERSED, _S.TRANSFERRED, _S.CLOSED_WO})
AWAITING = frozenset({*SENT, _S.AWAITING, _S.NO_RESPONSE})
"""The payer has been asked, and its next answer decides it."""
OPEN_STATES = frozenset(set(_S) - CLOSED)
"""Somebody's work, or waited for."""
