"""What a reversal takes back: the answer with the same amounts of the other sign, line by line and reason by reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from store.remits.answers import CORRECTION, Answer, Line
from store.remits.dispositions import Disposition
from store.remits.states import WAITING, AnswerState
from store.tables import RemitAdjustment, RemitClaim, RemitLine

Amounts = Counter[tuple[str, str]]
"""Cents by line and reason; what is paid stands under the reason ''."""


@dataclass(slots=True)
class Original:
    """An answer that may be taken back: its amounts, and what was done with each reason of each line."""

    id: int
    claim_id: int | None
    control_number: str
    state: str
    amounts: Amounts
    done: dict[tuple[str, str], tuple[str, str]]


class Originals:
    """The answers that stand, of the claims that some answers take something back from."""

    def __init__(self, session: Session, answers: Sequence[Answer]) -> None:
        wanted = [answer for answer in answers if answer.reverses]
        self._found: list[Original] = []
        ids = sorted({answer.claim.id for answer in wanted if answer.claim})
        numbers = sorted({answer.value.control_number for answer in wanted if not answer.claim})
        for start in range(0, max(len(ids), len(numbers)), 500):
            self._read(session, ids[start : start + 500], numbers[start : start + 500])

    def _read(self, session: Session, ids: list[int], numbers: list[str]) -> None:
        taken_back = select(RemitClaim.reverses_id).where(col(RemitClaim.reverses_id).is_not(None))
        stray = col(RemitClaim.claim_id).is_(None) & col(RemitClaim.control_number).in_(numbers)
        query = (
            select(RemitClaim)
            .where(or_(col(RemitClaim.claim_id).in_(ids), stray))
            .where(col(RemitClaim.state).in_((AnswerState.MATCHED, *WAITING)))
            .where(col(RemitClaim.reverses_id).is_(None), col(RemitClaim.id).not_in(taken_back))
            .order_by(col(RemitClaim.id))
        )
        rows = session.exec(query).all()
        lines, reasons = _lines(session, rows), _reasons(session, rows)
        for row in rows:
            self._found.append(_original(row, lines[row.id], reasons[row.id]))

    def add(self, answer: Answer) -> None:
        """An answer of the same file, which a later one may take back."""
        self._found.append(
            Original(
                answer.id,
                answer.claim.id if answer.claim else None,
                answer.value.control_number,
                answer.state,
                amounts(answer),
                {(_at(one.line), one.reason): (one.group, one.disposition) for one in answer.found},
            )
        )

    def of(self, answer: Answer) -> Original | None:
        """What the answer takes back exactly: one that was posted before one that still waits."""
        wanted = Counter({what: -cents for what, cents in amounts(answer).items()})
        same = [one for one in self._mine(answer) if one.amounts == wanted]
        posted = [one for one in same if one.state == AnswerState.MATCHED]
        return next(iter((*posted, *same)), None)

    def at_another_level(self, answer: Answer) -> bool:
        """Whether one has the same sums, but on other lines (RFI 1733: what was paid by line is taken back by line)."""
        wanted = Counter({what: -cents for what, cents in _sums(amounts(answer)).items()})
        return any(_sums(one.amounts) == wanted for one in self._mine(answer))

    def use(self, original: Original) -> None:
        """It is taken back now, and not again."""
        self._found.remove(original)

    def _mine(self, answer: Answer) -> Iterable[Original]:
        if answer.claim is not None:
            return [one for one in self._found if one.claim_id == answer.claim.id]
        return [
            one for one in self._found if one.claim_id is None and one.control_number == answer.value.control_number
        ]


def follow(answer: Answer, original: Original) -> None:
    """What was done with each amount is taken back alike: the table may have changed, and CR names no group."""
    for one in answer.found:
        group, done = original.done.get((_at(one.line), one.reason), (one.group, one.disposition.value))
        if one.group in (group, CORRECTION):
            one.group, one.disposition = group, Disposition(done)


def amounts(answer: Answer) -> Amounts:
    """The answer's amounts by line and reason, the even ones left out."""
    found: Amounts = Counter()
    for line in answer.lines:
        found[_at(line), ""] += line.value.paid
    found["", ""] += answer.value.paid - sum(line.value.paid for line in answer.lines)
    for one in answer.found:
        found[_at(one.line), one.reason] += one.cents
    return _plain(found)


def _original(row: RemitClaim, lines: Sequence[RemitLine], reasons: Sequence[RemitAdjustment]) -> Original:
    found: Amounts = Counter()
    at = {line.id: _where(line.claim_line_id, line.control, line.code) for line in lines}
    for line in lines:
        found[at[line.id], ""] += line.paid
    found["", ""] += row.paid - sum(line.paid for line in lines)
    done = {}
    for one in reasons:
        where = at[one.remit_line_id] if one.remit_line_id is not None else ""
        found[where, one.reason] += one.cents
        done[where, one.reason] = (one.group, one.disposition)
    return Original(row.id, row.claim_id, row.control_number, row.state, _plain(found), done)


def _at(line: Line | None) -> str:
    return _where(line.claim_line_id, line.value.control, line.value.code) if line else ""


def _where(claim_line_id: int | None, control: str, code: str) -> str:
    return str(claim_line_id) if claim_line_id is not None else f"{control}|{code}"


def _plain(found: Amounts) -> Amounts:
    return Counter({what: cents for what, cents in found.items() if cents})


def _sums(found: Amounts) -> Counter[str]:
    sums: Counter[str] = Counter()
    for (_, reason), cents in found.items():
        sums[reason] += cents
    return sums


def _lines(session: Session, rows: Sequence[RemitClaim]) -> dict[int, list[RemitLine]]:
    found: dict[int, list[RemitLine]] = defaultdict(list)
    query = select(RemitLine).where(col(RemitLine.remit_claim_id).in_([row.id for row in rows]))
    for line in session.exec(query).all():
        found[line.remit_claim_id].append(line)
    return found


def _reasons(session: Session, rows: Sequence[RemitClaim]) -> dict[int, list[RemitAdjustment]]:
    found: dict[int, list[RemitAdjustment]] = defaultdict(list)
    query = select(RemitAdjustment).where(col(RemitAdjustment.remit_claim_id).in_([row.id for row in rows]))
    for one in session.exec(query).all():
        found[one.remit_claim_id].append(one)
    return found
