"""Which text stands where on a CMS-1500 (02/12): boxes 1 to 23 and 25 to 33 of a professional claim."""

from __future__ import annotations

from store.forms.grid import Marks
from store.x12.claim_values import Address, Person, ProfessionalClaim

ON_FILE = "SIGNATURE ON FILE"

_PROGRAMS = {"MA": 1, "MB": 1, "MC": 8, "CH": 15, "VA": 24}
_GROUP_PLANS = frozenset({"12", "13", "14", "BL", "CI", "HM"})
_GROUP_COLUMN, _OTHER_COLUMN = 31, 45
_RELATIONSHIPS = {"18": 33, "01": 38, "19": 42}
_OTHER_RELATION = 47
_DIAGNOSIS_COLUMNS = (3, 16, 29, 42)
_OTHER_DATES = (("454", "initial_treatment"), ("304", "last_seen"), ("453", "acute"), ("439", "accident"),
                ("455", "last_xray"))  # fmt: skip


def head_marks(marks: Marks, claim: ProfessionalClaim) -> None:
    """The payer's address and boxes 1 to 13."""
    _payer(marks, claim)
    _program(marks, claim)
    coverage = claim.subscription
    patient = claim.patient or coverage.subscriber
    marks.put(8, 50, 29, coverage.member_id)
    marks.put(10, 1, 28, _name(patient))
    marks.day(10, (31, 34, 37), patient.birth, long_year=True)
    marks.cross(10, {"M": 42, "F": 47}.get(patient.sex, 42), patient.sex in {"M", "F"})
    marks.put(10, 50, 29, _name(coverage.subscriber))
    marks.cross(12, _RELATIONSHIPS.get(coverage.relationship, _OTHER_RELATION))
    _home(marks, 1, patient.address)
    _home(marks, 50, coverage.subscriber.address if coverage.subscriber.address.line1 else patient.address)
    _other_insured(marks, claim)
    _related(marks, claim)
    _insured(marks, claim)
    marks.put(29, 7, 24, ON_FILE)
    marks.put(29, 56, 22, "" if claim.assignment == "C" else ON_FILE)


def _payer(marks: Marks, claim: ProfessionalClaim) -> None:
    coverage = claim.subscription
    marks.put(2, 41, 38, coverage.payer_name)
    address = coverage.payer_address
    if address:
        rows = [line for line in (address.line1, address.line2) if line]
        for row, line in enumerate([*rows, _city(address)], 3):
            marks.put(row, 41, 38, line)


def _program(marks: Marks, claim: ProfessionalClaim) -> None:
    coverage = claim.subscription
    column = _PROGRAMS.get(coverage.filing, _OTHER_COLUMN)
    if coverage.filing in _GROUP_PLANS and (coverage.group_number or coverage.group_name):
        column = _GROUP_COLUMN
    marks.cross(8, column)


def _home(marks: Marks, column: int, address: Address) -> None:
    marks.put(12, column, 28, " ".join(part for part in (address.line1, address.line2) if part))
    marks.put(14, column, 23, address.city)
    marks.put(14, column + 25, 3, address.state)
    marks.put(16, column, 12, _zip(address))


def _other_insured(marks: Marks, claim: ProfessionalClaim) -> None:
    """Box 9 and its parts: the first other payer."""
    marks.cross(26, 52 if claim.others else 57)
    if not claim.others:
        return
    other = claim.others[0].coverage
    marks.put(18, 1, 28, _name(other.subscriber))
    marks.put(20, 1, 28, " ".join(part for part in (other.member_id, other.group_number) if part))
    marks.put(26, 1, 28, other.payer_name)


def _related(marks: Marks, claim: ProfessionalClaim) -> None:
    for row, cause in ((20, "EM"), (22, "AA"), (24, "OA")):
        marks.cross(row, 35 if cause in claim.related else 41)
    marks.put(22, 45, 2, claim.accident_state if "AA" in claim.related else "")


def _insured(marks: Marks, claim: ProfessionalClaim) -> None:
    """Box 11: group, birth and sex of the insured, casualty number, plan."""
    coverage = claim.subscription
    alone = coverage.filing in {"MA", "MB"} and not claim.others
    marks.put(18, 50, 29, "NONE" if alone else coverage.group_number)
    if not alone:
        insured = coverage.subscriber
        marks.day(20, (53, 56, 59), insured.birth, long_year=True)
        marks.cross(20, {"M": 68, "F": 75}.get(insured.sex, 68), insured.sex in {"M", "F"})
    if coverage.casualty_number:
        marks.put(22, 50, 2, "Y4")
        marks.put(22, 53, 26, coverage.casualty_number)
    marks.put(24, 50, 29, coverage.group_name or coverage.payer_name)


