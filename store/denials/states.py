"""The life of a denial."""

from __future__ import annotations

from enum import StrEnum

from store.work.states import Machine, register


class DenialState(StrEnum):
    """OPEN comes from posting by itself; OVERTURNED, UPHELD and REVERSED come from a later answer of the payer."""

    OPEN = "OPEN"
    WORKING = "WORKING"
    CORRECTED_SENT = "CORRECTED_SENT"
    APPEALED = "APPEALED"
    RECORDS_SENT = "RECORDS_SENT"
    WRITEOFF_REQ = "WRITEOFF_REQ"
    OVERTURNED = "OVERTURNED"
    UPHELD = "UPHELD"
    REVERSED = "REVERSED"
    TRANSFERRED = "TRANSFERRED"
    CLOSED_WO = "CLOSED_WO"


_S = DenialState
_LATER = (_S.OVERTURNED, _S.UPHELD, _S.REVERSED)
_OURS = (_S.CORRECTED_SENT, _S.APPEALED, _S.RECORDS_SENT, _S.WRITEOFF_REQ, _S.TRANSFERRED, _S.CLOSED_WO)

DENIAL = register(
    Machine(
        "denial",
        births=(_S.OPEN,),
        steps={
            _S.OPEN: (_S.WORKING, *_OURS, *_LATER),
            _S.WORKING: (*_OURS, *_LATER),
            _S.CORRECTED_SENT: (_S.WORKING, *_LATER),
            _S.APPEALED: (_S.WORKING, *_LATER),
            _S.RECORDS_SENT: (_S.WORKING, _S.APPEALED, *_LATER),
            _S.WRITEOFF_REQ: (_S.CLOSED_WO, _S.WORKING, *_LATER),
            _S.UPHELD: (_S.WORKING, *_OURS, _S.REVERSED),
            _S.OVERTURNED: (_S.OPEN,),
            _S.REVERSED: (_S.OPEN,),
            _S.TRANSFERRED: (_S.OPEN, _S.REVERSED),
            _S.CLOSED_WO: (_S.OPEN, _S.REVERSED),
        },
    )
)

CLOSED = frozenset({_S.OVERTURNED, _S.REVERSED, _S.TRANSFERRED, _S.CLOSED_WO})
AWAITING = frozenset({_S.CORRECTED_SENT, _S.APPEALED, _S.RECORDS_SENT})
