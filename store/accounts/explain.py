"""Explain a claim: each cent of its charge traced to payment, adjustment, payer and patient, with file and segment.

Read from the postings, which are the truth; the reasons and the places in the file come from the answers behind them.
What is left of the charge is what the postings say is open, so that the explanation always comes to the charge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from store.accounts.books import Book
from store.money import show_cents
from store.remits.dispositions import disposition
from store.tables import (
    ArchivedFile,
    Claim,
    ClaimLine,
    LedgerEntry,
    Payer,
    Posting,
    RemitAdjustment,
    RemitClaim,
    RemitLine,
    Remittance,
)
from store.work.record import Block, Facts, Tab, Table
from store.work.values import Cell, Column, Kind

_WORDS = {
    Book.CASH: "paid by the payer",
    Book.PAYER_REFUND: "given back to the payer",
    Book.PROVIDER: "taken at provider level",
    Book.PATIENT_CASH: "paid by the patient",
    Book.FORWARDED: "passed on to the next payer",
    Book.CONTRACTUAL: "given up under the contract",
    Book.WRITE_OFF: "written off",
    Book.DISCOUNT: "given up for the patient",
    Book.BAD_DEBT: "with the collection agency",
    Book.PATIENT: "the patient's",
}
EXPLAIN = "Explain"
"""The tab of the claim that explains it."""
CANCELLATION = "cancellation"
"""The kind of the entry that takes the charge of a claim that was given up off the books."""
_OPEN = frozenset({Book.INSURANCE, Book.CHARGES})


@dataclass(frozen=True, slots=True)
class Cause:
    """Some cents of a charge: since when, what became of them, whose they are, and where it is written.

    `segment` is the one of the file that tells it, None for what no file tells.
    """

    on: date
    what: str
    reason: str
    payer: str
    cents: int
    source: str
    entry_id: int
    segment: int | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """One line of a claim, or what stands at claim level (`code` empty): charge = causes + open, always."""

    code: str
    charge: int
    causes: tuple[Cause, ...]
    open: int
    open_at: str


@dataclass(slots=True)
class _Sources:
    """What the answers say, to name reasons and places: by answer, line and amount."""

    reasons: dict[tuple[int, int | None, int], list[RemitAdjustment]]
    places: dict[tuple[int, int | None], tuple[int, str]]
    payers: dict[int, str]

    def reason(self, answer_id: int | None, line_id: int | None, cents: int) -> str:
        """The reason of an amount, each used once."""
        if answer_id is None:
            return ""
        found = self.reasons.get((answer_id, line_id, cents))
        if not found:
            return ""
        one = found.pop(0)
        return f"{one.group}-{one.reason} {disposition(one.group, one.reason).hint}"


def explain(session: Session, claim_id: int) -> list[Explained]:
    """Every line of the claim, and the claim level where anything stands there."""
    claim = session.get_one(Claim, claim_id)
    lines = session.exec(select(ClaimLine).where(ClaimLine.claim_id == claim_id).order_by(col(ClaimLine.id))).all()
    sources = _sources(session, claim_id)
    causes: dict[int | None, list[Cause]] = defaultdict(list)
    insurers: dict[int | None, int] = defaultdict(int)
    cancelled: LedgerEntry | None = None
    for entry, posting in _standing(session, claim_id):
        if posting.book == Book.INSURANCE and posting.payer_id is not None:
            insurers[posting.payer_id] += posting.cents
        if posting.book not in _OPEN:
            causes[posting.claim_line_id].append(_cause(sources, entry, posting))
        elif posting.book == Book.CHARGES and entry.kind == CANCELLATION and not claim.charge:
            cancelled = entry
        elif posting.book == Book.INSURANCE and posting.payer_id != claim.payer_id and posting.cents > 0:
            sources.reason(entry.remit_claim_id, posting.claim_line_id, posting.cents)  # it waits at the next payer
    at = ", ".join(
        f"{sources.payers.get(payer_id, 'payer')} {show_cents(cents)}"
        for payer_id, cents in insurers.items()
        if cents and payer_id is not None
    )
    if claim.prior_id is not None:  # a next payer's claim has what was passed on to it, and no charge of its own
        every = [cause for mine in causes.values() for cause in mine]
        asked = -sum(cause.cents for cause in every if cause.what == _WORDS[Book.FORWARDED])
        return [_line("", asked, [cause for cause in every if cause.what != _WORDS[Book.FORWARDED]], at)]
    if cancelled is not None:
        return [_given_up(line, cancelled) for line in lines if line.active]
    found = [
        _line(f"{line.code} {line.modifiers}".strip(), line.charge, causes.pop(line.id, []), at)
        for line in lines
        if line.active or line.id in causes
    ]
    billed = sum(line.charge for line in lines if line.active)
    rest = [cause for mine in causes.values() for cause in mine]
    if rest or claim.charge != billed:
        found.append(_line("", claim.charge - billed, rest, at))
    return found


def explain_tab(session: Session, claim_id: int) -> Tab:
    """The explanation as a tab of the claim."""
    blocks: list[Block] = []
    for one in explain(session, claim_id):
        causes: list[tuple[Cell, ...]] = [
            (each.on, each.what, each.reason, each.payer, each.cents, each.segment, each.source) for each in one.causes
        ]
        causes.append((None, "still open", "", "", one.open, None, one.open_at))
        title = f"{one.code or 'Claim level'}: charge {show_cents(one.charge, sign='$')}"
        blocks.append(Table(_COLUMNS, tuple(causes), title))
    how = "the amounts of each line come to its charge; Seg is the segment of the file that tells it"
    sums = Facts((("How to read it", how),))
    return Tab(EXPLAIN, (*blocks, sums))


_COLUMNS = (
    Column("on", "Since", 10, Kind.DATE),
    Column("what", "What", 18),
    Column("reason", "Reason", 19),
    Column("payer", "Payer", 8),
    Column("cents", "Amount", 10, Kind.CENTS),
    Column("segment", "Seg", 4, Kind.NUMBER),
    Column("source", "Where it is written", 34),
)


def _line(code: str, charge: int, causes: Sequence[Cause], at: str) -> Explained:
    rest = charge - sum(cause.cents for cause in causes)
    return Explained(code, charge, tuple(causes), rest, at if rest else "")


def _given_up(line: ClaimLine, entry: LedgerEntry) -> Explained:
    cause = Cause(entry.entry_date, "charged no more", "", "", line.charge, entry.memo, entry.id)
    return _line(f"{line.code} {line.modifiers}".strip(), line.charge, [cause], "")


def _cause(sources: _Sources, entry: LedgerEntry, posting: Posting) -> Cause:
    book = Book(posting.book)
    reason = "" if book is Book.CASH else sources.reason(entry.remit_claim_id, posting.claim_line_id, posting.cents)
    answer = entry.remit_claim_id
    place = sources.places.get((answer, posting.claim_line_id)) if answer is not None else None
    if place is None and answer is not None:
        place = sources.places.get((answer, None))
    payer = "" if book in (Book.PATIENT, Book.PATIENT_CASH, Book.DISCOUNT, Book.BAD_DEBT) else posting.payer_id
    name = sources.payers.get(payer, "") if isinstance(payer, int) else ""
    segment, source = place or (None, entry.memo)
    return Cause(entry.entry_date, _WORDS[book], reason, name, posting.cents, source, entry.id, segment)


def _standing(session: Session, claim_id: int) -> Sequence[tuple[LedgerEntry, Posting]]:
    """The postings of entries that were not taken back by ourselves."""
    query = (
        select(LedgerEntry, Posting)
        .join(Posting, col(Posting.entry_id) == col(LedgerEntry.id))
        .where(Posting.claim_id == claim_id)
        .order_by(col(LedgerEntry.id), col(Posting.id))
    )
    rows = session.exec(query).all()
    # sorted out here: asked in SQL, "reverses nothing" has SQLite read every entry of the practice
    taken_back = {entry.reverses_id for entry, _ in rows}
    return [(entry, posting) for entry, posting in rows if entry.reverses_id is None and entry.id not in taken_back]


def _sources(session: Session, claim_id: int) -> _Sources:
    reasons: dict[tuple[int, int | None, int], list[RemitAdjustment]] = defaultdict(list)
    places: dict[tuple[int, int | None], tuple[int, str]] = {}
    query = (
        select(RemitClaim, Remittance, ArchivedFile.name)
        .join(Remittance, col(Remittance.id) == col(RemitClaim.remittance_id))
        .join(ArchivedFile, col(ArchivedFile.id) == col(Remittance.file_id))
        .where(RemitClaim.claim_id == claim_id)
    )
    for answer, remittance, file in session.exec(query).all():
        booked = answer.parent_id or answer.id  # what was split is booked under what it was split from
        where = f"{file}, {remittance.trace}"
        places[booked, None] = answer.segment, where
        lines: dict[int | None, int | None] = {None: None}
        for line in session.exec(select(RemitLine).where(RemitLine.remit_claim_id == answer.id)).all():
            lines[line.id] = line.claim_line_id
            places[booked, line.claim_line_id] = line.segment, where
        adjustments = select(RemitAdjustment).where(RemitAdjustment.remit_claim_id == answer.id)
        for one in session.exec(adjustments.order_by(col(RemitAdjustment.id))).all():
            reasons[booked, lines[one.remit_line_id], one.cents].append(one)
    payers = dict(session.exec(select(Payer.id, Payer.payer_id)).all())
    return _Sources(reasons, places, payers)
