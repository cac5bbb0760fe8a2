"""What becomes of a claim at an invented payer: drawn from the number that the payer gives it, and from nothing else.

The number comes back to the payer in REF*F8 of a replacement, and so tells it what it had answered: the payers need no
memory to reverse their own answers to the cent.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TypeVar

from store.demo.practice import DemoPayer
from store.x12.claim_values import ProfessionalClaim

Drawn = TypeVar("Drawn")

REJECTED_SHARE = 0.04
DENIED_SHARE = 0.09
LINE_DENIED_SHARE = 0.06
"""Share among the claims of several lines that aren't rejected or denied."""

_OURS = re.compile(r".*([178])[0-9]{12}")


class Kind(StrEnum):
    """How a claim ends; `PARTIAL` is a claim of which one line is denied."""

    REJECTED = "rejected"
    DENIED = "denied"
    PARTIAL = "partial"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Denial:
    """A reason to pay nothing: group, CARC, RARCs; `status` is CLP02 where it isn't the one of the payer's turn."""

    group: str
    reason: str
    remarks: tuple[str, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class Rejection:
    """STC01 of a claim that the front end refuses, or, where `line`, of the first line of such a claim."""

    category: str
    status: str
    entity: str = ""
    line: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """The patient's share: cents of deductible still open, cents of copay, percent of coinsurance."""

    deductible: int = 0
    copay: int = 0
    coinsurance: int = 0


@dataclass(frozen=True, slots=True)
class Fate:
    """What the payer does: `denial` holds for DENIED, `line_denial` of line `line` (below 1, a share) for PARTIAL."""

    kind: Kind
    terms: Terms
    denial: Denial
    line_denial: Denial
    rejection: Rejection
    line: float = 0.0


_DENIALS = {
    Denial("CO", "16", ("N290",)): 9,
    Denial("CO", "16", ("M76",)): 5,
    Denial("CO", "16", ("MA130", "M51")): 4,
    Denial("CO", "197"): 14,
    Denial("CO", "29"): 7,
    Denial("CO", "50", ("N115",)): 9,
    Denial("CO", "97", ("M15",)): 8,
    Denial("CO", "22", ("MA04",)): 7,
    Denial("OA", "18", ("N522",)): 6,
    Denial("CO", "11", ("M64",)): 5,
    Denial("CO", "4"): 5,
    Denial("CO", "151", ("N362",)): 4,
    Denial("CO", "252", ("N706",)): 6,
    Denial("OA", "109", ("N418",)): 4,
    Denial("PR", "204", ("N130",)): 5,
    Denial("PR", "27", ("N30",)): 4,
    Denial("PR", "31", ("N382",), status="4"): 4,
    Denial("PR", "119", ("N362",)): 3,
}
_LINE_DENIALS = {
    Denial("CO", "97", ("M15",)): 8,
    Denial("CO", "4"): 5,
    Denial("CO", "11", ("M64",)): 4,
    Denial("CO", "50", ("N115",)): 4,
    Denial("CO", "151", ("N362",)): 4,
    Denial("PR", "96", ("N130",)): 3,
}
_REJECTIONS = {
    Rejection("A7", "164", "IL"): 8,
    Rejection("A3", "33"): 5,
    Rejection("A7", "158", "IL"): 4,
    Rejection("A7", "500", "IL"): 3,
    Rejection("A7", "562", "82"): 4,
    Rejection("A8", "145", "82"): 3,
    Rejection("A6", "252"): 4,
    Rejection("A3", "54"): 3,
    Rejection("A8", "187"): 2,
    Rejection("A7", "255"): 3,
    Rejection("A7", "454", line=True): 4,
    Rejection("A7", "453", line=True): 4,
}


def payer_number(claim: ProfessionalClaim, seed: int, frequency: str) -> str:
    """The payer's control number of that version of the claim: payer id, frequency and twelve drawn digits."""
    told = f"{seed}|{claim.control_number}|{frequency}".encode()
    drawn = int.from_bytes(hashlib.sha256(told).digest()[:8]) % 10**12
    return f"{claim.subscription.payer_id.upper()}{frequency}{drawn:012d}"


def fate_of(number: str, payer: DemoPayer) -> Fate:
    """The fate behind a payer's control number.

    A replacement is paid; a number that isn't one of these payers' stands for a denied claim.
    """
    rng = Random(number)
    kind = _kind(rng, number)
    return Fate(
        kind=kind,
        terms=_terms(rng, payer),
        denial=_drawn(rng, _DENIALS),
        line_denial=_drawn(rng, _LINE_DENIALS),
        rejection=_drawn(rng, _REJECTIONS),
        line=rng.random(),
    )


def is_pended(number: str, share: float) -> bool:
    """Whether the payer takes its time; drawn apart, so that the later answer is the one that it would have been."""
    return Random(f"pend {number}").random() < share


def _kind(rng: Random, number: str) -> Kind:
    luck, line_luck = rng.random(), rng.random()
    ours = _OURS.fullmatch(number)
    if not ours:
        return Kind.DENIED
    if ours[1] != "1":
        return Kind.PAID
    if luck < REJECTED_SHARE:
        return Kind.REJECTED
    if luck < REJECTED_SHARE + DENIED_SHARE:
        return Kind.DENIED
    return Kind.PARTIAL if line_luck < LINE_DENIED_SHARE else Kind.PAID


def _terms(rng: Random, payer: DemoPayer) -> Terms:
    luck, open_deductible, copay = rng.random(), rng.randrange(20, 258) * 100, rng.choice((2000, 3000, 4000))
    if payer.kind == "medicare":
        return Terms(deductible=open_deductible if luck < 0.08 else 0, coinsurance=20)
    if payer.kind == "medicaid":
        return Terms(copay=300 if luck < 0.15 else 0)
    if payer.filing == "HM" or luck < 0.4:
        return Terms(copay=copay)
    return Terms(deductible=open_deductible if luck < 0.7 else 0, coinsurance=20)


def _drawn(rng: Random, weighted: dict[Drawn, int]) -> Drawn:
    return rng.choices(list(weighted), list(weighted.values()))[0]
