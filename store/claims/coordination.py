"""What the payers before have decided, as the next payer has to be told: loops 2320, 2330 and 2430.

It is read from the posted remittances: of each claim to an earlier payer the answers that no reversal took back.  Where
every line was answered the lines tell it (2430), else the claim as a whole (2320); the equations of
`store.x12.coordination` hold either way, or the scrub stops the claim.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from store.remits.states import AnswerState
from store.tables import Claim, ClaimLine, RemitAdjustment, RemitClaim, RemitLine, Remittance
from store.x12.adjudication import outcome
from store.x12.claim_values import LinePayment, OtherPayer, Subscription
from store.x12.remittance_values import Adjustment

REVERSAL = "22"


@dataclass(slots=True)
class Decision:
    """What one payer decided: by line of the encounter where it told lines, else as a whole."""

    payer_id: str
    paid: int = 0
    decided_on: date | None = None
    payer_control: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    lines: dict[int, LinePayment] = field(default_factory=dict)
    left: int = 0
    outcome: dict[str, Any] = field(default_factory=dict)

    def told(self, coverage: Subscription) -> OtherPayer:
        """Loop 2320 of the payer."""
        return OtherPayer(
            coverage, paid=self.paid, adjudicated=self.decided_on, payer_control=self.payer_control,
            adjustments=self.adjustments, remaining=None if self.lines else self.left,
            **self.outcome,
        )  # fmt: skip


def earlier_claims(session: Session, claim: Claim) -> list[Claim]:
    """The claims to the payers before, the first payer's first."""
    found: list[Claim] = []
    prior_id = claim.prior_id
    while prior_id is not None and len(found) < 10:
        prior = session.get_one(Claim, prior_id)
        found.insert(0, prior)
        prior_id = prior.prior_id
    return found


def decided_on(session: Session, claim: Claim) -> date | None:
    """The day of the last answer that stands."""
    answers = _standing(session, claim.id)
    return max((remittance.paid_on for _, remittance in answers), default=None)


def decision(session: Session, claim: Claim, payer_id: str) -> Decision | None:
    """What the payer of a claim decided, None where no answer stands."""
    answers = _standing(session, claim.id)
    if not answers:
        return None
    found = Decision(payer_id, payer_control=claim.payer_control)
    found.outcome = outcome(answers[-1][0].adjudication)
    found.paid = sum(answer.paid for answer, _ in answers)
    found.decided_on = max(remittance.paid_on for _, remittance in answers)
    ids = [answer.id for answer, _ in answers]
    rows = _adjustments(session, ids)
    found.left = sum(row.cents for row in rows if row.group == "PR")
    by_line = _by_line(session, claim, ids, rows, found)
    if by_line is not None:
        found.lines = by_line
        found.adjustments = _summed(row for row in rows if row.remit_line_id is None)
    else:
        found.adjustments = _summed(rows)
    return found


def _standing(session: Session, claim_id: int) -> list[tuple[RemitClaim, Remittance]]:
    """Answers that were posted and that no reversal took back."""
    query = (
        select(RemitClaim, Remittance)
        .join(Remittance, col(Remittance.id) == col(RemitClaim.remittance_id))
        .where(RemitClaim.claim_id == claim_id, RemitClaim.state == AnswerState.MATCHED)
        .order_by(col(RemitClaim.id))
    )
    rows = session.exec(query).all()
    taken_back = {answer.reverses_id for answer, _ in rows}
    return [row for row in rows if row[0].status != REVERSAL and row[0].id not in taken_back]


def _adjustments(session: Session, answer_ids: Sequence[int]) -> list[RemitAdjustment]:
    query = select(RemitAdjustment).where(col(RemitAdjustment.remit_claim_id).in_(answer_ids))
    return list(session.exec(query.order_by(col(RemitAdjustment.id))).all())


def _by_line(
    session: Session, claim: Claim, answer_ids: Sequence[int], rows: Sequence[RemitAdjustment], found: Decision
) -> dict[int, LinePayment] | None:
    """Payments by service line; None where an answer's line is not ours for certain, or a line was not answered."""
    ours = session.exec(select(ClaimLine).where(ClaimLine.claim_id == claim.id, ClaimLine.active)).all()
    query = select(RemitLine).where(col(RemitLine.remit_claim_id).in_(answer_ids)).order_by(col(RemitLine.id))
    told: dict[int, list[RemitLine]] = defaultdict(list)
    for answered in session.exec(query).all():
        if answered.claim_line_id is None:
            return None
        told[answered.claim_line_id].append(answered)
    if set(told) != {line.id for line in ours} or any(line.service_line_id is None for line in ours):
        return None
    ours = sorted(ours, key=lambda line: line.id)
    reasons: dict[int | None, list[RemitAdjustment]] = defaultdict(list)
    for row in rows:
        reasons[row.remit_line_id].append(row)
    assert found.decided_on is not None
    made: dict[int, LinePayment] = {}
    numbers = {line.code: number for number, line in enumerate(ours, 1)}
    for line in ours:
        answers = told[line.id]
        adjustments = _summed(row for answer in answers for row in reasons[answer.id])
        paid = sum(answer.paid for answer in answers)
        if line.charge != paid + sum(one.cents for one in adjustments):
            return None
        left = sum(one.cents for one in adjustments if one.group == "PR")
        first = answers[0]
        other = first.code != line.code
        made[line.service_line_id or 0] = LinePayment(
            found.payer_id, paid, found.decided_on, _units_paid(answers, line.units), adjustments,
            first.code if other else "", tuple(filter(None, first.modifiers.split(","))) if other else (),
            bundled=numbers.get(first.code, 0) if other and not paid else 0, remaining=left,
        )  # fmt: skip
    return made


def _units_paid(answers: Sequence[RemitLine], billed: int) -> int:
    """The units that were paid (SVC05), of a line that was split their sum; those billed where parts of one were paid.

    Answers of before units were kept have none: those billed are told.
    """
    told = [answer.units for answer in answers]
    return sum(int(units) for units in told) if all(units.isdigit() for units in told) else billed


def _summed(rows: object) -> tuple[Adjustment, ...]:
    """One adjustment a group and reason, in the order of the remittance; what came to nothing is left out."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:  # type: ignore[attr-defined]
        sums[row.group, row.reason] += row.cents
    return tuple(Adjustment(group, reason, cents) for (group, reason), cents in sums.items() if cents)
