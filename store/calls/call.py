"""One call: who is on the line, what came of it.

A call begins with the first thing that is noted, and only where and when it is allowed; what is said about money is
noted only after two items of the identity were right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlmodel import col, select

from store.accounts.assistance import AskAssistance
from store.accounts.holds import STOPS_CALLS, HoldKind, PlaceHold, standing_holds
from store.accounts.payments import TakePayment
from store.accounts.plans import MakePlan, MakePromise
from store.accounts.policy import policy_of
from store.calls.due import QUEUE, attempts, refresh_call
from store.calls.insurance import bill_insurance
from store.calls.script import IDENTITY
from store.calls.states import CALL, REACHED, CallState
from store.calls.zones import local_times, may_call, moment_there, words
from store.errors import Refused
from store.people.roles import Permission
from store.tables import CallPreference, Guarantor, PatientCall
from store.text import clean_line, clean_note
from store.work import items
from store.work.command import Change, Command, Said, free_text


def call_under_way(change: Change, guarantor_id: int) -> PatientCall | None:
    """Today's call of this account that has not ended."""
    query = select(PatientCall).where(PatientCall.guarantor_id == guarantor_id, PatientCall.state == CallState.IN_CALL)
    for call in change.session.exec(query.order_by(col(PatientCall.id).desc())).all():
        if call.began_at.date() == change.now.date():
            return call
        _end(change, call, CallState.STOPPED, "not ended on its day")
    return None


def begin(change: Change, guarantor_id: int) -> PatientCall:
    """The call under way, or a new one; `Refused` outside the hours, above the cap, or where nobody may call."""
    items.require_free(change, QUEUE, guarantor_id)
    known = call_under_way(change, guarantor_id)
    if known is not None:
        return known
    guarantor = change.get(Guarantor, guarantor_id, lock=True)
    require_allowed(change, guarantor)
    item = items.find(change, QUEUE, guarantor_id)
    call = PatientCall(
        guarantor_id=guarantor_id,
        user_id=change.actor.user_id,
        state=CallState.IN_CALL,
        reason=item.reason if item is not None and item.open else "called",
        phone=guarantor.phone,
        began_at=change.now,
    )
    return change.born(call, CALL, "The call")


def require_allowed(change: Change, guarantor: Guarantor) -> None:
    """Refuse a call that the practice's rules, a hold or the guarantor's own wish forbid."""
    policy = policy_of(change.session)
    wish = change.session.exec(select(CallPreference).where(CallPreference.guarantor_id == guarantor.id)).first()
    if wish is not None and wish.do_not_call:
        raise Refused(f"Account {guarantor.number} wishes no calls.", do="Write instead.")
    for one in standing_holds(change.session, [guarantor.id], change.today).get(guarantor.id, []):
        if one.kind in STOPS_CALLS:
            raise Refused(f"Account {guarantor.number} is held: {one.words}.")
    times = local_times(guarantor.state, change.now, policy.time_zone)
    if not may_call(times, policy.call_from, policy.call_to):
        raise Refused(
            f"It is {words(times)} there; calls are made from {policy.call_from}:00 to {policy.call_to}:00.",
            do="Call back within the hours.",
        )
    tried, _ = attempts(change.session, policy, [guarantor.id], change.today).get(guarantor.id, (0, None))
    if tried >= policy.call_attempts:
        raise Refused(f"Account {guarantor.number} was tried {tried} times in {policy.call_days} days: that is all.")


def require_verified(call: PatientCall) -> None:
    """Refuse to talk about money before the identity is checked."""
    if not call.verified:
        raise Refused("The identity is not checked yet.", do="Check two items first (c).")


def _end(change: Change, call: PatientCall, state: CallState, note: str = "") -> None:
    change.move(call, CALL, state, "The call")
    call.ended_at = change.now
    if note:
        call.note = "\n".join(part for part in (call.note, clean_note(note).strip()) if part)
    change.session.flush()


def _close(change: Change, call: PatientCall, state: CallState, note: str = "") -> None:
    _end(change, call, state, note)
    item = items.find(change, QUEUE, call.guarantor_id)
    if item is not None:
        item.reason = "called"  # whoever asked for this call has had it
    refresh_call(change, call.guarantor_id)


@dataclass(frozen=True, slots=True)
class VerifyCaller(Command):
    """Two items of the identity were right: from here on the balance may be talked about."""

    guarantor_id: int
    first: str
    second: str
    name: ClassVar[str] = "calls.verify"
    permission: ClassVar[Permission] = Permission.CONTACT

    def apply(self, change: Change) -> Said:
        """Two different ones."""
        if not {self.first, self.second} <= set(IDENTITY) or self.first == self.second:
            raise Refused("Two different items are checked.", do=f"They are: {', '.join(IDENTITY)}.")
        call = begin(change, self.guarantor_id)
        call.verified = f"{self.first}, {self.second}"
        return Said(f"Identity checked: {call.verified}.", call.id)


