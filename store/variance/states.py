"""The lives of an underpayment and of a credit balance."""

from __future__ import annotations

from enum import StrEnum

from store.work.states import Machine, register


class UnderpaymentState(StrEnum):
    """FALSE: the contract was read wrongly here, or the answer was taken back.  ACCEPTED: not worth disputing."""

    FLAGGED = "FLAGGED"
    VERIFIED = "VERIFIED"
    DISPUTED = "DISPUTED"
    RECOVERED = "RECOVERED"
    PARTIAL = "PARTIAL"
    UPHELD = "UPHELD"
    ACCEPTED = "ACCEPTED"
    FALSE = "FALSE"


_U = UnderpaymentState
_END = (_U.ACCEPTED, _U.FALSE)

UNDERPAYMENT = register(
    Machine(
        "underpayment",
        births=(_U.FLAGGED,),
        steps={
            _U.FLAGGED: (_U.VERIFIED, _U.DISPUTED, *_END, _U.RECOVERED),
            _U.VERIFIED: (_U.DISPUTED, *_END, _U.RECOVERED),
            _U.DISPUTED: (_U.RECOVERED, _U.PARTIAL, _U.UPHELD, *_END),
            _U.PARTIAL: (_U.DISPUTED, _U.RECOVERED, *_END),
            _U.UPHELD: (_U.DISPUTED, _U.RECOVERED, *_END),
            _U.RECOVERED: (_U.FLAGGED,),
            _U.ACCEPTED: (_U.FLAGGED,),
            _U.FALSE: (_U.FLAGGED,),
        },
    )
)
UNDERPAID_OPEN = frozenset({_U.FLAGGED, _U.VERIFIED, _U.DISPUTED, _U.PARTIAL, _U.UPHELD})


class CreditState(StrEnum):
    """ISSUED: the refund left the house.  CLEARED: nothing too much stands there any more, or its check was cashed.

    APPLIED: it was put on what the account owes.  STALE: its check was not cashed in time.  ESCHEAT: the state has it.
    """

    IDENTIFIED = "IDENTIFIED"
    INVESTIGATING = "INVESTIGATING"
    REFUND_REQ = "REFUND_REQ"
    APPROVED = "APPROVED"
    RECOUP_EXPECTED = "RECOUP_EXPECTED"
    ISSUED = "ISSUED"
    STALE = "STALE"
    APPLIED = "APPLIED"
    CLEARED = "CLEARED"
    ESCHEAT = "ESCHEAT"


_C = CreditState
_WAYS = (_C.REFUND_REQ, _C.RECOUP_EXPECTED, _C.APPLIED, _C.CLEARED, _C.ESCHEAT)

CREDIT = register(
    Machine(
        "credit_balance",
        births=(_C.IDENTIFIED,),
        steps={
            _C.IDENTIFIED: (_C.INVESTIGATING, *_WAYS),
            _C.INVESTIGATING: (_C.IDENTIFIED, *_WAYS),
            _C.REFUND_REQ: (_C.APPROVED, _C.IDENTIFIED, _C.CLEARED),
            _C.APPROVED: (_C.ISSUED, _C.IDENTIFIED, _C.CLEARED),
            _C.RECOUP_EXPECTED: (_C.CLEARED, _C.REFUND_REQ, _C.IDENTIFIED),
            _C.ISSUED: (_C.CLEARED, _C.STALE),
            _C.STALE: (_C.ISSUED, _C.CLEARED, _C.ESCHEAT),
            _C.APPLIED: (_C.IDENTIFIED,),
            _C.CLEARED: (_C.IDENTIFIED,),
            _C.ESCHEAT: (),
        },
    )
)
CREDIT_OPEN = frozenset(
    {_C.IDENTIFIED, _C.INVESTIGATING, _C.REFUND_REQ, _C.APPROVED, _C.RECOUP_EXPECTED, _C.STALE}
)  # fmt: skip
GONE = frozenset({_C.ISSUED, _C.STALE, _C.ESCHEAT})
"""The money left the books: what is too much afterwards is another credit balance."""
