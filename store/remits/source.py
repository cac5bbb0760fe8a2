"""A payment as it came, read again from the file that is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from store.claims import archive
from store.remits.answers import Answer, Line, find_adjustments
from store.remits.dispositions import rules_of
from store.tables import ArchivedFile, Claim, RemitClaim, RemitLine, Remittance
from store.x12.remittance import read_remittance
from store.x12.remittance_values import Adjustment, Payment, ProviderAdjustment
from store.x12.remittance_values import RemitClaim as ClaimValue
from store.x12.remittance_values import RemitLine as LineValue

EOB = "eob"
"""The kind of an archived file that a person typed: one payment as JSON."""


def payment_again(session: Session, remittance: Remittance) -> Payment:
    """The payment, from the 835 or from what was typed."""
    return payment_in(session, remittance.file_id, remittance.segment)


def payment_in(session: Session, file_id: int | None, segment: int) -> Payment:
    """The payment at a segment of an archived file."""
    file = session.get_one(ArchivedFile, file_id)
    content = archive.content(file)
    if file.kind == EOB:
        return payment_from_json(content)
    return next(one for one in read_remittance(content, file.name).payments if one.segment == segment)


def answers_again(session: Session, rows: Sequence[RemitClaim]) -> list[Answer]:
    """Answers that were kept and not posted, as if they came now; their money is booked already."""
    found = []
    payments: dict[int, dict[int, ClaimValue]] = {}
    for row in rows:
        remittance = session.get_one(Remittance, row.remittance_id)
        if remittance.id not in payments:
            payments[remittance.id] = {one.segment: one for one in payment_again(session, remittance).claims}
        value = payments[remittance.id][row.segment]
        claim = session.get(Claim, row.claim_id) if row.claim_id is not None else None
        answer = Answer(value, claim, row.id, booked=True, paid_on=remittance.paid_on)
        lines = select(RemitLine).where(RemitLine.remit_claim_id == row.id).order_by(col(RemitLine.id))
        pairs = zip(session.exec(lines).all(), value.lines, strict=True)
        answer.lines = [Line(line.id, line.claim_line_id, told) for line, told in pairs]
        find_adjustments(answer, rules_of(session))
        found.append(answer)
    return found


def payment_to_json(payment: Payment) -> bytes:
    """A payment that a person typed, to be archived."""
    return json.dumps(asdict(payment), default=date.isoformat, sort_keys=True).encode()


def payment_from_json(content: bytes) -> Payment:
    """The payment back."""
    told: dict[str, Any] = json.loads(content)
    told["claims"] = tuple(_claim(one) for one in told["claims"])
    told["provider_adjustments"] = tuple(ProviderAdjustment(**one) for one in told["provider_adjustments"])
    told["paid_on"] = date.fromisoformat(told["paid_on"])
    return Payment(**told)


def _claim(told: dict[str, Any]) -> ClaimValue:
    told["lines"] = tuple(_line(one) for one in told["lines"])
    told["adjustments"] = tuple(Adjustment(**one) for one in told["adjustments"])
    for name in ("service_from", "service_to"):
        told[name] = date.fromisoformat(told[name]) if told[name] else None
    return ClaimValue(**told | {"remarks": tuple(told["remarks"])})


def _line(told: dict[str, Any]) -> LineValue:
    told["adjustments"] = tuple(Adjustment(**one) for one in told["adjustments"])
    told["service_date"] = date.fromisoformat(told["service_date"]) if told["service_date"] else None
    return LineValue(**told | {"modifiers": tuple(told["modifiers"]), "remarks": tuple(told["remarks"])})
