"""Claims as a file can say them: what is left of a value after it was written and read back."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from store.x12.claim_values import Address, BillingProvider, ProfessionalClaim, Subscription
from store.x12.institutional_values import Condition, InstitutionalClaim

Claim = TypeVar("Claim", ProfessionalClaim, InstitutionalClaim)
_NOWHERE = Address("", "", "", "")


def as_sent(claim: ProfessionalClaim) -> ProfessionalClaim:
    """Codes without dots, words in capitals, the subscriber's birth and address only where that is the patient."""
    lines = tuple(
        replace(line, note=plain(line.note), description=plain(line.description),
                place="" if line.place == claim.place else line.place)
        for line in claim.lines
    )  # fmt: skip
    diagnoses = tuple(code.replace(".", "") for code in claim.diagnoses)
    return replace(_common(claim), note=plain(claim.note), diagnoses=diagnoses, lines=lines)


def institutional_as_sent(claim: InstitutionalClaim) -> InstitutionalClaim:
    """As `as_sent`; who rendered bears no taxonomy."""
    return replace(
        _common(claim), note=plain(claim.note), admitting=claim.admitting.replace(".", ""),
        reasons=tuple(code.replace(".", "") for code in claim.reasons),
        diagnoses=tuple(map(_condition, claim.diagnoses)), external=tuple(map(_condition, claim.external)),
        rendering=replace(claim.rendering, taxonomy="") if claim.rendering else None,
    )  # fmt: skip


def plain(text: str) -> str:
    """Free text as a file holds it."""
    return " ".join(re.sub(r"[*:^~]", " ", text).upper().split())


def _condition(one: Condition) -> Condition:
    return replace(one, code=one.code.replace(".", ""))


def _common(claim: Claim) -> Claim:
    return replace(claim, billing=_billing(claim.billing), subscription=_coverage(claim.subscription))


def _billing(billing: BillingProvider) -> BillingProvider:
    return replace(billing, phone=re.sub("[^0-9]", "", billing.phone))


def _coverage(coverage: Subscription) -> Subscription:
    if coverage.relationship == "18":
        return coverage
    return replace(coverage, subscriber=replace(coverage.subscriber, birth=None, sex="", address=_NOWHERE))
