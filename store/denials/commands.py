"""What a biller can do with a denial."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from store.accounts.balances import claim_books
from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, lock_accounts, post
from store.accounts.standing import refresh_account
from store.claims.correct import CorrectClaim, RouteToCoder, VoidClaim
from store.denials.follow import with_the_claim
from store.denials.limits import above_limit, ask
from store.denials.notices import notice_of
from store.denials.states import DenialState
from store.denials.steps import ANSWER_EXPECTED_DAYS, QUEUE, ask_write_off, into_work, move, send, wait
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.tables import Claim, Denial
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, free_text
from store.work.commands import remark

WRITE_OFF_REASONS = ("not worth pursuing", "filed too late", "not covered, contract forbids billing", "our error")


def workable(change: Change, denial_id: int) -> tuple[Denial, Claim]:
    """The denial and its claim, with the account held, if nobody else is working on it."""
    denial = change.get(Denial, denial_id, lock=True)
    claim = change.get(Claim, denial.claim_id)
    change.patient_id = claim.patient_id
    items.require_free(change, QUEUE, denial.id)
    lock_accounts(change, [claim.guarantor_id])
    return denial, claim


@dataclass(frozen=True, slots=True)
class CorrectDenial(Command):
    """Mend the claim and send it again (frequency 7 with the payer's number); the denial waits for the answer."""

    denial_id: int
    member_id: str | None = free_text(default=None)
    authorization: str = ""
    modifiers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    place: str | None = None
    seen: str | None = free_text(default=None)
    name: ClassVar[str] = "denials.correct"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """Its item comes back when no answer has come in time; the claim's other denials wait for the same answer."""
        denial, claim = workable(change, self.denial_id)
        send(change, denial, DenialState.CORRECTED_SENT, None, reason := "corrected claim sent; no answer yet")
        others = with_the_claim(change, claim.id, reason)
        correction = CorrectClaim(
            claim.id, self.member_id, self.authorization, self.modifiers, self.place, seen=self.seen
        )
        said = correction.apply(change)
        return Said(_with(said.sentence, others), denial.id)


@dataclass(frozen=True, slots=True)
class VoidDenied(Command):
    """Take the whole claim back from its payer; the denial waits for the reversal."""

    denial_id: int
    reason: str = free_text()
    name: ClassVar[str] = "denials.void"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """Refused as `VoidClaim` refuses."""
        denial, claim = workable(change, self.denial_id)
        send(change, denial, DenialState.CORRECTED_SENT, None, reason := "void sent; no answer yet")
        others = with_the_claim(change, claim.id, reason)
        said = VoidClaim(claim.id, self.reason).apply(change)
        return Said(_with(said.sentence, others), denial.id)


@dataclass(frozen=True, slots=True)
class WriteOffDenial(Command):
    """Give the denied amount up, with the reason; above the person's limit it waits for a supervisor."""

    denial_id: int
    reason: str = free_text()
    name: ClassVar[str] = "denials.write_off"
    permission: ClassVar[Permission] = Permission.WRITE_OFF

    def apply(self, change: Change) -> Said:
        """Never more than what is still open at the payer."""
        denial, claim = workable(change, self.denial_id)
        if above_limit(change, denial):
            return Said(ask(change, denial, self.reason), denial.id)
        ask_write_off(change, denial)
        book(change, denial, claim, Book.WRITE_OFF, "write-off", self.reason)
        settle(change, denial, DenialState.CLOSED_WO)
        return Said(f"Wrote off {show_cents(denial.cents, sign='$')} of {claim.control_number}.", denial.id)


@dataclass(frozen=True, slots=True)
class TransferDenial(Command):
    """Move the denied amount to the patient: where the payer put it on the patient (PR), or a signed ABN allows it."""

    denial_id: int
    reason: str = free_text()
    name: ClassVar[str] = "denials.transfer"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """CO, OA and PI amounts are never the patient's without a notice that was signed before the service."""
        denial, claim = workable(change, self.denial_id)
        if denial.group != "PR" and notice_of(change.session, denial) is None:
            raise Refused(
                f"{denial.group} amounts may not be billed to the patient.",
                do="Correct, appeal or write it off; where an ABN was signed before the service, record it (B).",
            )
        into_work(change, denial)
        book(change, denial, claim, Book.PATIENT, "transfer", self.reason)
        settle(change, denial, DenialState.TRANSFERRED)
        refresh_account(change, claim.guarantor_id)
        return Said(f"{show_cents(denial.cents, sign='$')} is now the patient's.", denial.id)


@dataclass(frozen=True, slots=True)
class StartDenial(Command):
    """Take the denial into work."""

    denial_id: int
    name: ClassVar[str] = "denials.start"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """From any state that is not closed, but for one whose last day has passed."""
        denial, claim = workable(change, self.denial_id)
        into_work(change, denial)
        return Said(f"Working on {claim.control_number}.", denial.id)


@dataclass(frozen=True, slots=True)
class RouteDenial(Command):
    """Ask the coder; finishing the encounter again makes the corrected claim, and the denial waits for its answer."""

    denial_id: int
    question: str = free_text()
    name: ClassVar[str] = "denials.route"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """Its item comes back when nothing has come of it in time."""
        denial, claim = workable(change, self.denial_id)
        into_work(change, denial)
        said = RouteToCoder(claim.id, self.question).apply(change)
        move(change, denial, DenialState.ROUTED)
        wait(change, denial, change.today + timedelta(days=ANSWER_EXPECTED_DAYS), "with the coder")
        return Said(said.sentence, denial.id)


@dataclass(frozen=True, slots=True)
class ReopenExpired(Command):
    """The last day has passed, and there is a good cause with its proof: the denial is work again."""

    denial_id: int
    cause: str = free_text()
    name: ClassVar[str] = "denials.reopen"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """The cause is kept as a note; the deadline stays what it was."""
        denial, claim = workable(change, self.denial_id)
        words = clean_line(self.cause)
        if not words:
            raise Refused("Say what good cause there is, and how it is proved.")
        if denial.state != DenialState.EXPIRED:
            raise Refused(f"The denial is {denial.state}: its last day has not passed.")
        move(change, denial, DenialState.WORKING)
        item = items.find(change, QUEUE, denial.id)
        if item is not None:
            item.reason = f"past its last day, good cause: {words}"[:200]
            remark(change, item, f"Worked past its last day, good cause: {words}")
        return Said(f"{claim.control_number} is work again: {words}.", denial.id)


def _with(sentence: str, others: int) -> str:
    """The sentence, with how many other denials of the claim wait for the same answer."""
    return (
        f"{sentence} {others} more of its denials wait{'s' * (others == 1)} for the same answer."
        if others
        else sentence
    )


def book(change: Change, denial: Denial, claim: Claim, to: Book, kind: str, reason: str) -> None:
    """Move the denied amount from the payer to another book; refused for more than is still open at the payer."""
    words = clean_line(reason)
    if not words:
        raise Refused("A reason is needed.")
    still_open = claim_books(change.session, claim.id).get(Book.INSURANCE, 0)
    if denial.cents > still_open:
        raise Refused(
            f"Only {show_cents(still_open, sign='$')} of {claim.control_number} is still open at the payer, "
            f"less than the denied {show_cents(denial.cents, sign='$')}.",
            do="Look at the claim (o): something was posted since.",
        )
    where = (claim.guarantor_id, claim.id, denial.claim_line_id, claim.encounter_id)
    legs = (Leg(to, denial.cents, *where), Leg(Book.INSURANCE, -denial.cents, *where, claim.payer_id))
    ref = f"denial:{denial.id}:{kind}:{change.action.id}"
    post(change, Entry(ref, kind, change.today, legs, memo=f"{denial.group}-{denial.reason}: {words}"))


def settle(change: Change, denial: Denial, state: DenialState) -> None:
    """End the denial in a state of ours."""
    move(change, denial, state)
    denial.closed_on = change.today
    items.close(change, QUEUE, denial.id)
