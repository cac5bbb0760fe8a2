"""What a claim tells beside codes and people on file: one text a field, of the encounter or of one of its lines.

    superbill claims set 10001-1 "referring=1999999984 SMITH, JOHN" "2.ndc=00409-1234-01 10 ML"

A field is kept as it is written here, checked when it comes in, and read again for each version of the claim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from store.errors import Refused
from store.intake.npi import is_npi
from store.money import parse_cents
from store.tables import ClaimFact, Provider
from store.text import clean_line
from store.x12.claim_values import Address, Attachment, Clinician, Drug, Facility

_CLINICIAN = re.compile(r"(\d{10})(?:\s+([^,;]+?)\s*,\s*([^,;]+?))?(?:\s*;\s*(.+))?", re.ASCII)
_FACILITY = re.compile(r"(\d{10})\s+([^;]+?)\s*;\s*(.+)", re.ASCII)
_CLIA = re.compile(r"\d{2}D\d{7}", re.ASCII)
_DRUG = re.compile(r"([0-9-]{11,13})\s+(\d{1,8}(?:\.\d{1,3})?)\s+(F2|GR|ME|ML|UN)(?:\s+(\S{1,50}))?", re.ASCII)
_ATTACHMENT = re.compile(r"([0-9A-Z]{2})\s+(?:(AA)|(BM|EL|EM|FT|FX)\s+(\S{1,50}))", re.ASCII)
_NUMBER = re.compile(r"[0-9A-Z .#/-]{1,50}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be told: its name, what a person calls it, how it is written, and where it stands."""

    name: str
    label: str
    example: str
    where: str
    check: Callable[[Session | None, str], object]
    line: bool = False


def clinician(session: Session | None, text: str) -> Clinician:
    """'1999999984 SMITH, JOHN', the name left out for who is on file; an address may follow ('; street; city; ...').

    Without a session nobody is on file.
    """
    found = _CLINICIAN.fullmatch(text.upper())
    if found is None or not is_npi(found[1]):
        raise Refused(f"{text[:40]!r} does not begin with an NPI.", do="Write 1999999984 SMITH, JOHN")
    address = place(found[4]) if found[4] else None
    if found[2]:
        return Clinician(found[2], found[3], found[1], address=address)
    known = session.exec(select(Provider).where(Provider.npi == found[1])).first() if session else None
    if known is None:
        raise Refused(f"The NPI {found[1]} is not on file here.", do=f"Write its name too: {found[1]} SMITH, JOHN")
    return Clinician(known.last, known.first, known.npi, known.taxonomy, address=address)


def facility(_session: Session | None, text: str) -> Facility:
    """'1999999984 CITY HOSPITAL; 1 MAIN ST; LARKFIELD; KS; 668990001'."""
    found = _FACILITY.fullmatch(text.upper())
    if found is None or not is_npi(found[1]):
        raise Refused("The place of service is not whole.", do="Write NPI NAME; street; city; state; ZIP")
    return Facility(found[2], found[1], place(found[3]))


def place(text: str) -> Address:
    """'1 MAIN ST; LARKFIELD; KS; 668990001'."""
    parts = [part.strip() for part in text.split(";")]
    if len(parts) != 4 or not all(parts) or not re.fullmatch(r"\d{5}(-?\d{4})?", parts[3], re.ASCII):
        raise Refused(f"{text[:40]!r} is no address.", do="Write street; city; state; ZIP")
    return Address(parts[0], parts[1], parts[2].upper(), parts[3].replace("-", ""))


def drug(_session: Session | None, text: str) -> Drug:
    """'00409-1234-01 10 ML', the number of the prescription after it where there is one."""
    found = _DRUG.fullmatch(text.upper())
    code = found[1].replace("-", "") if found else ""
    if found is None or len(code) != 11:
        raise Refused(f"{text[:40]!r} is no drug.", do="Write the eleven digits, how much and ML, UN, GR, ME or F2")
    return Drug(code, found[2], found[3], found[4] or "")


