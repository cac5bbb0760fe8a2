"""Other payers in a claim: loops 2320, 2330 and 2430, and the sums that must hold between them.

For each payer that has decided (RFI 1115, 1294):

* claim: CLM02 = AMT*D + CAS(2320) + CAS(2430)
* payment: AMT*D = SVD02 - CAS(2320), where its lines are told
* line: the charge of the line = SVD02 + CAS(2430), where nothing was bundled
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from store.errors import Refused
from store.money import show_cents
from store.x12.adjudication import outcome_segment
from store.x12.claim_parts import adjustment_segments, procedure, reference
from store.x12.claim_values import LinePayment, OtherPayer
from store.x12.professional_parties import address_segments, coverage_segment, insured_segment, payer_segment
from store.x12.remittance_values import Adjustment
from store.x12.writing import amount, dated, matching, one_of, segment

MAX_OTHERS = 10
MAX_LINE_PAYMENTS = 15

_ANSWERS = frozenset("NWY")
_RELEASES = frozenset("IY")
_MAX_REMARKS = 5
_REVENUE = re.compile(r"[0-9]{4}")


class PaidLine(Protocol):
    """A line of either kind of claim."""

    @property
    def charge(self) -> int:
        """Cents."""

    @property
    def code(self) -> str:
        """The procedure, '' where there is none."""

    @property
    def modifiers(self) -> tuple[str, ...]:
        """Of the procedure."""

    @property
    def prior(self) -> tuple[LinePayment, ...]:
        """What other payers decided on the line."""


def check_others(charge: int, sequence: str, others: Sequence[OtherPayer], lines: Sequence[PaidLine]) -> None:
    """`Refused` with both sides of the first equation that fails, or where payers can't be told apart."""
    known = {other.coverage.payer_id for other in others}
    if len(others) > MAX_OTHERS:
        raise Refused(f"There are {len(others)} other payers; at most {MAX_OTHERS} may be told.", where="other payers")
    if len(known) < len(others):
        raise Refused("Two other payers have the same payer id.", where="other payers")
    sequences = [sequence, *(other.coverage.sequence for other in others)]
    told = [one for one in sequences if one != "U"]
    if len(set(told)) < len(told):
        raise Refused(f"Two payers have the same place ({', '.join(told)}).", where="other payers")
    for number, line in enumerate(lines, 1):
        for payment in line.prior:
            if payment.payer_id not in known:
                what = f"{payment.payer_id!r} paid for this line, but is none of the other payers."
                raise Refused(what, where=f"line {number} prior payment")
    for number, other in enumerate(others, 1):
        _check_payer(charge, other, lines, f"other payer {number}")


def _check_payer(charge: int, other: OtherPayer, lines: Sequence[PaidLine], where: str) -> None:
    own = [
        (number, line, [one for one in line.prior if one.payer_id == other.coverage.payer_id])
        for number, line in enumerate(lines, 1)
    ]
    told = [payment for _, _, payments in own for payment in payments]
    if other.paid is None:
        if told or other.adjustments:
            raise Refused("There are adjustments or line payments, but no amount paid (AMT*D).", where=where)
        return
    claim, in_lines = _sum(other.adjustments), sum(_sum(one.adjustments) for one in told)
    if charge != other.paid + claim + in_lines:
        right = f"AMT*D {_show(other.paid)} + CAS {_show(claim)} + CAS of lines {_show(in_lines)}"
        raise _unequal(f"CLM02 {_show(charge)}", right, other.paid + claim + in_lines, where)
    if told and other.paid != sum(one.paid for one in told) - claim:
        lines_paid = sum(one.paid for one in told)
        right = f"SVD02 {_show(lines_paid)} - CAS {_show(claim)}"
        raise _unequal(f"AMT*D {_show(other.paid)}", right, lines_paid - claim, where)
    if any(one.bundled for one in told):
        return  # the money of a bundled line stands on another one
    for number, line, payments in own:
        paid, taken = sum(one.paid for one in payments), sum(_sum(one.adjustments) for one in payments)
        if payments and line.charge != paid + taken:
            right = f"SVD02 {_show(paid)} + CAS {_show(taken)}"
            raise _unequal(f"Line {number} {_show(line.charge)}", right, paid + taken, where)


