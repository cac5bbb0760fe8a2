"""Every field of a claim that a person can set: those of `store.claims.facts`, of the records behind, of a UB-04."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from store.claims.facility import BILL_FIELDS, bill_text, change_bill, require_apart
from store.claims.facts import BY_NAME, CLAIM_FIELDS, DATES, INSTITUTIONAL, LINE_FIELDS, Facts, place, put
from store.claims.lives import lives_at
from store.claims.on_file import ON_FILE, fields_on_file, put_on_file, text_of
from store.claims.parts import encounters_of, lines_on
from store.coding.fees import fee_on
from store.errors import Refused
from store.money import parse_cents, show_cents
from store.tables import Claim, Coverage, Encounter, PatientContact, ServiceLine
from store.text import clean_line
from store.work.command import Change

CHARGE = "charge"
_CHARGE = ("charge of the line", "195.00")
_INSURANCE_TYPES = ("12", "13", "14", "15", "16", "41", "42", "43", "47")
_GROUPS = {
    "patient": "patient and insurance", "subscriber": "patient and insurance", "provider": "practice, provider, payer",
    "practice": "practice, provider, payer", "payer": "practice, provider, payer",
}  # fmt: skip
RECORD_FIELDS = {
    "authorization": ("authorisation number", "A123"),
    "group_number": ("group number", "G123"),
    "insurance_type": ("why Medicare pays second", "12"),
    "address": ("patient's address", "1 MAIN ST; LARKFIELD; KS; 668990001"),
}
"""Fields that stand on the claim itself, on the coverage or on the patient: what they are called, and an example."""


@dataclass(frozen=True, slots=True)
class Settable:
    """A field: its name ('2.ndc' is of the second line), what it is called, how it is written, what it says now."""

    name: str
    label: str
    example: str
    value: str = ""

    @property
    def group(self) -> str:
        """Under which head it stands among many."""
        number, dot, _ = self.name.partition(".")
        if dot and number.isdigit():
            return self.label.rpartition(", ")[2]
        if self.name in BILL_FIELDS and self.label.startswith("UB-04"):
            return "UB-04"
        if self.name in DATES:
            return "dates"
        return _GROUPS.get(number, "patient and insurance" if self.name in RECORD_FIELDS else "claim")


def known_fields() -> list[Settable]:
    """Every field there is; those of lines with an N before the dot."""
    found = [Settable(name, *told) for name, told in RECORD_FIELDS.items()]
    found += [Settable(one.name, one.label, one.example) for one in CLAIM_FIELDS]
    found += [Settable(f"N.{one.name}", one.label, one.example) for one in LINE_FIELDS]
    found += [
        Settable(f"N.{CHARGE}", *_CHARGE),
        *(Settable(name, one.label, one.example) for name, one in ON_FILE.items()),
    ]
    return found + [Settable(name, f"UB-04: {label}", example) for name, (label, example) in BILL_FIELDS.items()]


def fields_of(session: Session, claim: Claim) -> list[Settable]:
    """The fields that a claim may have, with what they say now; those that say something first."""
    told = Facts(session, [one.id for one in encounters_of(session, claim)]).texts
    lines = lines_on(session, claim.id)
    found = [Settable(name, *words, _record(session, claim, name)) for name, words in RECORD_FIELDS.items()]
    found += [Settable(one.name, one.label, one.example, told.get((None, one.name), "")) for one in CLAIM_FIELDS]
    for number, line in enumerate(lines, 1):
        for one in LINE_FIELDS:
            if one.name in INSTITUTIONAL and claim.kind != "institutional":
                continue
            label = f"{one.label}, line {number} {line.code}"
            found.append(Settable(f"{number}.{one.name}", label, one.example, told.get((line.id, one.name), "")))
        label = f"{_CHARGE[0]}, line {number} {line.code}"
        found.append(Settable(f"{number}.{CHARGE}", label, _CHARGE[1], show_cents(line.charge).replace(",", "")))
    if claim.kind == "institutional":
        values = bill_text(session, claim.encounter_id)
        found += [
            Settable(name, f"UB-04: {label}", example, values.get(name, ""))
            for name, (label, example) in BILL_FIELDS.items()
        ]
    found = sorted(found, key=lambda one: not one.value)
    names = fields_on_file(session, claim)
    return found + [
        Settable(name, ON_FILE[name].label, ON_FILE[name].example, text_of(session, claim, name)) for name in names
    ]


def value_of(session: Session, claim: Claim, name: str) -> str:
    """What a field says now."""
    return next((one.value for one in fields_of(session, claim) if one.name == name), "")


def set_fields(change: Change, claim: Claim, fields: tuple[tuple[str, str], ...]) -> None:
    """Set fields by name; an empty text takes one away.  `Refused` names the field that is wrong or unknown."""
    bill: dict[str, str] = {}
    for name, text in fields:
        number, dot, of_line = name.partition(".")
        if dot and number.isdigit():
            _set_of_line(change, claim, int(number), of_line, text)
        elif name in ON_FILE:
            put_on_file(change, claim, name, text)
        elif name in RECORD_FIELDS:
            _set_record(change, claim, name, clean_line(text))
        elif name in BILL_FIELDS:
            bill[name] = clean_line(text)
        else:
            for encounter in encounters_of(change.session, claim):
                put(change.session, encounter.id, None, name, text)
    if bill:
        require_apart(change.session, claim, change_bill(change, claim.encounter_id, bill))
        claim.kind = "institutional"


def _set_of_line(change: Change, claim: Claim, number: int, name: str, text: str) -> None:
    lines = lines_on(change.session, claim.id)
    where = f"{number}.{name}"
    if not 1 <= number <= len(lines):
        raise Refused(f"There is no line {number}.", where=where, do=f"It has lines 1 to {len(lines)}.")
    if name in INSTITUTIONAL and claim.kind != "institutional":
        raise Refused("Only a hospital's claim tells what is not covered of a line.", where=where)
    line = lines[number - 1]
    if name == CHARGE:
        _charge(line, text)
    else:
        put(change.session, line.encounter_id, line.id, name, text)


def is_field(name: str, *, line: bool) -> bool:
    """Whether a field of that name can be set."""
    if line:
        return name == CHARGE or (line, name) in BY_NAME
    return (line, name) in BY_NAME or name in RECORD_FIELDS or name in BILL_FIELDS or name in ON_FILE


def fee_of(session: Session, line: ServiceLine) -> int:
    """What the fee schedule asks for a line, in cents; 0 where it has no fee."""
    day = session.get_one(Encounter, line.encounter_id).service_date
    try:
        return fee_on(session, line.code, day).cents * line.units
    except Refused:
        return 0


def _charge(line: ServiceLine, text: str) -> None:
    cents = parse_cents(clean_line(text).lstrip("$").replace(",", ""))
    if cents <= 0:
        raise Refused("A line is charged with more than nothing.", where=_CHARGE[0], do=f"Write {_CHARGE[1]}")
    line.charge = cents


def _record(session: Session, claim: Claim, name: str) -> str:
    if name == "authorization":
        return claim.authorization
    if name == "address":
        found = lives_at(session, claim)
        return "; ".join((found.line1, found.city, found.state, found.zip)) if found.line1 else ""
    return str(getattr(session.get_one(Coverage, claim.coverage_id), name))


def _set_record(change: Change, claim: Claim, name: str, text: str) -> None:
    if name == "authorization":
        claim.authorization = text
    elif name == "address":
        told = place(text)
        row = change.session.get(PatientContact, claim.patient_id) or PatientContact(patient_id=claim.patient_id)
        row.line1, row.city, row.state, row.zip = told.line1, told.city, told.state, told.zip
        change.add(row)
    else:
        if name == "insurance_type" and text and text not in _INSURANCE_TYPES:
            raise Refused(f"{text[:10]!r} is no insurance type.", where=name, do=", ".join(_INSURANCE_TYPES))
        setattr(change.get(Coverage, claim.coverage_id), name, text.upper())


def label_of(name: str) -> str:
    """What a person calls a field ('2.ndc' is of the second line)."""
    number, dot, of_line = name.partition(".")
    if name in ON_FILE:
        return ON_FILE[name].label
    if name in RECORD_FIELDS:
        return RECORD_FIELDS[name][0]
    if name in BILL_FIELDS:
        return BILL_FIELDS[name][0]
    if dot and number.isdigit():
        label = _CHARGE[0] if of_line == CHARGE else BY_NAME[True, of_line].label
        return label.replace("of the line", f"of line {number}")
    return BY_NAME[False, name].label
