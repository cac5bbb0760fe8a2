"""The scratchpad as it is read: parts, what is left to distribute, and what posting them would do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session, select

from store.accounts.balances import claim_books
from store.accounts.books import Book
from store.errors import Refused
from store.money import show_cents
from store.remits.answers import Answer
from store.remits.candidates import candidates
from store.remits.dispositions import Disposition, rules_of
from store.remits.scratch import (
    first_parts,
    is_placed,
    left,
    lines_of,
    parts_of,
    reasons_of,
    require_distributed,
    written,
)
from store.remits.source import answers_again
from store.tables import Claim, ClaimLine, RemitClaim, RemitPart
from store.work.record import Facts, Tab, Table
from store.work.values import Cell, Column, Kind

_MONEY = 9


def scratch_tab(session: Session, row: RemitClaim) -> Tab:
    """The parts, and below them what would be booked on each claim."""
    (answer,) = answers_again(session, [row])
    parts = parts_of(session, row.id) or first_parts(answer)
    rest = left(parts, answer.value.paid)
    head = Facts(
        (("Paid", show_cents(answer.value.paid, sign="$")), ("Left to distribute", show_cents(rest, sign="$")))
    )
    may_be = [_may_be(session, answer)] if any(part.claim_id is None for part in parts) else []
    lines = _lines(session, parts)
    return Tab("Scratchpad", (head, _parts(session, parts), *may_be, *lines, _receipt(session, parts)))


def unplaced_part(session: Session, answer_id: int) -> int:
    """The number of the first part that is not placed yet, else 1."""
    return next((part.number for part in _parts_now(session, answer_id) if not is_placed(part)), 1)


def part_told(session: Session, answer_id: int, number: int) -> tuple[str, str]:
    """A part's payment and reasons as they are typed ('80.00', 'CO-45 25.50 PR-1 15.00'); empty for no such part."""
    part = next((one for one in _parts_now(session, answer_id) if one.number == number), None)
    return ("", "") if part is None else written(part)


def lines_told(session: Session, answer_id: int, number: int, control_number: str) -> str:
    """The lines of the claim that was named, else of the part's own: '1 ZZ113 129.00  2 ZZ321 54.00'."""
    query = select(Claim.id).where(Claim.control_number == control_number.strip().upper())
    claim_id = session.exec(query).first() if control_number.strip() else None
    if claim_id is None:
        claim_id = next((one.claim_id for one in _parts_now(session, answer_id) if one.number == number), None)
    if claim_id is None:
        return "1, 2 …"
    rows = enumerate(lines_of(session, claim_id), 1)
    return "  ".join(f"{at} {line.code} {show_cents(line.charge)}" for at, line in rows)


def may_be_told(session: Session, answer_id: int) -> str:
    """The claims that the answer may be about, for a prompt."""
    (answer,) = answers_again(session, [session.get_one(RemitClaim, answer_id)])
    return ", ".join(f"{one.control_number} ({one.patient})" for one in candidates(session, answer.value))


def require_postable(session: Session, answer_ids: Sequence[int]) -> None:
    """Refused with what is left of the first answer where none of them can be posted yet."""
    refused: Refused | None = None
    for answer in answers_again(session, [session.get_one(RemitClaim, one) for one in answer_ids]):
        try:
            require_distributed(parts_of(session, answer.id) or first_parts(answer), answer.value.paid)
        except Refused as why:
            refused = refused or why
        else:
            return
    if refused is not None:
        raise refused


def _parts_now(session: Session, answer_id: int) -> Sequence[RemitPart]:
    (answer,) = answers_again(session, [session.get_one(RemitClaim, answer_id)])
    return parts_of(session, answer_id) or first_parts(answer)


