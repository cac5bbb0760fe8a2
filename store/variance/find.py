"""Finding underpayments at posting, following them with later answers, and pricing again when a rate was wrong.

A variance is expected less allowed, never less paid: what the patient owes of the allowed amount is no underpayment.
A line whose allowed amount isn't told (AMT*B6) is allowed what was neither given up under the contract nor denied.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.claims.deadlines import dispute_limit
from store.money import show_cents
from store.remits.answers import Answer, Line
from store.remits.dispositions import Disposition
from store.tables import ClaimLine, ContractRate, Payer, Underpayment
from store.variance.rates import Priced, Rates
from store.variance.states import UNDERPAID_OPEN, UNDERPAYMENT, UnderpaymentState
from store.work import items
from store.work.command import Change

QUEUE = "underpaid"
LEAST_CENTS, LEAST_PERMILLE = 500, 20
"""A variance is flagged from $5 and 2 % on, whichever is more."""
AFTER_ALLOWED = frozenset({"253"})
"""Reductions that the contract knows and that come after the allowed amount (sequestration)."""

_S = UnderpaymentState


@dataclass(frozen=True, slots=True)
class _Seen:
    """One posted line with what it was allowed, in cents."""

    answer: Answer
    line: ClaimLine
    allowed: int


def threshold(expected: int) -> int:
    """From which variance on a line is flagged, in cents."""
    return max(LEAST_CENTS, expected * LEAST_PERMILLE // 1000)


def look_for_underpayments(change: Change, answers: Sequence[Answer]) -> None:
    """Price every posted line that the contract knows; flag what is short, and follow what was flagged before."""
    posted = [one for one in answers if one.claim is not None and one.posts]
    if not posted:
        return
    rates = Rates(change.session, {one.claim.payer_id for one in posted if one.claim})
    if not rates:
        return
    ids = {line.claim_line_id for one in posted for line in one.lines if line.claim_line_id is not None}
    lines = _lines(change.session, ids)
    known = _known(change.session, ids)
    groups: set[tuple[int, str]] = set()
    for one in posted:
        for line in one.lines:
            if line.claim_line_id in lines and one.claim is not None:
                seen = _Seen(one, lines[line.claim_line_id], allowed_of(one, line))
                groups |= _judge(change, rates, seen, known.get(line.claim_line_id), _refused(one, line))
    rank_groups(change, groups)


def allowed_of(answer: Answer, line: Line) -> int:
    """What the payer allowed for a line, in cents."""
    if line.value.allowed is not None:
        return line.value.allowed
    given = [
        f for f in answer.found if f.line is line and f.disposition in (Disposition.CONTRACTUAL, Disposition.DENIAL)
    ]
    return line.value.charge - sum(one.cents for one in given if one.reason not in AFTER_ALLOWED)


def reprice(change: Change, rate: ContractRate) -> tuple[int, int]:
    """Price again what a rate priced: (closed as false, changed)."""
    query = select(Underpayment).where(
        Underpayment.rate_id == rate.id, col(Underpayment.state).in_((_S.FLAGGED, _S.VERIFIED))
    )
    closed = changed = 0
    groups: set[tuple[int, str]] = set()
    for row in change.session.exec(query).all():
        line = change.get(ClaimLine, row.claim_line_id)
        expected = rate.cents * max(1, line.units)
        groups.add((row.payer_id, row.cause))
        if expected - row.allowed < threshold(expected):
            close(change, row, _S.FALSE, "the rate on file was wrong")
            closed += 1
        else:
            row.expected, row.cause = expected, cause_of(line, Priced(rate, expected), row.allowed)
            groups.add((row.payer_id, row.cause))
            changed += 1
    change.session.flush()
    rank_groups(change, groups)
    return closed, changed


def close(change: Change, row: Underpayment, state: UnderpaymentState, note: str) -> None:
    """End an underpayment and take it out of the queue."""
    change.move(row, UNDERPAYMENT, state, "The underpayment")
    row.note = note[:200]
    items.force_close(change, QUEUE, row.id)


def forget_variances(change: Change, answer_ids: Sequence[int]) -> None:
    """The answers were taken back: what was flagged because of them was none."""
    for start in range(0, len(answer_ids), 500):
        some = col(Underpayment.remit_claim_id).in_(answer_ids[start : start + 500])
        query = select(Underpayment).where(some, col(Underpayment.state).in_(UNDERPAID_OPEN))
        for row in change.session.exec(query).all():
            close(change, row, _S.FALSE, "the answer was taken back")


def cause_of(line: ClaimLine, priced: Priced, allowed: int) -> str:
    """What lines that one rule explains have in common: procedure, rate, and what was allowed instead."""
    units = max(1, line.units)
    code = f"{line.code} {line.modifiers}".strip()
    return f"{code}: {show_cents(allowed // units)} for {show_cents(priced.rate.cents)}"


def rank_groups(change: Change, groups: Iterable[tuple[int, str]]) -> None:
    """The more money a cause holds, the sooner each of its rows comes."""
    for payer_id, cause in sorted(groups):
        mine = (
            Underpayment.payer_id == payer_id, Underpayment.cause == cause,
            col(Underpayment.state).in_(UNDERPAID_OPEN),
        )  # fmt: skip
        variance = func.sum(Underpayment.expected - Underpayment.allowed)
        total = int(change.session.exec(select(func.coalesce(variance, 0)).where(*mine)).one())
        for row in change.session.exec(select(Underpayment).where(*mine)).all():
            item = items.find(change, QUEUE, row.id)
            if item is not None and item.open:
                item.score = total


def _judge(
    change: Change, rates: Rates, seen: _Seen, known: Underpayment | None, refused: bool
) -> set[tuple[int, str]]:
    claim, line = seen.answer.claim, seen.line
    assert claim is not None
    if seen.answer.reverses:
        if known is not None and known.state in (_S.FLAGGED, _S.VERIFIED):
            close(change, known, _S.FALSE, "the answer was taken back")
        return set()
    priced = rates.price(claim.payer_id, line.code, line.modifiers, max(1, line.units), line.service_date)
    if priced is None or refused or seen.answer.value.status in {"2", "3", "20", "21"}:
        return set()
    short = priced.cents - seen.allowed
    if known is not None and known.state in UNDERPAID_OPEN:
        return _follow(change, known, seen.allowed, short)
    if short < threshold(priced.cents):
        return set()
    row = Underpayment(
        claim_id=claim.id, claim_line_id=line.id, remit_claim_id=seen.answer.id, payer_id=claim.payer_id,
        rate_id=priced.rate.id, expected=priced.cents, allowed=seen.allowed,
        cause=cause_of(line, priced, seen.allowed), state=_S.FLAGGED, opened_on=change.today,
        due=dispute_limit(change.get(Payer, claim.payer_id), seen.answer.paid_on),
    )  # fmt: skip
    change.born(row, UNDERPAYMENT, "The underpayment")
    items.put(change, QUEUE, row.id, reason=row.cause, cents=short, due=row.due, score=short)
    return {(row.payer_id, row.cause)}


def _follow(change: Change, known: Underpayment, allowed: int, short: int) -> set[tuple[int, str]]:
    """A later answer to a line that was flagged or disputed."""
    known.recovered = max(0, allowed - known.allowed)
    if short < threshold(known.expected):
        close(change, known, _S.RECOVERED, "the payer allowed it after all")
    elif known.state == _S.DISPUTED:
        state = _S.PARTIAL if known.recovered else _S.UPHELD
        change.move(known, UNDERPAYMENT, state, "The underpayment")
        items.put(change, QUEUE, known.id, reason=known.cause, cents=short, due=known.due, score=short)
    return {(known.payer_id, known.cause)}


def _refused(answer: Answer, line: Line) -> bool:
    return any(one.line is line and one.disposition is Disposition.DENIAL and one.cents > 0 for one in answer.found)


def _lines(session: Session, ids: set[int]) -> dict[int | None, ClaimLine]:
    found: dict[int | None, ClaimLine] = {}
    some = sorted(ids)
    for start in range(0, len(some), 500):
        query = select(ClaimLine).where(col(ClaimLine.id).in_(some[start : start + 500]))
        found.update({line.id: line for line in session.exec(query).all()})
    return found


def _known(session: Session, ids: set[int]) -> dict[int | None, Underpayment]:
    found: dict[int | None, Underpayment] = {}
    some = sorted(ids)
    for start in range(0, len(some), 500):
        query = select(Underpayment).where(col(Underpayment.claim_line_id).in_(some[start : start + 500]))
        for row in session.exec(query.order_by(col(Underpayment.id))).all():
            found[row.claim_line_id] = row
    return found
