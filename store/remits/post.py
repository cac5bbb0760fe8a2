"""Posting one payment: its records, its ledger entries, its denials and the new state of each claim.

Everything is recorded and booked first, slice by slice; then every claim gets the state that all its answers give.
Sums are read once for a slice, never for a claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from store.accounts.balances import account_balances, claim_books
from store.accounts.books import Book
from store.accounts.ledger import post
from store.accounts.standing import QUEUE as STATEMENTS
from store.calls.due import QUEUE as CALLS
from store.calls.due import refresh_calls
from store.claims.build import QUEUE as CLAIMS
from store.claims.build import called
from store.claims.rejections import QUEUE as REJECTIONS
from store.claims.states import CLAIM, ClaimState
from store.denials.open import DenialBook, Refusal
from store.remits import exceptions
from store.remits.answers import CROSSOVER, Answer, Found, keep_adjustments, keep_answers
from store.remits.board import CHUNK, Board
from store.remits.dispositions import Disposition
from store.remits.legs import Legs, provider_entries
from store.remits.match import Matcher
from store.remits.next_payer import waiting_at_payers
from store.remits.outcome import Net, net_of
from store.tables import Claim, ClaimEvent, Payer, Remittance, WorkItem
from store.work.command import Change
from store.work.progress import tell
from store.x12 import remittance_values as x12

CROSSOVER_DAYS = 30
"""A claim that was sent on (CLP02 19, 20, 21) is not billed again; after so many days somebody asks the next payer."""
SLICE = 1000
"""How many answers are read and written together."""


@dataclass(slots=True)
class Tally:
    """What a payment came to."""

    matched: int = 0
    unmatched: int = 0
    denied: int = 0
    denials_changed: bool = False
    accounts: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Kept:
    """What settling has to know of an answer; the rest is in the database."""

    id: int
    value: x12.RemitClaim
    claim: Claim | None
    reverses: bool
    refusals: list[Refusal]
    line_ids: set[int | None]
    unplaced: bool
    stranded: bool


def post_payment(change: Change, remittance: Remittance, payment: x12.Payment) -> Tally:
    """Post a balanced payment whose own record is kept already."""
    kept: list[_Kept] = []
    with change.session.no_autoflush:
        for part in _slices(payment.claims):
            tell(len(kept), len(payment.claims), "claims")
            kept += _book(change, remittance, part)
        post(change, *provider_entries(change, remittance, payment.provider_adjustments))
        tally = Tally()
        for part in _slices(kept):
            _Settling(change, part, tally).carry_out()
        _refresh(change, tally.accounts)
    return tally


def _slices(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), SLICE):
        yield rows[start : start + SLICE]


def _book(change: Change, remittance: Remittance, values: Sequence[x12.RemitClaim]) -> list[_Kept]:
    """Match, record and book some answers."""
    matcher = Matcher(change.session, values)
    answers = [Answer(value, matcher.claim(value)) for value in values]
    keep_answers(change.session, remittance.id, matcher, answers)
    legs = Legs(change, remittance, answers)
    post(change, *[legs.entry(answer) for answer in answers])
    keep_adjustments(change.session, answers)
    return [_kept(remittance, answer, legs.stranded(answer)) for answer in answers]


def _kept(remittance: Remittance, answer: Answer, stranded: bool) -> _Kept:
    refusals = [_refusal(remittance, answer, one) for one in answer.found if one.disposition is Disposition.DENIAL]
    return _Kept(
        answer.id,
        answer.value,
        answer.claim,
        answer.reverses,
        refusals,
        {line.claim_line_id for line in answer.lines},
        any(line.claim_line_id is None for line in answer.lines),
        stranded,
    )


def _refusal(remittance: Remittance, answer: Answer, found: Found) -> Refusal:
    return Refusal(
        remit_claim_id=answer.id,
        remit_line_id=found.line.id if found.line else None,
        claim_line_id=found.claim_line_id,
        group=found.group,
        reason=found.reason,
        cents=found.cents,
        remarks=" ".join(found.line.value.remarks) if found.line else "",
        category=found.rule.category,
        hint=found.rule.hint,
        decided_on=remittance.paid_on,
    )


class _Settling:
    """What follows from some answers that are booked: denials, states, items, exceptions."""

    def __init__(self, change: Change, kept: Sequence[_Kept], tally: Tally) -> None:
        self._change, self._kept, self._tally = change, kept, tally
        self._claims = {one.claim.id: one.claim for one in kept if one.claim}
        self._board = Board(change)
        for queue in (CLAIMS, REJECTIONS):
            self._board.load(queue, self._claims)
        self._denials = DenialBook(change, self._board, self._claims)
        self._net = net_of(change.session, self._claims)
        self._waiting = waiting_at_payers(change.session, self._claims)
        self._events: list[dict[str, object]] = []

    def carry_out(self) -> None:
        """Settle each answer in the payment's order and write it all."""
        for one in self._kept:
            if one.claim is None:
                self._tally.unmatched += 1
                self._raise(one, exceptions.NO_CLAIM)
            else:
                self._settle(one, one.claim)
        self._denials.flush()
        self._tally.denials_changed |= self._denials.changed
        self._board.flush()
        if self._events:
            self._change.session.execute(insert(ClaimEvent.__table__), self._events)  # type: ignore[attr-defined]

    def _settle(self, one: _Kept, claim: Claim) -> None:
        self._tally.matched += 1
        self._tally.accounts.add(claim.guarantor_id)
        if one.value.payer_control and not one.reverses:
            claim.payer_control = one.value.payer_control
        given_back = self._follow_refusals(one, claim)
        self._move(one, claim, self._net[claim.id])
        self._offer_next_payer(one, claim)
        self._look_for_doubts(one, claim, given_back)

    def _follow_refusals(self, one: _Kept, claim: Claim) -> bool:
        """Open and close denials; True where something that was given up stands open again."""
        denied: set[int | None] = set()
        given_back = False
        for refusal in one.refusals:
            if refusal.cents > 0 and not one.reverses:
                self._denials.open(claim, refusal)
                denied.add(refusal.claim_line_id)
                self._tally.denied += 1
            elif refusal.cents < 0:
                given_back |= self._denials.take_back(claim, refusal)
        if not one.reverses:
            self._denials.answered(claim, one.line_ids - denied)
        return given_back

    def _move(self, one: _Kept, claim: Claim, net: Net) -> None:
        state = net.state(claim.charge)
        self._events.append(
            {
                "claim_id": claim.id,
                "at": self._change.now,
                "kind": "835",
                "status": one.value.status,
                "text": f"paid {one.value.paid / 100:.2f}, now {state}",
            }
        )
        if claim.state in (ClaimState.READY, ClaimState.EDIT_FAIL):
            return  # a corrected version waits to go out; the answer was to an earlier one
        for queue in (CLAIMS, REJECTIONS):
            self._board.force_close(queue, claim.id)
        if claim.state != state:
            self._change.move(claim, CLAIM, state, called(claim))

    def _offer_next_payer(self, one: _Kept, claim: Claim) -> None:
        """Put a claim whose rest is the next payer's before the biller; at once, unless it was sent on already."""
        for payer_id, cents in self._waiting.get(claim.id, {}).items():
            if payer_id != claim.payer_id and cents > 0:
                name = self._change.get(Payer, payer_id).name
                sent_on = one.value.status in CROSSOVER
                until = self._change.today + timedelta(days=CROSSOVER_DAYS) if sent_on else None
                reason = f"sent on to {name}, which has not answered" if sent_on else f"bill {name} next"
                self._board.put(CLAIMS, claim.id, reason=reason, cents=cents, score=cents, deferred_until=until)

    def _look_for_doubts(self, one: _Kept, claim: Claim, given_back: bool) -> None:
        still_open = sum(self._waiting.get(claim.id, {}).values())
        if given_back:
            still_open = claim_books(self._change.session, claim.id).get(Book.INSURANCE, 0)
        if still_open < 0:
            self._raise(one, exceptions.OVERPAY)
        elif one.unplaced:
            self._raise(one, exceptions.NO_LINE)
        elif one.stranded:
            self._raise(one, exceptions.QMB)

    def _raise(self, one: _Kept, reason: str) -> None:
        exceptions.raise_exception(self._change, self._board, one.id, one.value.paid, reason)


def _refresh(change: Change, accounts: set[int]) -> None:
    """The statements queue as the accounts stand now."""
    ids = sorted(accounts)
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        board = Board(change)
        board.load(STATEMENTS, some)
        for guarantor_id, balance in _balances(change.session, some).items():
            if balance > 0:
                board.put(STATEMENTS, guarantor_id, reason="patient balance", cents=balance, score=balance)
            else:
                board.force_close(STATEMENTS, guarantor_id)
        board.flush()
        called = select(WorkItem.subject_id).where(
            WorkItem.queue == CALLS, WorkItem.open, col(WorkItem.subject_id).in_(some)
        )
        refresh_calls(change, change.session.exec(called).all())


def _balances(session: Session, guarantor_ids: Sequence[int]) -> dict[int, int]:
    found = account_balances(session, guarantor_ids)
    return {guarantor_id: balance.patient_due for guarantor_id, balance in found.items()}
