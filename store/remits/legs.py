"""The ledger entries of a payment: money, contract and patient share of every line, and the provider's own.

Signs are never turned: a reversal (CLP02 22) is the same arithmetic with negative amounts, and so restores what it
takes back.  What the payer denied is not posted at all: it stays open at the payer and becomes a denial.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sqlmodel import select

from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg
from store.remits.answers import Answer
from store.remits.dispositions import Disposition
from store.remits.forward import recall
from store.remits.next_payer import next_payers, waiting_at_payers
from store.tables import Claim, Payer, Remittance
from store.work.command import Change


class Legs:
    """Makes the entries of some answers; who bears what is read once for all of them."""

    def __init__(self, change: Change, remittance: Remittance, answers: Sequence[Answer]) -> None:
        self._remittance, self._action_id = remittance, change.action.id
        claims = {answer.claim.id: answer.claim for answer in answers if answer.claim}
        self._payers = _answering(change, remittance, claims)
        self._next = next_payers(change.session, list(claims.values()), self._payers)
        taken_back = {answer.claim.id for answer in answers if answer.claim and answer.reverses}
        recall(change, taken_back)
        waiting = waiting_at_payers(change.session, taken_back)
        self._waiting: dict[int, dict[int, int]] = {
            claim_id: defaultdict(int, _others(waiting.get(claim_id, {}), self._payers[claim_id]))
            for claim_id in taken_back
        }

    def entry(self, answer: Answer) -> Entry:
        """What is booked for one answer; the money of one that isn't posted is unapplied, until it is."""
        paid, remittance = answer.value.paid, self._remittance
        if answer.claim is None or not answer.posts:
            legs: tuple[Leg, ...] = (Leg(Book.CASH, paid), Leg(Book.UNAPPLIED, -paid))
        else:
            legs = tuple(self._claim_legs(answer, answer.claim))
            if answer.booked:
                legs += (Leg(Book.UNAPPLIED, paid), Leg(Book.CASH, -paid))
        return Entry(
            ref=f"remit:{answer.id}{f':{self._action_id}' if answer.booked else ''}",
            kind="reversal" if answer.reverses else "payment",
            entry_date=remittance.paid_on,
            legs=legs,
            memo=f"{remittance.payer_name} {remittance.trace} segment {answer.value.segment}",
            remit_claim_id=answer.booked_as or answer.id,
            remittance_id=remittance.id,
        )

    def leaves(self, answer: Answer) -> int:
        """How many cents less are open at payers once the answer is posted."""
        if answer.claim is None:
            return 0
        taken, goes_on = answer.value.paid, answer.claim.id in self._next
        for found in answer.found:
            if found.disposition is Disposition.CONTRACTUAL or (
                found.disposition is Disposition.PATIENT and not goes_on
            ):
                taken += found.cents
        return taken

    def stranded(self, answer: Answer) -> bool:
        """Whether a cost share that is not the patient's has no next payer either."""
        shares = [found.cents for found in answer.found if found.disposition is Disposition.PROTECTED]
        return sum(shares) > 0 and answer.claim is not None and answer.claim.id not in self._next

    def _claim_legs(self, answer: Answer, claim: Claim) -> Iterator[Leg]:
        pair = _Pairs(claim, self._payers[claim.id]).of
        for line in answer.lines:
            yield from pair(Book.CASH, line.value.paid, line.claim_line_id)
        at_claim_level = answer.value.paid - sum(line.value.paid for line in answer.lines)
        yield from pair(Book.CASH, at_claim_level, None)
        for found in answer.found:
            if found.disposition is Disposition.CONTRACTUAL:
                yield from pair(Book.CONTRACTUAL, found.cents, found.claim_line_id)
            elif found.disposition in (Disposition.PATIENT, Disposition.PROTECTED):
                for payer_id, cents in self._shares(answer, claim, found.cents):
                    if payer_id is None and found.disposition is Disposition.PROTECTED:
                        continue  # no payer follows: it stays where it is, and a person decides
                    book = Book.PATIENT if payer_id is None else Book.INSURANCE
                    yield from pair(book, cents, found.claim_line_id, payer_id)

    def _shares(self, answer: Answer, claim: Claim, cents: int) -> Iterator[tuple[int | None, int]]:
        """Who bears a patient share: (payer, cents), None for the patient.

        A reversal takes it back from where it stands now, which may not be where it went: it may have moved to the
        patient since, or a coverage may have come since.
        """
        waiting = self._waiting.get(claim.id)
        if not answer.reverses or waiting is None:
            payer_id = self._next.get(claim.id)
            if waiting is not None and payer_id is not None:
                waiting[payer_id] += cents
            yield payer_id, cents
            return
        for payer_id, held in list(waiting.items()):
            if held * cents < 0:
                part = min(abs(held), abs(cents)) * (1 if cents > 0 else -1)
                waiting[payer_id] += part
                cents -= part
                yield payer_id, part
        yield None, cents


class _Pairs:
    """Legs of one claim, each with its contrary at the payer that answers."""

    def __init__(self, claim: Claim, answering: int) -> None:
        self._who, self._encounter, self._answering = (claim.guarantor_id, claim.id), claim.encounter_id, answering

    def of(self, book: Book, cents: int, line_id: int | None, payer_id: int | None = None) -> tuple[Leg, ...]:
        """None for nothing."""
        if not cents:
            return ()
        where = (*self._who, line_id, self._encounter)
        answering = self._answering
        return (
            Leg(book, cents, *where, answering if payer_id is None else payer_id),
            Leg(Book.INSURANCE, -cents, *where, answering),
        )


def _answering(change: Change, remittance: Remittance, claims: Mapping[int, Claim]) -> dict[int, int]:
    """Who answers each claim: a later payer where money of the claim waits for it, else the claim's own payer."""
    own = {claim_id: claim.payer_id for claim_id, claim in claims.items()}
    query = select(Payer.id).where(Payer.payer_id == remittance.payer_code)
    payer_id = change.session.exec(query).first() if remittance.payer_code else None
    later = [claim_id for claim_id, mine in own.items() if payer_id is not None and mine != payer_id]
    recall(change, later, by=payer_id)  # it was sent on after all: our own claim to that payer is not needed
    for claim_id, waiting in waiting_at_payers(change.session, later).items():
        if payer_id is not None and waiting.get(payer_id):
            own[claim_id] = payer_id
    return own


def _others(waiting: dict[int, int], answering: int) -> dict[int, int]:
    return {payer_id: cents for payer_id, cents in waiting.items() if payer_id != answering and cents}
