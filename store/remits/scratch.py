"""The scratchpad of an answer that is not certain: match it, split and edit it, spread a negative, commit.

Parts are rows of the answer's money with the claim and line that each goes to.  What no claim and line is named for is
left to distribute; nothing is posted before that is 0.00.  What goes to several claims becomes several answers, each
of which balances by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import Session, col, select

from store.accounts.balances import claim_books
from store.accounts.books import Book
from store.errors import NotFound, Refused
from store.money import parse_cents, show_cents
from store.people.roles import Permission
from store.remits import exceptions
from store.remits.answers import Answer
from store.remits.commit import post_parts
from store.remits.held import advance, receipts
from store.remits.match import Matcher
from store.remits.source import answers_again
from store.remits.states import WAITING, AnswerState
from store.tables import Claim, ClaimLine, RemitClaim, RemitPart, Remittance
from store.text import clean_line
from store.work import items
from store.work.command import Change, Command, Said, free_text
from store.work.stale import over
from store.x12.remittance_values import Adjustment


def reasons_of(text: str) -> tuple[Adjustment, ...]:
    """'CO-45 2550,PR-1 1500' (cents) as adjustments."""
    found = []
    for part in filter(None, text.split(",")):
        code, _, cents = part.partition(" ")
        group, _, reason = code.partition("-")
        found.append(Adjustment(group, reason, int(cents)))
    return tuple(found)


def write_reasons(adjustments: Sequence[Adjustment]) -> str:
    """The adjustments as `reasons_of` reads them."""
    return ",".join(f"{one.group}-{one.reason} {one.cents}" for one in adjustments)


def written(part: RemitPart) -> tuple[str, str]:
    """A part's payment and reasons as they are typed: ('80.00', 'CO-45 25.50 PR-1 15.00')."""
    why = " ".join(f"{one.group}-{one.reason} {one.cents / 100:.2f}" for one in reasons_of(part.why))
    return f"{part.paid / 100:.2f}", why


def parts_of(session: Session, answer_id: int) -> list[RemitPart]:
    """The parts, in order; empty where nobody has begun."""
    query = select(RemitPart).where(RemitPart.remit_claim_id == answer_id).order_by(col(RemitPart.number))
    return list(session.exec(query).all())


def first_parts(answer: Answer) -> list[RemitPart]:
    """The answer as parts: a row for each line, and one for what stands at claim level."""
    claim_id = answer.claim.id if answer.claim else None
    parts = [
        RemitPart(
            remit_claim_id=answer.id, number=number, claim_id=claim_id, claim_line_id=line.claim_line_id,
            remit_line_id=line.id, charge=line.value.charge, paid=line.value.paid,
            why=write_reasons(line.value.adjustments),
        )
        for number, line in enumerate(answer.lines, 1)
    ]  # fmt: skip
    value = answer.value
    if value.adjustments or not parts:
        charge = value.charge - sum(part.charge for part in parts)
        paid = value.paid - sum(part.paid for part in parts)
        parts.append(
            RemitPart(
                remit_claim_id=answer.id, number=len(parts) + 1, claim_id=claim_id, charge=charge, paid=paid,
                why=write_reasons(value.adjustments),
            )
        )  # fmt: skip
    return parts


def is_placed(part: RemitPart) -> bool:
    """Whether claim and line are named; what stands at claim level needs no line."""
    return part.claim_id is not None and (part.claim_line_id is not None or part.remit_line_id is None)


def left(parts: Sequence[RemitPart], paid: int) -> int:
    """What is left to distribute, in cents."""
    return paid - sum(part.paid for part in parts if is_placed(part))


def require_distributed(parts: Sequence[RemitPart], paid: int) -> None:
    """Refused while anything of what was `paid`, in cents, is left to distribute."""
    rest = left(parts, paid)
    if rest or not all(map(is_placed, parts)):
        raise Refused(
            f"{show_cents(rest, sign='$')} is left to distribute; it has to be 0.00, with a line for each part.",
            do="Match the claim (m) or place the parts (c).",
        )


@dataclass(frozen=True, slots=True)
class MatchAnswer(Command):
    """Name the claim of an answer by its number; posted at once where everything else is certain."""

    remit_claim_id: int
    control_number: str
    name: ClassVar[str] = "remits.match"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """What is not certain yet keeps it in the queue, with the new reason."""
        row, answer = _open(change, self.remit_claim_id)
        claim = _claim(change.session, self.control_number)
        matcher = Matcher(change.session, [answer.value], [claim])
        answer.claim, row.claim_id = claim, claim.id
        for line, line_id in zip(answer.lines, matcher.lines(claim, answer.value), strict=True):
            line.claim_line_id = line_id
        _replace_parts(change, row, first_parts(answer))
        hold = post_parts(change, row, answer, parts_of(change.session, row.id), unless_held=True)
        if hold:
            row.state, row.reason = AnswerState.HELD, hold
            item = items.find(change, exceptions.QUEUE, row.id)
            if item is not None:
                item.reason = f"{hold}: {exceptions.WORDS[hold]}"
            return Said(f"Matched to {claim.control_number}; not posted: {exceptions.WORDS[hold]}.", row.id)
        return Said(f"Matched to {claim.control_number} and posted{receipt_told(change, row)}.", row.id)


