"""Writes professional claim files: 837P in version 005010X222A1.

text = write_professional(claims, submitter, control)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from store.x12.claim_file import Kind, write_claims
from store.x12.claim_values import FileControl, ProfessionalClaim, Submitter
from store.x12.professional_claim import claim_segments

VERSION = "005010X222A1"
CLAIMS_PER_SET = 5000
"""More claims than this in one ST-SE are against the guide's advice; some payers refuse them."""


def write_professional(
    claims: Sequence[ProfessionalClaim],
    submitter: Submitter,
    control: FileControl,
    *,
    claims_per_set: int = CLAIMS_PER_SET,
) -> str:
    """The text of one interchange with one group and one transaction set per `claims_per_set` claims.

    The first set has `control.transaction` and `control.batch`; further ones count ST02 up and add '-2', '-3' to
    BHT03, which `batch_of` takes off again.  `Refused` names the claim and the field of the first limit that is broken.
    """
    kind: Kind[ProfessionalClaim] = Kind(VERSION, "SV1", claim_segments)
    return write_claims(claims, submitter, control, kind, claims_per_set)


def batch_of(bht03: str, batches: Iterable[str]) -> str:
    """Which of our batches a BHT03 (TRN02 of a 277CA) belongs to; '' where it is none of them."""
    known = set(batches)
    head, mark, tail = bht03.rpartition("-")
    if bht03 in known:
        return bht03
    return head if mark and tail.isdigit() and head in known else ""
