"""Finding our claim and our lines behind an answer.  Whatever is not certain is an exception, never a guess.

Claims: CLP01, else the payer's own number (CLP07), else patient, day of service and charge.  Lines: REF*6R, else
code, modifiers, day and charge, else the code that was submitted (SVC06), else code, day and charge without modifiers.
Each step counts only where exactly one of ours fits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from store.tables import Claim, ClaimLine, Patient
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


class Match(NamedTuple):
    """Our claim, or None; `ambiguous` where several would fit."""

    claim: Claim | None
    ambiguous: bool = False


class Matcher:
    """Every claim that some answers may name, read at once."""

    def __init__(self, session: Session, answers: Sequence[RemitClaim], known: Iterable[Claim] = ()) -> None:
        ours = _claims(session, col(Claim.control_number), {answer.control_number for answer in answers})
        self._by_control = {claim.control_number: claim for claim in ours}
        strays = [answer for answer in answers if answer.control_number not in self._by_control]
        others = _claims(session, col(Claim.payer_control), {one.payer_control for one in strays if one.payer_control})
        self._by_payer_control: dict[str, list[Claim]] = defaultdict(list)
        for claim in others:
            self._by_payer_control[claim.payer_control].append(claim)
        strays = [one for one in strays if one.payer_control not in self._by_payer_control]
        self._by_visit = _by_visit(session, strays)
        visits = [claim for found in self._by_visit.values() for claim in found]
        claims = {claim.id: claim for claim in (*ours, *others, *visits, *known)}
        self._lines: dict[int, list[OurLine]] = defaultdict(list)
        for line in _lines(session, sorted(claims)):
            self._lines[line.claim_id].append(line)

    def claim(self, answer: RemitClaim) -> Match:
        """Our claim, by the first step of the ladder that finds any."""
        exact = self._by_control.get(answer.control_number)
        if exact is not None:
            return Match(exact)
        same = self._by_payer_control.get(answer.payer_control, []) if answer.payer_control else []
        found = same or self._by_visit.get(visit_of(answer), [])
        return Match(found[0] if len(found) == 1 else None, ambiguous=len(found) > 1)

    def lines(self, claim: Claim, answer: RemitClaim) -> list[int | None]:
        """The id of our line for each line of the answer, in its order; None where it is not certain."""
        ours = self._lines[claim.id]
        found = [_one(ours, line) for line in answer.lines]
        left = [n for n, line_id in enumerate(found) if line_id is None]
        for alike in _alike(answer.lines, left):
            free = [line for line in ours if line.id not in found and _is(line, answer.lines[alike[0]])]
            if len(free) == len(alike):  # the payer says the same of each, so that it is all one which is which
                for n, line in zip(alike, free, strict=True):
                    found[n] = line.id
        return found


def _one(ours: Sequence[OurLine], answer: RemitLine) -> int | None:
    """Our only line that fits on some step of the ladder."""
    exact = [line for line in ours if answer.control and line.control == answer.control]
    if exact:
        return exact[0].id
    like = [line for line in ours if line.charge == abs(answer.charge)]
    like = [line for line in like if answer.service_date in (None, line.service_date)]
    full = [line for line in like if line.code == answer.code and line.modifiers == ",".join(answer.modifiers)]
    submitted = [line for line in like if answer.submitted_code and line.code == answer.submitted_code]
    bare = [line for line in like if line.code == answer.code]
    for candidates in (full, submitted, bare):
        if len(candidates) == 1:
            return candidates[0].id
    return None


def _alike(lines: Sequence[RemitLine], places: Sequence[int]) -> list[list[int]]:
    """Places of lines that nothing tells apart, their money included."""
    groups: dict[Any, list[int]] = defaultdict(list)
    for n in places:
        line = lines[n]
        groups[line.code, line.modifiers, line.service_date, line.charge, line.paid, line.adjustments].append(n)
    return list(groups.values())


def _is(ours: OurLine, answer: RemitLine) -> bool:
    same = ours.code in (answer.code, answer.submitted_code) and ours.charge == abs(answer.charge)
    return same and ours.modifiers == ",".join(answer.modifiers) and answer.service_date in (None, ours.service_date)


def visit_of(answer: RemitClaim) -> tuple[str, date | None, int]:
    """What the answer says of the visit: the patient's name to compare, the first day, and the charge in cents."""
    days = [line.service_date for line in answer.lines if line.service_date]
    return _name(answer.patient_name), answer.service_from or min(days, default=None), abs(answer.charge)


def same_name(one: str, other: str) -> bool:
    """Whether two names 'LAST, FIRST' are of the same person."""
    return _name(one) == _name(other)


def _name(text: str) -> str:
    """'DOE, JANE Q' as 'doe,jane': middle names come and go."""
    last, _, first = text.casefold().partition(",")
    return f"{last.strip()},{(first.split() or [''])[0]}"


def _by_visit(session: Session, answers: Sequence[RemitClaim]) -> dict[Any, list[Claim]]:
    wanted = {visit_of(answer) for answer in answers if "," in answer.patient_name}
    days = sorted({day for _, day, _ in wanted if day is not None})
    found: dict[Any, list[Claim]] = defaultdict(list)
    for start in range(0, len(days), 500):
        query = select(Claim, Patient.last, Patient.first).join(Patient, col(Patient.id) == col(Claim.patient_id))
        for claim, last, first in session.exec(query.where(col(Claim.service_from).in_(days[start : start + 500]))):
            visit = (_name(f"{last},{first}"), claim.service_from, claim.charge)
            if visit in wanted:
                found[visit].append(claim)
    return found


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