@dataclass(frozen=True, slots=True)
class EndCall(Command):
    """The call ends with an outcome; a call-back names its day, and the hour by the guarantor's own clock."""

    guarantor_id: int
    outcome: str
    note: str = free_text(default="")
    back_on: date | None = None
    back_hour: int = 10
    name: ClassVar[str] = "calls.end"
    permission: ClassVar[Permission] = Permission.CONTACT

    def apply(self, change: Change) -> Said:
        """What needs somebody on the line needs the identity checked."""
        if self.outcome not in set(CallState) - {CallState.IN_CALL}:
            raise Refused(f"There is no outcome '{self.outcome[:20]}'.")
        call = begin(change, self.guarantor_id)
        state = CallState(self.outcome)
        if state in REACHED:
            require_verified(call)
        if state is CallState.CALLBACK:
            call.call_back_at = self._call_back_at(change)
        _close(change, call, state, self.note)
        return Said(f"{_SAID[state]}.", call.id)

    def _call_back_at(self, change: Change) -> datetime:
        policy = policy_of(change.session)
        if self.back_on is None:
            raise Refused("When are they to be called back?", do="Name a day that comes.")
        if not policy.call_from <= self.back_hour < policy.call_to:
            raise Refused(f"Calls are made from {policy.call_from}:00 to {policy.call_to}:00 of their time.")
        guarantor = change.get(Guarantor, self.guarantor_id)
        at = moment_there(guarantor.state, self.back_on, self.back_hour, policy.time_zone)
        if at <= change.now:
            raise Refused("That moment is over.", do="Name a day that comes.")
        return at


_SAID = {
    CallState.NO_ANSWER: "No answer; it comes back tomorrow",
    CallState.LEFT_MSG: "Message left; it comes back tomorrow",
    CallState.WRONG_NO: "Wrong number; it rests until there is another",
    CallState.CALLBACK: "They are called back",
    CallState.REFUSED: "Refused to pay",
    CallState.STOPPED: "Stopped",
    CallState.PAID: "Paid",
    CallState.PLAN: "A plan",
    CallState.PROMISED: "Promised",
    CallState.DISPUTED: "Disputed",
    CallState.FA_APPLIED: "Assistance asked for",
    CallState.NEW_INS: "New insurance",
}


@dataclass(frozen=True, slots=True)
class CallPromise(Command):
    """They promise so much by a day; the call ends, and it returns by itself if the promise is broken."""

    guarantor_id: int
    cents: int
    due_on: date
    name: ClassVar[str] = "calls.promise"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """As `MakePromise`, after the identity."""
        call = begin(change, self.guarantor_id)
        require_verified(call)
        said = MakePromise(self.guarantor_id, self.cents, self.due_on, call.id).apply(change)
        _close(change, call, CallState.PROMISED, said.sentence)
        return Said(said.sentence, call.id)


@dataclass(frozen=True, slots=True)
class CallPlan(Command):
    """They agree on a plan; the call ends."""

    guarantor_id: int
    total: int
    each: int
    first_on: date
    name: ClassVar[str] = "calls.plan"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """As `MakePlan`, after the identity."""
        call = begin(change, self.guarantor_id)
        require_verified(call)
        said = MakePlan(self.guarantor_id, self.total, self.each, self.first_on).apply(change)
        _close(change, call, CallState.PLAN, said.sentence)
        return Said(said.sentence, call.id)


@dataclass(frozen=True, slots=True)
class CallPayment(Command):
    """They pay on the telephone; the call ends."""

    guarantor_id: int
    cents: int
    method: str
    reference: str = free_text(default="")
    name: ClassVar[str] = "calls.payment"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """As `TakePayment`, after the identity."""
        call = begin(change, self.guarantor_id)
        require_verified(call)
        said = TakePayment(self.guarantor_id, self.cents, self.method, self.reference).apply(change)
        _close(change, call, CallState.PAID, said.sentence)
        return Said(said.sentence, said.result)


@dataclass(frozen=True, slots=True)
class CallDispute(Command):
    """They say that it is wrong: it is taken down, and nothing is collected until it is answered."""

    guarantor_id: int
    what: str = free_text()
    name: ClassVar[str] = "calls.dispute"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """A hold of its kind, after the identity."""
        call = begin(change, self.guarantor_id)
        require_verified(call)
        if not clean_line(self.what):
            raise Refused("What is wrong?")
        said = PlaceHold(self.guarantor_id, HoldKind.DISPUTE, self.what).apply(change)
        _close(change, call, CallState.DISPUTED, self.what)
        return Said(said.sentence, call.id)


