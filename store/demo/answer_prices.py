"""What an invented payer pays: its contract's price, less the patient's share, less what the law takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from store.demo.answer_fates import Denial, Fate, Kind, fate_of, payer_number
from store.demo.practice import DemoPayer, allowed_cents, fees, payers
from store.x12.claim_values import ProfessionalClaim, ServiceLine, Subscription
from store.x12.remittance_values import Adjustment, RemitClaim, RemitLine

_SEQUESTRATION_PERCENT = 2
_OTHER_PERCENT = 70
_TURN = {"P": "1", "S": "2", "T": "3"}
# CLP06 has no code for a commercial insurer or a Blue plan as such, which SBR09 has.
_FILING = {"CI": "12", "BL": "12"}


def contract(subscription: Subscription) -> DemoPayer:
    """The demo's payer with that id; one that the demo doesn't know has a contract too."""
    for payer in payers():
        if payer.payer_id == subscription.payer_id:
            return payer
    kind = {"MB": "medicare", "MC": "medicaid"}.get(subscription.filing, "commercial")
    name, filing = subscription.payer_name, subscription.filing
    return DemoPayer(subscription.payer_id, name, kind, filing, _OTHER_PERCENT, timely_days=180, weight=0)


def answers_to(claim: ProfessionalClaim, seed: int) -> tuple[RemitClaim, ...]:
    """The CLP loops for a claim that wasn't rejected.

    An original has one.  A replacement (7) has the reversal of the answer that its REF*F8 stands for and a new
    answer; a void (8) has the reversal alone.  The reversal is made with the lines of the claim as it is now, because
    the payer kept no other.
    """
    payer = contract(claim.subscription)
    number = payer_number(claim, seed, claim.frequency)
    if claim.frequency == "1":
        return (adjudicate(claim, number, fate_of(number, payer)),)
    before = claim.payer_control or payer_number(claim, seed, "1")
    taken_back = _reversed(adjudicate(claim, before, fate_of(before, payer)))
    if claim.frequency == "8":
        return (taken_back,)
    return taken_back, adjudicate(claim, number, fate_of(number, payer))


def adjudicate(claim: ProfessionalClaim, number: str, fate: Fate) -> RemitClaim:
    """One answer, with `number` as the payer's own; a claim that would be rejected is answered as denied.

    The claim says nothing of earlier payers, so nothing is subtracted for them.
    """
    denied = fate.kind in {Kind.DENIED, Kind.REJECTED}
    lines = _denied(claim, fate.denial) if denied else _priced(claim, fate)
    whole = fate.denial if denied else None
    patient = claim.patient or claim.subscription.subscriber
    remarks = tuple(code for code in whole.remarks if _is_claim_remark(code)) if whole else ()
    return RemitClaim(
        segment=0,
        control_number=claim.control_number,
        status=(whole.status if whole else "") or _TURN.get(claim.subscription.sequence, "1"),
        charge=claim.charge,
        paid=sum(line.paid for line in lines),
        patient_responsibility=sum(one.cents for line in lines for one in line.adjustments if one.group == "PR"),
        filing=_FILING.get(claim.subscription.filing, claim.subscription.filing),
        payer_control=number,
        frequency=claim.frequency,
        patient_name=f"{patient.last}, {patient.first}",
        member_id=claim.subscription.member_id,
        service_from=min(line.service_date for line in claim.lines),
        service_to=max(line.service_date for line in claim.lines),
        lines=tuple(lines),
        remarks=remarks,
    )


def _is_claim_remark(code: str) -> bool:
    """MA codes are about the whole claim and stand in MOA; all others stand at lines."""
    return code.startswith("MA")


def _denied(claim: ProfessionalClaim, denial: Denial) -> list[RemitLine]:
    return [_denied_line(line, denial) for line in claim.lines]


def _denied_line(line: ServiceLine, denial: Denial) -> RemitLine:
    left = _left(line)
    parts = (("OA", "23", line.charge - left), (denial.group, denial.reason, left))
    adjustments = tuple(Adjustment(group, reason, cents) for group, reason, cents in parts if cents)
    remarks = tuple(code for code in denial.remarks if not _is_claim_remark(code))
    return replace(_line(line), adjustments=adjustments, remarks=remarks)


def _priced(claim: ProfessionalClaim, fate: Fate) -> list[RemitLine]:
    payer = contract(claim.subscription)
    partial = fate.kind is Kind.PARTIAL and len(claim.lines) > 1
    without = int(fate.line * len(claim.lines)) if partial else -1
    purse = _Purse(fate.terms.deductible, fate.terms.copay, fate.terms.coinsurance)
    return [
        _denied_line(line, fate.line_denial) if number == without else _priced_line(line, payer, purse)
        for number, line in enumerate(claim.lines)
    ]


@dataclass(slots=True)
class _Purse:
    """What the patient of one claim still has to bear; the lines use it up in their order."""

    deductible: int
    copay: int
    coinsurance: int

    def share(self, cents: int) -> list[Adjustment]:
        """The patient's part of an allowed amount, in the order in which plans take it."""
        deductible = min(self.deductible, cents)
        copay = min(self.copay, cents - deductible)
        self.deductible -= deductible
        self.copay -= copay
        coinsurance = _percent(cents - deductible - copay, self.coinsurance)
        parts = (("1", deductible), ("2", coinsurance), ("3", copay))
        return [Adjustment("PR", reason, part) for reason, part in parts if part]


