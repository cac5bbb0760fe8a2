"""The state that a claim has after its answers, net of reversals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.claims.states import ClaimState
from store.remits.dispositions import Disposition
from store.remits.states import AnswerState
from store.tables import Claim, RemitAdjustment, RemitClaim


@dataclass(slots=True)
class Net:
    """What all posted answers to a claim come to, in cents: charged, paid, and adjusted by disposition."""

    charge: int = 0
    paid: int = 0
    answers: int = 0
    adjusted: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def state(self, claim_charge: int) -> ClaimState:
        """The claim's state: what is denied counts before what is paid, what is paid before the patient's share."""
        denied = self.adjusted[Disposition.DENIAL]
        patient = self.adjusted[Disposition.PATIENT] + self.adjusted[Disposition.PROTECTED]
        empty = not (self.charge or self.paid or any(self.adjusted.values()))
        if self.answers and empty and claim_charge:
            return ClaimState.REVERSED
        if denied > 0:
            return ClaimState.PARTIAL if self.paid > 0 or patient > 0 else ClaimState.DENIED
        if self.paid > 0:
            return ClaimState.PAID
        return ClaimState.ALL_PATIENT if patient > 0 else ClaimState.ZERO


def net_of(session: Session, claim_ids: Collection[int]) -> dict[int, Net]:
    """The net of every answer that is kept, for several claims."""
    found: dict[int, Net] = defaultdict(Net)
    ids = sorted(claim_ids)
    for start in range(0, len(ids), 500):
        _read(session, ids[start : start + 500], found)
    return found


def is_decided(session: Session, claim: Claim) -> bool:
    """Whether an answer of the payer stands that it did not take back."""
    net = net_of(session, [claim.id])[claim.id]
    return net.answers > 0 and net.state(1) != ClaimState.REVERSED


def _read(session: Session, ids: list[int], found: dict[int, Net]) -> None:
    mine = col(RemitClaim.claim_id)
    posted = col(RemitClaim.state) == AnswerState.MATCHED
    sums = select(mine, func.sum(RemitClaim.charge), func.sum(RemitClaim.paid), func.count())
    for claim_id, charge, paid, answers in session.exec(sums.where(mine.in_(ids), posted).group_by(mine)).all():
        net = found[claim_id or 0]
        net.charge, net.paid, net.answers = int(charge), int(paid), answers
    disposition = col(RemitAdjustment.disposition)
    query = (
        select(mine, disposition, func.sum(RemitAdjustment.cents))
        .join(RemitClaim, col(RemitClaim.id) == col(RemitAdjustment.remit_claim_id))
        .where(mine.in_(ids), posted)
        .group_by(mine, disposition)
    )
    for claim_id, name, cents in session.exec(query).all():
        found[claim_id or 0].adjusted[name] = int(cents)
