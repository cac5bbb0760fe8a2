"""Posting one payment: its records, its ledger entries, its denials and the new state of each claim.

Answers are taken slice by slice: recorded, judged, booked, and settled, so that a file of any size takes no more
memory than a slice.  Sums are read once for a slice, never for a claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from store.accounts.balances import Balance, account_balances, claim_books
from store.accounts.books import Book
from store.accounts.ledger import post
from store.accounts.standing import QUEUE as STATEMENTS
from store.bulk import write_rows
from store.calls.due import QUEUE as CALLS
from store.calls.due import refresh_calls
from store.claims.given_up import charge_again, charge_no_more, frequency_of
from store.claims.rejections import QUEUE as REJECTIONS
from store.claims.states import CLAIM, ClaimState, called, is_to_send
from store.claims.states import QUEUE as CLAIMS
from store.denials.open import DenialBook, Refusal
from store.errors import Stale
from store.remits import exceptions
from store.remits.answers import CROSSOVER, SEQUENCE, Answer, Found, keep_adjustments, keep_answers
from store.remits.bill_next import bill_next_payers
from store.remits.board import CHUNK, Board
from store.remits.dispositions import Disposition
from store.remits.judge import Judge
from store.remits.legs import Legs
from store.remits.match import Matcher
from store.remits.next_payer import waiting_at_payers
from store.remits.outcome import Net, net_of
from store.remits.provider import provider_entries
from store.remits.states import AnswerState
from store.tables import Claim, ClaimEvent, CreditBalance, Payer, RemitClaim, Remittance, WorkItem
from store.variance.credits import look_for_credits, look_for_patient_credits
from store.work.command import Change
from store.work.progress import tell
from store.x12 import remittance_values as x12

CROSSOVER_DAYS = 30
"""A claim that was sent on (CLP02 19, 20, 21) is not billed again; after so many days somebody asks the next payer."""
SLICE = 1000
"""How many answers are read and written together."""


@dataclass(slots=True)
class Tally:
    """What a payment came to.  `matched` are posted, `unmatched` are not ours, `held` and `waits` not posted."""

    matched: int = 0
    unmatched: int = 0
    held: int = 0
    denied: int = 0
    waits: int = 0
    denials_changed: bool = False
    accounts: set[int] = field(default_factory=set)


def post_payment(
    change: Change,
    remittance: Remittance,
    claims: Iterable[x12.RemitClaim],
    pairs: Sequence[x12.ProviderAdjustment],
    *,
    auto_post: bool,
) -> Tally:
    """Post a balanced payment whose own record is kept already; what is not certain is held."""
    from store.remits.held import retry  # which posts again what this one makes room for

    tally = Tally()
    with change.session.no_autoflush:
        done = 0
        for part in slices(claims):
            tell(done, remittance.claims, "claims")
            done += len(part)
            answers = book(change, remittance, part, auto_post=auto_post)
            settle(change, answers, tally)
            retry(change, {answer.claim.id for answer in answers if answer.claim}, tally)
            change.write_steps()
        post(change, *provider_entries(change, remittance, pairs))
        refresh(change, tally.accounts)
    return tally


def slices(rows: Iterable[x12.RemitClaim]) -> Iterator[list[x12.RemitClaim]]:
    """The rows in lists of `SLICE`."""
    them = iter(rows)
    while part := list(islice(them, SLICE)):
        yield part


def book(change: Change, remittance: Remittance, values: Sequence[x12.RemitClaim], *, auto_post: bool) -> list[Answer]:
    """Match, record, judge and book some answers."""
    matcher = Matcher(change.session, values)
    answers = []
    for value in values:
        match = matcher.claim(value)
        hold = exceptions.AMBIG if match.ambiguous else ""
        answers.append(Answer(value, match.claim, hold=hold, paid_on=remittance.paid_on))
    keep_answers(change.session, remittance.id, matcher, answers)
    legs = Legs(change, remittance, answers)
    decide(change, answers, legs, auto_post=auto_post)
    post(change, *[legs.entry(answer) for answer in answers])
    for answer in answers:
        answer.stranded = legs.stranded(answer)
    keep_adjustments(change.session, answers)
    return answers


def decide(change: Change, answers: Sequence[Answer], legs: Legs, *, auto_post: bool) -> None:
    """Judge the answers and write down what is held, what takes back what, and what was cancelled before posting."""
    judge = Judge(change.session, answers, legs, auto_post=auto_post)
    for answer in answers:
        judge.look(answer)
    told = [
        {"key": one.id, "state_": one.state.value, "reason_": one.hold, "back": one.reverses_id}
        for one in answers
        if one.hold or one.reverses_id or not one.posts
    ]
    told += [
        {"key": key, "state_": AnswerState.CANCELLED.value, "reason_": "", "back": None} for key in judge.cancelled
    ]
    if told:
        table = RemitClaim.__table__  # type: ignore[attr-defined]
        statement = update(table).where(table.c.id == bindparam("key"))
        new: dict[str, Any] = {
            "state": bindparam("state_"),
            "reason": bindparam("reason_"),
            "reverses_id": bindparam("back"),
        }
        change.session.execute(statement.values(**new), told)
    if judge.cancelled:
        board = Board(change)
        board.load(exceptions.QUEUE, judge.cancelled)
        for key in judge.cancelled:
            board.force_close(exceptions.QUEUE, key)
        board.flush()


def settle(change: Change, answers: Sequence[Answer], tally: Tally) -> None:
    """What follows from answers that are booked: denials, states, items, exceptions, variances."""
    from store.variance.find import look_for_underpayments

    _Settling(change, answers, tally).carry_out()
    look_for_underpayments(change, answers)
    look_for_credits(change, {one.claim.id for one in answers if one.claim and one.posts})


def _refusals(answer: Answer) -> Iterator[Refusal]:
    return (_refusal(answer, one) for one in answer.found if one.disposition is Disposition.DENIAL)


def _refusal(answer: Answer, found: Found) -> Refusal:
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
        decided_on=answer.paid_on,
    )


class _Settling:
    def __init__(self, change: Change, answers: Sequence[Answer], tally: Tally) -> None:
        self._change, self._answers, self._tally = change, answers, tally
        self._claims = {one.claim.id: one.claim for one in answers if one.claim and one.posts}
        self._board = Board(change)
        for queue in (CLAIMS, REJECTIONS):
            self._board.load(queue, self._claims)
        self._denials = DenialBook(change, self._board, self._claims)
        self._net = net_of(change.session, self._claims)
        self._waiting = waiting_at_payers(change.session, self._claims)
        self._events: list[dict[str, Any]] = []
        self._written = ClaimWriter(change)
        self._to_bill: dict[int, Claim] = {}

    def carry_out(self) -> None:
        """Settle each answer in the payment's order and write it all."""
        for one in self._answers:
            if one.hold:
                self._tally.unmatched += one.claim is None
                self._tally.held += one.claim is not None
                self._raise(one, one.hold)
            elif one.claim is not None and one.posts:
                self._settle(one, one.claim)
        self._written.flush()
        self._denials.flush()
        self._tally.denials_changed |= self._denials.changed
        self._board.flush()
        if self._change.action.undoable:
            self._change.session.add_all(ClaimEvent(**event) for event in self._events)
        else:
            write_rows(self._change.session, ClaimEvent, self._events)
        bill_next_payers(self._change, list(self._to_bill.values()))
        self._end_voided()

    def _settle(self, one: Answer, claim: Claim) -> None:
        self._tally.matched += 1
        self._tally.accounts.add(claim.guarantor_id)
        if one.value.payer_control and not one.reverses:
            self._written.set(claim, "payer_control", one.value.payer_control)
        was_cancelled = claim.state == ClaimState.CANCELLED
        if not one.reverses:
            charge_again(self._change, claim)
        given_back = self._follow_refusals(one, claim)
        self._move(one, claim, self._net[claim.id])
        self._offer_next_payer(one, claim)
        self._look_for_doubts(one, claim, given_back)
        if was_cancelled and not one.reverses:
            self._raise(one, exceptions.CLOSED)

    def _follow_refusals(self, one: Answer, claim: Claim) -> bool:
        """Open and close denials; True where something that was given up stands open again."""
        denied: set[int | None] = set()
        given_back = False
        for refusal in _refusals(one):
            if refusal.cents > 0 and not one.reverses:
                self._denials.open(claim, refusal)
                denied.add(refusal.claim_line_id)
                self._tally.denied += 1
            elif refusal.cents < 0:
                given_back |= self._denials.take_back(claim, refusal)
        if not one.reverses:
            lines = {line.claim_line_id for line in one.lines} | ({None} if not denied else set())
            own = SEQUENCE.get(one.value.status, claim.sequence) == claim.sequence
            self._denials.answered(claim, lines - denied, by_own_payer=own)
        return given_back

    def _move(self, one: Answer, claim: Claim, net: Net) -> None:
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
        if is_to_send(claim):
            return  # a corrected version waits to go out; the answer was to an earlier one
        for queue in (CLAIMS, REJECTIONS):
            self._board.force_close(queue, claim.id)
        if claim.state != state:
            self._change.move(claim, CLAIM, state, called(claim), self._written.set)

    def _end_voided(self) -> None:
        """What we asked the payer to take back, and it took back, is at an end."""
        back = [claim for claim in self._claims.values() if claim.state == ClaimState.REVERSED]
        for claim in back:
            if frequency_of(self._change.session, claim) == "8":
                self._change.move(claim, CLAIM, ClaimState.CANCELLED, called(claim))
                charge_no_more(self._change, claim, "voided")

    def _offer_next_payer(self, one: Answer, claim: Claim) -> None:
        """The rest is the next payer's: it is billed now, unless the claim was sent on already."""
        for payer_id, cents in self._waiting.get(claim.id, {}).items():
            if payer_id == claim.payer_id or cents <= 0:
                continue
            if one.value.status not in CROSSOVER:
                self._to_bill[claim.id] = claim
                continue
            self._to_bill.pop(claim.id, None)
            reason = f"sent on to {self._change.get(Payer, payer_id).name}, which has not answered"
            until = self._change.today + timedelta(days=CROSSOVER_DAYS)
            self._board.put(CLAIMS, claim.id, reason=reason, cents=cents, score=cents, deferred_until=until)

    def _look_for_doubts(self, one: Answer, claim: Claim, given_back: bool) -> None:
        if given_back and claim_books(self._change.session, claim.id).get(Book.INSURANCE, 0) < 0:
            self._raise(one, exceptions.OVERPAY)
        elif one.stranded:
            self._raise(one, exceptions.QMB)

    def _raise(self, one: Answer, reason: str) -> None:
        exceptions.raise_exception(self._change, self._board, one.id, one.value.paid, reason)


