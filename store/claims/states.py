"""The life of a claim from the biller's side."""

from __future__ import annotations

from enum import StrEnum

from store.tables import Claim
from store.work.states import Machine, register

QUEUE, REJECTIONS = "claims", "rejections"
"""The queues of claims that wait to be sent, and of those that came back unread."""


class ClaimState(StrEnum):
    """Up to SENT it is ours; from PAID on the state is the payer's last answer, net of reversals.

    ACK_999: the file was read.  ACCEPTED_CH: somebody on the way, or the payer's door, has it.  ACCEPTED: the payer
    takes it into adjudication (A2).  NO_ACK: an acknowledgement is overdue.  NO_ANSWER: the payer's decision is, or a
    new one where it took its own back.
    ROUTED: another desk was asked about what an edit stopped or what was rejected.
    CANCELLED: given up by us, or taken back by a void that the payer carried out; nothing of it is charged.
    PARTIAL: something paid and a line denied.  ALL_PATIENT: nothing paid because all is the patient's.  ZERO: neither.
    """

    BUILT = "BUILT"
    EDIT_FAIL = "EDIT_FAIL"
    READY = "READY"
    HELD = "HELD"
    SENT = "SENT"
    ACK_999 = "ACK_999"
    ACCEPTED_CH = "ACCEPTED_CH"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    ROUTED = "ROUTED"
    NO_ACK = "NO_ACK"
    NO_ANSWER = "NO_ANSWER"
    PAID = "PAID"
    PARTIAL = "PARTIAL"
    DENIED = "DENIED"
    ALL_PATIENT = "ALL_PATIENT"
    ZERO = "ZERO"
    REVERSED = "REVERSED"
    CANCELLED = "CANCELLED"


_S = ClaimState

ADJUDICATED = (_S.PAID, _S.PARTIAL, _S.DENIED, _S.ALL_PATIENT, _S.ZERO, _S.REVERSED)
_ON_ITS_WAY = (_S.ACK_999, _S.ACCEPTED_CH, _S.ACCEPTED, _S.REJECTED)
WAITING = frozenset({_S.SENT, _S.ACK_999, _S.ACCEPTED_CH, _S.ACCEPTED})
"""States in which the next word is the other side's."""
STILL_OURS = frozenset({_S.BUILT, _S.EDIT_FAIL, _S.READY, _S.HELD, _S.REJECTED, _S.ROUTED})
"""It has not gone out, or came back unread."""
OVERDUE = frozenset({_S.NO_ACK, _S.NO_ANSWER})
_AGAIN = (_S.READY, _S.BUILT, _S.CANCELLED)
"""Sent again as it was, made anew, or given up."""

CLAIM = register(
    Machine(
        "claim",
        births=(_S.BUILT,),
        steps={
            _S.BUILT: (_S.EDIT_FAIL, _S.READY),
            _S.EDIT_FAIL: (_S.BUILT, _S.READY, _S.HELD, _S.ROUTED, _S.CANCELLED),
            _S.ROUTED: (_S.BUILT, _S.READY, _S.EDIT_FAIL, _S.REJECTED, _S.CANCELLED, *ADJUDICATED),
            _S.READY: (_S.SENT, _S.BUILT, _S.EDIT_FAIL, _S.HELD, _S.CANCELLED),
            _S.HELD: (_S.BUILT, _S.READY, _S.EDIT_FAIL, _S.CANCELLED),
            _S.SENT: (*_ON_ITS_WAY, _S.NO_ACK, *ADJUDICATED),
            _S.ACK_999: (_S.ACCEPTED_CH, _S.ACCEPTED, _S.REJECTED, _S.NO_ACK, *ADJUDICATED),
            _S.ACCEPTED_CH: (_S.ACCEPTED, _S.REJECTED, _S.NO_ACK, *ADJUDICATED),
            _S.ACCEPTED: (_S.REJECTED, _S.NO_ANSWER, *ADJUDICATED),
            _S.NO_ACK: (*_ON_ITS_WAY, *_AGAIN, *ADJUDICATED),
            _S.NO_ANSWER: (_S.ACCEPTED, _S.REJECTED, *_AGAIN, *ADJUDICATED),
            _S.REJECTED: (*_AGAIN, _S.ROUTED, *ADJUDICATED),
            **{state: (_S.BUILT, *(other for other in ADJUDICATED if other != state)) for state in ADJUDICATED},
            _S.REVERSED: (
                _S.BUILT,
                _S.NO_ANSWER,
                _S.CANCELLED,
                *(other for other in ADJUDICATED if other != _S.REVERSED),
            ),
            _S.CANCELLED: (_S.BUILT, *ADJUDICATED),
        },
    )
)


def is_to_send(claim: Claim) -> bool:
    """Whether its current version has yet to go out: an answer that comes now is to an earlier one."""
    if claim.state == _S.ROUTED:
        return claim.edit_severity in {"stop", "warn"}  # an edit, not a rejection, brought it there
    return claim.state in {_S.BUILT, _S.READY, _S.EDIT_FAIL, _S.HELD}


def called(claim: Claim) -> str:
    """How a sentence names the claim."""
    return f"Claim {claim.control_number}"
