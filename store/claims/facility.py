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
procedures = [{ code = "0SR9019", day = 2026-03-02 }]       # ICD-10-PCS, the principal one first (inpatient)
external = [{ code = "W18.30XA", present = "Y" }]           # causes of injury that are not among the diagnoses
operating_npi = "1999999984 STONE, VAL"                     # the name of who is not on file
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import or_
from sqlmodel import Session, col, select

from store.claims.facts import clinician
from store.errors import NotFound, Refused
from store.money import parse_cents, show_cents
from store.people.roles import Permission
from store.plain_tables import toml_of
from store.tables import Claim, ClaimLine, Encounter, FacilityBill
from store.work.command import Change, Command, Said
from store.x12.institutional_codes import INPATIENT, MAX_REASONS


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


class Performed(BaseModel):
    """An ICD-10-PCS procedure and its day."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(pattern="^[0-9A-HJ-NP-Z]{7}$")
    day: date


class Cause(BaseModel):
    """An external cause of injury and whether it was present on admission ('' where that is not told)."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(pattern="^[V-Y][0-9][0-9A-Z.]{1,6}$")
    present: str = Field(default="", pattern="^[NUWY]?$")


class Bill(BaseModel):
    """The facts of an institutional bill."""

    model_config = ConfigDict(extra="forbid")

    bill_type: str = Field(pattern="^0?[0-9]{2}[0-9]?$")
    attending_npi: str = ""
    operating_npi: str = ""
    other_operating_npi: str = ""
    rendering_npi: str = ""
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
    procedures: list[Performed] = Field(default=[], max_length=25)
    external: list[Cause] = Field(default=[], max_length=12)
    revenue: list[str] = Field(min_length=1)

    @property
    def facility_type(self) -> str:
        """The first two digits, without the leading zero."""
        return self.bill_type.removeprefix("0")[:2]


OF_EACH_VISIT = ("revenue", "conditions", "occurrences", "external", "reasons")
"""What each visit on one claim may tell for itself; all else has to be the same."""


def together(one: Bill | None, other: Bill | None) -> bool:
    """Whether visits with these bills may go on one claim: both none, or alike; a stay is always one of its own."""
    if one is None or other is None:
        return one is other
    if (
        one.facility_type in INPATIENT
        or one.values
        or other.values
        or len({*one.reasons, *other.reasons}) > MAX_REASONS
    ):
        return False
    left_out = set(OF_EACH_VISIT)
    return one.model_dump(exclude=left_out) == other.model_dump(exclude=left_out)


def require_apart(session: Session, claim: Claim, bill: Bill) -> None:
    """Refused where a stay would stand on a claim with further visits."""
    visits = select(ClaimLine.encounter_id).where(ClaimLine.claim_id == claim.id, ClaimLine.active).distinct()
    if bill.facility_type in INPATIENT and len(session.exec(visits).all()) > 1:
        what = f"Claim {claim.control_number} bills several visits, and a stay has a claim of its own."
        raise Refused(what, do="Take the other visits off it first.")


def bill_of(session: Session, encounter_id: int) -> Bill | None:
    """The bill of an encounter, None where the encounter is professional."""
    row = session.get(FacilityBill, encounter_id)
    return Bill.model_validate_json(row.content) if row else None


_PERSON = "1999999984 SMITH, JOHN"
_PEOPLE = ("attending_npi", "operating_npi", "other_operating_npi", "rendering_npi")

BILL_FIELDS = {
    "bill_type": ("type of bill", "131"),
    "attending_npi": ("attending provider", _PERSON),
    "operating_npi": ("operating provider", _PERSON),
    "other_operating_npi": ("other operating provider", _PERSON),
    "rendering_npi": ("rendering provider, if not the attending", _PERSON),
    "status": ("discharge status", "01"),
    "type": ("type of admission", "3"),
    "source": ("source of admission", "1"),
    "hour": ("hour of admission", "9"),
    "discharge_hour": ("hour of discharge", "17"),
    "admitting": ("admitting diagnosis", "R07.9"),
    "reasons": ("reasons for the visit", "R07.9 R06.02"),
    "present": ("present on admission, by diagnosis", "Y N U W"),
    "conditions": ("condition codes", "44 C1"),
    "occurrences": ("occurrence codes and days", "11 2026-03-02, 70 2026-03-02 2026-03-04"),
    "values": ("value codes and amounts", "A1 100.00, 80 3.00"),
    "drg": ("DRG", "470"),
    "procedures": ("ICD-10-PCS procedures and days", "0SR9019 2026-03-02, 02HV33Z 2026-03-03"),
    "external": ("further causes of injury, with Y N U W", "W18.30XA Y, Y92.89"),
    "revenue": ("revenue codes, by line", "0450 0636"),
}
"""What can be set one by one: the field of `Bill`, what it is called, and an example."""

