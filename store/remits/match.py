"""Finding our claim and our line behind an answer.  Whatever is not certain is an exception, never a guess."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session, col, select

from store.tables import Claim, ClaimLine
from store.x12.remittance_values import RemitClaim, RemitLine


class Matcher:
    """Every claim that the answers of one payment may name, read at once."""

    def __init__(self, session: Session, answers: Sequence[RemitClaim]) -> None:
        numbers = {answer.control_number for answer in answers}
        payer_numbers = {answer.payer_control for answer in answers if answer.payer_control}
        claims = _chunked(session, numbers, payer_numbers)
        self.by_control = {claim.control_number: claim for claim in claims}
        self.by_payer_control: dict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim.payer_control:
                self.by_payer_control[claim.payer_control].append(claim)
        self.lines: dict[int, list[ClaimLine]] = defaultdict(list)
        for line in _lines(session, [claim.id for claim in claims]):
            self.lines[line.claim_id].append(line)

    def claim(self, answer: RemitClaim) -> Claim | None:
        """Our claim: by its control number, else by the payer's own number where only one claim has it."""
        found = self.by_control.get(answer.control_number)
        if found is not None:
            return found
        same = self.by_payer_control.get(answer.payer_control, []) if answer.payer_control else []
        return same[0] if len(same) == 1 else None

    def line(self, claim: Claim, answer: RemitLine) -> ClaimLine | None:
        """Our line: by its control number; else code, modifiers, date and charge; else code, date and charge alone.

        Each step counts only where exactly one line fits.
        """
        lines = self.lines[claim.id]
        exact = [line for line in lines if answer.control and line.control == answer.control]
        if exact:
            return exact[0]
        code = answer.submitted_code or answer.code
        like = [line for line in lines if line.code == code and line.charge == abs(answer.charge)]
        like = [line for line in like if answer.service_date in (None, line.service_date)]
        full = [line for line in like if line.modifiers == ",".join(answer.modifiers)]
        for candidates in (full, like):
            if len(candidates) == 1:
                return candidates[0]
        return None


def _chunked(session: Session, numbers: set[str], payer_numbers: set[str]) -> list[Claim]:
    found: dict[int, Claim] = {}
    for column, wanted in (
        (col(Claim.control_number), sorted(numbers)),
        (col(Claim.payer_control), sorted(payer_numbers)),
    ):
        for start in range(0, len(wanted), 500):
            for claim in session.exec(select(Claim).where(column.in_(wanted[start : start + 500]))).all():
                found[claim.id] = claim
    return list(found.values())


def _lines(session: Session, claim_ids: list[int]) -> list[ClaimLine]:
    found: list[ClaimLine] = []
    for start in range(0, len(claim_ids), 500):
        part = claim_ids[start : start + 500]
        query = select(ClaimLine).where(col(ClaimLine.claim_id).in_(part)).order_by(col(ClaimLine.id))
        found.extend(session.exec(query).all())
    return found
