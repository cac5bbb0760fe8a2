"""Claim status codes in our own short words; the official texts can be loaded (`superbill codes load claim-status`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from codesets.tables import read_table
from store.x12.ack_values import ClaimStatus

_VERDICTS = {"A3": "sent back", "A4": "not found", "A6": "missing", "A7": "not valid", "A8": "does not fit"}
_WHOSE = {
    "IL": "subscriber", "QC": "patient", "85": "billing provider", "82": "rendering provider",
    "DN": "referring provider", "DK": "ordering provider", "DQ": "supervising provider", "77": "facility",
    "71": "attending provider", "PR": "payer", "40": "receiver", "41": "submitter", "87": "pay-to",
}  # fmt: skip


@cache
def _about() -> dict[str, str]:
    return {row["code"]: row["about"] for row in read_table("claim_statuses")}


def in_words(statuses: Sequence[ClaimStatus]) -> str:
    """'member number, subscriber: not valid' for A7:164:IL; '' where no status is known."""
    told = [_one(status) for status in statuses]
    return "; ".join(dict.fromkeys(one for one in told if one))


def _one(status: ClaimStatus) -> str:
    about = _about().get(status.status.lstrip("0"), "")
    if not about:
        return ""
    whose = f", {_WHOSE[status.entity]}" if status.entity in _WHOSE else ""
    verdict = f": {_VERDICTS[status.category]}" if status.category in _VERDICTS else ""
    return f"{about}{whose}{verdict}"
