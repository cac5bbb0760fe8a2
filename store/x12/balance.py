"""Whether a remittance adds up: the three equations of the 835, in whole cents and with no tolerance.

* line: SVC02 - CAS(2110) = SVC03
* claim: CLP03 - CAS(2100) - CAS(2110) = CLP04, and where there are lines CLP04 = SVC03 - CAS(2100)
* transaction: CLP04 - PLB = BPR02

Sums are over the claim's or payment's segments; a positive adjustment lowers the payment (RFI 358, 452, 2601).  A
claim without lines (institutional, or 4010) has the first claim equation alone.  Reversals carry turned signs and
4010 the group CR; both follow the same equations.  AMT amounts, interest among them, never count (RFI 1705, 2601).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from store.errors import Refused
from store.money import show_cents
from store.x12.remittance_values import Adjustment, Payment, RemitClaim, RemitLine, RemittanceFile
from store.x12.segments import place

REVERSAL = "22"
_SEGMENT_OF = {"line": "SVC", "claim": "CLP", "patient": "CLP", "transaction": "BPR"}


class Unbalanced(Refused):
    """A remittance of which an equation fails: it is whole, so that it can be kept and read, and never posted."""


@dataclass(frozen=True, slots=True)
class Imbalance:
    """One equation that fails: `equation` with its numbers, `expected` and `found` in cents and `difference` between.

    `difference` is found - expected.  `level` is line, claim or transaction (patient for `patient_share_doubts`);
    `where` names the thing; `segment` is its place in the file.
    """

    level: str
    where: str
    equation: str
    expected: int
    found: int
    difference: int
    segment: int


def imbalances(file: RemittanceFile) -> list[Imbalance]:
    """Every equation that fails in the file, in the file's order; empty when all hold."""
    return [fault for payment in file.payments for fault in payment_imbalances(payment)]


def payment_imbalances(payment: Payment) -> list[Imbalance]:
    """Every equation that fails in one payment (ST-SE): its claims', then its own."""
    faults = [fault for claim in payment.claims for fault in claim_imbalances(claim)]
    return faults + total_imbalance(payment, sum(claim.paid for claim in payment.claims))


def claim_imbalances(claim: RemitClaim) -> Iterator[Imbalance]:
    """Every equation of one claim and its lines that fails."""
    return _claim(claim)


def total_imbalance(payment: Payment, claims: int) -> list[Imbalance]:
    """The payment's own equation, if it fails, `claims` being the sum of CLP04 in cents."""
    faults = []
    provider = sum(pair.cents for pair in payment.provider_adjustments)
    if claims - provider != payment.amount:
        text = f"CLP04 {_money(claims)} - PLB {_money(provider)} = BPR02 {_money(payment.amount)}"
        where = f"payment {payment.trace}"
        faults.append(_fault("transaction", where, text, claims - provider, payment.amount, payment.segment))
    return faults


def require_balanced(file: RemittanceFile, name: str = "") -> None:
    """`Refused` unless every equation holds: names level, place, equation with numbers and the difference."""
    refuse_imbalances(imbalances(file), name)


def refuse_imbalances(faults: Sequence[Imbalance], name: str = "") -> None:
    """`Refused` with the first of these, and how many more there are; nothing where there is none."""
    if not faults:
        return
    first = faults[0]
    more = f" {len(faults) - 1} more equation(s) fail." if len(faults) > 1 else ""
    raise Unbalanced(
        f"The remittance does not balance at {first.level} level, {first.where}: {first.equation} fails by "
        f"{_money(first.difference)}.{more}",
        where=place(name, first.segment, "ST" if first.level == "transaction" else _SEGMENT_OF[first.level]),
        do="Nothing was posted; ask the payer for a correct file.",
    )


def patient_share_doubts(file: RemittanceFile) -> list[Imbalance]:
    """Claims whose CLP05 is not the sum of their PR adjustments, reversals left out (RFI 680, 2548).

    No balancing equation contains CLP05, so such a file may be posted; a person should look.
    """
    return [fault for payment in file.payments for claim in payment.claims for fault in _patient_share(claim)]


def _patient_share(claim: RemitClaim) -> Iterator[Imbalance]:
    if claim.status == REVERSAL or claim.patient_responsibility is None:
        return
    own = [one for one in _all(claim) if one.group == "PR"]
    expected, found = _sum(own), claim.patient_responsibility
    if expected != found:
        text = f"CAS PR {_money(expected)} = CLP05 {_money(found)}"
        yield _fault("patient", f"claim {claim.control_number}", text, expected, found, claim.segment)


def _claim(claim: RemitClaim) -> Iterator[Imbalance]:
    own = _sum(claim.adjustments)
    in_lines = paid_lines = 0
    for number, line in enumerate(claim.lines, 1):
        taken = _sum(line.adjustments)
        in_lines += taken
        paid_lines += line.paid
        if line.charge - taken != line.paid:
            yield _line_fault(claim, number, line, taken)
    where, segment = f"claim {claim.control_number}", claim.segment
    expected, found = claim.charge - own - in_lines, claim.paid
    if expected != found:
        text = f"CLP03 {_money(claim.charge)} - CAS {_money(own)} - CAS of lines {_money(in_lines)}"
        yield _fault("claim", where, f"{text} = CLP04 {_money(found)}", expected, found, segment)
    elif claim.lines and paid_lines - own != found:
        text = f"SVC03 {_money(paid_lines)} - CAS {_money(own)} = CLP04 {_money(found)}"
        yield _fault("claim", where, text, paid_lines - own, found, segment)


def _line_fault(claim: RemitClaim, number: int, line: RemitLine, taken: int) -> Imbalance:
    where = f"claim {claim.control_number}, line {number} ({line.code})"
    text = f"SVC02 {_money(line.charge)} - CAS {_money(taken)} = SVC03 {_money(line.paid)}"
    return _fault("line", where, text, line.charge - taken, line.paid, line.segment)


def _fault(level: str, where: str, equation: str, expected: int, found: int, segment: int) -> Imbalance:
    return Imbalance(level, where, equation, expected, found, found - expected, segment)


def _all(claim: RemitClaim) -> Iterator[Adjustment]:
    yield from claim.adjustments
    for line in claim.lines:
        yield from line.adjustments


def _sum(adjustments: Iterable[Adjustment]) -> int:
    return sum(one.cents for one in adjustments)


def _money(cents: int) -> str:
    return show_cents(cents)
