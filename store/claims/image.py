"""A claim exactly as it will go, segment by segment."""

from __future__ import annotations

from sqlmodel import Session, select

from store.claims import snapshot
from store.errors import Refused
from store.tables import Claim, ClaimVersion, Practice
from store.x12.claim_values import FileControl, ProfessionalClaim, Submitter
from store.x12.institutional import write_institutional
from store.x12.professional import write_professional


def claim_image(session: Session, claim_id: int) -> tuple[str, ...]:
    """The segments of a file with this claim alone (control numbers 1); one line that says why where it can't be."""
    claim = session.get_one(Claim, claim_id)
    query = select(ClaimVersion).where(ClaimVersion.claim_id == claim_id, ClaimVersion.number == claim.current)
    version = session.exec(query).one()
    content = snapshot.load_any(version.content)
    practice = session.exec(select(Practice)).one()
    control = FileControl(1, 1, "0001", "1", version.made_at, practice.usage)
    submitter = Submitter(
        practice.submitter_id, practice.name, "BILLING", practice.phone, practice.receiver_id, practice.receiver_name
    )
    try:
        if isinstance(content, ProfessionalClaim):
            text = write_professional([content], submitter, control)
        else:
            text = write_institutional([content], submitter, control)
    except Refused as why:
        return (f"It can't be written yet: {why}",)
    return tuple(text.rstrip("~").split("~"))