def _may_be(session: Session, answer: Answer) -> Table:
    columns = (
        Column("claim", "Claim", 10),
        Column("patient", "Patient", 20),
        Column("dos", "Service", 10, Kind.DATE),
        Column("charge", "Charge", _MONEY, Kind.CENTS),
        Column("open", "Open now", _MONEY, Kind.CENTS),
        Column("agrees", "Agrees", 14),
    )
    rows = tuple(
        (one.control_number, one.patient, one.service_from, one.charge, one.open, " ".join(one.agrees))
        for one in candidates(session, answer.value)
    )
    return Table(columns, rows, "Claims that it may be (m names one)")


def _parts(session: Session, parts: Sequence[RemitPart]) -> Table:
    columns = (
        Column("n", "No", 2, Kind.NUMBER),
        Column("claim", "Claim", 10),
        Column("line", "Line", 12),
        Column("charge", "Charge", _MONEY, Kind.CENTS),
        Column("paid", "Paid", _MONEY, Kind.CENTS),
        Column("why", "Reasons", 24),
    )
    rows: list[tuple[Cell, ...]] = []
    for part in parts:
        why = "  ".join(f"{one.group}-{one.reason} {show_cents(one.cents)}" for one in reasons_of(part.why))
        rows.append((part.number, *_where(session, part), part.charge, part.paid, why))
    return Table(columns, tuple(rows), "Parts")


def _lines(session: Session, parts: Sequence[RemitPart]) -> list[Table]:
    """The lines of each claim that a part names, with the numbers by which a part is placed on one."""
    columns = (
        Column("n", "No", 2, Kind.NUMBER),
        Column("code", "Code", 12),
        Column("dos", "Service", 10, Kind.DATE),
        Column("charge", "Charge", _MONEY, Kind.CENTS),
    )
    tables: list[Table] = []
    for claim_id in sorted({part.claim_id for part in parts if part.claim_id is not None}):
        rows = tuple(
            (number, f"{line.code} {line.modifiers}".strip(), line.service_date, line.charge)
            for number, line in enumerate(lines_of(session, claim_id), 1)
        )
        tables.append(Table(columns, rows, f"Lines of {session.get_one(Claim, claim_id).control_number}"))
    return tables


def _where(session: Session, part: RemitPart) -> tuple[str, str]:
    if part.claim_id is None:
        return "?", "?"
    claim = session.get_one(Claim, part.claim_id).control_number
    if part.claim_line_id is None:
        return claim, "whole claim" if part.remit_line_id is None else "?"
    line = session.get_one(ClaimLine, part.claim_line_id)
    return claim, f"{line.code} {line.modifiers}".strip()


def _receipt(session: Session, parts: Sequence[RemitPart]) -> Table:
    columns = (
        Column("claim", "Claim", 10),
        Column("cash", "Paid", _MONEY, Kind.CENTS),
        Column("contractual", "Contract", _MONEY, Kind.CENTS),
        Column("patient", "Patient", _MONEY, Kind.CENTS),
        Column("denied", "Denied", _MONEY, Kind.CENTS),
        Column("before", "Open now", _MONEY, Kind.CENTS),
        Column("after", "Then", _MONEY, Kind.CENTS),
    )
    sums: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for part in parts:
        if part.claim_id is not None and is_placed(part):
            mine = sums[part.claim_id]
            mine["cash"] += part.paid
            for one in reasons_of(part.why):
                mine[rules_of(session).rule(one.group, one.reason).disposition] += one.cents
    rows: list[tuple[Cell, ...]] = []
    for claim_id, mine in sums.items():
        number = session.get_one(Claim, claim_id).control_number
        now = claim_books(session, claim_id).get(Book.INSURANCE, 0)
        given, patient = mine[Disposition.CONTRACTUAL], mine[Disposition.PATIENT] + mine[Disposition.PROTECTED]
        denied = mine[Disposition.DENIAL]
        rows.append((number, mine["cash"], given, patient, denied, now, now - mine["cash"] - given - patient))
    return Table(columns, tuple(rows), "What posting it would do")
