"""Who is to be called, why, and when: kept true after everything that changes it.

A promise that is broken returns by itself: the account is put aside until the promise's last day, and only a payment
takes it away before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from store.accounts.agreements import Kept, PlanStanding, plans, promises
from store.accounts.balances import account_balances
from store.accounts.holders import holders
from store.accounts.holds import STOPS_CALLS, HoldKind, standing_holds
from store.accounts.policy import policy_of
from store.calls.states import CallState
from store.calls.zones import local_times
from store.db import on_postgresql
from store.money import show_cents
from store.tables import CallPreference, Guarantor, PatientCall, PatientPayment, PatientPolicy, Placement, WorkItem
from store.work import items
from store.work.command import Change

QUEUE = "calls"
_RANKS = ("high balance", "mail came back", "final notice", "missed plan", "asked for", "call back", "broken promise")


_S = CallState
_TRIED = (_S.NO_ANSWER, _S.LEFT_MSG)
_STILL_WRONG = text("SELECT superbill_wrong_numbers(CAST(:ids AS integer[]))")


@dataclass(frozen=True, slots=True)
class Due:
    """A call that is to be made: why, from which day on, how much it is about."""

    rank: str
    reason: str
    on: date
    cents: int
    score: int
    by: date | None = None


def refresh_call(change: Change, guarantor_id: int) -> None:
    """Open, move or close the account's row in the call queue."""
    refresh_calls(change, [guarantor_id])


def ask_for_call(change: Change, guarantor_id: int, why: str) -> None:
    """Put an account into the call queue because a person wants it."""
    due = account_balances(change.session, [guarantor_id])[guarantor_id].patient_due
    items.put(change, QUEUE, guarantor_id, reason=f"asked for: {why}"[:80], cents=due, score=due)
    refresh_call(change, guarantor_id)


def refresh_calls(change: Change, guarantor_ids: Iterable[int]) -> None:
    """The rows of several accounts; one whose call is under way is left until the call ends."""
    ids = sorted(set(guarantor_ids))
    for start in range(0, len(ids), 500):
        _refresh(change, ids[start : start + 500])


def _refresh(change: Change, ids: Sequence[int]) -> None:
    session = change.session
    session.flush()
    calls = select(PatientCall.guarantor_id, PatientCall.began_at).where(
        col(PatientCall.guarantor_id).in_(ids), PatientCall.state == CallState.IN_CALL
    )
    talking = {id_ for id_, began in session.exec(calls).all() if began.date() == change.now.date()}
    known = {
        item.subject_id: item
        for item in session.exec(
            select(WorkItem).where(WorkItem.queue == QUEUE, col(WorkItem.subject_id).in_(ids))
        ).all()
    }
    due = calls_due(session, [one for one in ids if one not in talking], change.today)
    for guarantor_id in ids:
        if guarantor_id in talking:
            continue
        found = due.get(guarantor_id)
        if found is not None:
            item = items.put(change, QUEUE, guarantor_id, reason=found.reason, cents=found.cents, due=found.by,
                             score=found.score)  # fmt: skip
            item.deferred_until = found.on if found.on > change.today else None
        elif guarantor_id in known and known[guarantor_id].open:
            items.force_close(change, QUEUE, guarantor_id)
    session.flush()


def calls_due(session: Session, guarantor_ids: Sequence[int], today: date) -> dict[int, Due]:
    """The call that is due for each of these accounts that has one."""
    ids = sorted(guarantor_ids)
    if not ids:
        return {}
    return _Look(session, ids, today).all()


