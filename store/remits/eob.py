"""A paper EOB typed by a person: the same value as an 835 gives, under the same balance rules, by the same posting.

One text holds the claims of a check, each as `NUMBER: LINE PAID REASONS; LINE PAID REASONS`, claims parted by `|`:

    K10001: 1 80.00 CO-45 20.00 PR-1 15.00; 2 0 CO-16 32.00 | K10002: 1 195

A line is its number on the claim; its charge is the claim's.  `22` before the number of a claim takes an earlier
answer back: all amounts are then typed as they were and posted with the other sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from sqlmodel import Session, col, select

from store.claims import archive
from store.denials.worth import rank
from store.errors import NotFound, Refused
from store.money import parse_cents, show_cents
from store.people.roles import Permission
from store.remits.source import EOB, payment_to_json
from store.remits.take_in import take_in
from store.tables import Claim, ClaimLine, Patient, Payer, Practice
from store.text import clean_line
from store.work.command import Change, Command, Said, free_text
from store.x12.balance import REVERSAL, payment_imbalances
from store.x12.remittance_stream import PaymentStream
from store.x12.remittance_values import Adjustment, Payment, RemitClaim, RemitLine

_REASON = re.compile(r"(CO|PR|OA|PI)-?([A-Z]?\d{1,3})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EnterEob(Command):
    """Type a payer's paper answer and post it; `amount` is the check in cents, `claims` as the module tells."""

    payer_id: int
    check: str
    amount: int
    paid_on: date
    claims: str = free_text()
    name: ClassVar[str] = "remits.enter_eob"
    permission: ClassVar[Permission] = Permission.POST
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused with the equation that fails and by how much; the poster is kept with the payment."""
        payment = self._payment(change)
        faults = payment_imbalances(payment)
        if faults:
            first = faults[0]
            raise Refused(
                f"It does not balance at {first.level} level, {first.where}: {first.equation} fails by "
                f"{show_cents(first.difference)}.",
                do="Nothing was posted.",
            )
        name = f"EOB {payment.trace}"
        content = payment_to_json(payment)
        if archive.known(change.session, content) is not None:
            raise Refused(f"The EOB {payment.trace} was typed before.", do="Nothing was posted.")
        file = archive.keep(change, EOB, "in", name, content, f"typed by {change.actor.name}")
        tally = take_in(change, file, PaymentStream.of(payment), source="EOB")
        if tally.denials_changed:
            rank(change)
        said = f"{tally.matched} claims posted, {tally.held + tally.unmatched} held, {tally.denied} denied"
        return Said(f"{name} of {show_cents(payment.amount, sign='$')}: {said}.", file.id)

    def _payment(self, change: Change) -> Payment:
        payer = change.get(Payer, self.payer_id)
        check = clean_line(self.check)
        if not check or self.amount < 0 or self.paid_on > change.today:
            raise Refused("An EOB has a check number (or EFT trace), an amount and a date that is not in the future.")
        practice = change.session.exec(select(Practice)).one()
        texts = [part for part in clean_line(self.claims).split("|") if part.strip()]
        return Payment(
            segment=0, set_control="", amount=self.amount, credit="C", method="CHK" if self.amount else "NON",
            paid_on=self.paid_on, trace=check, payer_trace_id="", payer_name=payer.name, payer_id=payer.payer_id,
            payee_name=practice.name, payee_npi=practice.npi,
            claims=tuple(_claim(change.session, text, number) for number, text in enumerate(texts, 1)),
        )  # fmt: skip


def payer_choices(session: Session) -> list[tuple[int, str]]:
    """Ids and names of the payers, for a pick."""
    return [(row.id, row.name) for row in session.exec(select(Payer).order_by(col(Payer.name))).all()]


def _claim(session: Session, text: str, number: int) -> RemitClaim:
    name, colon, told = text.partition(":")
    status, name = ("22", name.split()[-1]) if name.split()[:1] == ["22"] and len(name.split()) > 1 else ("1", name)
    claim = session.exec(select(Claim).where(Claim.control_number == name.strip().upper())).first()
    if not colon or claim is None:
        raise NotFound(f"There is no claim {name.strip()[:30]!r}.", where=f"claim {number}")
    ours = session.exec(
        select(ClaimLine).where(ClaimLine.claim_id == claim.id, ClaimLine.active).order_by(col(ClaimLine.id))
    ).all()
    lines = tuple(_line(ours, part, claim, place) for place, part in enumerate(filter(str.strip, told.split(";")), 1))
    patient = session.get_one(Patient, claim.patient_id)
    share = sum(one.cents for line in lines for one in line.adjustments if one.group == "PR")
    made = RemitClaim(
        segment=number, control_number=claim.control_number, status=status,
        charge=sum(line.charge for line in lines), paid=sum(line.paid for line in lines),
        patient_responsibility=share or None, filing="", payer_control=claim.payer_control,
        patient_name=f"{patient.last}, {patient.first}", service_from=claim.service_from, lines=lines,
    )  # fmt: skip
    return _turned(made) if status == REVERSAL else made


def _line(ours: Sequence[ClaimLine], text: str, claim: Claim, place: int) -> RemitLine:
    where = f"{claim.control_number}, entry {place}"
    words = text.split()
    if len(words) < 2 or len(words) % 2 or not words[0].isdecimal() or not 0 < int(words[0]) <= len(ours):
        raise Refused(f"{text.strip()[:40]!r} is no line, paid amount and reasons.", where=where,
                      do=f"Write it like: 1 80.00 CO-45 20.00; the claim has {len(ours)} lines.")  # fmt: skip
    line = ours[int(words[0]) - 1]
    reasons = []
    for code, cents in zip(words[2::2], words[3::2], strict=True):
        found = _REASON.fullmatch(code)
        if found is None:
            raise Refused(f"{code[:20]!r} is no reason like CO-45.", where=where)
        reasons.append(Adjustment(found[1].upper(), found[2].upper(), parse_cents(cents, where=where)))
    return RemitLine(
        segment=place, code=line.code, charge=line.charge, paid=parse_cents(words[1], where=where),
        modifiers=tuple(filter(None, line.modifiers.split(","))), units=str(line.units), control=line.control,
        service_date=line.service_date, adjustments=tuple(reasons),
    )  # fmt: skip


def _turned(claim: RemitClaim) -> RemitClaim:
    lines = tuple(
        replace(
            line, charge=-line.charge, paid=-line.paid,
            adjustments=tuple(replace(one, cents=-one.cents) for one in line.adjustments),
        )
        for line in claim.lines
    )  # fmt: skip
    return replace(claim, charge=-claim.charge, paid=-claim.paid, patient_responsibility=None, lines=lines)
