"""Posting one payment: its records, its ledger entries, its denials and the new state of each claim.

Signs are never turned: a reversal (CLP02 22) is the same arithmetic with negative amounts, and so restores what it
takes back.  What the payer denied is not posted at all: it stays open at the payer and becomes a denial.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, post
from store.accounts.standing import refresh_account
from store.denials.open import answered, open_denial, take_back
from store.remits import exceptions, outcome
from store.remits.dispositions import Disposition, Rule, disposition
from store.remits.match import Matcher
from store.remits.next_payer import bears, offer_next_payer, open_at_next_payer
from store.tables import Claim, RemitAdjustment, RemitClaim, RemitLine, RemitProviderAdjustment, Remittance
from store.work.command import Change
from store.x12 import remittance_values as x12

REVERSAL = "22"


@dataclass(slots=True)
class _Found:
    """One adjustment with its record, the line that it stands on and what is to be done."""

    row: RemitAdjustment
    line: RemitLine | None
    rule: Rule


@dataclass(slots=True)
class _Answer:
    """One CLP with its records."""

    value: x12.RemitClaim
    row: RemitClaim
    claim: Claim | None
    lines: list[RemitLine] = field(default_factory=list)
    found: list[_Found] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """What a payment came to."""

    matched: int = 0
    unmatched: int = 0
    denied: int = 0
    accounts: set[int] = field(default_factory=set)


def post_payment(change: Change, remittance: Remittance, payment: x12.Payment) -> Tally:
    """Post a balanced payment whose own record is kept already."""
    matcher = Matcher(change.session, payment.claims)
    answers = [_record(change, remittance, matcher, value) for value in payment.claims]
    change.session.flush()
    for answer in answers:
        _record_details(change, matcher, answer)
    change.session.flush()
    entries = [_entry(change, remittance, answer) for answer in answers]
    post(change, *entries, *_provider_entries(change, remittance, payment))
    tally = Tally()
    for answer in answers:
        _settle(change, remittance, answer, tally)
    for guarantor_id in sorted(tally.accounts):
        refresh_account(change, guarantor_id)
    return tally


def _record(change: Change, remittance: Remittance, matcher: Matcher, value: x12.RemitClaim) -> _Answer:
    claim = matcher.claim(value)
    row = RemitClaim(
        remittance_id=remittance.id,
        claim_id=claim.id if claim else None,
        segment=value.segment,
        control_number=value.control_number,
        status=value.status,
        charge=value.charge,
        paid=value.paid,
        patient_responsibility=value.patient_responsibility or 0,
        payer_control=value.payer_control,
        patient_name=value.patient_name,
        interest=value.interest,
        state="matched" if claim else "unmatched",
        reason="" if claim else exceptions.NO_CLAIM,
    )
    change.session.add(row)
    return _Answer(value, row, claim)


def _record_details(change: Change, matcher: Matcher, answer: _Answer) -> None:
    for adjustment in answer.value.adjustments:
        _adjustment(answer, None, adjustment)
    for value in answer.value.lines:
        ours = matcher.line(answer.claim, value) if answer.claim else None
        line = RemitLine(
            remit_claim_id=answer.row.id,
            claim_line_id=ours.id if ours else None,
            segment=value.segment,
            control=value.control,
            code=value.code,
            modifiers=",".join(value.modifiers),
            charge=value.charge,
            paid=value.paid,
            allowed=value.allowed,
            remarks=" ".join(value.remarks),
        )
        change.session.add(line)
        answer.lines.append(line)
        for adjustment in value.adjustments:
            _adjustment(answer, line, adjustment)
    change.session.flush()
    for found in answer.found:
        found.row.remit_line_id = found.line.id if found.line else None
        change.session.add(found.row)


def _adjustment(answer: _Answer, line: RemitLine | None, value: x12.Adjustment) -> None:
    rule = disposition(value.group, value.reason)
    row = RemitAdjustment(
        remit_claim_id=answer.row.id,
        group=value.group,
        reason=value.reason,
        cents=value.cents,
        disposition=rule.disposition,
    )
    answer.found.append(_Found(row, line, rule))


def _entry(change: Change, remittance: Remittance, answer: _Answer) -> Entry:
    if answer.claim is None:
        legs: tuple[Leg, ...] = (Leg(Book.CASH, answer.row.paid), Leg(Book.UNAPPLIED, -answer.row.paid))
    else:
        legs = tuple(_claim_legs(change, answer, answer.claim))
    return Entry(
        ref=f"remit:{answer.row.id}",
        kind="reversal" if answer.row.status == REVERSAL else "payment",
        entry_date=remittance.paid_on,
        legs=legs,
        memo=f"{remittance.payer_name} {remittance.trace} segment {answer.row.segment}",
        remit_claim_id=answer.row.id,
        remittance_id=remittance.id,
    )


def _claim_legs(change: Change, answer: _Answer, claim: Claim) -> list[Leg]:
    def pair(book: Book, cents: int, line: RemitLine | None, payer_id: int | None = None) -> list[Leg]:
        line_id = line.claim_line_id if line else None
        where = (claim.guarantor_id, claim.id, line_id, claim.encounter_id)
        return [
            Leg(book, cents, *where, payer_id if payer_id is not None else claim.payer_id),
            Leg(Book.INSURANCE, -cents, *where, claim.payer_id),
        ]

    next_payer = bears(change, claim)
    waiting = open_at_next_payer(change.session, claim) if answer.row.status == REVERSAL else None
    legs: list[Leg] = []
    for line in answer.lines:
        legs += pair(Book.CASH, line.paid, line)
    at_claim_level = answer.row.paid - sum(line.paid for line in answer.lines)
    legs += pair(Book.CASH, at_claim_level, None)
    for found in answer.found:
        if found.rule.disposition is Disposition.CONTRACTUAL:
            legs += pair(Book.CONTRACTUAL, found.row.cents, found.line)
        elif found.rule.disposition is Disposition.PATIENT:
            for payer_id, cents in _shares(found.row.cents, next_payer, waiting):
                book = Book.PATIENT if payer_id is None else Book.INSURANCE
                legs += pair(book, cents, found.line, payer_id)
    return legs


def _shares(cents: int, next_payer: int | None, waiting: dict[int, int] | None) -> Iterator[tuple[int | None, int]]:
    """Who bears a patient share: (payer, cents), None for the patient.

    A reversal (`waiting` is what payers after the claim's own hold) takes it back from where it stands now, which may
    not be where it went: it may have moved to the patient since, or a coverage may have come since.
    """
    if waiting is None:
        yield next_payer, cents
        return
    for payer_id, held in waiting.items():
        if held * cents < 0:
            part = min(abs(held), abs(cents)) * (1 if cents > 0 else -1)
            waiting[payer_id] += part
            cents -= part
            yield payer_id, part
    yield None, cents


def _provider_entries(change: Change, remittance: Remittance, payment: x12.Payment) -> list[Entry]:
    entries = []
    for number, value in enumerate(payment.provider_adjustments, 1):
        change.session.add(
            RemitProviderAdjustment(
                remittance_id=remittance.id,
                segment=value.segment,
                reason=value.reason,
                reference=value.reference,
                cents=value.cents,
            )
        )
        entries.append(
            Entry(
                ref=f"plb:{remittance.id}:{number}",
                kind="provider",
                entry_date=remittance.paid_on,
                legs=(Leg(Book.PROVIDER, value.cents), Leg(Book.CASH, -value.cents)),
                memo=f"{remittance.payer_name} {remittance.trace} {value.reason} {value.reference}",
                remittance_id=remittance.id,
            )
        )
    return entries


def _settle(change: Change, remittance: Remittance, answer: _Answer, tally: Tally) -> None:
    claim = answer.claim
    if claim is None:
        tally.unmatched += 1
        exceptions.raise_exception(change, answer.row, exceptions.NO_CLAIM)
        return
    tally.matched += 1
    tally.accounts.add(claim.guarantor_id)
    if answer.value.payer_control and answer.row.status != REVERSAL:
        claim.payer_control = answer.value.payer_control
    denied_lines: set[int | None] = set()
    for found in answer.found:
        if found.rule.disposition is not Disposition.DENIAL:
            continue
        if found.row.cents > 0 and answer.row.status != REVERSAL:
            open_denial(change, remittance, claim, found.line, found.row, found.rule)
            denied_lines.add(found.line.claim_line_id if found.line else None)
            tally.denied += 1
        elif found.row.cents < 0:
            take_back(change, claim, found.line, found.row)
    if answer.row.status != REVERSAL:
        answered(change, claim, {line.claim_line_id for line in answer.lines} - denied_lines)
    outcome.settle_claim(change, claim, answer.row)
    offer_next_payer(change, claim)
    exceptions.look_for(change, answer.row, claim, answer.lines)
