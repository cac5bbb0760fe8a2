"""Where a denial stands on its payer's ladder of appeals: what was filed, what is next and until when, what follows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlmodel import Session, col, select

from store import clock
from store.claims.deadlines import MEDICARE_FILINGS
from store.denials.ladder import Rung, rung
from store.errors import Refused
from store.money import show_cents
from store.tables import Appeal, Denial, Payer, RemitClaim, Remittance

NO_DETERMINATION = "A late filing is no initial determination of Medicare and can't be appealed."
MOST_LEVELS = 9


def notice_day(session: Session, denial: Denial) -> date:
    """The day of the payer's decision that is appealed: the last upheld notice, else the remittance's."""
    query = select(Appeal).where(Appeal.denial_id == denial.id).order_by(col(Appeal.level).desc())
    last = session.exec(query).first()
    if last is not None and last.upheld_on is not None:
        return last.upheld_on
    answer = session.get_one(RemitClaim, denial.remit_claim_id)
    return session.get_one(Remittance, answer.remittance_id).paid_on


def levels_told(session: Session, denial: Denial, payer: Payer) -> tuple[str, ...]:
    """Every level in a line: those filed with their clocks, the next with its last day, and those above it."""
    if payer.filing in MEDICARE_FILINGS and denial.reason == "29":
        return (NO_DETERMINATION,)
    filed = _filed(session, denial)
    above = tuple(_above(session, denial, payer, max(filed, default=0)))
    if not above and not filed:
        return (f"No levels of {payer.name} are on file: nothing is assumed (superbill payers show {payer.payer_id}).",)
    return (*(_told(one) for one in filed.values()), *above)


def next_told(session: Session, denial: Denial, payer: Payer) -> str:
    """The next level in a sentence, for `y`."""
    lines = levels_told(session, denial, payer)
    filed = len(_filed(session, denial))
    return f"Appeal (A): {lines[filed]}" if len(lines) > filed else "No further level of appeal is on file."


def _filed(session: Session, denial: Denial) -> dict[int, Appeal]:
    query = select(Appeal).where(Appeal.claim_id == denial.claim_id, Appeal.claim_line_id == denial.claim_line_id)
    return {row.level: row for row in session.exec(query.order_by(col(Appeal.level), col(Appeal.id))).all()}


def _told(row: Appeal) -> str:
    decided = f"upheld {row.upheld_on}" if row.upheld_on else _clock(row.decide_by)
    reference = f", reference {row.reference}" if row.reference else ""
    return f"{row.level} {row.name}: filed {row.filed_on} (last day {row.file_by}), {decided}{reference}"


def _clock(decide_by: date | None) -> str:
    if decide_by is None:
        return "no clock for its decision"
    days = (decide_by - clock.today()).days
    return f"to be decided by {decide_by} ({days} days)" if days >= 0 else f"was to be decided by {decide_by}"


def _above(session: Session, denial: Denial, payer: Payer, last: int) -> Iterator[str]:
    today = clock.today()
    for level in range(last + 1, MOST_LEVELS + 1):
        step = rung(session, payer, level, today)
        if step is None:
            return
        decision = f"decided within {step.decide_days} days" if step.decide_days else "no clock for the decision"
        if level == last + 1:
            by = step.file_by(notice_day(session, denial))
            days = (by - today).days
            when = f"to be received by {by} ({days} days)" if days >= 0 else f"its last day was {by} (good cause only)"
        else:
            when = f"within {step.file_days} days of the notice before"
        yield f"{level} {step.name}: {when}, {decision}{_least(step, today.year)}"


def _least(step: Rung, year: int) -> str:
    try:
        cents = step.least(year)
    except Refused:
        return f", least amount of {year} not loaded"
    return f", from {show_cents(cents, sign='$')}" if cents else ""