def _priced_line(line: ServiceLine, payer: DemoPayer, purse: _Purse) -> RemitLine:
    if line.prior:
        return _after_another(line)
    allowed = _allowed(line, payer)
    share = purse.share(allowed)
    due = allowed - sum(one.cents for one in share)
    sequestered = _percent(due, _SEQUESTRATION_PERCENT) if payer.kind == "medicare" else 0
    given_up = (("45", line.charge - allowed), ("253", sequestered))
    adjustments = [Adjustment("CO", reason, cents) for reason, cents in given_up if cents]
    return replace(_line(line), paid=due - sequestered, allowed=allowed, adjustments=(*adjustments, *share))


def _after_another(line: ServiceLine) -> RemitLine:
    """A later payer takes four fifths of what the payer before left to the patient."""
    left = _left(line)
    share = _percent(left, 20)
    parts = (("OA", "23", line.charge - left), ("PR", "2", share))
    adjustments = tuple(Adjustment(group, reason, cents) for group, reason, cents in parts if cents)
    return replace(_line(line), paid=left - share, allowed=left, adjustments=adjustments)


def _left(line: ServiceLine) -> int:
    """What the payer before left to the patient; the charge where none was before."""
    if not line.prior:
        return line.charge
    return sum(one.cents for one in line.prior[-1].adjustments if one.group == "PR")


def _line(line: ServiceLine) -> RemitLine:
    return RemitLine(
        segment=0,
        code=line.code,
        charge=line.charge,
        paid=0,
        modifiers=line.modifiers,
        units=str(line.units),
        service_date=line.service_date,
        control=line.control,
    )


def _allowed(line: ServiceLine, payer: DemoPayer) -> int:
    """By the fee schedule where the code is in it, else by the charge; never more than the charge."""
    known = [fee for fee in fees() if fee.code == line.code and fee.valid_from <= line.service_date]
    if not known:
        return _percent(line.charge, payer.allowed_percent)
    fee = max(known, key=lambda one: one.valid_from)
    return min(line.charge, allowed_cents(payer, fee) * line.units)


def _percent(cents: int, percent: int) -> int:
    """Rounded half up to a cent."""
    return (cents * percent + 50) // 100


def _reversed(answer: RemitClaim) -> RemitClaim:
    """CLP02 22 with every amount's sign turned and the groups as they were (RFI 1147); CLP05 stays empty (RFI 2548)."""
    lines = tuple(
        replace(
            line,
            charge=-line.charge,
            paid=-line.paid,
            allowed=None if line.allowed is None else -line.allowed,
            adjustments=tuple(replace(one, cents=-one.cents) for one in line.adjustments),
        )
        for line in answer.lines
    )
    return replace(
        answer, status="22", charge=-answer.charge, paid=-answer.paid, patient_responsibility=None, lines=lines
    )
