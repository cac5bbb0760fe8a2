"""The life of a claim from the biller's side."""

from __future__ import annotations

from enum import StrEnum

from store.work.states import Machine, register


class ClaimState(StrEnum):
    """Up to SENT it is ours; from PAID on the state is the payer's last answer, net of reversals.

    PARTIAL: something paid and a line denied.  ALL_PATIENT: nothing paid because all is the patient's.  ZERO: neither.
    """

    BUILT = "BUILT"
    EDIT_FAIL = "EDIT_FAIL"
    READY = "READY"
    SENT = "SENT"
    ACK_999 = "ACK_999"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    PAID = "PAID"
    PARTIAL = "PARTIAL"
    DENIED = "DENIED"
    ALL_PATIENT = "ALL_PATIENT"
    ZERO = "ZERO"
    REVERSED = "REVERSED"
    CANCELLED = "CANCELLED"


_S = ClaimState

ADJUDICATED = (_S.PAID, _S.PARTIAL, _S.DENIED, _S.ALL_PATIENT, _S.ZERO, _S.REVERSED)
_ANSWERED = (_S.ACK_999, _S.ACCEPTED, _S.REJECTED, *ADJUDICATED)

CLAIM = register(
    Machine(
        "claim",
        births=(_S.BUILT,),
        steps={
            _S.BUILT: (_S.EDIT_FAIL, _S.READY),
            _S.EDIT_FAIL: (_S.BUILT, _S.CANCELLED),
            _S.READY: (_S.SENT, _S.BUILT, _S.EDIT_FAIL, _S.CANCELLED),
            _S.SENT: _ANSWERED,
            _S.ACK_999: (_S.ACCEPTED, _S.REJECTED, *ADJUDICATED),
            _S.ACCEPTED: (_S.REJECTED, *ADJUDICATED),
            _S.REJECTED: (_S.BUILT, _S.CANCELLED, *ADJUDICATED),
            **{state: (_S.BUILT, *(other for other in ADJUDICATED if other != state)) for state in ADJUDICATED},
            _S.CANCELLED: (_S.BUILT, *ADJUDICATED),
        },
    )
)