def middle_marks(marks: Marks, claim: ProfessionalClaim) -> None:
    """Boxes 14 to 23."""
    dates = claim.dates
    first = (("431", dates.onset), ("484", dates.last_menstrual))
    qualifier, when = next((one for one in first if one[1]), ("", None))
    marks.day(32, (2, 5, 8), when)
    marks.put(32, 16, 3, qualifier)
    for code, name in _OTHER_DATES:
        other = getattr(dates, name)
        if other:
            marks.put(32, 31, 3, code)
            marks.day(32, (37, 40, 43), other)
            break
    marks.day(32, (54, 57, 60), dates.disabled_from)
    marks.day(32, (68, 71, 74), dates.disabled_to)
    _source(marks, claim)
    marks.day(34, (54, 57, 60), dates.admission)
    marks.day(34, (68, 71, 74), dates.discharge)
    marks.put(36, 1, 48, claim.note)
    marks.cross(36, 57)
    _diagnoses(marks, claim)
    if claim.frequency in {"7", "8"}:
        marks.put(38, 50, 1, claim.frequency)
        marks.put(38, 62, 17, claim.payer_control)
    marks.put(40, 50, 28, _number(claim))


def _number(claim: ProfessionalClaim) -> str:
    """Box 23 has room for one: the authorisation, the referral or the laboratory's number, of the claim or a line."""
    names = ("authorization", "referral", "clia")
    told = (getattr(one, name) for name in names for one in (claim, *claim.lines))
    return next((number for number in told if number), "")


def _source(marks: Marks, claim: ProfessionalClaim) -> None:
    """Box 17: who referred, ordered or supervised, the first that there is."""
    ordering = next((line.ordering for line in claim.lines if line.ordering), None)
    for qualifier, who in (("DN", claim.referring), ("DK", ordering), ("DQ", claim.supervising)):
        if who:
            marks.put(34, 1, 2, qualifier)
            marks.put(34, 4, 23, f"{who.first} {who.middle} {who.last}")
            marks.put(34, 33, 10, who.npi)
            return


def _diagnoses(marks: Marks, claim: ProfessionalClaim) -> None:
    marks.put(37, 42, 1, "0")
    for number, code in enumerate(claim.diagnoses[:12]):
        marks.put(38 + number // 4, _DIAGNOSIS_COLUMNS[number % 4], 8, code.replace(".", ""))


def foot_marks(marks: Marks, claim: ProfessionalClaim, total: int | None, paid: int) -> None:
    """Boxes 25 to 33; `total` is None on a page that goes on with the next."""
    billing = claim.billing
    marks.put(56, 1, 15, billing.tax_id)
    marks.cross(56, 17 if billing.tax_id_kind == "SY" else 19)
    marks.put(56, 23, 14, claim.control_number)
    marks.cross(56, 43 if claim.assignment == "C" else 38)
    if total is None:
        marks.put(56, 51, 9, "CONTINUED")
    else:
        marks.money(56, 51, 9, total)
        marks.money(56, 62, 8, paid)
    _facility(marks, claim)
    signer = claim.rendering
    marks.put(59, 1, 21, f"{signer.first} {signer.last}" if signer else billing.name)
    marks.put(60, 1, 21, ON_FILE if claim.signature else "")
    phone = "".join(letter for letter in billing.phone if letter.isdigit())[-10:]
    marks.put(57, 66, 3, phone[:3])
    marks.put(57, 70, 9, f"{phone[3:6]} {phone[6:]}" if phone else "")
    marks.put(58, 50, 29, billing.name)
    marks.put(59, 50, 29, _street(billing.address))
    marks.put(60, 50, 29, _city(billing.address))
    marks.put(61, 51, 10, billing.npi)


def _facility(marks: Marks, claim: ProfessionalClaim) -> None:
    facility = claim.facility
    if facility:
        marks.put(58, 23, 26, facility.name)
        marks.put(59, 23, 26, _street(facility.address))
        marks.put(60, 23, 26, _city(facility.address))
        marks.put(61, 24, 10, facility.npi)


def _name(person: Person) -> str:
    return ", ".join(part for part in (person.last, person.first, person.middle[:1]) if part)


def _street(address: Address) -> str:
    return " ".join(part for part in (address.line1, address.line2) if part)


def _city(address: Address) -> str:
    return f"{address.city} {address.state} {_zip(address)}"


def _zip(address: Address) -> str:
    return f"{address.zip[:5]}-{address.zip[5:]}" if len(address.zip) == 9 else address.zip
