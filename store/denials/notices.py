"""Notices that patients sign before a service that may not be covered (ABN): with one, the amount may be theirs.

Modifier GA on the line says that such a notice is on file; a notice may also be recorded here with its date.  One that
was signed after the service counts for nothing, and so does GA where the practice has not billed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlmodel import Session, col, select

from store.denials.steps import QUEUE
from store.errors import Refused
from store.people.roles import Permission
from store.tables import Claim, ClaimLine, Denial, Encounter, SignedNotice
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, free_text
from store.work.commands import remark

ON_FILE = "GA"
"""The modifier that tells the payer that the signed notice is on file."""


@dataclass(frozen=True, slots=True)
class RecordNotice(Command):
    """Keep that the patient signed a notice before the service; for the denied line, or the whole visit."""

    denial_id: int
    signed_on: date
    kept: str = free_text(default="")
    name: ClassVar[str] = "denials.notice"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """Refused for a day after the service."""
        denial = change.get(Denial, self.denial_id)
        claim = change.get(Claim, denial.claim_id)
        change.patient_id = claim.patient_id
        items.require_free(change, QUEUE, denial.id)
        service_date, code = _service(change.session, denial, claim)
        if self.signed_on > service_date:
            raise Refused(
                f"It was signed on {self.signed_on}, after the service of {service_date}.",
                do="Only a notice that was signed before the service makes the amount the patient's.",
            )
        change.add(
            SignedNotice(
                encounter_id=claim.encounter_id, code=code, signed_on=self.signed_on, kept=clean_line(self.kept)[:80],
                at=change.now, user_id=change.actor.user_id,
            )
        )  # fmt: skip
        item = items.find(change, QUEUE, denial.id)
        if item is not None:
            remark(change, item, f"Signed notice (ABN) of {self.signed_on} for {code or 'the visit'}.")
        return Said(f"The notice of {self.signed_on} is on file; the amount may move to the patient (P).", denial.id)


def notice_of(session: Session, denial: Denial) -> str | None:
    """What allows the denied amount to be the patient's though the payer did not say so; None where nothing does."""
    claim = session.get_one(Claim, denial.claim_id)
    line = session.get(ClaimLine, denial.claim_line_id) if denial.claim_line_id is not None else None
    if line is not None and ON_FILE in line.modifiers.replace(",", " ").split():
        return f"modifier {ON_FILE} on the line"
    query = select(SignedNotice).where(SignedNotice.encounter_id == claim.encounter_id)
    service_date, code = _service(session, denial, claim)
    for row in session.exec(query.order_by(col(SignedNotice.id).desc())).all():
        if row.signed_on <= service_date and row.code in ("", code):
            return f"notice signed on {row.signed_on}" + (f", {row.kept}" if row.kept else "")
    return None


def _service(session: Session, denial: Denial, claim: Claim) -> tuple[date, str]:
    line = session.get(ClaimLine, denial.claim_line_id) if denial.claim_line_id is not None else None
    if line is not None:
        return line.service_date, line.code
    return session.get_one(Encounter, claim.encounter_id).service_date, ""
