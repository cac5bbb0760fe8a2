"""An encounter as other systems tell of it, before it is a record here.  Text is already cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PersonIn:
    """A patient, a subscriber or a guarantor.  `source_id` is the sender's identifier; `sex` is F, M or U."""

    source_id: str
    last: str
    first: str
    birth: date
    sex: str
    line1: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    email: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class CoverageIn:
    """One insurance of the patient, `order` 1 for primary; `subscriber` is None when the patient is the subscriber."""

    payer_name: str
    payer_id: str
    member_id: str
    order: int = 1
    group_number: str = ""
    relationship: str = "18"
    subscriber: PersonIn | None = None


@dataclass(frozen=True, slots=True)
class ProviderIn:
    """The clinician who saw the patient."""

    npi: str
    last: str
    first: str
    specialty: str = ""


@dataclass(frozen=True, slots=True)
class EncounterIn:
    """One encounter with its note.

    `claim` holds what the claim will tell beside codes and people, by the names of `store.claims.arriving`.

    `source` and `source_id` together are unique: importing the same pair again changes nothing.  `place` is the
    place-of-service code; `setting` is outpatient or inpatient; `line` is the row or entry in the file, from 1.
    """

    source: str
    source_id: str
    line: int
    patient: PersonIn
    provider: ProviderIn
    service_date: date
    note: str
    coverages: tuple[CoverageIn, ...] = ()
    facility: str = ""
    place: str = "11"
    setting: str = "outpatient"
    kind: str = ""
    discharge_date: date | None = None
    claim: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was refused: where it stands, the field at fault, why, and the row as it came."""

    file: str
    line: int
    field: str
    reason: str
    original: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What reading one file gave: the good encounters, the refused rows, and what was taken with a doubt.

    A warning is one sentence that ends in where it holds: "The encounter has no note. (entries 4, 9)".
    """

    encounters: tuple[EncounterIn, ...]
    rejects: tuple[Reject, ...]
    warnings: tuple[str, ...] = ()