@dataclass(frozen=True, slots=True)
class PlacePart(Command):
    """Give a part, or `cents` of it, to a claim and line (its number there); empty keeps the part's own claim."""

    remit_claim_id: int
    number: int
    control_number: str = ""
    line: int | None = None
    cents: int | None = None
    name: ClassVar[str] = "remits.place"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """A part of the part is split off: its charge and payment go down by the same amount."""
        row, answer = _open(change, self.remit_claim_id)
        parts = _begun(change, row, answer)
        part = _part(parts, self.number)
        if self.cents is not None and self.cents != part.paid:
            part = _split(change, parts, part, self.cents)
        if self.control_number.strip():
            part.claim_id, part.claim_line_id = _claim(change.session, self.control_number).id, None
        if part.claim_id is None:
            raise Refused("No claim is named for this part yet.")
        if self.line is not None:
            part.claim_line_id = _line(change.session, part.claim_id, self.line)
        return Said(_left_told(change, row), row.id)


@dataclass(frozen=True, slots=True)
class EditPart(Command):
    """Write a part's payment and reasons anew ('CO-45 25.50 PR-1 15'); its charge is their sum.

    `seen` and `seen_why` are what the person saw there, as `written` gives them; refused where that was changed since.
    """

    remit_claim_id: int
    number: int
    paid: int
    why: str = ""
    seen: str | None = None
    seen_why: str | None = None
    name: ClassVar[str] = "remits.edit_part"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """Says what is left to distribute: it has to be 0.00 again before it can be posted."""
        row, answer = _open(change, self.remit_claim_id)
        part = _part(_begun(change, row, answer), self.number)
        words = clean_line(self.why).replace(",", " ").split()
        if len(words) % 2:
            raise Refused("Write reasons with amounts, like: CO-45 25.50 PR-1 15")
        reasons = []
        for code, amount in zip(words[::2], words[1::2], strict=True):
            group, dash, reason = code.upper().partition("-")
            if not dash or group not in {"CO", "PR", "OA", "PI"} or not reason.isalnum():
                raise Refused(f"{code[:20]!r} is no reason like CO-45.")
            reasons.append(Adjustment(group, reason, parse_cents(amount)))
        called = f"part {self.number}"
        with (
            over(change, self.seen, f"payment of {called}", lambda: written(part)[0]),
            over(change, self.seen_why, f"reasons of {called}", lambda: written(part)[1]),
        ):
            part.paid, part.why = self.paid, write_reasons(reasons)
            part.charge = self.paid + sum(one.cents for one in reasons)
        return Said(_left_told(change, row), row.id)


@dataclass(frozen=True, slots=True)
class DistributeNegative(Command):
    """Take a negative answer from what was paid on these claims, each as far as it goes, in their order."""

    remit_claim_id: int
    control_numbers: tuple[str, ...]
    name: ClassVar[str] = "remits.distribute"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """Says what is left to distribute."""
        row, answer = _open(change, self.remit_claim_id)
        if answer.value.paid >= 0:
            raise Refused("Only a negative amount is distributed this way.", do="Split it (c).")
        rest = answer.value.paid
        parts: list[RemitPart] = []
        for number in self.control_numbers:
            claim = _claim(change.session, number)
            paid = max(0, claim_books(change.session, claim.id).get(Book.CASH, 0))
            taken = -min(paid, -rest)
            if taken:
                rest -= taken
                parts.append(RemitPart(remit_claim_id=row.id, number=len(parts) + 1, claim_id=claim.id,
                                       charge=taken, paid=taken))  # fmt: skip
        if rest:
            parts.append(RemitPart(remit_claim_id=row.id, number=len(parts) + 1, charge=rest, paid=rest))
        _replace_parts(change, row, parts)
        return Said(_left_told(change, row), row.id)