def _unequal(left: str, right: str, sum_: int, where: str) -> Refused:
    return Refused(f"{left} is not {right} = {_show(sum_)}.", where=where, do="Take the amounts from its remittance.")


def other_payer_segments(
    other: OtherPayer, lines: Sequence[PaidLine], where: str, *, institutional: bool = False
) -> str:
    """Loops 2320, 2330A and 2330B.  The day of the decision stands here only where no line of that payer tells it."""
    coverage = other.coverage
    by_line = any(one.payer_id == coverage.payer_id for line in lines for one in line.prior)
    amounts = [("D", other.paid), ("A8", other.noncovered), ("EAF", other.remaining)]
    if institutional:
        amounts = [amounts[0], amounts[2], amounts[1]]
    parts = [
        coverage_segment(coverage, coverage.relationship, where, institutional=institutional),
        adjustment_segments(other.adjustments, where),
        *(f"AMT*{kind}*{amount(cents, where)}~" for kind, cents in amounts if cents is not None),
        segment("OI", "", "", one_of(other.benefits, _ANSWERS, where), "", "", one_of(other.release, _RELEASES, where)),
        _outcome(other, where, institutional=institutional),
        insured_segment(coverage, where),
        address_segments(coverage.subscriber.address, f"{where} subscriber"),
        payer_segment(coverage, where),
        address_segments(coverage.payer_address, f"{where} address"),
        dated("573", other.adjudicated) if other.adjudicated and not by_line else "",
        reference("F8", other.payer_control, f"{where} claim number"),
    ]
    return "".join(parts)


def _outcome(other: OtherPayer, where: str, *, institutional: bool) -> str:
    if len(other.remarks) > _MAX_REMARKS:
        raise Refused(f"There are {len(other.remarks)} remarks; at most {_MAX_REMARKS} may be told.", where=where)
    stay = outcome_segment("MIA", other.inpatient, where) if institutional else ""
    return stay + outcome_segment("MOA", other.outpatient or ("", "", *other.remarks), where)


def line_payment_segments(line: PaidLine, number: int, *, institutional: bool = False) -> str:
    """Loop 2430 of each payer that decided on the line: SVD, CAS, DTP*573 and AMT*EAF."""
    if len(line.prior) > MAX_LINE_PAYMENTS:
        what = f"There are {len(line.prior)} prior payments; at most {MAX_LINE_PAYMENTS} may be told."
        raise Refused(what, where=f"line {number}")
    return "".join(_line_payment(line, one, f"line {number} prior payment", institutional) for one in line.prior)


def _line_payment(line: PaidLine, one: LinePayment, where: str, institutional: bool) -> str:
    code, modifiers = (one.code, one.modifiers) if one.code else (line.code, line.modifiers)
    revenue = matching(_REVENUE, one.revenue, f"{where} revenue code") if institutional else ""
    if not 0 <= one.units <= 999_999:
        raise Refused(f"{one.units} units can't have been paid.", where=where)
    parts = [
        segment(
            "SVD", one.payer_id, amount(one.paid, where), procedure(code, modifiers, "", where) if code else "",
            revenue, str(one.units), str(one.bundled) if one.bundled else "",
        ),
        adjustment_segments(one.adjustments, where),
        dated("573", one.adjudicated),
        f"AMT*EAF*{amount(one.remaining, where)}~" if one.remaining is not None else "",
    ]  # fmt: skip
    return "".join(parts)


def _sum(adjustments: Sequence[Adjustment]) -> int:
    return sum(one.cents for one in adjustments)


def _show(cents: int) -> str:
    return show_cents(cents)
