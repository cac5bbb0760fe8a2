"""Taking in a remittance file: read whole, balanced whole, posted whole, or refused whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import select

from store.claims import archive
from store.denials.worth import rank
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.remits.post import Tally, post_payment
from store.tables import ArchivedFile, Remittance
from store.text import clean_line
from store.work.command import Change, Command, Said, bulk
from store.x12.balance import require_balanced
from store.x12.remittance import read_remittance
from store.x12.remittance_values import Payment


@dataclass(frozen=True, slots=True)
class ImportRemittance(Command):
    """Post one 835 file; the same content, or the same payment in another file, is never posted twice."""

    file_name: str
    content: bytes = bulk()
    name: ClassVar[str] = "remits.import"
    permission: ClassVar[Permission] = Permission.POST
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused whole when it is damaged, does not balance, or repeats a payment; the result counts what it did."""
        before = archive.known(change.session, self.content)
        if before is not None:
            return Said(f"{self.file_name} was already imported on {before.at:%Y-%m-%d}; nothing changed.", {})
        read = read_remittance(self.content, self.file_name)
        require_balanced(read, self.file_name)
        file = archive.keep(change, "835", "in", self.file_name, self.content)
        tallies = [self._post(change, file, payment) for payment in read.payments]
        if any(tally.denials_changed for tally in tallies):
            rank(change)
        result = {
            "payments": len(read.payments),
            "cents": sum(payment.amount for payment in read.payments),
            "matched": sum(tally.matched for tally in tallies),
            "unmatched": sum(tally.unmatched for tally in tallies),
            "denied": sum(tally.denied for tally in tallies),
        }
        file.summary = (
            f"{result['payments']} payments, {show_cents(result['cents'], sign='$')}, "
            f"{result['matched']} claims posted, {result['unmatched']} not ours, {result['denied']} denied"
        )
        return Said(f"{self.file_name}: {file.summary}.", result)

    def _post(self, change: Change, file: ArchivedFile, payment: Payment) -> Tally:
        fingerprint = _fingerprint(payment)
        earlier = change.session.exec(select(Remittance).where(Remittance.fingerprint == fingerprint)).first()
        if earlier is not None:
            raise Refused(
                f"The payment {payment.trace} of {show_cents(payment.amount, sign='$')} was already posted "
                f"on {earlier.posted_at:%Y-%m-%d} from another file.",
                where=f"{self.file_name}, segment {payment.segment}",
                do="Nothing of this file was posted.",
            )
        remittance = change.add(
            Remittance(
                file_id=file.id,
                fingerprint=fingerprint,
                segment=payment.segment,
                set_control=payment.set_control,
                payer_name=clean_line(payment.payer_name),
                payer_code=clean_line(payment.payer_id),
                trace=clean_line(payment.trace),
                amount=payment.amount,
                method=payment.method,
                paid_on=payment.paid_on,
                payee_npi=payment.payee_npi,
                claims=len(payment.claims),
                posted_at=change.now,
            )
        )
        return post_payment(change, remittance, payment)


def _fingerprint(payment: Payment) -> str:
    """What a payment is, whatever file and set it comes in: payer, trace, amount, date and what it says of claims."""
    told = [(c.control_number, c.status, c.charge, c.paid, c.payer_control) for c in payment.claims]
    digest = hashlib.sha256(repr(told).encode()).hexdigest()
    return "|".join((payment.payer_id, payment.trace, str(payment.amount), payment.paid_on.isoformat(), digest))
