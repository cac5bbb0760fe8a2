"""What makes an encounter an institutional bill (837I): the facts of form UB-04 that no encounter tells, as TOML.

bill_type = "131"                 # facility type and frequency; the frequency follows the claim
attending_npi = "2999900113"
status = "01"                     # discharge status
type = "3"                        # of admission
source = "1"
hour = 9
conditions = ["44"]
occurrences = [{ code = "11", day = 2026-03-02 }]
values = [{ code = "A1", cents = 10000 }]
present = ["Y", "N"]              # present on admission, diagnosis by diagnosis (inpatient)
reasons = ["R07.9"]
revenue = ["0450", "0636"]        # by procedure line
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlmodel import Session, select

from store.errors import NotFound, Refused
from store.people.roles import Permission
from store.tables import Claim, Encounter, FacilityBill
from store.work.command import Change, Command, Said


class Occurred(BaseModel):
    """An occurrence code and its day; with `until` a span."""

    model_config = ConfigDict(extra="forbid")
    code: str
    day: date
    until: date | None = None


class Valued(BaseModel):
    """A value code and its amount in cents."""

    model_config = ConfigDict(extra="forbid")
    code: str
    cents: int


class Bill(BaseModel):
    """The facts of an institutional bill."""

    model_config = ConfigDict(extra="forbid")

    bill_type: str = Field(pattern="^0?[0-9]{2}[0-9]?$")
    attending_npi: str = ""
    operating_npi: str = ""
    status: str = "01"
    type: str = "9"
    source: str = ""
    hour: int | None = Field(default=None, ge=0, le=23)
    discharge_hour: int | None = Field(default=None, ge=0, le=23)
    admitting: str = ""
    reasons: list[str] = Field(default=[], max_length=3)
    present: list[str] = []
    conditions: list[str] = []
    occurrences: list[Occurred] = []
    values: list[Valued] = []
    drg: str = ""
    revenue: list[str] = Field(min_length=1)

    @property
    def facility_type(self) -> str:
        """The first two digits, without the leading zero."""
        return self.bill_type.removeprefix("0")[:2]


def bill_of(session: Session, encounter_id: int) -> Bill | None:
    """The bill of an encounter, None where the encounter is professional."""
    row = session.get(FacilityBill, encounter_id)
    return Bill.model_validate_json(row.content) if row else None


@dataclass(frozen=True, slots=True)
class SetFacilityBill(Command):
    """Make an encounter institutional; its claim is made anew if there is one that was not sent."""

    encounter_number: str
    text: str
    name: ClassVar[str] = "claims.facility_bill"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """Refused with the field that is wrong, and for a claim that is on its way."""
        from store.claims.build import rebuild
        from store.claims.correct import correctable

        found = change.session.exec(select(Encounter).where(Encounter.number == self.encounter_number.strip())).first()
        if found is None:
            raise NotFound(f"There is no encounter {self.encounter_number[:20]!r}.")
        change.patient_id = found.patient_id
        content = _read(self.text).model_dump_json()
        row = change.session.get(FacilityBill, found.id)
        if row is None:
            row = FacilityBill(encounter_id=found.id, content=content)
        row.content = content
        change.add(row)
        told = "Its claim will be an 837I."
        claims = change.session.exec(select(Claim).where(Claim.encounter_id == found.id)).all()
        for claim in claims:
            correctable(change, claim.id).kind = "institutional"
            told = rebuild(change, claim)
        return Said(f"Encounter {found.number} is institutional: {told}", found.id)


def _read(text: str) -> Bill:
    try:
        told: dict[str, Any] = tomllib.loads(text)
        return Bill.model_validate(told)
    except tomllib.TOMLDecodeError as wrong:
        raise Refused(f"This is not TOML: {wrong}.") from None
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise Refused(f"{first['msg']}.", where=".".join(str(part) for part in first["loc"])) from None
