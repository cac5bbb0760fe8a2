"""The invented practice: itself, its clinicians, its payers and its prices.

The NPIs start with 2, which CMS hasn't begun to issue, so that none of them is anybody's; their check digits are
right.  The tax number's prefix (07) is none that the IRS gives.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from store.claims.payer_data import written


@dataclass(frozen=True, slots=True)
class DemoPractice:
    """The billing provider.  `tax_id` and `zip` are digits; `taxonomy` is that of a multi-specialty group."""

    name: str = "Larkfield Medical Group"
    npi: str = "2999900014"
    tax_id: str = "079912345"
    taxonomy: str = "193200000X"
    line1: str = "400 Cottonwood Avenue"
    city: str = "Larkfield"
    state: str = "KS"
    zip: str = "668990400"
    phone: str = "3165550100"
    contact: str = "Billing Office"


@dataclass(frozen=True, slots=True)
class DemoProvider:
    """A clinician; `weight` is the share of the encounters, as a part of the sum of all weights."""

    npi: str
    last: str
    first: str
    specialty: str
    taxonomy: str
    weight: int


@dataclass(frozen=True, slots=True)
class DemoPayer:
    """A payer.

    `kind` is medicare, medicaid or commercial; `filing` is SBR09; the contract allows `allowed_percent` of a charge;
    a claim must arrive within `timely_days` of the date of service; `weight` is the share among the commercial ones.
    """

    payer_id: str
    name: str
    kind: str
    filing: str
    allowed_percent: int
    timely_days: int
    weight: int


@dataclass(frozen=True, slots=True)
class DemoFee:
    """A price: `system` is HCPCS (Level II, CMS's short wording) or LOCAL (invented); `cents` for one unit."""

    code: str
    system: str
    title: str
    cents: int
    valid_from: date


PRACTICE = DemoPractice()


@cache
def providers() -> tuple[DemoProvider, ...]:
    """One clinician for each specialty."""
    return tuple(
        DemoProvider(row["npi"], row["last"], row["first"], row["specialty"], row["taxonomy"], int(row["weight"]))
        for row in rows("providers.csv")
    )


@cache
def payers() -> tuple[DemoPayer, ...]:
    """One like Medicare, one like Medicaid, four commercial ones."""
    return tuple(
        DemoPayer(
            payer_id=row["payer_id"],
            name=row["name"],
            kind=row["kind"],
            filing=row["filing"],
            allowed_percent=int(row["allowed_percent"]),
            timely_days=int(row["timely_days"]),
            weight=int(row["weight"]),
        )
        for row in rows("payers.csv")
    )


@cache
def fees() -> tuple[DemoFee, ...]:
    """The fee schedule: the same for all payers, as a charge must be."""
    return tuple(
        DemoFee(row["code"], row["system"], row["title"], int(row["cents"]), date.fromisoformat(row["valid_from"]))
        for row in rows("fees.csv")
    )


def payer_limits(payer: DemoPayer) -> str:
    """The filing limits of the payer's invented contract; Medicare's are law and come with the program."""
    proof = "invented contract of the demo"
    limits = [{"what": "initial", "limit": payer.timely_days, "anchor": "dos_from", "proof": proof}]
    if payer.kind == "commercial":
        limits.append({"what": "corrected", "limit": 90, "anchor": "denial_notice", "proof": proof})
    limits.append({"what": "secondary", "limit": 180, "anchor": "primary_eob", "proof": proof})
    return "[]" if payer.kind == "medicare" else written(limits)


def allowed_cents(payer: DemoPayer, fee: DemoFee) -> int:
    """What the payer's contract allows for one unit, rounded half up to a cent."""
    return (fee.cents * payer.allowed_percent + 50) // 100


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the demo's tables."""
    text = files("store.demo").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), strict=True))
