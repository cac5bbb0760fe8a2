"""From a finding to its fix: what `f` asks for, and the command that mends it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import Session

from store.claims.correct import CorrectClaim, RouteToCoder
from store.claims.edit_work import RescrubClaims
from store.claims.facts import CLAIM_FIELDS, LINE_FIELDS
from store.claims.fields import is_field
from store.claims.judge import findings_of
from store.claims.scrub import Fix, Severity
from store.errors import NotFound, Refused
from store.people.roles import Permission
from store.text import clean_line
from store.work.command import Change, Command, Said, free_text

_ELSEWHERE = {
    Fix.PATIENT: "Mend the patient's record (address, birth), then press b.",
    Fix.COVERAGE: "Mend the patient's coverage, then press b.",
    Fix.PROVIDER: "Mend the provider, then press b.",
    Fix.PRACTICE: "Mend the practice, then press b.",
    Fix.PAYER: "Look at the payer: superbill payers show, superbill payers set; then press b.",
    Fix.FEES: "Give the procedure a fee, then press b.",
    Fix.WAIT: "It waits for somebody else: hold it (h) until then.",
    Fix.NOTHING: "Look at the rule (y).",
}
_FIXES = frozenset(Fix)
_ASKED = {
    Fix.MEMBER: "member id",
    Fix.AUTHORIZATION: "authorisation number",
    Fix.PLACE: "place of service",
    Fix.MODIFIERS: "modifiers of the line",
    Fix.CODER: "question to the coder",
    Fix.ADDRESS: "street; city; state; ZIP",
    Fix.GROUP: "group number",
    Fix.INSURANCE_TYPE: "insurance type (12 working aged, ...)",
    **{Fix(one.name): f"{one.label}: {one.example}" for one in (*CLAIM_FIELDS, *LINE_FIELDS) if one.name in _FIXES},
}


def fixes(session: Session, claim_id: int) -> list[tuple[str, str, str]]:
    """The findings of a claim that are not let pass: (mark, what was found, what is asked for), what blocks first."""
    return [
        (one.mark, f"{one.code} {one.place}: {one.message}", _ASKED.get(Fix(one.fix), one.todo))
        for one in findings_of(session, claim_id)
        if one.severity != Severity.INFO and not one.overridden
    ]


def warnings(session: Session, claim_id: int) -> list[tuple[str, str]]:
    """The warnings that may be let pass: (mark, what was found)."""
    found = findings_of(session, claim_id)
    return [(one.mark, f"{one.code}: {one.message}") for one in found if one.severity == Severity.WARN]


@dataclass(frozen=True, slots=True)
class FixFinding(Command):
    """Mend a finding with what was written; `mark` names it."""

    claim_id: int
    mark: str
    value: str = free_text(default="")
    name: ClassVar[str] = "claims.fix"
    permission: ClassVar[Permission] = Permission.CLAIM

    def apply(self, change: Change) -> Said:
        """Refused, telling where it is mended, for what a claim alone can't mend."""
        return _fix(change.session, self.claim_id, self.mark, clean_line(self.value)).apply(change)


def _fix(session: Session, claim_id: int, mark: str, value: str) -> Command:
    """The command that mends a finding with what was written; `Refused` tells where else it is mended."""
    found = next((one for one in findings_of(session, claim_id) if one.mark == mark), None)
    if found is None:
        raise NotFound("This was mended meanwhile.", do="Look again (b).")
    fix = Fix(found.fix)
    if fix in _ELSEWHERE:
        if fix is Fix.NOTHING:
            return RescrubClaims((claim_id,))
        raise Refused(found.message, do=_ELSEWHERE[fix])
    if fix is Fix.CODER:
        return RouteToCoder(claim_id, value or found.message)
    if not value:
        raise Refused("Nothing was written.", do=f"Write the {_ASKED[fix]} as it should be.")
    if fix is Fix.MEMBER:
        return CorrectClaim(claim_id, member_id=value)
    if fix is Fix.AUTHORIZATION:
        return CorrectClaim(claim_id, authorization=value)
    if fix is Fix.PLACE:
        return CorrectClaim(claim_id, place=value)
    line = re.search(r"line (\d+)", found.place)
    if fix is not Fix.MODIFIERS:
        of_line = f"{line[1]}.{fix.value}" if line and is_field(fix.value, line=True) else fix.value
        return CorrectClaim(claim_id, fields=((of_line, value),))
    modifiers = tuple(value.replace(",", " ").split())
    return CorrectClaim(claim_id, modifiers=((line[1] if line else "1", modifiers),))
