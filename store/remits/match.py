"""Finding our claim and our line behind an answer.  Whatever is not certain is an exception, never a guess."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from store.tables import Claim, ClaimLine
from store.x12.remittance_values import RemitClaim, RemitLine


class OurLine(NamedTuple):
    """What a line of ours is known by; `charge` in cents."""

    id: int
    claim_id: int
    control: str
    code: str
    modifiers: str
    service_date: date
    charge: int


class Matcher:
    """Every claim that some answers may name, read at once."""

    def __init__(self, session: Session, answers: Sequence[RemitClaim]) -> None:
        ours = _claims(session, col(Claim.control_number), {answer.control_number for answer in answers})
        self.by_control = {claim.control_number: claim for claim in ours}
        unknown = {
            one.payer_control for one in answers if one.payer_control and one.control_number not in self.by_control
        }
        others = _claims(session, col(Claim.payer_control), unknown)
        self.by_payer_control: dict[str, list[Claim]] = defaultdict(list)
        for claim in others:
            self.by_payer_control[claim.payer_control].append(claim)
        claims = {claim.id: claim for claim in (*ours, *others)}
        self.lines: dict[int, list[OurLine]] = defaultdict(list)
        for line in _lines(session, sorted(claims)):
            self.lines[line.claim_id].append(line)

    def claim(self, answer: RemitClaim) -> Claim | None:
        """Our claim: by its control number, else by the payer's own number where only one claim has it."""
        found = self.by_control.get(answer.control_number)
        if found is not None:
            return found
        same = self.by_payer_control.get(answer.payer_control, []) if answer.payer_control else []
        return same[0] if len(same) == 1 else None

    def line(self, claim: Claim, answer: RemitLine) -> int | None:
        """The id of our line: by its control number; else code, modifiers, date and charge; else without modifiers.

        Each step counts only where exactly one line fits.
        """
        lines = self.lines[claim.id]
        exact = [line for line in lines if answer.control and line.control == answer.control]
        if exact:
            return exact[0].id
        code = answer.submitted_code or answer.code
        like = [line for line in lines if line.code == code and line.charge == abs(answer.charge)]
        like = [line for line in like if answer.service_date in (None, line.service_date)]
        full = [line for line in like if line.modifiers == ",".join(answer.modifiers)]
        for candidates in (full, like):
            if len(candidates) == 1:
                return candidates[0].id
        return None


def _claims(session: Session, column: Any, wanted: set[str]) -> list[Claim]:
    found: list[Claim] = []
    names = sorted(wanted)
    for start in range(0, len(names), 500):
        found.extend(session.exec(select(Claim).where(column.in_(names[start : start + 500]))).all())
    return found


def _lines(session: Session, claim_ids: list[int]) -> list[OurLine]:
    found: list[OurLine] = []
    table = ClaimLine.__table__  # type: ignore[attr-defined]
    query = select(*(table.c[name] for name in OurLine._fields)).order_by(table.c.id)
    for start in range(0, len(claim_ids), 500):
        rows = session.execute(query.where(table.c.claim_id.in_(claim_ids[start : start + 500])))
        found.extend(OurLine(*row) for row in rows)
    return found
