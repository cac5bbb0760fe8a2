"""The call screen's record: before the identity is checked it shows who is called and nothing of what they owe."""

from __future__ import annotations

import re
from datetime import datetime

from sqlmodel import Session, col, select

from store import clock
from store.accounts.agreements import Kept, promises
from store.accounts.balances import account_balance
from store.accounts.plans import schedule
from store.accounts.policy import policy_of
from store.accounts.view import sums
from store.accounts.why_owed import explanation, plain_lines
from store.calls import script
from store.calls.due import QUEUE, attempts
from store.calls.states import CallState
from store.calls.zones import local_times, may_call, words
from store.errors import NotFound
from store.money import show_cents
from store.people.identity import speaker
from store.statements.words import words_for
from store.tables import CallPreference, Encounter, Guarantor, Patient, PatientCall, PatientPolicy, Practice, WorkItem
from store.work.record import Block, Facts, Lines, Record, Tab, Table
from store.work.values import Cell, Column, Kind

#: Sums of money, which nobody sees before the identity is checked.
_AMOUNT = re.compile(r"\$[\d,]+\.\d\d")


def call_record(session: Session, guarantor_id: int) -> Record:
    """One screen: who, identity, what to say, and after the identity the balance in plain words; the log below."""
    guarantor = session.get(Guarantor, guarantor_id)
    if guarantor is None:
        raise NotFound(f"There is no account {guarantor_id}.")
    policy, now = policy_of(session), clock.now()
    practice = session.exec(select(Practice)).one()
    call = _under_way(session, guarantor_id, now)
    item = session.exec(select(WorkItem).where(WorkItem.queue == QUEUE, WorkItem.subject_id == guarantor_id)).first()
    reason = item.reason if item is not None else ""
    if item is not None and item.deferred_until is not None and item.deferred_until > clock.today():
        reason = f"rests until {item.deferred_until:%b %d}"
    elif item is None or not item.open:
        reason = "nothing to call about"
    verified = call is not None and bool(call.verified)
    times = local_times(guarantor.state, now, policy.time_zone)
    allowed = "may be called" if may_call(times, policy.call_from, policy.call_to) else "NOT NOW"
    blocks: list[Block] = [
        _identity(session, guarantor, call),
        *_script(session, guarantor, practice, policy, reason, verified),
    ]
    headline = f"{guarantor.first} {guarantor.last}  {_phone(guarantor.phone)}  {words(times)}  {allowed}"
    if verified:
        letter = explanation(session, guarantor_id)
        balance = account_balance(session, guarantor_id)
        told = Lines((sums(balance), "", *plain_lines(letter)), "Balance")
        blocks = [*blocks[1:], told, blocks[0]]
        headline = f"owes {show_cents(balance.patient_due, sign='$')}  {headline}"
    shown = reason if verified else reason.partition(": $")[0]
    blocks.append(_who(session, guarantor, policy, f"{words(times)}  {allowed}", shown))
    blocks.append(_log(session, guarantor_id, verified))
    state = "identity checked" if verified else "check the identity (c)"
    title = f"Call {guarantor.number}  {shown}"
    return Record(title, headline, state, (Tab("Call", tuple(blocks)),), account_id=guarantor_id,
                  version=guarantor.version)  # fmt: skip


def is_verified(session: Session, guarantor_id: int) -> bool:
    """Whether the identity was checked in a call that is under way."""
    call = _under_way(session, guarantor_id, clock.now())
    return call is not None and bool(call.verified)


def _under_way(session: Session, guarantor_id: int, now: datetime) -> PatientCall | None:
    query = select(PatientCall).where(PatientCall.guarantor_id == guarantor_id, PatientCall.state == CallState.IN_CALL)
    call = session.exec(query.order_by(col(PatientCall.id).desc())).first()
    return call if call is not None and call.began_at.date() == now.date() else None