def attachments(_session: Session | None, text: str) -> tuple[Attachment, ...]:
    """'OZ EL A123, B3 AA': kind of report, how it comes, and the number on it (none where it is there on request)."""
    made = []
    for part in text.upper().split(","):
        found = _ATTACHMENT.fullmatch(part.strip())
        if found is None:
            raise Refused(
                f"{part.strip()[:30]!r} is no attachment.", do="Write OZ EL A123 (EL electronic, BM mail, FX fax)"
            )
        made.append(Attachment(found[1], found[2] or found[3], found[4] or ""))
    return tuple(made)


def day(_session: Session | None, text: str) -> date:
    """'2026-03-02'."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text[:20]!r} is no date.", do="Write 2026-03-02") from None


def _causes(_session: Session | None, text: str) -> tuple[str, ...]:
    parts = tuple(text.upper().replace(",", " ").split())
    if not 1 <= len(parts) <= 2 or not {*parts} <= {"AA", "EM", "OA"}:
        raise Refused(f"{text[:20]!r} is no cause.", do="Write AA (car), EM (work) or OA (other accident)")
    return parts


def _matching(form: str, told: str) -> Callable[[Session | None, str], str]:
    def check(_session: Session | None, text: str) -> str:
        if not re.fullmatch(form, text, re.ASCII):
            raise Refused(f"{text[:30]!r} is not of that form.", do=f"Write {told}")
        return text

    return check


def _cents(_session: Session | None, text: str) -> int:
    return parse_cents(text)


_number = _matching(_NUMBER.pattern, "the number as it was given: letters and digits")
_words = _matching(r".{1,80}", "at most 80 characters")
DATES = {
    "onset": ("day of onset", "431"), "initial_treatment": ("day of the first treatment", "454"),
    "last_seen": ("day last seen", "304"), "acute": ("day of the acute manifestation", "453"),
    "accident": ("day of the accident", "439"), "last_menstrual": ("last menstrual period", "484"),
    "last_xray": ("day of the last X-ray", "455"), "disabled_from": ("unable to work from", "360"),
    "disabled_to": ("unable to work until", "361"), "last_worked": ("day last worked", "297"),
    "return_to_work": ("back to work on", "296"), "admission": ("day of admission", "435"),
    "discharge": ("day of discharge", "096"),
}  # fmt: skip
"""Days that a claim tells: what each is called, and its qualifier (DTP)."""
_PERSON = "1999999984 SMITH, JOHN"

CLAIM_FIELDS = (
    Field("referring", "referring provider", _PERSON, "2310A", clinician),
    Field("supervising", "supervising provider", _PERSON, "2310D", clinician),
    Field("facility", "place of service", "1999999984 CITY HOSPITAL; 1 MAIN ST; LARKFIELD; KS; 668990001", "2310C",
          facility),
    Field("referral", "referral number", "R123", "2300 REF*9F", _number),
    Field("clia", "CLIA number", "17D1234567", "2300 REF*X4", _matching(_CLIA.pattern, "17D1234567")),
    Field("note", "claim note", "SECOND OPINION", "2300 NTE", _words),
    Field("attachments", "attachments", "OZ EL A123, B3 AA", "2300 PWK", attachments),
    Field("related", "related to an accident", "AA EM", "2300 CLM11", _causes),
    Field("accident_state", "state of the accident", "KS", "2300 CLM11", _matching("[A-Z]{2}", "two letters")),
    Field("delay_reason", "delay reason", "7", "2300 CLM20", _matching("[1-9]|1[015]", "1 to 11, or 15")),
    Field("patient_paid", "paid by the patient", "12.50", "2300 AMT*F5", _cents),
    Field("medical_record", "medical record number", "M123", "2300 REF*EA", _number),
    *(Field(name, label, "2026-03-02", f"2300 DTP*{code}", day) for name, (label, code) in DATES.items()),
)  # fmt: skip
LINE_FIELDS = (
    Field("ndc", "drug", "00409-1234-01 10 ML", "2410", drug, line=True),
    Field("ordering", "ordering provider", _PERSON, "2420E", clinician, line=True),
    Field("rendering", "rendering provider of the line", _PERSON, "2420A", clinician, line=True),
    Field("clia", "CLIA number of the line", "17D1234567", "2400 REF*X4", _matching(_CLIA.pattern, "17D1234567"),
          line=True),
    Field("authorization", "authorisation of the line", "A123", "2400 REF*G1", _number, line=True),
    Field("referral", "referral of the line", "R123", "2400 REF*9F", _number, line=True),
    Field("description", "description of the line", "SPECIAL BANDAGE", "2400 SV101-7", _words, line=True),
    Field("note", "note of the line", "LEFT FOOT", "2400 NTE", _words, line=True),
    Field("attachments", "attachments of the line", "OZ EL A123", "2400 PWK", attachments, line=True),
    Field("noncovered", "not covered of the line, UB-04", "12.50", "2400 SV207", _cents, line=True),
)  # fmt: skip
AUTHORIZATION = Field("authorization", "authorisation number", "A123", "2300 REF*G1", _number)
"""It arrives with the encounter and is from the first version on the claim's own, for each payer gives another one."""

