"""What the three acknowledgements say, as plain values: TA1 (interchange), 999 (syntax), 277CA (claims)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class InterchangeAck:
    """TA1: `control` is the ISA13 of the file that we sent; `status` is A, E or R; `note` is TA105."""

    control: str
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """One error in a 999: segment id, its place in the set, loop, codes of IK304 and IK403 and the bad value."""

    segment_id: str
    position: int
    loop: str
    code: str
    element: str = ""
    element_code: str = ""
    value: str = ""
    claim: str = ""


@dataclass(frozen=True, slots=True)
class SetAck:
    """AK2-IK5 of a 999: one transaction set of ours; `status` is A, E, R, M, W or X."""

    set_control: str
    status: str
    errors: tuple[SyntaxFault, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupAck:
    """One 999: `group_control` is our GS06; `status` is AK901 (A, E, P, R, ...)."""

    group_control: str
    status: str
    received: int
    accepted: int
    sets: tuple[SetAck, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """One STC01 (or 10, 11): category (A1, A2, A3, A6, A7, A8, ...), status code and entity."""

    category: str
    status: str
    entity: str = ""


@dataclass(frozen=True, slots=True)
class ClaimAck:
    """Loop 2200D of a 277CA: one claim; `action` is STC03, WQ accepted or U rejected.

    `line_statuses` pairs REF*FJ or the service line's control with its statuses.
    """

    control_number: str
    action: str
    statuses: tuple[ClaimStatus, ...]
    effective: date | None
    charge: int
    payer_control: str = ""
    message: str = ""
    line_statuses: tuple[tuple[str, ClaimStatus], ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimAckSet:
    """One ST-SE of a 277CA.

    `batch` is the TRN02 of loop 2200B, our BHT03; a set rejected at receiver or provider level has no claims and says so
    in `action` and `statuses`.
    """

    batch: str
    source: str
    source_id: str
    action: str
    statuses: tuple[ClaimStatus, ...]
    claims: tuple[ClaimAck, ...]


@dataclass(frozen=True, slots=True)
class AckFile:
    """Everything that an acknowledgement file holds; each part may be empty."""

    sender: str
    interchange_controls: tuple[str, ...]
    interchanges: tuple[InterchangeAck, ...] = ()
    groups: tuple[GroupAck, ...] = ()
    claim_sets: tuple[ClaimAckSet, ...] = ()
