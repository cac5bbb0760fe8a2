"""What would make a payer's front end reject the claim, found before it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from store.errors import Refused
from store.intake.npi import is_npi
from store.x12.claim_values import FileControl, ProfessionalClaim, Submitter
from store.x12.professional import write_professional


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that has to be mended: `code` names the rule, `field` the place, `fix` what to do."""

    code: str
    field: str
    message: str
    fix: str


def scrub(claim: ProfessionalClaim) -> tuple[Problem, ...]:
    """Every problem of the claim, in the order in which the claim is written."""
    return tuple(problem for rule in _RULES for problem in rule(claim))


def _billing(claim: ProfessionalClaim) -> Iterator[Problem]:
    billing = claim.billing
    if not is_npi(billing.npi):
        yield Problem(
            "C.NPI", "billing NPI", f"The billing NPI {billing.npi!r} fails its check digit.", "Mend the practice."
        )
    if len(billing.address.zip) != 9:
        yield Problem("C.ZIP4", "billing ZIP", "The billing address needs a nine-digit ZIP.", "Mend the practice.")
    if not billing.tax_id:
        yield Problem("C.TAXID", "billing tax id", "The practice has no tax id.", "Mend the practice.")


def _rendering(claim: ProfessionalClaim) -> Iterator[Problem]:
    if claim.rendering is None or not is_npi(claim.rendering.npi):
        yield Problem(
            "C.NPI", "rendering NPI", "The rendering provider's NPI fails its check digit.", "Mend the provider."
        )


def _subscriber(claim: ProfessionalClaim) -> Iterator[Problem]:
    subscription = claim.subscription
    if not subscription.member_id:
        yield Problem("C.MEMBER", "member id", "The member id is missing.", "Ask the front desk for the card.")
    address = subscription.subscriber.address
    if not (address.line1 and address.city and address.state and address.zip):
        yield Problem(
            "C.ADDRESS", "subscriber address", "The subscriber's address is not complete.", "Mend the patient."
        )


def _codes(claim: ProfessionalClaim) -> Iterator[Problem]:
    if not claim.diagnoses:
        yield Problem("C.DX", "diagnoses", "The claim has no diagnosis.", "Route it to the coder.")
    for number, line in enumerate(claim.lines, 1):
        if not line.pointers:
            yield Problem("C.POINTER", f"line {number}", "The line points to no diagnosis.", "Route it to the coder.")
        if line.charge <= 0:
            yield Problem("C.CHARGE", f"line {number}", "The line has no charge.", "Mend the fee schedule.")


def _frequency(claim: ProfessionalClaim) -> Iterator[Problem]:
    if claim.frequency in {"7", "8"} and not claim.payer_control:
        yield Problem(
            "C.F8", "payer's claim number", "A corrected claim needs the payer's number.", "Wait for its answer."
        )


def _form(claim: ProfessionalClaim) -> Iterator[Problem]:
    """Whatever the writer of the file refuses, asked of the writer itself."""
    try:
        write_professional([claim], _SUBMITTER, _CONTROL)
    except Refused as why:
        yield Problem("C.FORM", why.where.partition(", ")[2] or why.where, why.what, why.do or "Mend the field.")


_SUBMITTER = Submitter("S", "S", "S", "5555555555", "R", "R")
_CONTROL = FileControl(1, 1, "0001", "1", datetime(2000, 1, 1, tzinfo=UTC))

_RULES: tuple[Callable[[ProfessionalClaim], Iterator[Problem]], ...] = (
    _billing,
    _rendering,
    _subscriber,
    _codes,
    _frequency,
    _form,
)