@dataclass(frozen=True, slots=True)
class CallAssistance(Command):
    """They can't pay: an application begins, and statements rest until it is decided."""

    guarantor_id: int
    kind: str = "charity"
    name: ClassVar[str] = "calls.assistance"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """As `AskAssistance`, after the identity."""
        call = begin(change, self.guarantor_id)
        require_verified(call)
        said = AskAssistance(self.guarantor_id, self.kind).apply(change)
        _close(change, call, CallState.FA_APPLIED, said.sentence)
        return Said(said.sentence, call.id)


@dataclass(frozen=True, slots=True)
class CallInsurance(Command):
    """They have another insurance: dunning stops, and what is due of its days is billed to it."""

    guarantor_id: int
    patient_id: int
    payer_id: int
    member_id: str = free_text()
    valid_from: date | None = None
    name: ClassVar[str] = "calls.insurance"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """The coverage is kept; each visit that is due and covered gets a claim, or waits to be billed next."""
        call = begin(change, self.guarantor_id)
        require_verified(call)
        said = bill_insurance(
            change, self.guarantor_id, self.patient_id, self.payer_id, self.member_id, self.valid_from
        )
        _close(change, call, CallState.NEW_INS, said)
        return Said(said, call.id)


@dataclass(frozen=True, slots=True)
class DoNotCall(Command):
    """The guarantor wishes no calls, or does again."""

    guarantor_id: int
    stop: bool = True
    name: ClassVar[str] = "calls.do_not_call"
    permission: ClassVar[Permission] = Permission.CONTACT

    def apply(self, change: Change) -> Said:
        """The account leaves the call queue at once."""
        guarantor = change.get(Guarantor, self.guarantor_id, lock=True)
        query = select(CallPreference).where(CallPreference.guarantor_id == guarantor.id)
        row = change.session.exec(query).first()
        if row is None:
            row = change.add(CallPreference(guarantor_id=guarantor.id, since=change.today))
        row.do_not_call, row.since = self.stop, change.today
        call = call_under_way(change, guarantor.id)
        if call is not None:
            _end(change, call, CallState.STOPPED, "wishes no calls")
        change.session.flush()
        refresh_call(change, guarantor.id)
        return Said(f"Account {guarantor.number} {'wishes no calls' if self.stop else 'may be called'}.", row.id)


@dataclass(frozen=True, slots=True)
class AskForCall(Command):
    """Put an account into the call queue, with the reason."""

    guarantor_id: int
    reason: str = free_text()
    name: ClassVar[str] = "calls.ask"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Refused where nothing is due or nobody may call."""
        from store.calls.due import ask_for_call

        guarantor = change.get(Guarantor, self.guarantor_id, lock=True)
        why = clean_line(self.reason)[:60]
        if not why:
            raise Refused("Say why they are to be called.")
        ask_for_call(change, guarantor.id, why)
        item = items.find(change, QUEUE, guarantor.id)
        if item is None or not item.open:
            raise Refused(f"Account {guarantor.number} owes nothing, or may not be called.")
        return Said(f"Account {guarantor.number} is in the call queue: {why}.", guarantor.id)


@dataclass(frozen=True, slots=True)
class SetContact(Command):
    """The guarantor's address and telephone as they are now; a new address ends the hold of mail that came back."""

    guarantor_id: int
    line1: str = free_text(default="")
    city: str = free_text(default="")
    state: str = ""
    zip: str = free_text(default="")
    phone: str = free_text(default="")
    name: ClassVar[str] = "accounts.contact"
    permission: ClassVar[Permission] = Permission.CONTACT

    def apply(self, change: Change) -> Said:
        """Empty fields stay as they are."""
        from store.accounts.holds import lift

        guarantor = change.get(Guarantor, self.guarantor_id, lock=True)
        given = {name: clean_line(getattr(self, name))[:60] for name in ("line1", "city", "state", "zip", "phone")}
        given = {name: text for name, text in given.items() if text}
        if not given:
            raise Refused("Nothing was written.")
        for name, text in given.items():
            setattr(guarantor, name, text.upper() if name == "state" else text)
        lifted = lift(change, guarantor.id, HoldKind.RETURNED_MAIL) if "line1" in given else []
        change.session.flush()
        refresh_call(change, guarantor.id)
        more = "; mail goes out again" if lifted else ""
        return Said(f"Account {guarantor.number} has a new {', '.join(given)}{more}.", guarantor.id)
