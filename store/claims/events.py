"""The claim's own history on its way to the payer and back."""

from __future__ import annotations

from store.tables import Claim, ClaimEvent
from store.work.command import Change

GIVEN_UP = "GIVEN_UP"
"""A person cancelled the claim; the text says why."""


def tell(
    change: Change,
    claim: Claim,
    kind: str,
    *,
    status: str = "",
    text: str = "",
    batch_id: int | None = None,
    file_id: int | None = None,
) -> None:
    """Add a line to the claim's history."""
    change.session.add(
        ClaimEvent(
            claim_id=claim.id, at=change.now, kind=kind, status=status, text=text, batch_id=batch_id, file_id=file_id
        )
    )