@dataclass(frozen=True, slots=True)
class CommitAnswer(Command):
    """Post what the scratchpad says, a person having looked: even what the criteria would hold."""

    remit_claim_id: int
    name: ClassVar[str] = "remits.commit"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """Refused while anything is left to distribute."""
        row, answer = _open(change, self.remit_claim_id)
        parts = _begun(change, row, answer)
        require_distributed(parts, answer.value.paid)
        post_parts(change, row, answer, parts, unless_held=False)
        claims = len({part.claim_id for part in parts})
        on = f"{claims} claims" if claims > 1 else "its claim"
        posted = f"{show_cents(answer.value.paid, sign='$')} of {row.control_number} posted on {on}"
        return Said(f"{posted}{receipt_told(change, row)}.", row.id)


@dataclass(frozen=True, slots=True)
class ToSuspense(Command):
    """The money belongs to nothing that is known here: it stays unapplied, and out of the queue, with the reason."""

    remit_claim_id: int
    reason: str = free_text()
    name: ClassVar[str] = "remits.suspense"
    permission: ClassVar[Permission] = Permission.POST

    def apply(self, change: Change) -> Said:
        """It can be matched later all the same."""
        row, _ = _open(change, self.remit_claim_id)
        words = clean_line(self.reason)
        if not words:
            raise Refused("Say why it goes to suspense.")
        row.state, row.reason = AnswerState.SUSPENSE, f"{row.reason}: {words}"[:200]
        items.close(change, exceptions.QUEUE, row.id)
        advance(change, change.get(Remittance, row.remittance_id))
        return Said(f"{show_cents(row.paid, sign='$')} of {row.control_number} is in suspense.", row.id)


def receipt_told(change: Change, row: RemitClaim) -> str:
    """The receipt under which the answer was posted, for a sentence; nothing where no money moved."""
    change.session.flush()
    found = receipts(change.session, change.get(Remittance, row.remittance_id)).get(change.action.id)
    return f", receipt {found}" if found else ""


def _open(change: Change, answer_id: int) -> tuple[RemitClaim, Answer]:
    """The answer, which waits for a person and is in nobody else's hands."""
    row = change.get(RemitClaim, answer_id, lock=True)
    items.require_free(change, exceptions.QUEUE, row.id)
    if row.state not in (*WAITING, AnswerState.SUSPENSE):
        raise Refused(f"The answer to {row.control_number} is {row.state} already.")
    (answer,) = answers_again(change.session, [row])
    if answer.claim is not None:
        change.patient_id = answer.claim.patient_id
    return row, answer


def _begun(change: Change, row: RemitClaim, answer: Answer) -> list[RemitPart]:
    parts = parts_of(change.session, row.id)
    if not parts:
        _replace_parts(change, row, first_parts(answer))
        parts = parts_of(change.session, row.id)
    return parts


def _replace_parts(change: Change, row: RemitClaim, parts: Sequence[RemitPart]) -> None:
    for old in parts_of(change.session, row.id):
        change.session.delete(old)
    change.session.flush()
    for part in parts:
        change.add(part)


def _part(parts: Sequence[RemitPart], number: int) -> RemitPart:
    found = next((part for part in parts if part.number == number), None)
    if found is None:
        raise NotFound(f"There is no part {number}; there are {len(parts)}.")
    return found


def _split(change: Change, parts: Sequence[RemitPart], part: RemitPart, cents: int) -> RemitPart:
    if not cents or abs(cents) > abs(part.paid) or (cents < 0) != (part.paid < 0):
        raise Refused(f"The part pays {show_cents(part.paid, sign='$')}; a part of that can be split off.")
    part.charge, part.paid = part.charge - cents, part.paid - cents
    number = max(one.number for one in parts) + 1
    return change.add(
        RemitPart(
            remit_claim_id=part.remit_claim_id, number=number, claim_id=part.claim_id,
            remit_line_id=part.remit_line_id, charge=cents, paid=cents,
        )
    )  # fmt: skip


def _claim(session: Session, control_number: str) -> Claim:
    number = control_number.strip().upper()
    found = session.exec(select(Claim).where(Claim.control_number == number)).first()
    if found is None:
        raise NotFound(f"There is no claim {number[:30]!r}.")
    return found


def lines_of(session: Session, claim_id: int) -> Sequence[ClaimLine]:
    """The lines of a claim in the order by which a part names them, from 1 on."""
    query = select(ClaimLine).where(ClaimLine.claim_id == claim_id, ClaimLine.active).order_by(col(ClaimLine.id))
    return session.exec(query).all()


def _line(session: Session, claim_id: int, number: int) -> int:
    lines = lines_of(session, claim_id)
    if not 0 < number <= len(lines):
        raise NotFound(f"The claim has no line {number}; it has {len(lines)}.")
    return lines[number - 1].id


def _left_told(change: Change, row: RemitClaim) -> str:
    change.session.flush()
    return f"Left to distribute: {show_cents(left(parts_of(change.session, row.id), row.paid))}."
