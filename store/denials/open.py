"""Opening and closing denials from what was posted."""

from __future__ import annotations

from sqlmodel import col, select

from store.accounts.ledger import reverse_matching
from store.claims.deadlines import response_limit
from store.denials.states import AWAITING, DENIAL, DenialState
from store.remits.dispositions import Rule
from store.tables import Claim, Denial, Payer, RemitAdjustment, RemitLine, Remittance
from store.work import items
from store.work.command import Change

QUEUE = "denials"
_GONE = frozenset({DenialState.OVERTURNED, DenialState.REVERSED})


def called(denial: Denial) -> str:
    """How a sentence names the denial."""
    return f"The denial {denial.group}-{denial.reason}"


def open_denial(
    change: Change, remittance: Remittance, claim: Claim, line: RemitLine | None, found: RemitAdjustment, rule: Rule
) -> None:
    """One denied amount becomes a denial and an item of the queue; it ends the wait of an earlier one on that line."""
    payer = change.get(Payer, claim.payer_id)
    line_id = line.claim_line_id if line else None
    for earlier in _standing(change, claim.id, line_id):
        if earlier.state in AWAITING:
            _close(change, earlier, DenialState.UPHELD)
    denial = change.born(
        Denial(
            claim_id=claim.id,
            claim_line_id=line_id,
            remit_claim_id=found.remit_claim_id,
            remit_line_id=line.id if line else None,
            group=found.group,
            reason=found.reason,
            remarks=line.remarks if line else "",
            category=rule.category,
            cents=found.cents,
            state=DenialState.OPEN,
            opened_on=change.today,
            deadline=response_limit(payer, remittance.paid_on),
        ),
        DENIAL,
        "The denial",
    )
    items.put(
        change,
        QUEUE,
        denial.id,
        reason=f"{found.group}-{found.reason} {rule.hint}",
        cents=found.cents,
        due=denial.deadline,
        score=found.cents,
    )


def take_back(change: Change, claim: Claim, line: RemitLine | None, found: RemitAdjustment) -> None:
    """A reversal took a denied amount back: its denial is closed, and what we gave up for it stands open again.

    A denial that waits for the answer to a corrected claim goes on waiting: the correction follows the reversal.
    """
    line_id = line.claim_line_id if line else None
    for denial in _standing(change, claim.id, line_id):
        if (denial.group, denial.reason, denial.cents) == (found.group, found.reason, -found.cents):
            if denial.state not in AWAITING:
                reverse_matching(change, f"denial:{denial.id}:")
                _close(change, denial, DenialState.REVERSED)
            return


def answered(change: Change, claim: Claim, line_ids: set[int | None]) -> None:
    """The lines were paid, or given to the patient, after all: denials that waited for the answer are overturned."""
    query = select(Denial).where(Denial.claim_id == claim.id, col(Denial.state).in_(AWAITING))
    for denial in change.session.exec(query).all():
        if denial.claim_line_id in line_ids:
            _close(change, denial, DenialState.OVERTURNED)


def _standing(change: Change, claim_id: int, line_id: int | None) -> list[Denial]:
    query = select(Denial).where(Denial.claim_id == claim_id, Denial.claim_line_id == line_id).order_by(col(Denial.id))
    return [denial for denial in change.session.exec(query).all() if denial.state not in _GONE]


def _close(change: Change, denial: Denial, state: DenialState) -> None:
    if denial.state == state:
        return
    change.move(denial, DENIAL, state, called(denial))
    denial.closed_on = change.today
    items.force_close(change, QUEUE, denial.id)
