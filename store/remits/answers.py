"""The answers of a payment as records: claim by claim, line by line, reason by reason, written together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session as SqlSession

from store.accounts.bulk import insert_rows
from store.remits import exceptions
from store.remits.dispositions import Disposition, Rule, disposition
from store.remits.match import Matcher
from store.tables import Claim, RemitAdjustment, RemitClaim, RemitLine
from store.x12 import remittance_values as x12

REVERSAL = "22"
CROSSOVER = frozenset({"19", "20", "21"})
"""CLP02 of a claim that the payer has sent on to the next one by itself."""
QMB_REMARKS = frozenset({"N781", "N782", "N783"})
"""Remarks of MIA or MOA that tell that the patient may not be billed the cost share (CMS on QMB remittances)."""


@dataclass(slots=True)
class Line:
    """One SVC: its record and our line, where that is certain."""

    id: int
    claim_line_id: int | None
    value: x12.RemitLine


@dataclass(slots=True)
class Found:
    """One adjustment, the line that it stands on, and what is to be done."""

    group: str
    reason: str
    cents: int
    line: Line | None
    rule: Rule
    disposition: Disposition

    @property
    def claim_line_id(self) -> int | None:
        """Our line, None at claim level or where it is not certain."""
        return self.line.claim_line_id if self.line else None


@dataclass(slots=True)
class Answer:
    """One CLP.  `id` is its record's, 0 until it is kept."""

    value: x12.RemitClaim
    claim: Claim | None
    id: int = 0
    lines: list[Line] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)

    @property
    def protected(self) -> bool:
        """Whether the payer says that the patient may not be billed the cost share."""
        remarks = {*self.value.remarks, *(remark for line in self.value.lines for remark in line.remarks)}
        return bool(remarks & QMB_REMARKS) or any(one.disposition is Disposition.PROTECTED for one in self.found)

    @property
    def reverses(self) -> bool:
        """Whether it takes an earlier answer back (CLP02 22)."""
        return self.value.status == REVERSAL


def keep_answers(session: SqlSession, remittance_id: int, matcher: Matcher, answers: Sequence[Answer]) -> None:
    """Write the records of matched answers; ids, lines and adjustments are filled in."""
    ids = insert_rows(session, RemitClaim, [_claim_row(remittance_id, answer) for answer in answers])
    for answer, row_id in zip(answers, ids, strict=True):
        answer.id = row_id
    placed = [(answer, value, _ours(matcher, answer, value)) for answer in answers for value in answer.value.lines]
    ids = insert_rows(session, RemitLine, [_line_row(answer.id, value, ours) for answer, value, ours in placed])
    by_answer: dict[int, list[Line]] = {answer.id: answer.lines for answer in answers}
    for (answer, value, ours), row_id in zip(placed, ids, strict=True):
        by_answer[answer.id].append(Line(row_id, ours, value))
    for answer in answers:
        answer.found = [_found(one, None) for one in answer.value.adjustments]
        answer.found += [_found(one, line) for line in answer.lines for one in line.value.adjustments]
        if answer.protected:
            protect(answer)


def protect(answer: Answer) -> None:
    """Make every share that the payer puts on the patient one that never reaches the patient."""
    for found in answer.found:
        if found.disposition is Disposition.PATIENT:
            found.disposition = Disposition.PROTECTED


def keep_adjustments(session: SqlSession, answers: Sequence[Answer]) -> None:
    """Write every adjustment with what was decided about it."""
    rows = [
        {
            "remit_claim_id": answer.id,
            "remit_line_id": found.line.id if found.line else None,
            "group": found.group,
            "reason": found.reason,
            "cents": found.cents,
            "disposition": found.disposition.value,
        }
        for answer in answers
        for found in answer.found
    ]
    if rows:
        session.execute(insert(RemitAdjustment.__table__), rows)  # type: ignore[attr-defined]


def _found(value: x12.Adjustment, line: Line | None) -> Found:
    rule = disposition(value.group, value.reason)
    return Found(value.group, value.reason, value.cents, line, rule, rule.disposition)


def _ours(matcher: Matcher, answer: Answer, value: x12.RemitLine) -> int | None:
    return matcher.line(answer.claim, value) if answer.claim else None


def _claim_row(remittance_id: int, answer: Answer) -> dict[str, Any]:
    value, claim = answer.value, answer.claim
    return {
        "remittance_id": remittance_id,
        "claim_id": claim.id if claim else None,
        "segment": value.segment,
        "control_number": value.control_number,
        "status": value.status,
        "charge": value.charge,
        "paid": value.paid,
        "patient_responsibility": value.patient_responsibility or 0,
        "payer_control": value.payer_control,
        "patient_name": value.patient_name,
        "interest": value.interest,
        "state": "matched" if claim else "unmatched",
        "reason": "" if claim else exceptions.NO_CLAIM,
    }


def _line_row(answer_id: int, value: x12.RemitLine, ours: int | None) -> dict[str, Any]:
    return {
        "remit_claim_id": answer_id,
        "claim_line_id": ours,
        "segment": value.segment,
        "control": value.control,
        "code": value.code,
        "modifiers": ",".join(value.modifiers),
        "charge": value.charge,
        "paid": value.paid,
        "allowed": value.allowed,
        "remarks": " ".join(value.remarks),
    }
