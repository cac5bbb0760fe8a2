"""What an institutional claim file (837I, 005010X223A2) says, as plain values.  All money is integer cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from store.x12.claim_values import (
    Attachment,
    BillingProvider,
    Clinician,
    Drug,
    Facility,
    LinePayment,
    OtherPayer,
    Person,
    Subscription,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A diagnosis with its present-on-admission mark: Y, N, U, W, or '' where it is exempt or the stay outpatient."""

    code: str
    present: str = ""


@dataclass(frozen=True, slots=True)
class Procedure:
    """An ICD-10-PCS procedure and its day (HI*BBR, HI*BBQ); inpatient claims alone have them."""

    code: str
    day: date


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An occurrence code and its day (HI*BH); with `until` an occurrence span (HI*BI)."""

    code: str
    day: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ValueCode:
    """A value code and its amount in cents, or its number with two decimals (HI*BE)."""

    code: str
    cents: int


@dataclass(frozen=True, slots=True)
class InstitutionalLine:
    """Loop 2400.  `revenue` has four digits; `code` is the HCPCS code where the revenue code asks for one.

    `units` count what `basis` says: UN units, DA days; `noncovered` is SV207 in cents.
    """

    control: str
    revenue: str
    charge: int
    units: int
    code: str = ""
    modifiers: tuple[str, ...] = ()
    service_date: date | None = None
    end_date: date | None = None
    basis: str = "UN"
    fraction: str = ""
    description: str = ""
    noncovered: int = 0
    attachments: tuple[Attachment, ...] = ()
    drug: Drug | None = None
    prior: tuple[LinePayment, ...] = ()


@dataclass(frozen=True, slots=True)
class Admission:
    """DTP*435, DTP*096 and CL1: day and hour (0-23) of admission, hour of discharge, type, source and status.

    `status` (the discharge status, 30 still a patient) is always told; `type` '' is told as 9, not known.
    """

    status: str
    type: str = "9"
    source: str = ""
    day: date | None = None
    hour: int | None = None
    discharge_hour: int | None = None


@dataclass(frozen=True, slots=True)
class InstitutionalClaim:
    """One CLM of an 837I.

    The type of bill is `facility_type` (its first two digits, without the leading zero) and `frequency` (its last);
    `statement_from` to `statement_to` is the period.  `diagnoses` begin with the principal one; `admitting` and
    `reasons` (at most three, outpatient) bear no mark; `external` are causes of injury; `procedures` begin with the
    principal one.  `patient_share` is AMT*F3 in cents.
    """

    control_number: str
    billing: BillingProvider
    subscription: Subscription
    facility_type: str
    statement_from: date
    statement_to: date
    admission: Admission
    diagnoses: tuple[Condition, ...]
    lines: tuple[InstitutionalLine, ...]
    patient: Person | None = None
    frequency: str = "1"
    payer_control: str = ""
    admitting: str = ""
    reasons: tuple[str, ...] = ()
    external: tuple[Condition, ...] = ()
    drg: str = ""
    procedures: tuple[Procedure, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    spans: tuple[Occurrence, ...] = ()
    values: tuple[ValueCode, ...] = ()
    conditions: tuple[str, ...] = ()
    attending: Clinician | None = None
    operating: Clinician | None = None
    other_operating: Clinician | None = None
    rendering: Clinician | None = None
    referring: Clinician | None = None
    facility: Facility | None = None
    others: tuple[OtherPayer, ...] = ()
    assignment: str = "A"
    release: str = "Y"
    delay_reason: str = ""
    authorization: str = ""
    referral: str = ""
    medical_record: str = ""
    accident_state: str = ""
    patient_share: int = 0
    attachments: tuple[Attachment, ...] = ()
    note: str = ""

    @property
    def charge(self) -> int:
        """CLM02 in cents: the sum of the lines."""
        return sum(line.charge for line in self.lines)

    @property
    def bill_type(self) -> str:
        """The four digits of form locator 4: '0131'."""
        return f"0{self.facility_type}{self.frequency}"
