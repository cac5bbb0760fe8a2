"""Taking in a remittance file: read whole, balanced whole, posted whole, or refused whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import select

from codesets.collecting import collecting_seldom
from store.claims import archive
from store.denials.worth import rank
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.remits import matters
from store.remits.held import advance
from store.remits.judge import rule_of
from store.remits.money import find_deposit, tracks_money
from store.remits.post import Tally, post_payment
from store.remits.states import REMITTANCE, RemitState
from store.tables import ArchivedFile, RemitClaim, Remittance
from store.text import clean_line
from store.variance.credits import expected_recoupments
from store.work.command import Change, Command, Said, bulk
from store.x12.remittance_stream import PaymentStream, scan_remittance
from store.x12.remittance_values import Payment

UNBALANCED_FILE = "835 unbalanced"
"""The kind of an archived file that was kept to be read and refused, because it does not add up."""


class Duplicate(Refused):
    """A payment that was posted before; nothing of its file was."""


@dataclass(frozen=True, slots=True)
class ImportRemittance(Command):
    """Post one 835 file; the same content, or the same payment in another file, is never posted twice."""

    file_name: str
    content: bytes = bulk()
    name: ClassVar[str] = "remits.import"
    permission: ClassVar[Permission] = Permission.POST
    undoable: ClassVar[bool] = False

    def prepare(self) -> list[PaymentStream]:
        """The payments; refused whole when the file is damaged or does not balance."""
        return scan_remittance(self.content, self.file_name)

    def apply(self, change: Change) -> Said:
        """Refused whole when it repeats a payment; the result counts what it did."""
        before = archive.known(change.session, self.content)
        refused = before is not None and before.kind == UNBALANCED_FILE
        if before is not None and not refused and not _taken_back(change, before):
            return archive.here_since(self.file_name, before)
        payments: list[PaymentStream] = change.prepared
        file = before or archive.keep(change, "835", "in", self.file_name, self.content)
        file.kind = "835"
        with collecting_seldom():
            tallies = [take_in(change, file, payment) for payment in payments]
        if any(tally.denials_changed for tally in tallies):
            rank(change)
        result, said = summary(payments, tallies)
        file.summary = said
        return Said(f"{self.file_name}: {said}.", result)


def summary(payments: Sequence[PaymentStream], tallies: Sequence[Tally]) -> tuple[dict[str, int], str]:
    """What a file came to, in numbers and as a sentence."""
    result = {
        "payments": len(payments),
        "cents": sum(payment.head.amount for payment in payments),
        "matched": sum(tally.matched for tally in tallies),
        "unmatched": sum(tally.unmatched for tally in tallies),
        "denied": sum(tally.denied for tally in tallies),
    }
    held = sum(tally.held for tally in tallies)
    said = (
        f"{result['payments']} payments, {show_cents(result['cents'], sign='$')}, "
        f"{result['matched']} claims posted, {result['unmatched']} not ours, {result['denied']} denied"
    )
    if held:
        result["held"] = held
        said += f", {held} held for a person"
    waiting = sum(tally.waits for tally in tallies)
    if waiting:
        result["waiting_for_money"] = waiting
        said += f", {waiting} payments wait for their money"
    return result, said


def take_in(
    change: Change, file: ArchivedFile, stream: PaymentStream, *, source: str = "835", anyway: bool = False
) -> Tally:
    """Keep a balanced payment and post it, or let it wait for its money where its payer's rule says so."""
    payment, mark = stream.head, fingerprint(stream)
    earlier = None if anyway else earlier_arrival(change, stream, mark)
    if earlier is not None and earlier.file_id == file.id:
        mark = f"{mark}|segment {payment.segment}"  # twice in one file: two sets, and nothing is paid twice by them
    elif earlier is not None:
        raise _came_before(earlier, payment, file.name)
    rule = rule_of(change.session, payment.payer_id)
    deposit = find_deposit(change, payment)
    waits = rule.wait_for_money and payment.amount > 0 and deposit is None and source == "835"
    remittance = change.born(
        Remittance(
            file_id=file.id,
            fingerprint=f"{mark}|{change.action.id}" if anyway else mark,
            segment=payment.segment,
            set_control=payment.set_control,
            payer_name=clean_line(payment.payer_name),
            payer_code=clean_line(payment.payer_id),
            trace=clean_line(payment.trace),
            amount=payment.amount,
            method=payment.method,
            paid_on=payment.paid_on,
            payee_npi=payment.payee_npi,
            claims=stream.count,
            posted_at=change.now,
            state=RemitState.WAIT_EFT if waits else RemitState.POSTED,
            source=source,
            entered_by=None if source == "835" else change.actor.user_id,
        ),
        REMITTANCE,
        f"The payment {payment.trace}",
    )
    matters.came_right(change, remittance)
    if deposit is not None:
        matters.settle_deposit(change, deposit, remittance)
    elif payment.amount > 0 and (waits or tracks_money(change.session)):
        matters.no_money_yet(change, remittance)
    if waits:
        return Tally(waits=1)
    return post_now(change, remittance, stream, auto_post=rule.auto_post)


