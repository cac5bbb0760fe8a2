"""From a finding to its fix: the field of the claim, or of a record behind it, where `f` lands, and what mends it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from sqlmodel import Session

from store.claims.correct import CorrectClaim, RouteToCoder
from store.claims.edit_work import HoldClaim, RescrubClaims
from store.claims.facility import bill_of
from store.claims.fields import fee_of, is_field, label_of, value_of
from store.claims.judge import findings_of
from store.claims.on_file import DESK, ON_FILE, may_change
from store.claims.parts import lines_on
from store.claims.routing import RouteClaim
from store.claims.scrub import Fix, Severity
from store.errors import NotFound, Refused
from store.money import show_cents
from store.people.roles import Actor, Permission
from store.tables import Claim, ClaimFinding
from store.text import clean_line
from store.work.command import Change, Command, Said, free_text

_RECORDS = {
    (Fix.PRACTICE, "C.NPI"): "practice.npi",
    (Fix.PRACTICE, "C.TAXID"): "practice.tax_id",
    (Fix.PRACTICE, "C.TAXONOMY"): "practice.taxonomy",
    (Fix.PRACTICE, "C.ZIP4"): "practice.address",
    (Fix.PRACTICE, "C.STREET"): "practice.address",
    (Fix.PROVIDER, "C.NPI"): "provider.npi",
    (Fix.PROVIDER, "C.TAXONOMY"): "provider.taxonomy",
    (Fix.PROVIDER, "P.REQUIRED"): "provider.taxonomy",
    (Fix.PATIENT, "C.BIRTH"): "patient.birth",
    (Fix.FEES, "C.CHARGE"): "charge",
    (Fix.PAYER, "P.KIND"): "payer.claim_kinds",
    (Fix.PAYER, "P.FREQUENCY"): "payer.frequencies",
}
"""Which field a finding means, where its fix names a record of several."""
_ELSEWHERE = {
    Fix.PATIENT: "c corrects a field of the patient; then press b.",
    Fix.COVERAGE: "c corrects a field of the coverage; then press b.",
    Fix.PROVIDER: "c corrects a field of the provider; then press b.",
    Fix.PRACTICE: "superbill practice set changes the practice; then press b.",
    Fix.PAYER: "superbill payers set changes the payer; then press b.",
    Fix.FEES: "superbill fees set gives the procedure a fee; c corrects the charge of a line.",
    Fix.CORRECT: "c corrects what was rejected; O lets it go again with the reason.",
}
_OWN = {Fix.MEMBER: "member id", Fix.PLACE: "place of service", Fix.MODIFIERS: "modifiers of the line"}
HOLD_DAYS = 7


@dataclass(frozen=True, slots=True)
class Landing:
    """Where `f` lands: the question there, and what stands there now.

    `field` is a name of `store.claims.fields`, empty where something else than a field is asked; `desk` is whom a
    question goes to instead, where the person may not change the record.
    """

    question: str
    stands: str = ""
    field: str = ""
    desk: str = ""


def fixes(session: Session, claim_id: int) -> list[tuple[str, str, str]]:
    """The findings of a claim that are not let pass: (mark, what was found, where its fix is), what blocks first."""
    claim = session.get_one(Claim, claim_id)
    return [
        (one.mark, f"{one.code} {one.place}: {one.message}", fix_words(session, claim, one))
        for one in findings_of(session, claim_id)
        if one.severity != Severity.INFO and not one.overridden
    ]


def fix_words(session: Session, claim: Claim, found: ClaimFinding) -> str:
    """Where the fix of a finding is, in a few words."""
    fix = Fix(found.fix)
    if fix in _OWN:
        return _OWN[fix]
    if fix is Fix.CODER:
        return "a question to the coder"
    field = _field(session, claim, found)
    return label_of(field) if field else found.todo


def warnings(session: Session, claim_id: int) -> list[tuple[str, str]]:
    """The warnings that may be let pass: (mark, what was found)."""
    found = findings_of(session, claim_id)
    return [(one.mark, f"{one.code}: {one.message}") for one in found if one.severity == Severity.WARN]


def landing(session: Session, actor: Actor, claim_id: int, mark: str) -> Landing:
    """Where `f` lands for a finding; `Refused` tells where else it is mended, for what no field of a claim mends."""
    claim, found = session.get_one(Claim, claim_id), _found(session, claim_id, mark)
    fix = Fix(found.fix)
    if fix is Fix.CODER:
        return Landing("Ask the coder", found.message)
    if fix is Fix.WAIT:
        return Landing("Hold it until", _hold_day(claim, found).isoformat())
    if fix is Fix.NOTHING:
        return Landing("Enter looks at it again")
    if fix in _OWN:
        return Landing(_OWN[fix][0].upper() + _OWN[fix][1:], _stands(session, claim, found))
    field = _field(session, claim, found)
    if not field:
        raise Refused(found.message, do=_ELSEWHERE.get(fix, found.todo))
    if field in ON_FILE and not may_change(field, actor):
        return Landing(f"Ask {DESK}", found.message, desk=DESK)
    stands = value_of(session, claim, field)
    if field.endswith(".charge"):
        stands = _fee(session, claim, field) or stands
    label = label_of(field)
    return Landing(label[0].upper() + label[1:], stands, field)


@dataclass(frozen=True, slots=True)
class FixFinding(Command):
    """Mend a finding with what was written; `mark` names it, `seen` is what the person saw where it lands."""

    claim_id: int
    mark: str
    value: str = free_text(default="")
    seen: str | None = free_text(default=None)
    name: ClassVar[str] = "claims.fix"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """Refused, telling where it is mended, for what a claim alone can't mend."""
        return _fix(change, self.claim_id, self.mark, clean_line(self.value), self.seen).apply(change)


