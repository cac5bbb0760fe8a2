"""Appealing a denial rung by rung, sending records, and what the payer said on the telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlmodel import col, select

from store.claims.deadlines import MEDICARE_FILINGS
from store.denials.commands import workable
from store.denials.ladder import Rung, rung
from store.denials.levels import NO_DETERMINATION, notice_day
from store.denials.open import last_level
from store.denials.states import AWAITING, SENT, DenialState
from store.denials.steps import QUEUE, into_work, move, pend, send
from store.errors import Refused
from store.people.roles import Permission
from store.tables import Appeal, AppealLevel, Denial, Payer
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, free_text
from store.work.commands import remark

IN_PROCESS, NOT_ON_FILE = "in process", "not on file"
CALL_OUTCOMES = (IN_PROCESS, "will be reprocessed", "denial stands", "records wanted", NOT_ON_FILE, "no answer")
_APPEALED = frozenset({DenialState.APPEALED, DenialState.AWAITING, DenialState.NO_RESPONSE})
_ASIDE = frozenset({DenialState.EXPIRED, DenialState.WRITEOFF_REQ, DenialState.ROUTED})
"""States that a call alone does not change."""


@dataclass(frozen=True, slots=True)
class AppealDenial(Command):
    """File the next level of appeal; the item comes back when the payer's clock has run out."""

    denial_id: int
    reference: str = ""
    late_because: str = free_text(default="")
    name: ClassVar[str] = "denials.appeal"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """Refused without a rung on file, under its least amount, and after its last day unless good cause is told."""
        denial, claim = workable(change, self.denial_id)
        payer = change.get(Payer, claim.payer_id)
        level = last_level(change.session, claim.id, denial.claim_line_id) + 1
        step = _step(change, payer, denial, level)
        notice_on = notice_day(change.session, denial)
        file_by = step.file_by(notice_on)
        if file_by < change.today and not clean_line(self.late_because):
            raise Refused(
                f"Level {level} ({step.name}) had to be received by {file_by}.", do="Say what good cause there is."
            )
        step.require_amount(denial.cents, change.today.year)
        decide_by = step.decide_by(change.today)
        change.add(
            Appeal(
                denial_id=denial.id, claim_id=claim.id, claim_line_id=denial.claim_line_id, level=level,
                name=step.name, notice_on=notice_on, filed_on=change.today, file_by=file_by, decide_by=decide_by,
                reference=clean_line(self.reference)[:80],
            )
        )  # fmt: skip
        if denial.state == DenialState.EXPIRED and clean_line(self.late_because):
            move(change, denial, DenialState.WORKING)
        send(change, denial, DenialState.APPEALED, decide_by, f"appeal level {level} filed; not decided yet")
        if clean_line(self.late_because):
            _note(change, denial, f"Filed late, good cause: {clean_line(self.late_because)}")
        decided = f"to be decided by {decide_by}" if decide_by else "no clock for the decision"
        return Said(f"Appeal of {claim.control_number}, level {level} ({step.name}): {decided}.", denial.id)


@dataclass(frozen=True, slots=True)
class AppealUpheld(Command):
    """The payer wrote that the denial stands: it is work again, with the next rung's last day as its deadline."""

    denial_id: int
    noticed_on: date
    name: ClassVar[str] = "denials.upheld"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """Only for what was appealed; a remittance says the same by itself."""
        denial, claim = workable(change, self.denial_id)
        appeal = _last_appeal(change, denial)
        if appeal is None or denial.state not in _APPEALED or appeal.upheld_on or self.noticed_on > change.today:
            raise Refused("There is no appeal that this notice could answer.", do="File one first (A).")
        appeal.upheld_on, last = self.noticed_on, appeal.level
        step = rung(change.session, change.get(Payer, claim.payer_id), last + 1, self.noticed_on)
        move(change, denial, DenialState.UPHELD)
        move(change, denial, DenialState.WORKING)
        denial.deadline = step.file_by(self.noticed_on) if step else None
        item = items.find(change, QUEUE, denial.id)
        if item is not None:
            item.deferred_until, item.due = None, denial.deadline
            item.reason = f"level {last} upheld"
        _note(change, denial, f"Level {last} upheld by notice of {self.noticed_on}.")
        after = f"level {last + 1} is open until {denial.deadline}" if step else "there is no further level on file"
        return Said(f"Level {last} was upheld; {after}.", denial.id)


@dataclass(frozen=True, slots=True)
class SendRecords(Command):
    """Records went to the payer; the item comes back when no answer has come in time."""

    denial_id: int
    what: str = free_text()
    reference: str = ""
    name: ClassVar[str] = "denials.records"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """What was sent and how is kept as a note."""
        denial, claim = workable(change, self.denial_id)
        what = clean_line(self.what)
        if not what:
            raise Refused("Say what was sent, and how.")
        send(change, denial, DenialState.RECORDS_SENT, None, "records sent; no answer yet")
        _note(change, denial, f"Records sent: {what}. {_reference(self.reference)}")
        return Said(f"Records for {claim.control_number} are noted as sent.", denial.id)


