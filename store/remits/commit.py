"""Posting an answer as its scratchpad says: on one claim as it is, or as several answers that stand for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, select

from store.denials.worth import rank_these
from store.remits.answers import Answer, Line, find_adjustments
from store.remits.board import Board
from store.remits.dispositions import rules_of
from store.remits.exceptions import QUEUE
from store.remits.held import advance, post_held
from store.remits.judge import Judge
from store.remits.legs import Legs
from store.remits.post import Tally, refresh
from store.remits.states import AnswerState
from store.tables import Claim, ClaimLine, RemitAdjustment, RemitClaim, RemitLine, RemitPart, Remittance
from store.work.command import Change
from store.x12.remittance_values import Adjustment
from store.x12.remittance_values import RemitLine as LineValue


def post_parts(
    change: Change, row: RemitClaim, answer: Answer, parts: Sequence[RemitPart], *, unless_held: bool
) -> str:
    """Post the parts; with `unless_held` the criteria are asked first, and the reason to hold it comes back."""
    remittance = change.get(Remittance, row.remittance_id)
    answers = [answer] if _as_it_came(answer, parts) else _split_up(change, row, answer, parts)
    if len(answers) == 1 and answers[0] is answer:
        _take_places(change.session, answer, parts)
    legs = Legs(change, remittance, answers)
    judge = Judge(change.session, answers, legs, auto_post=True)
    for one in answers:
        judge.look(one)
    hold = next((one.hold for one in answers if one.hold), "")
    if hold and unless_held:
        return hold
    tally = Tally()
    for one in answers:
        one.hold, one.state = "", AnswerState.MATCHED
        kept = row if one is answer else change.get(RemitClaim, one.id)
        post_held(change, kept, one, legs, tally)
    if answers[0] is not answer:
        row.state, row.reason = AnswerState.SPLIT, ""
        board = Board(change)
        board.load(QUEUE, [row.id])
        board.force_close(QUEUE, row.id)
        board.flush()
    advance(change, remittance)
    refresh(change, tally.accounts)
    if tally.denials_changed:
        rank_these(change, {one.claim.id for one in answers if one.claim})
    return ""


def _as_it_came(answer: Answer, parts: Sequence[RemitPart]) -> bool:
    """Whether only places were filled in: one claim, and the money of each line as it came."""
    from store.remits.scratch import first_parts

    told = [(part.remit_line_id, part.charge, part.paid, part.why) for part in parts]
    came = [(part.remit_line_id, part.charge, part.paid, part.why) for part in first_parts(answer)]
    return told == came and len({part.claim_id for part in parts}) == 1


def _take_places(session: Session, answer: Answer, parts: Sequence[RemitPart]) -> None:
    answer.claim = session.get_one(Claim, parts[0].claim_id)
    places = {part.remit_line_id: part.claim_line_id for part in parts}
    for line in answer.lines:
        line.claim_line_id = places[line.id]


def _split_up(change: Change, row: RemitClaim, answer: Answer, parts: Sequence[RemitPart]) -> list[Answer]:
    """An answer for each claim that gets a part, kept beside the one that came."""
    by_claim: dict[int | None, list[RemitPart]] = defaultdict(list)
    for part in parts:
        by_claim[part.claim_id].append(part)
    return [_child(change, row, answer, claim_id, mine) for claim_id, mine in by_claim.items()]


def _child(change: Change, row: RemitClaim, answer: Answer, claim_id: int | None, parts: Sequence[RemitPart]) -> Answer:
    from store.remits.scratch import reasons_of

    claim = change.get(Claim, claim_id)
    values = [(part, _line(change.session, answer, part, reasons_of(part.why))) for part in parts]
    whole = tuple(one for part, line in values if line is None for one in reasons_of(part.why))
    lines = tuple(line for _, line in values if line is not None)
    value = replace(
        answer.value,
        control_number=claim.control_number,
        charge=sum(part.charge for part in parts),
        paid=sum(part.paid for part in parts),
        adjustments=whole,
        lines=lines,
    )
    kept = change.add(
        RemitClaim(
            remittance_id=row.remittance_id, claim_id=claim.id, segment=row.segment,
            control_number=claim.control_number, status=row.status, charge=value.charge, paid=value.paid,
            payer_control=row.payer_control, patient_name=row.patient_name, state=AnswerState.HELD, parent_id=row.id,
            adjudication=row.adjudication,
        )
    )  # fmt: skip
    made = Answer(value, claim, kept.id, booked=True, booked_as=row.id, paid_on=answer.paid_on)
    made.lines = [_keep_line(change, kept.id, part, line) for part, line in values if line is not None]
    find_adjustments(made, rules_of(change.session))
    for found in made.found:
        change.add(
            RemitAdjustment(
                remit_claim_id=kept.id, remit_line_id=found.line.id if found.line else None, group=found.group,
                reason=found.reason, cents=found.cents, disposition=found.disposition,
            )
        )  # fmt: skip
    return made


def _line(session: Session, answer: Answer, part: RemitPart, reasons: tuple[Adjustment, ...]) -> LineValue | None:
    """The part as a line; None at claim level."""
    if part.claim_line_id is None:
        return None
    ours = session.exec(select(ClaimLine).where(ClaimLine.id == part.claim_line_id)).one()
    source = next((line.value for line in answer.lines if line.id == part.remit_line_id), None)
    return LineValue(
        segment=source.segment if source else answer.value.segment, code=ours.code, charge=part.charge, paid=part.paid,
        modifiers=tuple(filter(None, ours.modifiers.split(","))), service_date=ours.service_date, control=ours.control,
        adjustments=reasons, remarks=source.remarks if source else (),
    )  # fmt: skip


def _keep_line(change: Change, answer_id: int, part: RemitPart, value: LineValue) -> Line:
    kept = change.add(
        RemitLine(
            remit_claim_id=answer_id, claim_line_id=part.claim_line_id, segment=value.segment, control=value.control,
            code=value.code, modifiers=",".join(value.modifiers), charge=value.charge, paid=value.paid,
            remarks=" ".join(value.remarks), units=value.units or "1",
        )
    )  # fmt: skip
    return Line(kept.id, part.claim_line_id, value)
