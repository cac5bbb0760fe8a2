"""Opening and closing denials from what was posted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.ledger import reverse_matching
from store.claims.deadlines import response_limit
from store.denials.ladder import rung
from store.denials.states import AWAITING, DENIAL, OPEN_STATES, DenialState
from store.denials.steps import QUEUE, called
from store.remits.board import CHUNK, Board
from store.tables import Appeal, Claim, Denial, Payer
from store.work.command import Change

_GONE = frozenset({DenialState.OVERTURNED, DenialState.OVERTURNED_PART, DenialState.UPHELD, DenialState.REVERSED})


def last_level(session: Session, claim_id: int, claim_line_id: int | None) -> int:
    """The highest level of appeal that was filed for the line, 0 for none."""
    query = select(func.max(Appeal.level)).where(Appeal.claim_id == claim_id, Appeal.claim_line_id == claim_line_id)
    return session.exec(query).one() or 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """One denied amount as the payer told it: where it stands, why, how much in cents, and when it was decided."""

    remit_claim_id: int
    remit_line_id: int | None
    claim_line_id: int | None
    group: str
    reason: str
    cents: int
    remarks: str
    category: str
    hint: str
    decided_on: date


class DenialBook:
    """The denials of several claims, read at once; what is opened is written by `flush`."""

    def __init__(self, change: Change, board: Board, claim_ids: Collection[int]) -> None:
        self._change, self._board = change, board
        self.changed = False
        self._payers: dict[int, Payer] = {}
        self._first: dict[tuple[int, date], date | None] = {}
        self._new: list[tuple[Denial, Refusal]] = []
        self._known: dict[int, list[Denial]] = defaultdict(list)
        ids = sorted(claim_ids)
        for start in range(0, len(ids), CHUNK):
            some = col(Denial.claim_id).in_(ids[start : start + CHUNK])
            for denial in change.session.exec(select(Denial).where(some).order_by(col(Denial.id))).all():
                self._known[denial.claim_id].append(denial)
        board.load(QUEUE, (denial.id for mine in self._known.values() for denial in mine))

    def open(self, claim: Claim, refusal: Refusal) -> None:
        """One denied amount becomes a denial; it ends the wait of an earlier one on that line."""
        payer = self._payer(claim.payer_id)
        deadline = self._respond_by(payer, refusal.decided_on)
        for earlier in self._standing(claim.id, refusal.claim_line_id):
            if earlier.state in AWAITING:
                if self._appealed(earlier):
                    deadline = self._next_rung(payer, claim.id, refusal) or deadline
                part = refusal.cents < earlier.cents
                self._close(earlier, DenialState.OVERTURNED_PART if part else DenialState.UPHELD)
        denial = Denial(
            claim_id=claim.id,
            claim_line_id=refusal.claim_line_id,
            remit_claim_id=refusal.remit_claim_id,
            remit_line_id=refusal.remit_line_id,
            group=refusal.group,
            reason=refusal.reason,
            remarks=refusal.remarks,
            category=refusal.category,
            cents=refusal.cents,
            state=DenialState.OPEN,
            opened_on=self._change.today,
            deadline=deadline,
        )
        DENIAL.require("", denial.state, "The denial")
        self._change.steps.append((DENIAL.name, denial, "", denial.state, False))
        self._change.session.add(denial)
        self._new.append((denial, refusal))
        self.changed = True
        self._known[claim.id].append(denial)

    def take_back(self, claim: Claim, refusal: Refusal) -> bool:
        """A reversal took a denied amount back: its denial is closed, and what we gave up for it stands open again.

        A denial that waits for the answer to a corrected claim goes on waiting: the correction follows the reversal.
        True where the books may have changed.
        """
        told = (refusal.group, refusal.reason, -refusal.cents)
        for denial in self._standing(claim.id, refusal.claim_line_id):
            if (denial.group, denial.reason, denial.cents) == told:
                if denial.state in AWAITING:
                    return False
                self.flush()
                reverse_matching(self._change, f"denial:{denial.id}:")
                self._close(denial, DenialState.REVERSED)
                return True
        return False

    def answered(self, claim: Claim, line_ids: set[int | None], *, by_own_payer: bool) -> None:
        """The lines were paid, or given to the patient, after all: denials that waited are overturned.

        Those that nobody had asked about are reversed by the payer itself, and are no outcome to learn from.
        """
        mine = self._known.get(claim.id)
        if not mine:
            return
        new = {id(denial) for denial, _ in self._new}
        for denial in mine:
            if denial.claim_line_id not in line_ids or id(denial) in new:
                continue
            if denial.state in AWAITING:
                self._close(denial, DenialState.OVERTURNED)
            elif by_own_payer and denial.state in OPEN_STATES:
                self._close(denial, DenialState.REVERSED)

    def flush(self) -> None:
        """Write what was opened, each with its item."""
        if not self._new:
            return
        self._change.session.flush()
        for denial, refusal in self._new:
            reason = f"{denial.group}-{denial.reason} {refusal.hint}"
            self._board.put(
                QUEUE, denial.id, reason=reason, cents=denial.cents, due=denial.deadline, score=denial.cents
            )
        self._new.clear()

    def _standing(self, claim_id: int, line_id: int | None) -> list[Denial]:
        mine = self._known.get(claim_id, [])
        return [denial for denial in mine if denial.claim_line_id == line_id and denial.state not in _GONE]

    def _close(self, denial: Denial, state: DenialState) -> None:
        if denial.state == state:
            return
        self.flush()
        self.changed = True
        self._change.move(denial, DENIAL, state, called(denial))
        denial.closed_on = self._change.today
        self._board.force_close(QUEUE, denial.id)

    def _appealed(self, denial: Denial) -> bool:
        query = select(Appeal.id).where(Appeal.denial_id == denial.id, col(Appeal.upheld_on).is_(None))
        return self._change.session.exec(query).first() is not None

    def _next_rung(self, payer: Payer, claim_id: int, refusal: Refusal) -> date | None:
        """The last day for the level above the one that this answer upheld."""
        session = self._change.session
        step = rung(session, payer, last_level(session, claim_id, refusal.claim_line_id) + 1, refusal.decided_on)
        return step.file_by(refusal.decided_on) if step else None

    def _respond_by(self, payer: Payer, decided_on: date) -> date | None:
        """The nearest of the payer's limits for an answer and the last day of its first level of appeal."""
        key = (payer.id, decided_on)
        if key not in self._first:
            step = rung(self._change.session, payer, 1, decided_on)
            days = (response_limit(payer, decided_on), step.file_by(decided_on) if step else None)
            self._first[key] = min((day for day in days if day is not None), default=None)
        return self._first[key]

    def _payer(self, payer_id: int) -> Payer:
        if payer_id not in self._payers:
            self._payers[payer_id] = self._change.get(Payer, payer_id)
        return self._payers[payer_id]
