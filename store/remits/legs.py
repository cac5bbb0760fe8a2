"""The ledger entries of a payment: money, contract and patient share of every line, and the provider's own.

Signs are never turned: a reversal (CLP02 22) is the same arithmetic with negative amounts, and so restores what it
takes back.  What the payer denied is not posted at all: it stays open at the payer and becomes a denial.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import insert

from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg
from store.remits.answers import Answer, protect
from store.remits.dispositions import Disposition
from store.remits.next_payer import next_payers, waiting_at_payers
from store.remits.outcome import net_of
from store.tables import Claim, RemitProviderAdjustment, Remittance
from store.work.command import Change
from store.x12 import remittance_values as x12


class Legs:
    """Makes the entries of some answers; who bears what is read once for all of them."""

    def __init__(self, change: Change, remittance: Remittance, answers: Sequence[Answer]) -> None:
        self._remittance = remittance
        claims = {answer.claim.id: answer.claim for answer in answers if answer.claim}
        self._next = next_payers(change.session, list(claims.values()))
        taken_back = {answer.claim.id for answer in answers if answer.claim and answer.reverses}
        waiting = waiting_at_payers(change.session, taken_back)
        self._protect_reversals(change, answers, taken_back)
        self._waiting: dict[int, dict[int, int]] = {
            claim_id: defaultdict(int, _others(waiting.get(claim_id, {}), claims[claim_id])) for claim_id in taken_back
        }

    def _protect_reversals(self, change: Change, answers: Sequence[Answer], taken_back: set[int]) -> None:
        """What never was the patient's is not taken back from the patient, whether the reversal says so or not."""
        net = net_of(change.session, taken_back)
        now = {answer.claim.id for answer in answers if answer.claim and answer.protected}
        for answer in answers:
            if answer.claim and answer.reverses:
                held = net[answer.claim.id].adjusted[Disposition.PROTECTED] > 0
                if held or answer.claim.id in now:
                    protect(answer)

    def entry(self, answer: Answer) -> Entry:
        """What is booked for one answer; without a claim of ours the money is unapplied."""
        paid, remittance = answer.value.paid, self._remittance
        if answer.claim is None:
            legs: tuple[Leg, ...] = (Leg(Book.CASH, paid), Leg(Book.UNAPPLIED, -paid))
        else:
            legs = tuple(self._claim_legs(answer, answer.claim))
        return Entry(
            ref=f"remit:{answer.id}",
            kind="reversal" if answer.reverses else "payment",
            entry_date=remittance.paid_on,
            legs=legs,
            memo=f"{remittance.payer_name} {remittance.trace} segment {answer.value.segment}",
            remit_claim_id=answer.id,
            remittance_id=remittance.id,
        )

    def stranded(self, answer: Answer) -> bool:
        """Whether a cost share that is not the patient's has no next payer either."""
        shares = [found.cents for found in answer.found if found.disposition is Disposition.PROTECTED]
        return sum(shares) > 0 and answer.claim is not None and answer.claim.id not in self._next

    def _claim_legs(self, answer: Answer, claim: Claim) -> Iterator[Leg]:
        for line in answer.lines:
            yield from _pair(claim, Book.CASH, line.value.paid, line.claim_line_id)
        at_claim_level = answer.value.paid - sum(line.value.paid for line in answer.lines)
        yield from _pair(claim, Book.CASH, at_claim_level, None)
        for found in answer.found:
            if found.disposition is Disposition.CONTRACTUAL:
                yield from _pair(claim, Book.CONTRACTUAL, found.cents, found.claim_line_id)
            elif found.disposition in (Disposition.PATIENT, Disposition.PROTECTED):
                for payer_id, cents in self._shares(answer, claim, found.cents):
                    if payer_id is None and found.disposition is Disposition.PROTECTED:
                        continue  # no payer follows: it stays where it is, and a person decides
                    book = Book.PATIENT if payer_id is None else Book.INSURANCE
                    yield from _pair(claim, book, cents, found.claim_line_id, payer_id)

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


def _pair(claim: Claim, book: Book, cents: int, line_id: int | None, payer_id: int | None = None) -> Iterator[Leg]:
    if not cents:
        return
    where = (claim.guarantor_id, claim.id, line_id, claim.encounter_id)
    yield Leg(book, cents, *where, payer_id if payer_id is not None else claim.payer_id)
    yield Leg(Book.INSURANCE, -cents, *where, claim.payer_id)


def _others(waiting: dict[int, int], claim: Claim) -> dict[int, int]:
    return {payer_id: cents for payer_id, cents in waiting.items() if payer_id != claim.payer_id and cents}


def provider_entries(change: Change, remittance: Remittance, pairs: Sequence[x12.ProviderAdjustment]) -> list[Entry]:
    """Keep the payment's PLB pairs and say what is booked for them: positive takes money away (RFI 227)."""
    rows = [
        {
            "remittance_id": remittance.id,
            "segment": pair.segment,
            "reason": pair.reason,
            "reference": pair.reference,
            "cents": pair.cents,
        }
        for pair in pairs
    ]
    if rows:
        change.session.execute(insert(RemitProviderAdjustment.__table__), rows)  # type: ignore[attr-defined]
    return [
        Entry(
            ref=f"plb:{remittance.id}:{number}",
            kind="provider",
            entry_date=remittance.paid_on,
            legs=(Leg(Book.PROVIDER, pair.cents), Leg(Book.CASH, -pair.cents)),
            memo=f"{remittance.payer_name} {remittance.trace} {pair.reason} {pair.reference}",
            remittance_id=remittance.id,
        )
        for number, pair in enumerate(pairs, 1)
    ]
