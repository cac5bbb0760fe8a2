"""What a professional claim file (837P, 005010X222A1) says, as plain values.  All money is integer cents.

Every field that came after the first ones has a default, so that claims that were stored as JSON before still load.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from store.x12.remittance_values import Adjustment


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
    """Loop 2000A and 2010AA.  `tax_id` is digits; `tax_id_kind` is EI (employer) or SY (person).

    `pay_to` is loop 2010AB: where the money goes, given only where it is another address; it may be a post office box.
    """

    name: str
    npi: str
    tax_id: str
    taxonomy: str
    address: Address
    phone: str = ""
    tax_id_kind: str = "EI"
    pay_to: Address | None = None


@dataclass(frozen=True, slots=True)
class Clinician:
    """A person who had a part: rendering, referring, supervising, ordering (2310, 2420), attending, operating.

    `taxonomy` is written where the loop has a place for it: rendering (837P) and attending (837I).  `address` is that
    of an ordering provider of equipment (2420E).  `organization` is a rendering group, whose name stands in `last`.
    """

    last: str
    first: str
    npi: str
    taxonomy: str = ""
    middle: str = ""
    organization: bool = False
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Facility:
    """Where the service took place (2310C), given only where it differs from the billing provider."""

    name: str
    npi: str
    address: Address


@dataclass(frozen=True, slots=True)
class Person:
    """A subscriber or a patient.  `sex` is F, M or U.

    `birth` is None, `sex` '' and the address empty only in what was read: a file tells them of the patient alone.
    """

    last: str
    first: str
    birth: date | None
    sex: str
    address: Address
    middle: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """The coverage that is billed (2000B, 2010BA, 2010BB) or that of another payer (2320, 2330).

    `sequence` is P, S or T; `relationship` is the patient's to the subscriber: 18 self, 01 spouse, 19 child,
    G8 other; `filing` is SBR09 (MB, MC, BL, CI, HM, ...).  `insurance_type` is SBR05, why Medicare pays second.
    `casualty_number` is REF*Y4, the claim number of a workers' compensation or accident insurer.
    """

    subscriber: Person
    member_id: str
    payer_name: str
    payer_id: str
    filing: str
    sequence: str = "P"
    relationship: str = "18"
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    payer_address: Address | None = None
    casualty_number: str = ""


@dataclass(frozen=True, slots=True)
class OtherPayer:
    """Loop 2320 with 2330: another coverage of the patient and, where that payer has decided, what it said.

    `paid` is AMT*D in cents, None where that payer has not decided; `adjustments` are of the claim level alone, those
    of lines stand in `ServiceLine.prior`.  `payer_control` is its claim number (REF*F8), `adjudicated` DTP*573,
    `remaining` AMT*EAF, `noncovered` AMT*A8, `remarks` the codes of MOA, or where that says more `outpatient` its
    elements; `inpatient` those of MIA, which only an institutional claim tells.
    """

    coverage: Subscription
    paid: int | None = None
    adjudicated: date | None = None
    payer_control: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    remaining: int | None = None
    noncovered: int | None = None
    remarks: tuple[str, ...] = ()
    benefits: str = "Y"
    release: str = "Y"
    inpatient: tuple[str, ...] = ()
    outpatient: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinePayment:
    """Loop 2430: what another payer, named by its `payer_id`, decided on one line.

    `code` and `modifiers` are as that payer answered ('' where they are the line's own); `bundled` is SVD06, the
    number of the line into which this one was bundled, 0 where it was not; `revenue` stands in institutional claims.
    """

    payer_id: str
    paid: int
    adjudicated: date
    units: int = 1
    adjustments: tuple[Adjustment, ...] = ()
    code: str = ""
    modifiers: tuple[str, ...] = ()
    bundled: int = 0
    remaining: int | None = None
    revenue: str = ""


@dataclass(frozen=True, slots=True)
class Drug:
    """Loop 2410: an eleven-digit national drug code, how much of it (decimal text) and in what: ML, UN, GR, ME, F2.

    `prescription` is REF*XZ.
    """

    ndc: str
    quantity: str
    unit: str
    prescription: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """PWK: what paper it is (report type), how it comes (AA, BM, EL, EM, FT, FX) and the number that it bears."""

    report: str
    transmission: str
    control: str = ""


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """Loop 2400.  `charge` in cents; `pointers` count diagnoses from 1; `control` is REF*6R, unique in the claim.

    `units` count what `basis` says, UN units or MJ minutes of anaesthesia; `fraction` are decimals of the units ('5' of
    1.5).  `end_date` is the last day of a range.  `ordering` is 2420E, `rendering` 2420A where it is not the claim's.
    """

    control: str
    code: str
    charge: int
    units: int
    service_date: date
    pointers: tuple[int, ...]
    modifiers: tuple[str, ...] = ()
    description: str = ""
    place: str = ""
    basis: str = "UN"
    fraction: str = ""
    end_date: date | None = None
    emergency: bool = False
    epsdt: bool = False
    family_planning: bool = False
    authorization: str = ""
    referral: str = ""
    clia: str = ""
    note: str = ""
    attachments: tuple[Attachment, ...] = ()
    drug: Drug | None = None
    rendering: Clinician | None = None
    ordering: Clinician | None = None
    prior: tuple[LinePayment, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimDates:
    """The DTP segments of loop 2300, each where it is so: the day of the accident, of the onset and so on.

    `disabled_from` and `disabled_to` are the days on which the patient could not work (DTP*314, 360, 361).
    """

    onset: date | None = None
    initial_treatment: date | None = None
    last_seen: date | None = None
    acute: date | None = None
    accident: date | None = None
    last_menstrual: date | None = None
    last_xray: date | None = None
    disabled_from: date | None = None
    disabled_to: date | None = None
    last_worked: date | None = None
    return_to_work: date | None = None
    admission: date | None = None
    discharge: date | None = None


@dataclass(frozen=True, slots=True)
class ProfessionalClaim:
    """One CLM with everything that hangs on it.

    `control_number` is CLM01 and stays the same over all versions; `frequency` is 1, 7 or 8;
    `payer_control` (REF*F8) is needed for 7 and 8.  `diagnoses` are codes in order, with or without the dot.

    `related` are the causes of CLM11: AA car accident (then `accident_state`), EM employment, OA other accident.
    `others` are the patient's other payers; `patient_paid` is AMT*F5 in cents; `referral` REF*9F; `delay_reason` CLM20;
    `note_kind` NTE01; `release` CLM09; `homebound` CRC*75.  `benefits` (CLM08) follows from `assignment` where ''.
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
    supervising: Clinician | None = None
    others: tuple[OtherPayer, ...] = ()
    dates: ClaimDates = ClaimDates()
    related: tuple[str, ...] = ()
    accident_state: str = ""
    delay_reason: str = ""
    referral: str = ""
    clia: str = ""
    medical_record: str = ""
    patient_paid: int = 0
    attachments: tuple[Attachment, ...] = ()
    note_kind: str = "ADD"
    release: str = "Y"
    benefits: str = ""
    signature: bool = True
    homebound: bool = False

    @property
    def charge(self) -> int:
        """CLM02 in cents: the sum of the lines."""
        return sum(line.charge for line in self.lines)


@dataclass(frozen=True, slots=True)
class FileControl:
    """Numbers and moment of one interchange; `usage` is T (test) or P (production).

    `acknowledge` asks the receiver for a TA1 (ISA14).
    """

    interchange: int
    group: int
    transaction: str
    batch: str
    at: datetime
    usage: str = "T"
    acknowledge: bool = False
