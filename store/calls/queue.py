"""The call queue: whom to call now, why, and about how much."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from store import clock
from store.accounts.policy import policy_of
from store.accounts.why_owed import explanation, plain_lines
from store.calls.due import QUEUE, attempts
from store.calls.view import call_record, is_verified
from store.calls.zones import local_times, may_call, words
from store.people.roles import Permission
from store.tables import Guarantor, PatientCall, WorkItem
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.values import Column, Kind, Why


def _join(query: AnySelect) -> AnySelect:
    return query.join(Guarantor, col(Guarantor.id) == col(WorkItem.subject_id))


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    policy, now = policy_of(session), clock.now()
    tried = attempts(session, policy, subjects, clock.today())
    latest = select(func.max(PatientCall.id)).where(col(PatientCall.guarantor_id).in_(subjects))
    latest = latest.group_by(col(PatientCall.guarantor_id))
    last = {one.guarantor_id: one for one in session.exec(select(PatientCall).where(col(PatientCall.id).in_(latest)))}
    found = {}
    for account in session.exec(select(Guarantor).where(col(Guarantor.id).in_(subjects))).all():
        times = local_times(account.state, now, policy.time_zone)
        allowed = may_call(times, policy.call_from, policy.call_to)
        count, _ = tried.get(account.id, (0, None))
        before = last.get(account.id)
        found[account.id] = (
            f"{'may be called now' if allowed else 'NOT NOW'}: it is {words(times)} there, "
            f"{count} of {policy.call_attempts} attempts",
            f"last call {before.began_at:%b %d}: {before.state} {before.note}" if before else "never called",
            "",
        )
    return found


def _why(session: Session, item: WorkItem) -> Why:
    lines = [f"To be called: {item.reason}."]
    if is_verified(session, item.subject_id):
        lines += plain_lines(explanation(session, item.subject_id, language="en"))
    else:
        lines.append("What is owed, and why, is shown once the identity is checked in the call.")
    return Why("Why call, and why is it owed?", tuple(lines), "Out of the answers of the insurers, visit by visit.")


CALLS = Queue(
    name=QUEUE,
    title="Patient calls",
    permission=Permission.CONTACT,
    shown=(
        Shown(Column("account", "Account", 7), col(Guarantor.number)),
        Shown(Column("guarantor", "Guarantor", 18), col(Guarantor.last) + ", " + col(Guarantor.first)),
        Shown(Column("state", "St", 2, help="where they live: it decides the hours"), col(Guarantor.state)),
        Shown(Column("phone", "Phone", 10), col(Guarantor.phone)),
        Shown(Column("due", "Due", 9, Kind.CENTS), col(WorkItem.cents)),
        Shown(Column("why", "Because", 25), col(WorkItem.reason)),
        Shown(Column("level", "Lvl", 3, Kind.NUMBER, wide=True), col(Guarantor.dunning)),
        Shown(Column("last", "Last sent", 10, Kind.DATE, wide=True), col(Guarantor.last_statement_on)),
        Shown(Column("lang", "Lang", 4, wide=True), col(Guarantor.language)),
    ),
    join=_join,
    preview=_preview,
    why=_why,
    record=call_record,
)