class ClaimWriter:
    """Writes what is changed on claims in one statement; the session writes versioned rows one by one.

    Where the action can be undone the session does it, as it keeps an image of each.
    """

    def __init__(self, change: Change) -> None:
        self._change = change
        self._changed: dict[int, Claim] = {}

    def set(self, claim: Claim, name: str, value: str) -> None:
        """The state or the payer's number of a claim; what it is already stays unwritten."""
        if getattr(claim, name) == value:
            return
        if self._change.action.undoable:
            setattr(claim, name, value)
        else:
            set_committed_value(claim, name, value)  # nothing is left for the session to find and write
            self._changed[claim.id] = claim

    def flush(self) -> None:
        """Write them; `Stale` where another transaction saved one meanwhile, as the session says it."""
        if not self._changed:
            return
        rows = [
            {"key": one.id, "was": one.version, "told": one.state, "theirs": one.payer_control}
            for one in self._changed.values()
        ]
        table = Claim.__table__  # type: ignore[attr-defined]
        statement = update(table).where(table.c.id == bindparam("key"), table.c.version == bindparam("was"))
        values = {"state": bindparam("told"), "payer_control": bindparam("theirs"), "version": table.c.version + 1}
        written = self._change.session.connection().execute(statement.values(values), rows).rowcount
        if written not in (-1, len(rows)):
            raise Stale("Somebody else saved a claim of this payment meanwhile.", do="Import it again.")
        for claim in self._changed.values():
            set_committed_value(claim, "version", claim.version + 1)
        self._changed.clear()


def refresh(change: Change, accounts: set[int]) -> None:
    """The statements queue as the accounts stand now."""
    ids = sorted(accounts)
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        board = Board(change)
        board.load(STATEMENTS, some)
        balances = account_balances(change.session, some)
        for guarantor_id, balance in balances.items():
            due = balance.patient_due
            if due > 0:
                board.put(STATEMENTS, guarantor_id, reason="patient balance", cents=due, score=due)
            else:
                board.force_close(STATEMENTS, guarantor_id)
        board.flush()
        look_for_patient_credits(change, _in_credit(change.session, balances))
        called = select(WorkItem.subject_id).where(
            WorkItem.queue == CALLS, WorkItem.open, col(WorkItem.subject_id).in_(some)
        )
        refresh_calls(change, change.session.exec(called).all())


def _in_credit(session: Session, balances: Mapping[int, Balance]) -> set[int]:
    """The accounts that have too much, or had and may have no longer."""
    query = select(CreditBalance.guarantor_id).where(
        col(CreditBalance.guarantor_id).in_(sorted(balances)), col(CreditBalance.claim_id).is_(None)
    )
    return set(session.exec(query).all()) | {key for key, balance in balances.items() if balance.credit > 0}
