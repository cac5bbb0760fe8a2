"""Remittance values as the text of an 835, for tests: the reverse of what the product reads."""

from __future__ import annotations

from dataclasses import replace

from store.money import x12_amount
from store.x12.remittance_values import Adjustment, Payment, RemitClaim, RemitLine, RemittanceFile


def remittance_text(file: RemittanceFile, separators: str = "*:^~", eol: str = "") -> str:
    """The file as one interchange per control number, all payments in the first; separators as element, component,
    repetition, segment."""
    element, component, repetition, terminator = tuple(separators)
    segments: list[str] = []
    for number, control in enumerate(file.interchange_controls):
        payments = file.payments if number == 0 else ()
        head = (
            f"ISA*00*{'':10}*00*{'':10}*ZZ*{file.sender:15}*ZZ*{file.receiver:15}*260310*0800*\0*00501*{control}*0*T*"
        )
        segments.append(head.replace("\0", repetition) + ":")
        segments.append("GS*HP*A*B*20260310*0800*7*X*005010X221A1")
        for payment in payments:
            body = payment_segments(payment)
            segments += [*body, f"SE*{len(body) + 1}*{payment.set_control}"]
        segments += [f"GE*{len(payments)}*7", f"IEA*1*{control}"]
    text = "".join(f"{one}\0{eol}" for one in segments)
    return text.translate({ord("*"): element, ord(":"): component, 0: terminator})


def payment_segments(payment: Payment) -> list[str]:
    day = payment.paid_on.strftime("%Y%m%d")
    amount = x12_amount(payment.amount)
    out = [
        f"ST*835*{payment.set_control}",
        f"BPR*{payment.handling}*{amount}*{payment.credit}*{payment.method}************{day}",
        f"TRN*1*{payment.trace}*{payment.payer_trace_id}",
    ]
    if payment.production_date:
        out.append(f"DTM*405*{payment.production_date:%Y%m%d}")
    out += [
        f"N1*PR*{payment.payer_name}*XV*{payment.payer_id}",
        f"N1*PE*{payment.payee_name}*XX*{payment.payee_npi}",
        f"REF*TJ*{payment.payee_tax_id}",
        "LX*1",
    ]
    for claim in payment.claims:
        out += claim_segments(claim)
    for pair in payment.provider_adjustments:
        out.append(f"PLB*{pair.provider}*20261231*{pair.reason}:{pair.reference}*{x12_amount(pair.cents)}")
    return out


def claim_segments(claim: RemitClaim) -> list[str]:
    patient = "" if claim.patient_responsibility is None else x12_amount(claim.patient_responsibility)
    money = f"{x12_amount(claim.charge)}*{x12_amount(claim.paid)}*{patient}"
    last, _, given = claim.patient_name.partition(", ")
    out = [
        f"CLP*{claim.control_number}*{claim.status}*{money}*{claim.filing}*{claim.payer_control}*11*{claim.frequency}",
        *_cas(claim.adjustments),
        f"NM1*QC*1*{last}*{given}****MI*{claim.member_id}",
    ]
    if claim.remarks:
        out.append("MOA***" + "*".join(claim.remarks))
    for kind, day in (("232", claim.service_from), ("233", claim.service_to)):
        if day:
            out.append(f"DTM*{kind}*{day:%Y%m%d}")
    if claim.interest:
        out.append(f"AMT*I*{x12_amount(claim.interest)}")
    for line in claim.lines:
        out += _line(line)
    return out


def _line(line: RemitLine) -> list[str]:
    procedure = ":".join(("HC", line.code, *line.modifiers))
    submitted = f"*HC:{line.submitted_code}" if line.submitted_code else ""
    out = [f"SVC*{procedure}*{x12_amount(line.charge)}*{x12_amount(line.paid)}**{line.units}{submitted}"]
    if line.service_date:
        out.append(f"DTM*472*{line.service_date:%Y%m%d}")
    out += _cas(line.adjustments)
    if line.control:
        out.append(f"REF*6R*{line.control}")
    if line.allowed is not None:
        out.append(f"AMT*B6*{x12_amount(line.allowed)}")
    return out + [f"LQ*HE*{remark}" for remark in line.remarks]


def _cas(adjustments: tuple[Adjustment, ...]) -> list[str]:
    """Neighbours of one group share a segment, six at most."""
    out: list[str] = []
    held: tuple[str, int] = ("", 0)
    for one in adjustments:
        triple = f"*{one.reason}*{x12_amount(one.cents)}*{one.quantity}"
        if held[0] == one.group and held[1] < 6:
            out[-1] += triple
            held = one.group, held[1] + 1
        else:
            out.append(f"CAS*{one.group}{triple}")
            held = one.group, 1
    return out


def without_places(file: RemittanceFile) -> RemittanceFile:
    """The file with every `segment` set to 0, to compare files that say the same in other places."""
    return replace(file, payments=tuple(_payment(one) for one in file.payments))


def _payment(payment: Payment) -> Payment:
    claims = tuple(
        replace(claim, segment=0, lines=tuple(replace(line, segment=0) for line in claim.lines))
        for claim in payment.claims
    )
    pairs = tuple(replace(pair, segment=0) for pair in payment.provider_adjustments)
    return replace(payment, segment=0, claims=claims, provider_adjustments=pairs)
