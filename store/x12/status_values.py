"""Asking a payer how a claim stands (276) and what it answers (277, 005010X212), as plain values; money in cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from store.x12.ack_values import ClaimStatus
from store.x12.claim_values import Person


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """One claim that is asked after.  `trace` (TRN02) comes back in the answer and must be unique in the file.

    `control_number` is our CLM01 (REF*EJ), `payer_control` the payer's number where it is known (REF*1K); `patient` is
    None where that is the subscriber; `bill_type` has three digits and is for institutional claims.
    """

    trace: str
    payer_name: str
    payer_id: str
    provider_name: str
    provider_npi: str
    subscriber: Person
    member_id: str
    charge: int
    service_from: date
    service_to: date
    patient: Person | None = None
    control_number: str = ""
    payer_control: str = ""
    bill_type: str = ""


@dataclass(frozen=True, slots=True)
class StatusLine:
    """Loop 2220: one service line; `control` is REF*FJ."""

    control: str
    code: str
    charge: int
    paid: int | None
    statuses: tuple[ClaimStatus, ...]
    effective: date | None = None


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """Loop 2200D or 2200E: what the payer says of one claim.

    Several claims may answer one `trace`.  `statuses` are in the order of the file, the first being the one that
    counts; `effective` is its day (STC02), `adjudicated` STC06, `paid_on` and `check_number` STC08 and STC09.
    """

    trace: str
    statuses: tuple[ClaimStatus, ...]
    effective: date | None = None
    charge: int | None = None
    paid: int | None = None
    adjudicated: date | None = None
    paid_on: date | None = None
    check_number: str = ""
    control_number: str = ""
    payer_control: str = ""
    patient_name: str = ""
    member_id: str = ""
    lines: tuple[StatusLine, ...] = ()
    source: str = ""

    @property
    def standing(self) -> str:
        """'finalized' (F), 'pending' (P), 'received' (A0-A2), 'not found' (A4), 'rejected', 'error' (D, E), 'other'."""
        category = self.statuses[0].category if self.statuses else ""
        if category in {"A3", "A6", "A7", "A8"}:
            return "rejected"
        if category == "A4":
            return "not found"
        kinds = {"A": "received", "D": "error", "E": "error", "F": "finalized", "P": "pending", "R": "pending"}
        return kinds.get(category[:1], "other")


@dataclass(frozen=True, slots=True)
class StatusRefusal:
    """A whole request that was refused: at the level of the submitter (21) or of a provider (19)."""

    level: str
    trace: str
    statuses: tuple[ClaimStatus, ...]


@dataclass(frozen=True, slots=True)
class StatusFile:
    """Everything that a status answer file says; `notices` tell what was read forgivingly."""

    sender: str
    interchange_controls: tuple[str, ...]
    answers: tuple[StatusAnswer, ...]
    refusals: tuple[StatusRefusal, ...] = ()
    notices: tuple[str, ...] = ()
