"""What a biller does with underpayments: verify, accept, call them false, and dispute many in one letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from sqlmodel import col, select

from store.claims import archive
from store.errors import Refused
from store.forms.letter import Grid, Letter, letter_pdf
from store.money import show_cents
from store.people.roles import Permission
from store.tables import Claim, ClaimLine, ContractRate, Dispute, Payer, Practice, SentDocument, Underpayment
from store.text import clean_line, how_many
from store.variance.find import QUEUE, close, rank_groups
from store.variance.rates import CorrectRate
from store.variance.states import UNDERPAYMENT, UnderpaymentState
from store.work import items
from store.work.command import Change, Command, Said, free_text

_S = UnderpaymentState
ANSWER_EXPECTED_DAYS = 45
FALSE_REASONS = ("rate on file is wrong", "modifier lowers it", "multiple procedures", "sequestration", "other term")


@dataclass(frozen=True, slots=True)
class VerifyUnderpayment(Command):
    """A person looked: the contract says so."""

    underpayment_id: int
    name: ClassVar[str] = "variance.verify"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """From FLAGGED."""
        row = _workable(change, self.underpayment_id)
        change.move(row, UNDERPAYMENT, _S.VERIFIED, "The underpayment")
        return Said(f"{row.cause} is verified.", row.id)


@dataclass(frozen=True, slots=True)
class AcceptUnderpayment(Command):
    """It is not disputed: the reason is kept."""

    underpayment_id: int
    reason: str = free_text()
    name: ClassVar[str] = "variance.accept"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """No money moves: the contractual adjustment stands as posted."""
        row = _workable(change, self.underpayment_id)
        if not clean_line(self.reason):
            raise Refused("Say why it is accepted.")
        close(change, row, _S.ACCEPTED, clean_line(self.reason))
        rank_groups(change, [(row.payer_id, row.cause)])
        return Said(f"{show_cents(row.expected - row.allowed, sign='$')} less is accepted.", row.id)


@dataclass(frozen=True, slots=True)
class FalseUnderpayment(Command):
    """It is none: the contract was read wrongly here."""

    underpayment_id: int
    reason: str = free_text()
    name: ClassVar[str] = "variance.false"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """The reason is kept."""
        row = _workable(change, self.underpayment_id)
        if not clean_line(self.reason):
            raise Refused("Say why it is none.")
        close(change, row, _S.FALSE, clean_line(self.reason))
        rank_groups(change, [(row.payer_id, row.cause)])
        return Said("It was no underpayment.", row.id)


@dataclass(frozen=True, slots=True)
class DisputeUnderpayments(Command):
    """One dispute with one payer about many lines: one letter with every line, kept as it went."""

    underpayment_ids: tuple[int, ...]
    how: str
    reference: str = ""
    name: ClassVar[str] = "variance.dispute"
    permission: ClassVar[Permission] = Permission.DENIAL
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused for several payers at once; the rows come back when no answer has come in time."""
        rows = [_workable(change, one) for one in self.underpayment_ids]
        if not rows or len({row.payer_id for row in rows}) != 1:
            raise Refused("A dispute goes to one payer.", do="Mark the rows of one payer (b).")
        payer = change.get(Payer, rows[0].payer_id)
        total = sum(row.expected - row.allowed for row in rows)
        causes = sorted({row.cause for row in rows})
        content = letter_pdf(_letter(change, payer, rows, total))
        name = f"dispute_{payer.payer_id}_{change.action.id}.pdf"
        file = archive.keep(change, "letter", "out", name, content, f"dispute of {how_many(len(rows), 'line')}")
        dispute = change.add(
            Dispute(
                payer_id=payer.id, cause="; ".join(causes)[:200], filed_on=change.today, lines=len(rows), cents=total,
                reference=clean_line(self.reference)[:80], file_id=file.id,
            )
        )  # fmt: skip
        for row in rows:
            change.move(row, UNDERPAYMENT, _S.DISPUTED, "The underpayment")
            row.dispute_id = dispute.id
            item = items.find(change, QUEUE, row.id)
            if item is not None:
                item.deferred_until = change.today + timedelta(days=ANSWER_EXPECTED_DAYS)
                item.reason = f"disputed; {row.cause}"
        for claim_id in sorted({row.claim_id for row in rows}):
            change.add(
                SentDocument(
                    claim_id=claim_id, file_id=file.id, name="dispute", how=clean_line(self.how)[:20] or "mail",
                    to=payer.name[:80], reference=dispute.reference, sent_on=change.today, at=change.now,
                    user_id=change.actor.user_id,
                )
            )  # fmt: skip
        return Said(
            f"{how_many(len(rows), 'line')} disputed with {payer.name}, {show_cents(total, sign='$')}: {name}.",
            {"dispute": dispute.id, "file": file.id},
        )


@dataclass(frozen=True, slots=True)
class CorrectRateOf(Command):
    """The rate that priced this line is wrong on file: put it right, and price all again that it priced."""

    underpayment_id: int
    cents: int
    name: ClassVar[str] = "variance.correct_rate_of"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """See `store.variance.rates.CorrectRate`."""
        row = _workable(change, self.underpayment_id)
        return CorrectRate(row.rate_id, self.cents).apply(change)


def _workable(change: Change, row_id: int) -> Underpayment:
    row = change.get(Underpayment, row_id, lock=True)
    items.require_free(change, QUEUE, row.id)
    change.patient_id = change.get(Claim, row.claim_id).patient_id
    return row


def _letter(change: Change, payer: Payer, rows: Sequence[Underpayment], total: int) -> Letter:
    practice = change.session.exec(select(Practice)).one()
    lines = []
    query = (
        select(Underpayment, Claim, ClaimLine, ContractRate)
        .join(Claim, col(Claim.id) == col(Underpayment.claim_id))
        .join(ClaimLine, col(ClaimLine.id) == col(Underpayment.claim_line_id))
        .join(ContractRate, col(ContractRate.id) == col(Underpayment.rate_id))
        .where(col(Underpayment.id).in_([row.id for row in rows]))
        .order_by(col(Underpayment.cause), col(Claim.control_number))
    )
    for row, claim, line, rate in change.session.exec(query).all():
        lines.append(
            (
                claim.control_number, claim.payer_control, str(line.service_date), f"{line.code} {line.modifiers}",
                rate.term, show_cents(row.expected), show_cents(row.allowed), show_cents(row.expected - row.allowed),
            )
        )  # fmt: skip
    titles = ("Claim", "Your number", "Service", "Procedure", "Term", "Expected", "Allowed", "Short")
    grid = Grid("The lines in dispute", titles, tuple(lines), (5, 6, 7))
    sender = (practice.name, practice.line1, f"{practice.city} {practice.state} {practice.zip}", f"NPI {practice.npi}")
    return Letter(
        sender, (payer.name, "Provider contracts"), f"{change.today:%B %d, %Y}",
        f"Dispute of {how_many(len(rows), 'payment')}, {show_cents(total, sign='$')}",
        (
            "The lines below were allowed less than our contract says. We ask you to process them again at the "
            "contracted rates.",
            f"{change.actor.name}\n{practice.name}",
        ),
        (grid,),
    )  # fmt: skip