INSTITUTIONAL = frozenset({"noncovered"})
"""Fields of lines that only a hospital's claim has a place for."""
AWAITING = "@"
"""Between a line's field and the procedure that it arrived for (`ndc@J1885`), until there is such a line."""

BY_NAME: Mapping[tuple[bool, str], Field] = {
    (one.line, one.name): one for one in (*CLAIM_FIELDS, *LINE_FIELDS, AUTHORIZATION)
}


class Facts:
    """The fields of some encounters, read once."""

    def __init__(self, session: Session, encounter_ids: Iterable[int]) -> None:
        self._session = session
        query = select(ClaimFact).where(col(ClaimFact.encounter_id).in_(list(encounter_ids)))
        rows = session.exec(query.order_by(col(ClaimFact.id))).all()
        self.texts = {(row.service_line_id, row.name): row.value for row in rows}

    def of_claim(self) -> dict[str, object]:
        """What the claim tells, by field."""
        own = ((name, text) for (of, name), text in self.texts.items() if of is None and AWAITING not in name)
        found = {name: text for name, text in own if name != AUTHORIZATION.name}
        return {name: self._value(name, text, line=False) for name, text in found.items()}

    def of_line(self, service_line_id: int | None) -> dict[str, object]:
        """What a procedure line tells, by field."""
        if service_line_id is None:
            return {}
        found = {name: text for (of, name), text in self.texts.items() if of == service_line_id}
        return {name: self._value(name, text, line=True) for name, text in found.items()}

    def _value(self, name: str, text: str, *, line: bool) -> object:
        return BY_NAME[line, name].check(self._session, text)


def put(session: Session, encounter_id: int, service_line_id: int | None, name: str, text: str) -> None:
    """Keep a field, or take it away where the text is empty; `Refused` names the field that is wrong."""
    field = BY_NAME.get((service_line_id is not None, name))
    if field is None:
        of = "line" if service_line_id is not None else "claim"
        raise Refused(f"{name[:30]!r} is no field of a {of}.", do="List them: superbill claims fields")
    value = clean_line(text)
    if value:
        try:
            field.check(session, value)
        except Refused as wrong:
            raise Refused(wrong.what, where=field.label, do=wrong.do) from None
    query = select(ClaimFact).where(ClaimFact.encounter_id == encounter_id, ClaimFact.name == name)
    row = session.exec(query.where(ClaimFact.service_line_id == service_line_id)).first()
    if row is not None and not value:
        session.delete(row)
    elif row is not None:
        row.value = value
    elif value:
        session.add(ClaimFact(encounter_id=encounter_id, service_line_id=service_line_id, name=name, value=value))
    session.flush()


def put_awaiting(session: Session, encounter_id: int, name: str, told: Iterable[tuple[str, str]]) -> None:
    """Keep a field of lines that are not there yet: (procedure, text) in order."""
    for code, text in told:
        BY_NAME[True, name].check(session, text)
        session.add(ClaimFact(encounter_id=encounter_id, name=f"{name}{AWAITING}{code}", value=text))
    session.flush()