@dataclass(frozen=True, slots=True)
class PayerCall(Command):
    """A call to the payer as a structured note: who, which reference, what came of it, and when to look again."""

    denial_id: int
    contact: str = free_text()
    outcome: str = ""
    reference: str = ""
    again_on: date | None = None
    name: ClassVar[str] = "denials.call"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """A next date hides the item until then, but never past its deadline."""
        denial, claim = workable(change, self.denial_id)
        contact, outcome = clean_line(self.contact), clean_line(self.outcome)
        if not contact or not outcome:
            raise Refused("Say whom you spoke to and what came of it.")
        item = items.find(change, QUEUE, denial.id)
        if item is None or not item.open:
            raise Refused("This denial is no longer in the queue.")
        if self.again_on is not None:
            late = item.due is not None and change.today <= item.due < self.again_on
            if self.again_on <= change.today or late:
                raise Refused(f"{self.again_on} is not between now and the deadline {item.due or ''}.".strip())
            item.deferred_until, item.assigned_to = self.again_on, change.actor.user_id
        self._step(change, denial)
        again = f" Again on {self.again_on}." if self.again_on else ""
        remark(change, item, f"Call: {contact}. Outcome: {outcome}. {_reference(self.reference)}{again}")
        return Said(f"The call about {claim.control_number} is noted.", denial.id)

    def _step(self, change: Change, denial: Denial) -> None:
        """What the payer has in process it has received; what it has no record of has to be sent again."""
        if denial.state in SENT and self.outcome == IN_PROCESS:
            move(change, denial, DenialState.AWAITING)
        elif denial.state in AWAITING and self.outcome == NOT_ON_FILE:
            into_work(change, denial)
        elif denial.state not in AWAITING and denial.state not in _ASIDE:
            into_work(change, denial)
            if self.again_on is not None:
                pend(change, denial.id)


@dataclass(frozen=True, slots=True)
class ConfirmReceipt(Command):
    """The payer has what was sent (a fax receipt, a portal, a letter): from now on its answer is awaited."""

    denial_id: int
    proof: str = free_text()
    name: ClassVar[str] = "denials.received"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """Only of what was sent; how it is known is kept as a note."""
        denial, claim = workable(change, self.denial_id)
        words = clean_line(self.proof)
        if not words:
            raise Refused("Say how it is known that the payer has it.")
        if denial.state not in SENT:
            raise Refused(f"The denial is {denial.state}: nothing was sent that could have arrived.")
        move(change, denial, DenialState.AWAITING)
        _note(change, denial, f"The payer has it: {words}.")
        return Said(f"The payer has what was sent for {claim.control_number}; its answer is awaited.", denial.id)


@dataclass(frozen=True, slots=True)
class SetAppealLevels(Command):
    """Put a payer's ladder on file, as its contract says: (name, days to file, days to decide or 0, least cents)."""

    payer_id: int
    valid_from: date
    levels: tuple[tuple[str, int, int, int], ...]
    name: ClassVar[str] = "denials.set_levels"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Replaces a ladder that began on the same day; Medicare's is law and can't be set."""
        payer = change.get(Payer, self.payer_id)
        if payer.filing in MEDICARE_FILINGS:
            raise Refused("Medicare's levels are fixed by regulation.")
        if not self.levels or any(not name.strip() or days < 1 for name, days, _, _ in self.levels):
            raise Refused("Each level needs a name and the days within which it has to be filed.")
        same = select(AppealLevel).where(
            AppealLevel.payer_id == payer.id, col(AppealLevel.valid_from) == self.valid_from
        )
        for row in change.session.exec(same).all():
            change.session.delete(row)
        change.session.flush()
        for level, (name, file_days, decide_days, minimum) in enumerate(self.levels, 1):
            change.add(
                AppealLevel(
                    payer_id=payer.id, level=level, name=clean_line(name)[:40], file_days=file_days,
                    decide_days=decide_days or None, minimum=minimum, valid_from=self.valid_from,
                )
            )  # fmt: skip
        return Said(f"{len(self.levels)} levels of {payer.name} hold from {self.valid_from}.", payer.id)


def _step(change: Change, payer: Payer, denial: Denial, level: int) -> Rung:
    if payer.filing in MEDICARE_FILINGS and denial.reason == "29":
        raise Refused(NO_DETERMINATION, do="Ask for an exception under 42 CFR 424.44(b), or write it off.")
    found = rung(change.session, payer, level, change.today)
    if found is None:
        what = "no appeal levels" if level == 1 else f"no levels above {level - 1}"
        raise Refused(
            f"There are {what} of {payer.name} on file.", do="Look into the contract; a supervisor sets them."
        )
    return found


def _last_appeal(change: Change, denial: Denial) -> Appeal | None:
    query = select(Appeal).where(Appeal.denial_id == denial.id).order_by(col(Appeal.level).desc())
    return change.session.exec(query).first()


def _note(change: Change, denial: Denial, text: str) -> None:
    item = items.find(change, QUEUE, denial.id)
    if item is not None:
        remark(change, item, text)


def _reference(text: str) -> str:
    words = clean_line(text)
    return f"Reference {words}." if words else "No reference."
