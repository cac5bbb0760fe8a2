"""The remittances of the invented payers: one 835 for each payer, one payment in it for each billing provider."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from store.demo.answer_prices import contract
from store.demo.practice import PRACTICE
from store.money import x12_amount
from store.x12.claim_values import BillingProvider, ProfessionalClaim
from store.x12.remittance_values import Adjustment, RemitClaim, RemitLine
from store.x12.writing import day, identifier, segment, words


@dataclass(frozen=True, slots=True)
class Answered:
    """A claim with one of its answers."""

    claim: ProfessionalClaim
    answer: RemitClaim


@dataclass(frozen=True, slots=True)
class ProviderPair:
    """One reason of a PLB segment: positive takes money away, negative gives it."""

    reason: str
    reference: str
    cents: int


@dataclass(frozen=True, slots=True)
class PaymentOut:
    """One ST-SE to be written: all claims are of one payer and one billing provider."""

    trace: str
    received: date
    paid_on: date
    claims: tuple[Answered, ...]
    pairs: tuple[ProviderPair, ...]

    @property
    def amount(self) -> int:
        """BPR02 in cents."""
        return claims_total(self.claims) - sum(pair.cents for pair in self.pairs)


def claims_total(claims: Iterable[Answered]) -> int:
    """The sum of CLP04 in cents."""
    return sum(one.answer.paid for one in claims)


def balanced_pairs(rng: Random, claims: tuple[Answered, ...]) -> tuple[tuple[Answered, ...], tuple[ProviderPair, ...]]:
    """The claims and the provider adjustments of a payment: about one payment in three has some.

    WO takes back an earlier overpayment, L6 pays interest for one of the claims, 72 gives back what the practice had
    refunded before the payer took it (with WO, so that nothing is left).  A sum below zero is carried forward (FB).
    """
    total = claims_total(claims)
    if total < 0:
        return claims, (ProviderPair("FB", claims[0].answer.payer_control, total),)
    luck, kind, cents = rng.random(), rng.choice(("WO", "L6", "72")), rng.randrange(1500, 12_000)
    paid = [n for n, one in enumerate(claims) if one.answer.paid >= 100 and one.answer.status != "22"]
    if luck >= 0.36 or not paid:  # a little more than a third, for the payments that have nothing to adjust
        return claims, ()
    if kind == "L6":
        return _with_interest(claims, rng.choice(paid))
    earlier = f"{claims[0].claim.subscription.payer_id}1{rng.randrange(10**12):012d}"
    taken = ProviderPair("WO", earlier, min(cents, total // 2))
    return claims, (taken,) if kind == "WO" else (taken, ProviderPair("72", earlier, -taken.cents))


def payment_segments(payment: PaymentOut) -> list[str]:
    """The segments between ST and SE."""
    first = payment.claims[0].claim
    body = [*_head(payment), *_payer(first), *_payee(first.billing), segment("LX", "1")]
    for one in payment.claims:
        body += _claim(one, payment.received)
    if payment.pairs:
        year_end = day(date(payment.paid_on.year, 12, 31))
        told = [part for pair in payment.pairs for part in (f"{pair.reason}:{pair.reference}", x12_amount(pair.cents))]
        body.append(segment("PLB", first.billing.npi, year_end, *told))
    return body


def _with_interest(claims: tuple[Answered, ...], number: int) -> tuple[tuple[Answered, ...], tuple[ProviderPair, ...]]:
    """AMT*I tells the interest at the claim, PLB pays it."""
    chosen = claims[number]
    cents = max(1, chosen.answer.paid // 100)
    told = Answered(chosen.claim, replace(chosen.answer, interest=cents))
    pair = ProviderPair("L6", chosen.claim.control_number, -cents)
    return (*claims[:number], told, *claims[number + 1 :]), (pair,)


def _head(payment: PaymentOut) -> Iterator[str]:
    handling, method = ("I", "CHK") if payment.amount else ("H", "NON")
    payer = payment.claims[0].claim.subscription.payer_id
    on = day(payment.paid_on)
    yield segment("BPR", handling, x12_amount(payment.amount), "C", method, *[""] * 11, on)
    # 07 starts no tax number that the IRS gives.
    yield segment("TRN", "1", payment.trace, f"107{zlib.crc32(payer.encode()) % 10**7:07d}")
    yield segment("DTM", "405", on)


def _payer(claim: ProfessionalClaim) -> Iterator[str]:
    name = words(contract(claim.subscription).name, 60, "payer")
    yield segment("N1", "PR", name)
    yield segment("N3", "1 PAYER PLAZA")
    yield segment("N4", words(PRACTICE.city, 30, "city"), PRACTICE.state, PRACTICE.zip[:5])
    yield segment("REF", "2U", identifier(claim.subscription.payer_id, 50, "payer"))
    yield segment("PER", "BL", "PROVIDER SERVICES", "TE", "3165550199")


def _payee(billing: BillingProvider) -> Iterator[str]:
    yield segment("N1", "PE", words(billing.name, 60, "name"), "XX", billing.npi)
    yield segment("REF", "TJ", billing.tax_id)


def _claim(one: Answered, received: date) -> Iterator[str]:
    claim, answer = one.claim, one.answer
    share = x12_amount(answer.patient_responsibility) if answer.patient_responsibility else ""
    money = x12_amount(answer.charge), x12_amount(answer.paid), share
    own = answer.filing, answer.payer_control, claim.place, answer.frequency
    yield segment("CLP", answer.control_number, answer.status, *money, *own)
    yield from _people(claim)
    if answer.remarks:
        yield segment("MOA", "", "", *answer.remarks)
    for kind, when in (("232", answer.service_from), ("233", answer.service_to), ("050", received)):
        if when:
            yield segment("DTM", kind, day(when))
    if answer.interest:
        yield segment("AMT", "I", x12_amount(answer.interest))
    for line in answer.lines:
        yield from _line(line)


def _people(claim: ProfessionalClaim) -> Iterator[str]:
    """The patient with the member's number, the subscriber where that is another person, who rendered."""
    subscriber = claim.subscription.subscriber
    member = identifier(claim.subscription.member_id, 80, "member")
    for kind, person in (("QC", claim.patient or subscriber), ("IL", subscriber)):
        if kind == "QC" or (claim.patient and person != claim.patient):
            last, first = words(person.last, 60, "name"), words(person.first, 35, "name")
            yield segment("NM1", kind, "1", last, first, "", "", "", "MI", member)
    if claim.rendering:
        who = words(claim.rendering.last, 60, "name"), words(claim.rendering.first, 35, "name")
        yield segment("NM1", "82", "1", *who, "", "", "", "XX", claim.rendering.npi)


def _line(line: RemitLine) -> Iterator[str]:
    procedure = ":".join(("HC", line.code, *line.modifiers))
    yield segment("SVC", procedure, x12_amount(line.charge), x12_amount(line.paid), "", line.units)
    if line.service_date:
        yield segment("DTM", "472", day(line.service_date))
    yield from _adjustments(line.adjustments)
    if line.control:
        yield segment("REF", "6R", line.control)
    if line.allowed is not None:
        yield segment("AMT", "B6", x12_amount(line.allowed))
    yield from (segment("LQ", "HE", remark) for remark in line.remarks)


def _adjustments(adjustments: Iterable[Adjustment]) -> Iterator[str]:
    """One CAS for each group, in order of first appearance; no line has more than six reasons of one."""
    groups: dict[str, list[str]] = {}
    for one in adjustments:
        # An empty quantity stands between two triples; the last one falls away with its star.
        groups.setdefault(one.group, []).extend((one.reason, x12_amount(one.cents), ""))
    yield from (segment("CAS", group, *triples) for group, triples in groups.items())
