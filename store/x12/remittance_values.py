"""What a remittance file (835, 005010X221A1) says, as plain values: signs are the file's own, money integer cents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One reason of a CAS segment: positive lowers the payment.  `quantity` is CAS04 and counts units, not money."""

    group: str
    reason: str
    cents: int
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class RemitLine:
    """Loop 2110.  `control` is REF*6R as it came back; `segment` is the place of SVC in the file, from 1."""

    segment: int
    code: str
    charge: int
    paid: int
    modifiers: tuple[str, ...] = ()
    units: str = ""
    submitted_code: str = ""
    service_date: date | None = None
    control: str = ""
    allowed: int | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemitClaim:
    """Loop 2100.  `status` is CLP02; `control_number` CLP01; `payer_control` CLP07; `frequency` CLP09.

    `adjudication` are MIA (a stay) and MOA as they came, in our own separators: 'MIA*2**0***~MOA***MA18'.
    """

    segment: int
    control_number: str
    status: str
    charge: int
    paid: int
    patient_responsibility: int | None
    filing: str
    payer_control: str
    frequency: str = ""
    patient_name: str = ""
    member_id: str = ""
    service_from: date | None = None
    service_to: date | None = None
    interest: int = 0
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[RemitLine, ...] = ()
    remarks: tuple[str, ...] = ()
    adjudication: str = ""


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """One pair of a PLB segment: positive takes money away, negative gives it."""

    segment: int
    provider: str
    reason: str
    reference: str
    cents: int


@dataclass(frozen=True, slots=True)
class Payment:
    """One ST-SE of an 835.

    `amount` is BPR02, `credit` BPR03 (C or D), `method` BPR04, `paid_on` BPR16; `trace` is TRN02 and `payer_trace_id`
    TRN03.  `set_control` is ST02 and `segment` the place of ST in the file; `handling` is BPR01 (H: information only).

    Both C and D of BPR03 bring money to the provider: neither turns the sign of `amount`.
    """

    segment: int
    set_control: str
    amount: int
    credit: str
    method: str
    paid_on: date
    trace: str
    payer_trace_id: str
    payer_name: str
    payer_id: str
    payee_name: str
    payee_npi: str
    payee_tax_id: str = ""
    claims: tuple[RemitClaim, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    production_date: date | None = None
    handling: str = ""


@dataclass(frozen=True, slots=True)
class RemittanceFile:
    """Every payment of a file, over all its interchanges and groups; `notices` tell what was read forgivingly."""

    sender: str
    receiver: str
    interchange_controls: tuple[str, ...]
    payments: tuple[Payment, ...] = field(default=())
    notices: tuple[str, ...] = ()
