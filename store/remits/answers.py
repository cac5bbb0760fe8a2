"""The answers of a payment as records: claim by claim, line by line, reason by reason, written together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session as SqlSession

from store.bulk import insert_rows, write_rows
from store.remits.dispositions import Disposition, Rule, Rules, rules_of
from store.remits.match import Matcher
from store.remits.states import AnswerState
from store.tables import Claim, RemitAdjustment, RemitClaim, RemitLine
from store.x12 import remittance_values as x12

REVERSAL, CORRECTION = "22", "CR"
CROSSOVER = frozenset({"19", "20", "21"})
"""CLP02 of a claim that the payer has sent on to the next one by itself."""
SEQUENCE = {"1": "P", "19": "P", "2": "S", "20": "S", "3": "T", "21": "T"}
"""As which payer a claim was processed (CLP02)."""
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
    """One CLP.  `id` is its record's, 0 until it is kept.

    `hold` is why it isn't posted by itself, empty when it is; `booked` says that its money is in the ledger already,
    unapplied, under the answer `booked_as` where it was split from another.  `stranded`: a cost share that is not the
    patient's has no payer to go to.  `paid_on` is the payment's day.  `reverses`: it takes
    an earlier answer back, by CLP02 22 or by the group CR, as 4010 said it (RFI 319).
    """

    value: x12.RemitClaim
    claim: Claim | None
    id: int = 0
    lines: list[Line] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    hold: str = ""
    state: AnswerState = AnswerState.MATCHED
    reverses_id: int | None = None
    booked: bool = False
    booked_as: int = 0
    stranded: bool = False
    paid_on: date = date.min
    reverses: bool = field(init=False)

    @property
    def protected(self) -> bool:
        """Whether the payer says that the patient may not be billed the cost share."""
        remarks = {*self.value.remarks, *(remark for line in self.value.lines for remark in line.remarks)}
        return bool(remarks & QMB_REMARKS) or any(one.disposition is Disposition.PROTECTED for one in self.found)

    def __post_init__(self) -> None:
        value = self.value
        every = (*value.adjustments, *(one for line in value.lines for one in line.adjustments))
        self.reverses = value.status == REVERSAL or any(one.group == CORRECTION for one in every)

    @property
    def posts(self) -> bool:
        """Whether it is booked on its claim."""
        return self.state is AnswerState.MATCHED

    @property
    def unplaced(self) -> bool:
        """Whether a line that says anything is no certain line of ours."""
        return any(line.claim_line_id is None and _says(line.value) for line in self.lines)


def keep_answers(session: SqlSession, remittance_id: int, matcher: Matcher, answers: Sequence[Answer]) -> None:
    """Write the records of matched answers; ids, lines and adjustments are filled in."""
    ids = insert_rows(session, RemitClaim, [_claim_row(remittance_id, answer) for answer in answers])
    for answer, row_id in zip(answers, ids, strict=True):
        answer.id = row_id
    placed = [(answer, *pair) for answer in answers for pair in _ours(matcher, answer)]
    ids = insert_rows(session, RemitLine, [_line_row(answer.id, value, ours) for answer, value, ours in placed])
    for (answer, value, line_id), row_id in zip(placed, ids, strict=True):
        answer.lines.append(Line(row_id, line_id, value))
    rules = rules_of(session)
    for answer in answers:
        find_adjustments(answer, rules)


def find_adjustments(answer: Answer, rules: Rules) -> None:
    """Every adjustment of the answer with what is to be done about it."""
    answer.found = [_found(answer, one, None, rules) for one in answer.value.adjustments]
    answer.found += [_found(answer, one, line, rules) for line in answer.lines for one in line.value.adjustments]
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
    write_rows(session, RemitAdjustment, rows)


def _found(answer: Answer, value: x12.Adjustment, line: Line | None, rules: Rules) -> Found:
    rule = rules.rule(
        value.group,
        value.reason,
        payer_id=answer.claim.payer_id if answer.claim else None,
        remarks=line.value.remarks if line else answer.value.remarks,
        sequence=SEQUENCE.get(answer.value.status, ""),
    )
    return Found(value.group, value.reason, value.cents, line, rule, rule.disposition)


def _ours(matcher: Matcher, answer: Answer) -> Iterable[tuple[x12.RemitLine, int | None]]:
    values = answer.value.lines
    return zip(values, matcher.lines(answer.claim, answer.value) if answer.claim else [None] * len(values), strict=True)


def _says(line: x12.RemitLine) -> bool:
    """Whether a line carries money: payers add lines of nothing for the reader's information (RFI 2283)."""
    return bool(line.charge or line.paid or any(one.cents for one in line.adjustments))


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
        "state": (AnswerState.MATCHED if claim else AnswerState.UNMATCHED).value,
        "reason": answer.hold,
        "adjudication": value.adjudication,
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
        "units": value.units or "1",
    }
