"""Writes institutional claim files: 837I in version 005010X223A2.

text = write_institutional(claims, submitter, control)
"""

from __future__ import annotations

from collections.abc import Sequence

from store.x12.claim_file import Kind, write_claims
from store.x12.claim_values import FileControl, Submitter
from store.x12.institutional_claim import claim_segments
from store.x12.institutional_values import InstitutionalClaim

VERSION = "005010X223A2"
CLAIMS_PER_SET = 5000


def write_institutional(
    claims: Sequence[InstitutionalClaim],
    submitter: Submitter,
    control: FileControl,
    *,
    claims_per_set: int = CLAIMS_PER_SET,
) -> str:
    """The text of one interchange, as `write_professional` makes it; `Refused` names the claim and the field."""
    kind: Kind[InstitutionalClaim] = Kind(VERSION, "SV2", claim_segments, institutional=True)
    return write_claims(claims, submitter, control, kind, claims_per_set)
