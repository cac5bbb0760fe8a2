"""Taking a whole posted payment back: every entry reversed, and everything that it decided stepped back.

For a payment that should not have been posted at all (another practice's, a test file).  What the payer itself takes
back comes as a reversal in a remittance (CLP02 22).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import Session, SQLModel, col, select

from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, post, reverse_matching
from store.claims.rejections import QUEUE as REJECTIONS
from store.claims.states import CLAIM, ClaimState, is_to_send
from store.claims.states import QUEUE as CLAIMS
from store.denials.states import DECIDED, DENIAL, WON, DenialState
from store.denials.steps import QUEUE as DENIALS
from store.denials.steps import called as denial_called
from store.denials.worth import rank
from store.errors import NotFound, Refused
from store.money import show_cents
from store.people.roles import Permission
from store.remits import exceptions, matters
from store.remits.board import CHUNK
from store.remits.forward import recall
from store.remits.outcome import net_of
from store.remits.post import refresh
from store.remits.states import REMITTANCE, AnswerState, RemitState
from store.tables import Claim, Denial, Deposit, LedgerEntry, Posting, RemitClaim, Remittance, Transition
from store.text import clean_line, how_many
from store.variance.credits import look_for_credits
from store.variance.find import forget_variances
from store.work import items
from store.work.command import Change, Command, Said, free_text

_ANSWERED = frozenset({*DECIDED, DenialState.REVERSED})


@dataclass(frozen=True, slots=True)
class ReverseRemittance(Command):
    """Take a posted payment back, with the reason; its file may come in again afterwards."""

    remittance_id: int
    reason: str = free_text()
    name: ClassVar[str] = "remits.reverse"
    permission: ClassVar[Permission] = Permission.POST
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused when a later payment took one of its answers back already: that one has to go first."""
        remittance = change.get(Remittance, self.remittance_id, lock=True)
        words = clean_line(self.reason)
        if not words:
            raise Refused("Say why the payment is taken back.")
        if remittance.state not in (RemitState.POSTED, RemitState.PARTIAL):
            raise Refused(f"The payment {remittance.trace} is {remittance.state}; there is nothing to take back.")
        answers = change.session.exec(select(RemitClaim).where(RemitClaim.remittance_id == remittance.id)).all()
        _require_last(change.session, remittance, answers)
        claims = _claims(change.session, answers)
        steps = _steps(change.session, remittance)
        _give_up_what_followed(change, answers, claims)
        _reverse_entries(change, remittance, words)
        for answer in answers:
            answer.state = AnswerState.REVERSED
            items.force_close(change, exceptions.QUEUE, answer.id)
        remittance.fingerprint = f"{remittance.fingerprint}|reversed {change.action.id}"
        change.move(remittance, REMITTANCE, RemitState.REVERSED, f"The payment {remittance.trace}")
        matters.close_all(change, remittance)
        for deposit in change.session.exec(select(Deposit).where(Deposit.remittance_id == remittance.id)).all():
            deposit.remittance_id = None
            matters.money_alone(change, deposit)
        change.session.flush()
        _step_back(change, claims, steps, {answer.id for answer in answers})
        forget_variances(change, [answer.id for answer in answers])
        look_for_credits(change, set(claims))
        refresh(change, {claim.guarantor_id for claim in claims.values()})
        rank(change)
        amount = show_cents(remittance.amount, sign="$")
        return Said(f"The payment {remittance.trace} of {amount} is taken back: {len(answers)} answers.", remittance.id)


def remittance_by_trace(session: Session, trace: str) -> Remittance:
    """The one standing payment of a trace."""
    query = select(Remittance).where(Remittance.trace == trace.strip(), Remittance.state != RemitState.REVERSED)
    found = session.exec(query).all()
    if len(found) != 1:
        raise NotFound(f"There are {len(found)} payments with the trace {trace[:40]!r}.")
    return found[0]


def recent_payments(session: Session, most: int = 50) -> list[tuple[int, str, str]]:
    """Id, trace with amount, and day with payer of the payments that can be taken back, the newest first."""
    query = select(Remittance).where(col(Remittance.state).in_((RemitState.POSTED, RemitState.PARTIAL)))
    rows = session.exec(query.order_by(col(Remittance.id).desc()).limit(most)).all()
    return [
        (row.id, f"{row.trace} {show_cents(row.amount, sign='$')}", f"{row.paid_on} {row.payer_name}") for row in rows
    ]


def taken_back_told(session: Session, remittance_id: int) -> str:
    """What taking a payment back would undo, as a question."""
    row = session.get_one(Remittance, remittance_id)
    claims = how_many(row.claims, "claim")
    return f"Take {row.trace} of {row.payer_name} back, {show_cents(row.amount, sign='$')} for {claims}?"


def _require_last(session: Session, remittance: Remittance, answers: Sequence[RemitClaim]) -> None:
    ids = [answer.id for answer in answers]
    for start in range(0, len(ids), CHUNK):
        query = (
            select(RemitClaim, Remittance.trace)
            .join(Remittance, col(Remittance.id) == col(RemitClaim.remittance_id))
            .where(col(RemitClaim.reverses_id).in_(ids[start : start + CHUNK]))
            .where(RemitClaim.remittance_id != remittance.id, RemitClaim.state != AnswerState.REVERSED)
        )
        later = session.exec(query).first()
        if later is not None:
            raise Refused(
                f"The payment {later[1]} took the answer to {later[0].control_number} back already.",
                do=f"Take {later[1]} back first.",
            )


