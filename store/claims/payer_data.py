"""What is known of a payer, as data: filing limits, the claims that it takes, and what it wants to see on them.

    [[limits]]
    what = "initial"          # initial, corrected, secondary, appeal, dispute, refund
    limit = 180
    unit = "days"             # days, months, years
    anchor = "dos_from"       # dos_from, dos_thru, discharge, primary_eob, denial_notice, identified
    basis = "received"        # received, postmarked
    proof = "contract 2026, section 4.2"

Only Medicare's limits are shipped (42 CFR 424.44); where nothing is on file the answer is "not set", never a guess.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from store.errors import Refused
from store.tables import Payer

MEDICARE_FILINGS = frozenset({"MA", "MB"})

REQUIRABLE = (
    "authorization", "referral", "group_number", "rendering_taxonomy", "referring", "clia", "attachment", "ndc",
    "ordering",
)  # fmt: skip
"""What a payer may want on every claim, by name; the scrub stops a claim to it that lacks one.

(clia, ndc and ordering are wanted of the procedures that need them: `store.claims.scrub.needs`.)
"""

FREQUENCIES = ("1", "7", "8")
KINDS = ("professional", "institutional")


class Limit(BaseModel):
    """One filing limit: so many days, months or years after its anchor, counted to receipt or to the postmark."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: Literal["initial", "corrected", "secondary", "appeal", "dispute", "refund"]
    limit: int = Field(gt=0, le=3660)
    unit: Literal["days", "months", "years"] = "days"
    anchor: Literal["dos_from", "dos_thru", "discharge", "primary_eob", "denial_notice", "identified"]
    basis: Literal["received", "postmarked"] = "received"
    proof: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the limit is in force for a service of that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


_LIMITS: TypeAdapter[tuple[Limit, ...]] = TypeAdapter(tuple[Limit, ...])
_SHIPPED = "42 CFR 424.44: one calendar year"
_MEDICARE = {
    "MA": (Limit(what="initial", limit=1, unit="years", anchor="dos_thru", proof=_SHIPPED),),
    "MB": (Limit(what="initial", limit=1, unit="years", anchor="dos_from", proof=_SHIPPED),),
}


def limits_of(payer: Payer) -> tuple[Limit, ...]:
    """The payer's limits; Medicare's own stand before whatever is on file."""
    return (*_MEDICARE.get(payer.filing, ()), *_parsed(payer.limits))


@lru_cache(maxsize=512)
def _parsed(text: str) -> tuple[Limit, ...]:
    return _LIMITS.validate_json(text)


def written(limits: object) -> str:
    """Limits as they are stored; `Refused` names the field that is wrong."""
    try:
        return _LIMITS.dump_json(_LIMITS.validate_python(limits), exclude_defaults=True).decode()
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise Refused(f"{first['msg']}.", where="limits " + ".".join(str(part) for part in first["loc"])) from None


def listed(text: str) -> frozenset[str]:
    """The parts of a text that are separated by commas."""
    return frozenset(part.strip() for part in text.split(",") if part.strip())