_PARTS = {"occurrences": ("code", "day", "until"), "procedures": ("code", "day"), "external": ("code", "present")}
_LISTS = frozenset({"reasons", "present", "conditions", "revenue"})


def bill_text(session: Session, encounter_id: int) -> dict[str, str]:
    """Each field of an encounter's bill as it is written."""
    bill = bill_of(session, encounter_id)
    if bill is None:
        return {}
    told = {name: getattr(bill, name) for name in BILL_FIELDS}
    texts = {name: " ".join(value) if name in _LISTS else str(value or "") for name, value in told.items()}
    days = (" ".join(str(part) for part in (one.code, one.day, one.until) if part) for one in bill.occurrences)
    texts["occurrences"] = ", ".join(days)
    texts["procedures"] = ", ".join(f"{one.code} {one.day}" for one in bill.procedures)
    texts["external"] = ", ".join(f"{one.code} {one.present}".rstrip() for one in bill.external)
    texts["values"] = ", ".join(f"{one.code} {show_cents(one.cents)}".replace(",", "") for one in bill.values)
    return texts | {name: "" if told[name] is None else str(told[name]) for name in ("hour", "discharge_hour")}


def change_bill(change: Change, encounter_id: int, fields: dict[str, str]) -> Bill:
    """Set fields of an encounter's bill, which begins with a type of bill and revenue codes."""
    bill = bill_of(change.session, encounter_id)
    told = bill.model_dump(mode="json") if bill else {}
    for name, text in fields.items():
        told[name] = _parsed(name, text)
    row = change.session.get(FacilityBill, encounter_id) or FacilityBill(encounter_id=encounter_id, content="")
    made = _checked(change.session, told)
    row.content = made.model_dump_json()
    change.add(row)
    return made


def _parsed(name: str, text: str) -> Any:
    if name in _LISTS:
        return text.upper().replace(",", " ").split()
    if name in {"hour", "discharge_hour"}:
        return text or None
    parts = [part.split() for part in text.upper().split(",") if part.strip()]
    if name in _PARTS:
        return [dict(zip(_PARTS[name], part, strict=False)) for part in parts]
    if name == "values":
        if any(len(part) != 2 for part in parts):
            raise Refused(f"{text[:30]!r} is no value code with its amount.", where=name, do="Write A1 100.00, 80 3.00")
        return [{"code": part[0], "cents": parse_cents(part[1])} for part in parts]
    return text.upper()


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
        bill = _checked(change.session, toml_of(self.text))
        content = bill.model_dump_json()
        row = change.session.get(FacilityBill, found.id)
        if row is None:
            row = FacilityBill(encounter_id=found.id, content=content)
        row.content = content
        change.add(row)
        told = "Its claim will be an 837I."
        lines = select(ClaimLine.claim_id).where(ClaimLine.encounter_id == found.id)
        where = or_(col(Claim.encounter_id) == found.id, col(Claim.id).in_(lines))
        for claim in change.session.exec(select(Claim).where(where)).all():
            require_apart(change.session, claim, bill)
            correctable(change, claim.id).kind = "institutional"
            told = rebuild(change, claim)
        return Said(f"Encounter {found.number} is institutional: {told}", found.id)


def bill_fault(name: str, text: str) -> None:
    """`Refused` where a field of a bill can't say this, whatever the others say."""
    _checked(None, {"bill_type": "131", "revenue": ["0450"]} | {name: _parsed(name, text)})


def _checked(session: Session | None, told: dict[str, Any]) -> Bill:
    try:
        bill = Bill.model_validate(told)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise Refused(f"{first['msg']}.", where=".".join(str(part) for part in first["loc"])) from None
    for name in _PEOPLE:
        text = getattr(bill, name)
        if text:
            try:
                clinician(session, text)
            except Refused as wrong:
                raise Refused(wrong.what, where=BILL_FIELDS[name][0], do=wrong.do) from None
    return bill
