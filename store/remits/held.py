"""Answers that were held, posted after all: by themselves when what they waited for has come, or by a person."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.accounts.ledger import lock_accounts, post
from store.remits import exceptions
from store.remits.answers import Answer
from store.remits.board import Board
from store.remits.judge import Judge, rule_of
from store.remits.legs import Legs
from store.remits.post import Tally, settle
from store.remits.source import answers_again
from store.remits.states import REMITTANCE, WAITING, AnswerState, RemitState
from store.tables import LedgerEntry, RemitAdjustment, RemitClaim, RemitLine, Remittance
from store.work.command import Change


def retry(change: Change, claim_ids: Collection[int], tally: Tally) -> None:
    """Post what these claims' held answers waited for, until nothing more moves."""
    while True:
        rows = _waiting_for_more(change, sorted(claim_ids))
        if not any(_try(change, row, tally) for row in rows):
            return


def _waiting_for_more(change: Change, claim_ids: list[int]) -> list[RemitClaim]:
    found: list[RemitClaim] = []
    change.session.flush()
    for start in range(0, len(claim_ids), 500):
        query = (
            select(RemitClaim)
            .where(col(RemitClaim.claim_id).in_(claim_ids[start : start + 500]))
            .where(RemitClaim.state == AnswerState.HELD, col(RemitClaim.reason).in_(exceptions.RETRIED))
            .order_by(col(RemitClaim.id))
            .execution_options(populate_existing=True)
        )
        found.extend(change.session.exec(query).all())
    return found


def _try(change: Change, row: RemitClaim, tally: Tally) -> bool:
    """Whether the answer was posted, or cancelled together with what it takes back."""
    remittance = change.get(Remittance, row.remittance_id)
    (answer,) = answers_again(change.session, [row])
    legs = Legs(change, remittance, [answer])
    judge = Judge(change.session, [answer], legs, auto_post=rule_of(change.session, remittance.payer_code).auto_post)
    judge.look(answer)
    if answer.hold:
        return False
    for key in judge.cancelled:
        _close(change, change.get(RemitClaim, key), AnswerState.CANCELLED)
    if answer.posts:
        post_held(change, row, answer, legs, tally)
    else:
        row.reverses_id = answer.reverses_id
        _close(change, row, AnswerState.CANCELLED)
    advance(change, remittance)
    return True


def post_held(change: Change, row: RemitClaim, answer: Answer, legs: Legs, tally: Tally) -> None:
    """Book a held answer on its claim: the money moves from unapplied, and all that posting does follows."""
    assert answer.claim is not None
    lock_accounts(change, [answer.claim.guarantor_id])
    row.claim_id, row.reverses_id = answer.claim.id, answer.reverses_id
    _close(change, row, AnswerState.MATCHED)
    _place(change, answer)
    post(change, legs.entry(answer))
    answer.stranded = legs.stranded(answer)
    settle(change, [answer], tally)


def _place(change: Change, answer: Answer) -> None:
    """Write down where the lines belong and what was decided about each reason."""
    for line in answer.lines:
        change.get(RemitLine, line.id).claim_line_id = line.claim_line_id
    query = select(RemitAdjustment).where(RemitAdjustment.remit_claim_id == answer.id).order_by(col(RemitAdjustment.id))
    for kept, found in zip(change.session.exec(query).all(), answer.found, strict=True):
        kept.group, kept.disposition = found.group, found.disposition.value
    change.session.flush()


def _close(change: Change, row: RemitClaim, state: AnswerState) -> None:
    row.state, row.reason = state, ""
    board = Board(change)
    board.load(exceptions.QUEUE, [row.id])
    board.force_close(exceptions.QUEUE, row.id)
    board.flush()


def advance(change: Change, remittance: Remittance) -> None:
    """The payment is posted when none of its answers waits for a person any more, and partly posted before."""
    change.session.flush()
    query = (
        select(func.count())
        .select_from(RemitClaim)
        .where(RemitClaim.remittance_id == remittance.id, col(RemitClaim.state).in_(WAITING))
    )
    state = RemitState.PARTIAL if change.session.exec(query).one() else RemitState.POSTED
    if remittance.state != state:
        change.move(remittance, REMITTANCE, state, f"The payment {remittance.trace}")


def receipts(session: Session, remittance: Remittance) -> dict[int, str]:
    """The receipt of each occasion on which something of a payment was posted, by action: its trace, -A, -B and on.

    A payment that was posted whole at once has one receipt, its trace alone.
    """
    query = (
        select(LedgerEntry.action_id)
        .where(LedgerEntry.remittance_id == remittance.id)
        .group_by(col(LedgerEntry.action_id))
        .order_by(func.min(LedgerEntry.id))
    )
    actions = [action or 0 for action in session.exec(query).all()]
    if len(actions) == 1 and remittance.state != RemitState.PARTIAL:
        return {actions[0]: remittance.trace}
    return {action: f"{remittance.trace}-{_letters(number)}" for number, action in enumerate(actions)}


def _letters(number: int) -> str:
    """A to Z, then AA, AB and on, as the columns of a sheet are called."""
    rest, last = divmod(number, 26)
    return (_letters(rest - 1) if rest else "") + chr(ord("A") + last)


def waiting_rows(change: Change, remittance_id: int) -> Sequence[RemitClaim]:
    """The answers of a payment that wait for a person."""
    query = select(RemitClaim).where(RemitClaim.remittance_id == remittance_id, col(RemitClaim.state).in_(WAITING))
    return change.session.exec(query).all()
