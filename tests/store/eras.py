"""Remittances for a test's own claims, in as few words as can be, and balanced unless a test breaks them.

    era(pays(world, claim_id, "CO-45 2550,PR-1 1500", "CO-16 3200"))

answers a claim of two lines: what a line's reasons leave of its charge is paid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from store.tables import Claim, ClaimLine
from store.x12.remittance_values import Adjustment, Payment, ProviderAdjustment, RemitClaim, RemitLine, RemittanceFile
from tests.store.world import World
from tests.store.x12.remit_text import remittance_text

PAID_ON = date(2026, 3, 9)


def reasons(text: str) -> tuple[Adjustment, ...]:
    """'CO-45 2550,PR-1 1500'."""
    found = []
    for part in filter(None, text.split(",")):
        code, _, cents = part.strip().partition(" ")
        group, _, reason = code.partition("-")
        found.append(Adjustment(group, reason, int(cents)))
    return tuple(found)


def line(row: ClaimLine, why: str) -> RemitLine:
    adjustments = reasons(why)
    modifiers = tuple(filter(None, row.modifiers.split(",")))
    return RemitLine(
        segment=0,
        code=row.code,
        charge=row.charge,
        paid=row.charge - sum(one.cents for one in adjustments),
        modifiers=modifiers,
        units=str(row.units),
        service_date=row.service_date,
        control=row.control,
        adjustments=adjustments,
    )


def pays(world: World, claim_id: int, *whys: str, status: str = "1", whole: str = "") -> RemitClaim:
    """The answer to a claim, one text of reasons a line; `whole` are reasons at claim level."""
    rows = [row for row in world.lines(claim_id) if row.active]
    return answer_of(
        world.get(Claim, claim_id), [line(row, why) for row, why in zip(rows, whys, strict=True)], status, whole
    )


def answer_of(claim: Claim, lines: Iterable[RemitLine], status: str = "1", whole: str = "") -> RemitClaim:
    lines, level = tuple(lines), reasons(whole)
    patient = [one.cents for row in lines for one in row.adjustments if one.group == "PR"]
    patient += [one.cents for one in level if one.group == "PR"]
    charge = sum(row.charge for row in lines) if lines else claim.charge
    paid = (sum(row.paid for row in lines) if lines else charge) - sum(one.cents for one in level)
    return RemitClaim(
        0, claim.control_number, status, charge, paid, sum(patient) or None, "12", f"ICN{claim.id}", "1",
        "DOE, JANE", "M1", claim.service_from, claim.service_to, 0, level, lines,
    )  # fmt: skip


def denied(world: World, claim_id: int, reason: str) -> RemitClaim:
    """Every line denied whole, with CLP02 1 as payers send it."""
    return pays(world, claim_id, *(f"{reason} {row.charge}" for row in world.lines(claim_id) if row.active))


def reversal(answer: RemitClaim) -> RemitClaim:
    """The same answer with every amount turned, CLP02 22 and no CLP05."""

    def turned(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
        return tuple(replace(one, cents=-one.cents) for one in adjustments)

    lines = tuple(
        replace(row, charge=-row.charge, paid=-row.paid, adjustments=turned(row.adjustments)) for row in answer.lines
    )
    return replace(
        answer, status="22", charge=-answer.charge, paid=-answer.paid, patient_responsibility=None,
        adjustments=turned(answer.adjustments), lines=lines,
    )  # fmt: skip


def payment(*claims: RemitClaim, plb: str = "", trace: str = "EFT1", amount: int | None = None) -> Payment:
    """One payment; `plb` is like 'WO 500,L6 -12'."""
    pairs = []
    for part in filter(None, plb.split(",")):
        reason, _, cents = part.strip().partition(" ")
        pairs.append(ProviderAdjustment(0, "2999900014", reason, "REF", int(cents)))
    total = sum(claim.paid for claim in claims) - sum(pair.cents for pair in pairs)
    return Payment(
        0, "0001", total if amount is None else amount, "C", "ACH" if total else "NON", PAID_ON, trace, "1999999999",
        "PRAIRIE MUTUAL", "PRMUT", "LARKFIELD MEDICAL GROUP", "2999900014", "079912345", claims, tuple(pairs),
    )  # fmt: skip


def era(*claims: RemitClaim, plb: str = "", trace: str = "EFT1", amount: int | None = None, control: int = 1) -> bytes:
    """The file with one payment."""
    one = payment(*claims, plb=plb, trace=trace, amount=amount)
    return remittance_text(RemittanceFile("PAYER", "LARKFIELD", (f"{control:09d}",), (one,))).encode()