def post_now(change: Change, remittance: Remittance, payment: PaymentStream, *, auto_post: bool) -> Tally:
    """Post a payment that is kept; what it leaves to a person makes it a partial one."""
    tally = post_payment(change, remittance, payment.claims(), payment.head.provider_adjustments, auto_post=auto_post)
    matters.look_at_provider_level(change, remittance)
    expected_recoupments(change, remittance)
    if tally.held or tally.unmatched:
        advance(change, remittance)
    return tally


def fingerprint(stream: PaymentStream) -> str:
    """What a payment is, whatever file and set it comes in: payer, trace, amount, date and what it says of claims."""
    head = stream.head
    return "|".join((head.payer_id, head.trace, str(head.amount), head.paid_on.isoformat(), stream.digest))


def earlier_arrival(change: Change, stream: PaymentStream, mark: str) -> Remittance | None:
    """The payment as it was posted before.

    The same content, or the same payer, trace, amount and date with an answer to the same claim: one trace may stand
    on several payments, but no claim is paid twice by one.
    """
    same = change.session.exec(select(Remittance).where(Remittance.fingerprint == mark)).first()
    if same is not None:
        return same
    payment = stream.head
    query = select(Remittance).where(
        Remittance.payer_code == clean_line(payment.payer_id),
        Remittance.trace == clean_line(payment.trace),
        Remittance.amount == payment.amount,
        Remittance.paid_on == payment.paid_on,
        Remittance.set_control == payment.set_control,
        Remittance.state != RemitState.REVERSED,
    )
    for like in change.session.exec(query).all():
        if like.state == RemitState.WAIT_EFT:
            return like
        answers = select(RemitClaim.control_number, RemitClaim.payer_control).where(RemitClaim.remittance_id == like.id)
        told = change.session.exec(answers).all()
        numbers, theirs = {number for number, _ in told}, {control for _, control in told if control}
        if any(one.control_number in numbers or one.payer_control in theirs for one in stream.claims()):
            return like
    return None


def _came_before(earlier: Remittance, payment: Payment, file_name: str) -> Duplicate:
    return Duplicate(
        f"The payment {payment.trace} of {show_cents(payment.amount, sign='$')} was already posted "
        f"on {earlier.posted_at:%Y-%m-%d} from another file.",
        where=f"{file_name}, segment {payment.segment}",
        do="Nothing of this file was posted.",
    )


def _taken_back(change: Change, file: ArchivedFile) -> bool:
    """Whether everything that this file brought was reversed, so that it may come in again."""
    states = change.session.exec(select(Remittance.state).where(Remittance.file_id == file.id)).all()
    return bool(states) and all(state == RemitState.REVERSED for state in states)