def _claims(session: Session, answers: Sequence[RemitClaim]) -> dict[int, Claim]:
    ids = sorted({one.claim_id for one in answers if one.claim_id is not None and one.state == AnswerState.MATCHED})
    found: dict[int, Claim] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(Claim).where(col(Claim.id).in_(ids[start : start + CHUNK]))
        found.update({claim.id: claim for claim in session.exec(query).all()})
    return found


def _steps(session: Session, remittance: Remittance) -> Sequence[Transition]:
    """Every step that the actions which posted this payment made, the last first."""
    actions = set(
        session.exec(select(LedgerEntry.action_id).where(LedgerEntry.remittance_id == remittance.id).distinct()).all()
    )
    born = select(Transition.action_id).where(
        Transition.machine == REMITTANCE.name, Transition.subject_id == remittance.id
    )
    actions |= set(session.exec(born).all())
    query = select(Transition).where(col(Transition.action_id).in_(actions)).order_by(col(Transition.id).desc())
    return session.exec(query).all()


def _give_up_what_followed(change: Change, answers: Sequence[RemitClaim], claims: dict[int, Claim]) -> None:
    """Write-offs and moves to the patient that rested on this payment are reversed with it."""
    recall(change, claims)
    for claim_id in claims:
        reverse_matching(change, f"to-patient:claim:{claim_id}:")
    ids = [answer.id for answer in answers]
    for start in range(0, len(ids), CHUNK):
        query = select(Denial).where(col(Denial.remit_claim_id).in_(ids[start : start + CHUNK]))
        for denial in change.session.exec(query).all():
            reverse_matching(change, f"denial:{denial.id}:")
            if denial.state not in (DenialState.REVERSED, *WON):
                change.move(denial, DENIAL, DenialState.REVERSED, denial_called(denial))
                denial.closed_on = change.today
            items.force_close(change, DENIALS, denial.id)


def _reverse_entries(change: Change, remittance: Remittance, words: str) -> None:
    """The exact contrary of every entry of the payment that stands."""
    done = select(LedgerEntry.reverses_id).where(col(LedgerEntry.reverses_id).is_not(None))
    standing = select(LedgerEntry).where(
        LedgerEntry.remittance_id == remittance.id,
        col(LedgerEntry.reverses_id).is_(None),
        col(LedgerEntry.id).not_in(done),
    )
    entries = {entry.id: entry for entry in change.session.exec(standing.order_by(col(LedgerEntry.id))).all()}
    legs: dict[int, list[Leg]] = {entry_id: [] for entry_id in entries}
    rows = select(Posting).join(LedgerEntry, col(LedgerEntry.id) == col(Posting.entry_id))
    for p in change.session.exec(rows.where(LedgerEntry.remittance_id == remittance.id)).all():
        if p.entry_id in legs:
            where = (p.guarantor_id, p.claim_id, p.claim_line_id, p.encounter_id, p.payer_id)
            legs[p.entry_id].append(Leg(Book(p.book), -p.cents, *where))
    post(
        change,
        *(
            Entry(
                ref=f"reversal:{entry.id}", kind="reversal", entry_date=change.today, legs=tuple(legs[entry.id]),
                memo=f"{entry.memo}: {words}"[:300], remit_claim_id=entry.remit_claim_id,
                remittance_id=remittance.id, reverses_id=entry.id,
            )
            for entry in entries.values()
        ),
    )  # fmt: skip


def _step_back(change: Change, claims: dict[int, Claim], steps: Sequence[Transition], answers: set[int]) -> None:
    """Claims and waiting denials are where they were; what has moved on since gets what its other answers say."""
    net = net_of(change.session, claims)
    denials = {step.subject_id for step in steps if step.machine == DENIAL.name}
    for step in steps:
        if step.machine == CLAIM.name and step.subject_id in claims and not net[step.subject_id].answers:
            _back(change, claims[step.subject_id], step)
        elif step.machine == DENIAL.name and step.subject_id in denials and step.after in _ANSWERED:
            denial = change.get(Denial, step.subject_id)
            if denial.remit_claim_id not in answers:
                _reopen(change, denial, step, claims)
    for claim in claims.values():
        mine = net[claim.id]
        if mine.answers and not is_to_send(claim):
            state = mine.state(claim.charge)
            if claim.state != state:
                change.move(claim, CLAIM, state, f"Claim {claim.control_number}")
        if claim.state == ClaimState.REJECTED:
            items.put(change, REJECTIONS, claim.id, reason="rejected", cents=claim.charge, score=claim.charge)
        elif not is_to_send(claim):
            items.force_close(change, CLAIMS, claim.id)


def _back(change: Change, row: SQLModel, step: Transition) -> bool:
    """Step one record back, if it still is where the step left it."""
    if row.state != step.after or not step.before:  # type: ignore[attr-defined]
        return False
    row.state = step.before
    change.steps.append((step.machine, row, step.after, step.before, True))
    return True


def _reopen(change: Change, denial: Denial, step: Transition, claims: dict[int, Claim]) -> None:
    """A denial that this payment overturned or upheld waits for its answer again."""
    if denial.claim_id in claims and _back(change, denial, step):
        denial.closed_on = None
        items.put(
            change, DENIALS, denial.id, reason="its answer was taken back", cents=denial.cents, due=denial.deadline,
            score=denial.cents,
        )  # fmt: skip
