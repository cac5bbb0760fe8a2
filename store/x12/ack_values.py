"""What the three acknowledgements say, as plain values: TA1 (interchange), 999 (syntax), 277CA (claims)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

REJECTING = frozenset({"A3", "A6", "A7", "A8"})
"""Claim status categories that reject (RFI 2203)."""

ACCEPTING = frozenset({"A0", "A1", "A2"})
"""Claim status categories that forward, receive or accept."""


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
    """AK2-IK5 of a 999: one transaction set of ours; `status` is A, E, R, M, W or X; `codes` are IK502 to IK506."""

    set_control: str
    status: str
    errors: tuple[SyntaxFault, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the set went on to be read: A accepted, E accepted with errors noted."""
        return self.status in {"A", "E"}


@dataclass(frozen=True, slots=True)
class GroupAck:
    """One 999: `group_control` is our GS06; `status` is AK901 (A, E, P, R, ...); `codes` are AK905 to AK909.

    `received` and `accepted` count transaction sets (AK903, AK904).
    """

    group_control: str
    status: str
    received: int
    accepted: int
    sets: tuple[SetAck, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """One STC01 (or 10, 11): category (A1, A2, A3, A6, A7, A8, ...), status code and entity."""

    category: str
    status: str
    entity: str = ""


@dataclass(frozen=True, slots=True)
class ClaimAck:
    """Loop 2200D of a 277CA: one claim; `action` is STC03, WQ accepted or U rejected.

    `line_statuses` pairs REF*FJ, or the line's number where that is missing, with each status of the line.
    """

    control_number: str
    action: str
    statuses: tuple[ClaimStatus, ...]
    effective: date | None
    charge: int
    payer_control: str = ""
    message: str = ""
    line_statuses: tuple[tuple[str, ClaimStatus], ...] = ()

    @property
    def rejected(self) -> bool:
        """Whether the claim never reached adjudication; it was not filed then (RFI 2203).

        Some payers send WQ with a category that rejects: the category wins, so that no rejection is overlooked.
        """
        return self.action == "U" or any(one.category in REJECTING for one in self.statuses)


@dataclass(frozen=True, slots=True)
class ProviderAck:
    """Loop 2200C of a 277CA: what was said of all claims of one billing provider; `id` is NM109."""

    name: str
    id: str
    action: str
    statuses: tuple[ClaimStatus, ...]
    message: str = ""


@dataclass(frozen=True, slots=True)
class ClaimAckSet:
    """One batch answered by a 277CA (loop 2000B; most ST-SE have one).

    `batch` is the TRN02 of loop 2200B, our BHT03.  A batch rejected at receiver level, or whose every provider was
    rejected, has no claims and says so in `action` (U) and `statuses`.  `claims_told` counts them, be they here or not.
    """

    batch: str
    source: str
    source_id: str
    action: str
    statuses: tuple[ClaimStatus, ...]
    claims: tuple[ClaimAck, ...]
    providers: tuple[ProviderAck, ...] = ()
    message: str = ""
    claims_told: int = 0


@dataclass(frozen=True, slots=True)
class SetFault:
    """A fault as it is walked over: group (our GS06), set (our ST02), the set's place among those answered, from 0."""

    group_control: str
    set_control: str
    place: int
    fault: SyntaxFault


@dataclass(frozen=True, slots=True)
class BatchClaim:
    """A claim as it is walked over: our BHT03 and who answers."""

    batch: str
    source: str
    claim: ClaimAck


Ack = InterchangeAck | SetFault | GroupAck | BatchClaim | ClaimAckSet
"""One bit of an acknowledgement file."""


@dataclass(frozen=True, slots=True)
class AckFile:
    """Everything that an acknowledgement file holds; each part may be empty.

    `notices` tell what was read forgivingly.
    """

    sender: str
    interchange_controls: tuple[str, ...]
    interchanges: tuple[InterchangeAck, ...] = ()
    groups: tuple[GroupAck, ...] = ()
    claim_sets: tuple[ClaimAckSet, ...] = ()
    notices: tuple[str, ...] = ()