def _phone(phone: str) -> str:
    return f"({phone[:3]}) {phone[3:6]}-{phone[6:]}" if len(phone) == 10 and phone.isdigit() else phone or "no phone"


def _who(session: Session, guarantor: Guarantor, policy: PatientPolicy, when: str, reason: str) -> Facts:
    today = clock.today()
    tried, _ = attempts(session, policy, [guarantor.id], today).get(guarantor.id, (0, None))
    wish = session.exec(select(CallPreference).where(CallPreference.guarantor_id == guarantor.id)).first()
    return Facts(
        (
            ("Call because", reason or "not in the queue"),
            ("Phone", _phone(guarantor.phone)),
            ("There it is", when),
            ("Language", guarantor.language),
            ("Tried", f"{tried} of {policy.call_attempts} in {policy.call_days} days"),
            ("Wishes", "no calls" if wish is not None and wish.do_not_call else "none"),
        )
    )


def _identity(session: Session, guarantor: Guarantor, call: PatientCall | None) -> Facts:
    patients = session.exec(select(Patient).where(Patient.guarantor_id == guarantor.id)).all()
    born = ", ".join(f"{one.birth} ({one.first})" for one in patients)
    visit = session.exec(
        select(col(Encounter.service_date))
        .where(col(Encounter.patient_id).in_([one.id for one in patients]))
        .order_by(col(Encounter.service_date).desc())
    ).first()
    address = f"{guarantor.line1}, {guarantor.city} {guarantor.state} {guarantor.zip}"
    done = call.verified if call is not None and call.verified else "NOT YET: ask for two, then press c"
    return Facts(
        (
            ("Checked", done),
            ("Full name", f"{guarantor.first} {guarantor.last}"),
            ("Birth date", born),
            ("Address", address),
            ("Account number", guarantor.number),
            ("Date of a visit", visit),
        ),
        "Identity",
    )


def _script(
    session: Session, guarantor: Guarantor, practice: Practice, policy: PatientPolicy, reason: str, verified: bool
) -> list[Block]:
    language = guarantor.language.partition("-")[0]
    values = {
        "caller": speaker(session),
        "practice": practice.name,
        "name": f"{guarantor.first} {guarantor.last}",
        "first": "date of birth",
        "second": "address",
        "phone": _phone(practice.phone),
    }
    first, message = script.opening(language, **values)
    if not verified:
        return [Lines((first, "", message), "Say")]
    due = account_balance(session, guarantor.id).patient_due
    each = max(policy.plan_least, -(-due // 6)) if due > 0 else 0
    parts = schedule(due, each, clock.today()) if each else []
    promise = promises(session, policy, [guarantor.id], clock.today()).get(guarantor.id)
    values |= {
        "due": show_cents(due, sign="$"),
        "plan": f"{len(parts)} x {show_cents(each, sign='$')}",
        "promised": show_cents(promise.cents, sign="$") if promise else "",
        "by": words_for(language).day(promise.due_on) if promise else "",
    }
    kept = promise is None or promise.state is Kept.KEPT
    lines = script.talk(language, "" if kept and "promise" in reason else reason, **values)
    return [Lines(lines, "Say")]


def _log(session: Session, guarantor_id: int, verified: bool) -> Table:
    def shown(words: str) -> str:
        return words if verified else _AMOUNT.sub("$…", words)

    query = select(PatientCall).where(PatientCall.guarantor_id == guarantor_id).order_by(col(PatientCall.id).desc())
    rows: list[tuple[Cell, ...]] = [
        (one.began_at.date(), f"{one.began_at:%H:%M}", one.state, shown(one.reason), shown(one.note))
        for one in session.exec(query).all()
    ]
    columns = (
        Column("on", "Day", 10, Kind.DATE),
        Column("at", "UTC", 5),
        Column("state", "Outcome", 10),
        Column("reason", "Because", 22),
        Column("note", "Note", 26),
    )
    return Table(columns, tuple(rows), "Earlier calls")
