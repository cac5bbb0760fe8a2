"""Good-faith estimates of self-pay care, and the check of a bill against them (45 CFR 149.610, 149.620)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.balances import among
from store.accounts.books import Book
from store.errors import NotFound, Refused
from store.money import show_cents
from store.people.roles import Permission
from store.tables import Claim, Encounter, Estimate, Patient, PatientPolicy, Posting, Provider
from store.work.command import Change, Command, Said


def over_estimate(session: Session, policy: PatientPolicy, guarantor_ids: Sequence[int]) -> dict[int, int]:
    """Accounts that are billed more than their estimate by the policy's amount or more for one provider, in cents.

    A provider's bill is what the charges of the estimate's days come to, less discounts; encounters with a claim are
    insured care and have no such estimate.
    """
    ids = sorted(guarantor_ids)
    query = (
        select(Estimate, Patient.guarantor_id)
        .join(Patient, col(Patient.id) == col(Estimate.patient_id))
        .where(among(Patient.guarantor_id, ids))
    )
    found: dict[int, int] = defaultdict(int)
    for estimate, guarantor_id in session.exec(query).all():
        over = billed(session, estimate) - estimate.cents
        if over >= policy.gfe_over:
            found[guarantor_id] = max(found[guarantor_id], over)
    return dict(found)


def billed(session: Session, estimate: Estimate) -> int:
    """What the care of an estimate came to so far, in cents."""
    insured = select(Claim.encounter_id)
    query = (
        select(func.coalesce(func.sum(Posting.cents), 0))
        .join(Encounter, col(Encounter.id) == col(Posting.encounter_id))
        .where(Encounter.patient_id == estimate.patient_id, Encounter.provider_id == estimate.provider_id)
        .where(col(Encounter.service_date).between(estimate.service_from, estimate.service_to))
        .where(col(Encounter.id).not_in(insured))
        .where(col(Posting.book).in_([Book.CHARGES, Book.DISCOUNT, Book.WRITE_OFF]))
    )
    return -int(session.exec(query).one())


def find_both(session: Session, patient: str, npi: str) -> tuple[int, int]:
    """The ids of a patient by number and of a provider by NPI; `NotFound` for either."""
    patient_id = session.exec(select(Patient.id).where(Patient.number == patient.strip().upper())).first()
    provider_id = session.exec(select(Provider.id).where(Provider.npi == npi.strip())).first()
    if patient_id is None or provider_id is None:
        raise NotFound(f"There is no {'patient ' + patient[:20] if patient_id is None else 'provider ' + npi[:20]}.")
    return patient_id, provider_id


@dataclass(frozen=True, slots=True)
class GiveEstimate(Command):
    """Keep the estimate that a self-pay patient was given: for one provider, for the days of the care."""

    patient_id: int
    provider_id: int
    cents: int
    service_from: date
    service_to: date
    name: ClassVar[str] = "accounts.estimate"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Refused for days that end before they begin or an amount that is none."""
        patient, provider = change.get(Patient, self.patient_id), change.get(Provider, self.provider_id)
        change.patient_id = patient.id
        if self.service_to < self.service_from:
            raise Refused("The care ends before it begins.")
        if self.cents <= 0:
            raise Refused("An estimate is more than nothing.")
        estimate = change.add(
            Estimate(
                patient_id=patient.id,
                provider_id=provider.id,
                cents=self.cents,
                given_on=change.today,
                service_from=self.service_from,
                service_to=self.service_to,
            )
        )
        amount = show_cents(self.cents, sign="$")
        return Said(f"Estimate of {amount} kept for {patient.number} with {provider.last}.", estimate.id)