class _Look:
    def __init__(self, session: Session, ids: Sequence[int], today: date) -> None:
        self.session, self.today = session, today
        self.policy: PatientPolicy = policy_of(session)
        self.balances = account_balances(session, ids)
        self.holds = standing_holds(session, ids, today)
        self.plans = plans(session, self.policy, ids, today)
        self.promises = promises(session, self.policy, ids, today)
        self.accounts = holders(session, ids)
        self.never = set(
            session.exec(
                select(CallPreference.guarantor_id).where(
                    col(CallPreference.guarantor_id).in_(ids), CallPreference.do_not_call
                )
            ).all()
        )
        self.never |= set(
            session.exec(
                select(Placement.guarantor_id).where(
                    col(Placement.guarantor_id).in_(ids), col(Placement.recalled_on).is_(None)
                )
            ).all()
        )
        self.attempts = attempts(session, self.policy, ids, today)
        self.last_calls = _last_calls(session, ids)
        self.wrong = _wrong_numbers(session, [id_ for id_, one in self.last_calls.items() if one.state == _S.WRONG_NO])
        paid = select(PatientPayment.guarantor_id).where(col(PatientPayment.guarantor_id).in_(ids))
        self.payers = set(session.exec(paid).all())
        self.asked = _asked_for(session, ids)

    def all(self) -> dict[int, Due]:
        found = {}
        for guarantor_id in self.accounts:
            due = self._one(guarantor_id)
            if due is not None:
                found[guarantor_id] = due
        return found

    def _one(self, id_: int) -> Due | None:
        cents = self.balances[id_].patient_due
        stopped = any(one.kind in STOPS_CALLS for one in self.holds.get(id_, []))
        if cents <= 0 or id_ in self.never or stopped:
            return None
        found = self._agreed(id_) or self._called(id_) or self._noticed(id_, cents)
        if found is None:
            return None
        rank, reason, on, by = found
        on = max(on, self._after_attempts(id_))
        chance = 40 if rank == "broken promise" else 80 if id_ in self.payers else 60
        worth = min(9_999_999, cents * chance // 100 // max(1, self.attempts.get(id_, (0, None))[0]))
        return Due(rank, reason, on, cents, _RANKS.index(rank) * 10_000_000 + worth, by)

    def _agreed(self, id_: int) -> tuple[str, str, date, date | None] | None:
        """What was promised or agreed: nobody calls while it is kept, and the day after it is not."""
        promise, plan = self.promises.get(id_), self.plans.get(id_)
        last = self.last_calls.get(id_)
        if promise is not None and promise.state is not Kept.KEPT:
            on = promise.due_on + timedelta(days=self.policy.promise_grace + 1)
            reason = f"promise of {promise.due_on:%b %d} not kept: {show_cents(promise.cents, sign='$')}"
            if last is None or last.began_at.date() < on:
                return "broken promise", reason, on, None
            if last.state in _TRIED:
                return "broken promise", reason, last.began_at.date() + timedelta(days=1), None
        if plan is not None and not plan.done:
            return self._planned(plan)
        return None

    def _planned(self, plan: PlanStanding) -> tuple[str, str, date, date | None]:
        if plan.missed:
            return "missed plan", f"plan: {plan.missed} missed", self.today, None
        due_on = plan.next_due or self.today
        grace = due_on + timedelta(days=self.policy.plan_grace + 1)
        return "missed plan", f"plan: payment of {due_on:%b %d} missed", grace, None

    def _called(self, id_: int) -> tuple[str, str, date, date | None] | None:
        last = self.last_calls.get(id_)
        if last is None:
            return None
        if last.state == CallState.CALLBACK and last.call_back_at is not None:
            there = local_times(self.accounts[id_].state, last.call_back_at, self.policy.time_zone)[-1]
            on = there.date()
            return "call back", f"call back {there:%b %d %H:%M} {there.tzname()}", on, on
        if last.state in _TRIED:
            again = last.began_at.date() + timedelta(days=1)
            return "asked for", f"{last.reason} (tried {last.began_at:%b %d})", again, None
        return None

    def _noticed(self, id_: int, cents: int) -> tuple[str, str, date, date | None] | None:
        account, talked = self.accounts[id_], self.last_calls.get(id_)
        if id_ in self.wrong:
            return None  # until another number is known
        if any(one.kind is HoldKind.RETURNED_MAIL for one in self.holds.get(id_, [])):
            return "mail came back", "mail came back: ask for the address", self.today, None
        if id_ in self.asked:
            return "asked for", self.asked[id_], self.today, None
        last = account.last_statement_on
        if last is None or (talked is not None and talked.began_at.date() >= last):
            return None  # the next statement opens it again
        on = last + timedelta(days=self.policy.call_final_days)
        if account.dunning >= 4:
            return "final notice", f"final notice of {last:%b %d}", on, None
        if account.dunning >= 2 and cents >= self.policy.call_high:
            return "high balance", f"high balance, {account.dunning} statements", on, None
        return None

    def _after_attempts(self, id_: int) -> date:
        """The first day on which another attempt is allowed."""
        count, first = self.attempts.get(id_, (0, None))
        if count < self.policy.call_attempts or first is None:
            return self.today
        return first + timedelta(days=self.policy.call_days)


def attempts(session: Session, policy: PatientPolicy, ids: Sequence[int], today: date) -> dict[int, tuple[int, date]]:
    """How often each account was tried in the last days, and the first of these days."""
    first = today - timedelta(days=policy.call_days - 1)
    query = select(PatientCall.guarantor_id, PatientCall.began_at).where(col(PatientCall.guarantor_id).in_(ids))
    query = query.where(PatientCall.state != CallState.STOPPED)
    days = [(id_, began.date()) for id_, began in session.exec(query).all() if began.date() >= first]
    counts = Counter(id_ for id_, _ in days)
    return {id_: (count, min(day for one, day in days if one == id_)) for id_, count in counts.items()}


class _Call(NamedTuple):
    """What of a call decides about the next one: who posts keeps the queue true, and reads no notes and no numbers."""

    guarantor_id: int
    state: str
    reason: str
    began_at: datetime
    call_back_at: datetime | None


def _last_calls(session: Session, ids: Sequence[int]) -> dict[int, _Call]:
    latest = select(func.max(PatientCall.id)).where(col(PatientCall.guarantor_id).in_(ids))
    latest = latest.group_by(col(PatientCall.guarantor_id))
    query = select(*(getattr(PatientCall, name) for name in _Call._fields)).where(col(PatientCall.id).in_(latest))
    return {row[0]: _Call(*row) for row in session.execute(query)}


def _wrong_numbers(session: Session, ids: Sequence[int]) -> set[int]:
    """Of accounts whose last call was to a wrong number those that have no other one since."""
    if ids and on_postgresql(session):
        return set(session.execute(_STILL_WRONG, {"ids": [*ids]}).scalars())
    latest = select(func.max(PatientCall.id)).where(col(PatientCall.guarantor_id).in_(ids))
    query = select(PatientCall.guarantor_id).join(Guarantor, col(Guarantor.id) == col(PatientCall.guarantor_id))
    query = query.where(col(PatientCall.id).in_(latest.group_by(col(PatientCall.guarantor_id))))
    return set(session.exec(query.where(PatientCall.phone == Guarantor.phone)).all()) if ids else set()


def _asked_for(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Accounts that a person put into the queue, while they are in it: the reason stays."""
    query = select(WorkItem.subject_id, WorkItem.reason).where(
        WorkItem.queue == QUEUE, col(WorkItem.subject_id).in_(ids), WorkItem.open,
        col(WorkItem.reason).startswith("asked for"),
    )  # fmt: skip
    return dict(session.exec(query).all())