def _fix(change: Change, claim_id: int, mark: str, value: str, seen: str | None) -> Command:
    """The command that mends a finding with what was written."""
    session = change.session
    lands = landing(session, change.actor, claim_id, mark)
    found = _found(session, claim_id, mark)
    fix, line = Fix(found.fix), _line(found)
    if fix is Fix.NOTHING:
        return RescrubClaims((claim_id,))
    if fix is Fix.CODER:
        return RouteToCoder(claim_id, value or found.message, line)
    if fix is Fix.WAIT:
        return HoldClaim(claim_id, _day(value or lands.stands, change.today), found.message)
    if lands.desk:
        return RouteClaim(claim_id, lands.desk, value or found.message)
    if not value:
        raise Refused("Nothing was written.", do=f"Write the {lands.question.lower()} as it should be.")
    if fix is Fix.MEMBER:
        return CorrectClaim(claim_id, member_id=value, seen=seen)
    if fix is Fix.PLACE:
        return CorrectClaim(claim_id, place=value, seen=seen)
    if fix is Fix.MODIFIERS:
        modifiers = tuple(value.replace(",", " ").split())
        return CorrectClaim(claim_id, modifiers=((str(line or 1), modifiers),), seen=seen)
    if lands.field.endswith(".charge"):
        seen = None  # the fee was offered there, not what stood; who gave a charge meanwhile mended the finding
    return CorrectClaim(claim_id, fields=((lands.field, value),), seen=seen)


def _found(session: Session, claim_id: int, mark: str) -> ClaimFinding:
    found = next((one for one in findings_of(session, claim_id) if one.mark == mark), None)
    if found is None:
        raise NotFound("This was mended meanwhile.", do="Look again (b).")
    return found


def _line(found: ClaimFinding) -> int:
    """The line of a finding, from 1; 0 where it is of the claim as a whole."""
    line = re.search(r"line (\d+)", found.place)
    return int(line[1]) if line else 0


def _field(session: Session, claim: Claim, found: ClaimFinding) -> str:
    """The name of the field where a finding is mended, '' where it is none."""
    fix, line = Fix(found.fix), _line(found)
    name = _RECORDS.get((fix, found.code), fix.value)
    if name == "provider.npi" and claim.kind == "institutional":
        bill = bill_of(session, claim.encounter_id)
        name = "attending_npi" if bill is not None and bill.attending_npi else name
    if line and fix is not Fix.AUTHORIZATION and is_field(name, line=True):
        return f"{line}.{name}"
    return name if is_field(name, line=False) else ""


def _stands(session: Session, claim: Claim, found: ClaimFinding) -> str:
    """What the member id, the place of service or the modifiers of the line say now."""
    from store.claims.correct import as_it_stands

    if Fix(found.fix) is not Fix.MODIFIERS:
        return as_it_stands(session, claim.id, found.fix)
    lines = lines_on(session, claim.id)
    number = _line(found) or 1
    return lines[number - 1].modifiers.replace(",", " ") if number <= len(lines) else ""


def _fee(session: Session, claim: Claim, field: str) -> str:
    """What the fee schedule asks for the line, '' where it has no fee."""
    number, lines = int(field.partition(".")[0]), lines_on(session, claim.id)
    cents = fee_of(session, lines[number - 1]) if number <= len(lines) else 0
    return show_cents(cents).replace(",", "") if cents else ""


def _hold_day(claim: Claim, found: ClaimFinding) -> date:
    """Until when a claim waits: for its day of service where that is to come, else a week."""
    from store import clock

    if found.code == "C.FUTURE":
        return max(date.fromisoformat(found.value), claim.service_to)
    return clock.today() + timedelta(days=HOLD_DAYS)


def _day(text: str, today: date) -> date:
    """'14d', '14' or '2026-03-09'."""
    days = re.fullmatch(r"(\d{1,3})d?", text.strip(), re.ASCII)
    try:
        return today + timedelta(days=int(days[1])) if days else date.fromisoformat(text.strip())
    except ValueError:
        raise Refused(f"{text[:20]!r} is no day.", do="Write 14d or 2026-11-20.") from None
