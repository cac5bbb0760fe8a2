"""What a professional claim file (837P, 005010X222A1) says, as plain values.  All money is integer cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `zip` holds digits only (5 or 9)."""

    line1: str
    city: str
    state: str
    zip: str
    line2: str = ""


@dataclass(frozen=True, slots=True)
class Submitter:
    """Who sends the file (ISA06, GS02, loop 1000A) and to whom (ISA08, GS03, loop 1000B)."""

    id: str
    name: str
    contact: str
    phone: str
    receiver_id: str
    receiver_name: str
    id_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"


@dataclass(frozen=True, slots=True)
class BillingProvider:
    """Loop 2000A and 2010AA.  `tax_id` is digits; `tax_id_kind` is EI (employer) or SY (person)."""

    name: str
    npi: str
    tax_id: str
    taxonomy: str
    address: Address
    phone: str = ""
    tax_id_kind: str = "EI"


@dataclass(frozen=True, slots=True)
class Clinician:
    """A rendering or referring person (2310A, 2310B)."""

    last: str
    first: str
    npi: str
    taxonomy: str = ""


@dataclass(frozen=True, slots=True)
class Facility:
    """Where the service took place (2310C), given only where it differs from the billing provider."""

    name: str
    npi: str
    address: Address


@dataclass(frozen=True, slots=True)
class Person:
    """A subscriber or a patient.  `sex` is F, M or U."""

    last: str
    first: str
    birth: date
    sex: str
    address: Address
    middle: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """The coverage that is billed (2000B, 2010BA, 2010BB).

    `sequence` is P, S or T; `relationship` is the patient's to the subscriber: 18 self, 01 spouse, 19 child,
    G8 other; `filing` is SBR09 (MB, MC, BL, CI, HM, ...).
    """

    subscriber: Person
    member_id: str
    payer_name: str
    payer_id: str
    filing: str
    sequence: str = "P"
    relationship: str = "18"
    group_number: str = ""


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """Loop 2400.  `charge` in cents; `pointers` count diagnoses from 1; `control` is REF*6R, unique in the claim."""

    control: str
    code: str
    charge: int
    units: int
    service_date: date
    pointers: tuple[int, ...]
    modifiers: tuple[str, ...] = ()
    description: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class ProfessionalClaim:
    """One CLM with everything that hangs on it.

    `control_number` is CLM01 and stays the same over all versions; `frequency` is 1, 7 or 8;
    `payer_control` (REF*F8) is needed for 7 and 8.  `diagnoses` are codes in order, with or without the dot.
    """

    control_number: str
    billing: BillingProvider
    subscription: Subscription
    place: str
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    patient: Person | None = None
    rendering: Clinician | None = None
    referring: Clinician | None = None
    facility: Facility | None = None
    frequency: str = "1"
    payer_control: str = ""
    authorization: str = ""
    assignment: str = "A"
    note: str = ""

    @property
    def charge(self) -> int:
        """CLM02 in cents: the sum of the lines."""
        return sum(line.charge for line in self.lines)


@dataclass(frozen=True, slots=True)
class FileControl:
    """Numbers and moment of one interchange; `usage` is T (test) or P (production)."""

    interchange: int
    group: int
    transaction: str
    batch: str
    at: datetime
    usage: str = "T"
