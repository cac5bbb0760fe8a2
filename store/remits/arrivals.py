"""A payment that comes a second time: kept to be read with the difference, never posted unless a person says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import col, select

from store.claims import archive
from store.denials.worth import rank
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.remits import matters
from store.remits.source import payment_again, payment_in
from store.remits.take_in import earlier_arrival, fingerprint, take_in
from store.tables import ArchivedFile, Payer, PaymentMatter, PostingRule
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, bulk, free_text
from store.x12.balance import require_balanced
from store.x12.remittance import read_remittance
from store.x12.remittance_stream import PaymentStream
from store.x12.remittance_values import Payment, RemitClaim

MOST_DIFFERENCES = 200


@dataclass(frozen=True, slots=True)
class KeepSecondArrival(Command):
    """Keep a file that was refused because a payment of it was posted before; each such payment is a row to read."""

    file_name: str
    content: bytes = bulk()
    name: ClassVar[str] = "remits.keep_second"
    permission: ClassVar[Permission] = Permission.POST
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """The same file again changes nothing."""
        if archive.known(change.session, self.content) is not None:
            return Said(f"{self.file_name} is kept already.")
        read = read_remittance(self.content, self.file_name)
        require_balanced(read, self.file_name)
        file = archive.keep(change, "835", "in", self.file_name, self.content, "a second arrival; nothing was posted")
        for payment in read.payments:
            stream = PaymentStream.of(payment)
            earlier = earlier_arrival(change, stream, fingerprint(stream))
            told = tuple(differences(payment_again(change.session, earlier), payment)) if earlier else ()
            if earlier is None:
                told = ("It was not here before, but stands in one file with a payment that was.",)
            matter = PaymentMatter(
                reason=matters.DUP,
                remittance_id=earlier.id if earlier else None,
                file_id=file.id,
                segment=payment.segment,
                payer_name=clean_line(payment.payer_name),
                trace=clean_line(payment.trace),
                amount=payment.amount,
                on=payment.paid_on,
                told="\n".join(told or ("Nothing is different.",)),
            )
            matters.put(change, matter, cents=payment.amount)
        return Said(f"{self.file_name} came before; what is different is under Payments and deposits.")


@dataclass(frozen=True, slots=True)
class PostSecondArrival(Command):
    """Post a second arrival after all: a person found that it is another payment."""

    matter_id: int
    reason: str = free_text()
    name: ClassVar[str] = "remits.post_second"
    permission: ClassVar[Permission] = Permission.SUPERVISE
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """What it would pay twice is held all the same, because nothing is open for it."""
        matter = change.get(PaymentMatter, self.matter_id)
        if matter.reason != matters.DUP or not clean_line(self.reason):
            raise Refused("Only a second arrival is posted this way, with the reason.")
        item = items.find(change, matters.QUEUE, matter.id)
        if item is None or not item.open:
            raise Refused("This arrival was settled already.")
        payment = PaymentStream.of(payment_in(change.session, matter.file_id, matter.segment))
        tally = take_in(change, change.get(ArchivedFile, matter.file_id), payment, anyway=True)
        if tally.denials_changed:
            rank(change)
        items.close(change, matters.QUEUE, matter.id)
        return Said(f"{matter.trace}: {tally.matched} claims posted, {tally.held + tally.unmatched} held.", matter.id)


@dataclass(frozen=True, slots=True)
class SettleMatter(Command):
    """Close a matter of a payment: a person looked, and says what was found out; no money moves."""

    matter_id: int
    reason: str = free_text()
    name: ClassVar[str] = "remits.settle_matter"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """The reason is kept with it."""
        matter = change.get(PaymentMatter, self.matter_id)
        words = clean_line(self.reason)
        if not words:
            raise Refused("Say what was found out.")
        matter.told = f"{matter.told}\nSettled: {words}".strip()
        items.close(change, matters.QUEUE, matter.id)
        return Said(f"{matter.reason} of {matter.trace} is settled.", matter.id)


@dataclass(frozen=True, slots=True)
class SetPostingRule(Command):
    """How a payer's remittances are posted (None: every payer without a rule of its own)."""

    payer_id: int | None
    auto_post: bool
    wait_for_money: bool
    name: ClassVar[str] = "remits.set_rule"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Holds for what comes from now on."""
        who = change.get(Payer, self.payer_id).name if self.payer_id is not None else "Every payer"
        rule = change.session.exec(select(PostingRule).where(col(PostingRule.payer_id) == self.payer_id)).first()
        if self.payer_id is None:
            rule = change.session.exec(select(PostingRule).where(col(PostingRule.payer_id).is_(None))).first()
        rule = rule or change.add(PostingRule(payer_id=self.payer_id))
        rule.auto_post, rule.wait_for_money = self.auto_post, self.wait_for_money
        posted = "posted when certain" if self.auto_post else "posted by a person"
        return Said(f"{who}: {posted}, {'after' if self.wait_for_money else 'without waiting for'} its money.")


def differences(before: Payment, now: Payment) -> Iterator[str]:
    """What a second arrival of a payment says otherwise, one line each."""
    if before.set_control != now.set_control:
        yield f"set control {before.set_control}, now {now.set_control}"
    old, new = _answers(before), _answers(now)
    lines = [f"only before: {_say(old[key])}" for key in old if key not in new]
    lines += [f"only now: {_say(new[key])}" for key in new if key not in old]
    yield from lines[:MOST_DIFFERENCES]
    if len(lines) > MOST_DIFFERENCES:
        yield f"and {len(lines) - MOST_DIFFERENCES} more"
    gone = sum(pair.cents for pair in before.provider_adjustments) - sum(p.cents for p in now.provider_adjustments)
    if gone:
        yield f"adjustments at provider level differ by {show_cents(gone, sign='$')}"


def _answers(payment: Payment) -> dict[object, RemitClaim]:
    return {
        (c.control_number, c.status, c.charge, c.paid, c.payer_control, c.adjustments, _money(c)): c
        for c in payment.claims
    }


def _money(claim: RemitClaim) -> object:
    return tuple((line.code, line.charge, line.paid, line.adjustments) for line in claim.lines)


def _say(claim: RemitClaim) -> str:
    reasons = [one for line in claim.lines for one in line.adjustments] + list(claim.adjustments)
    told = " ".join(f"{one.group}-{one.reason} {show_cents(one.cents)}" for one in reasons)
    amounts = f"charge {show_cents(claim.charge)} paid {show_cents(claim.paid)}"
    return f"{claim.control_number} status {claim.status} {amounts} {told}"
