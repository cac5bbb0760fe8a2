"""The visits behind some accounts' balances: who, what, when, what each book holds, and why a part is the patient's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from store.accounts.books import Book
from store.statements.words import Words
from store.tables import (
    Claim,
    ClaimLine,
    Encounter,
    Fee,
    Patient,
    Payer,
    Posting,
    Provider,
    RemitAdjustment,
    RemitLine,
    ServiceLine,
)

_REASONS = {"1": "deductible", "2": "coinsurance", "3": "copay"}
_NOT_COVERED = frozenset({"96", "204", "49", "119"})

Books = dict[str, int]


@dataclass(frozen=True, slots=True)
class ServiceName:
    """One service of a visit, as the fee schedule calls it; `line_id` is the claim line's, None without a claim."""

    line_id: int | None
    code: str
    title: str
    charge: int

    def called(self, words: Words) -> str:
        """The service in the practice's own words of a language."""
        return words.services.get(self.code) or self.title


@dataclass(slots=True)
class VisitBooks:
    """One visit of one account with what each book holds for each claim line (None: for the visit as a whole)."""

    encounter_id: int
    number: str
    patient: str
    provider: str
    service_date: date
    books: dict[int | None, Books]
    lines: list[ServiceName] = field(default_factory=list)
    services: list[ServiceName] = field(default_factory=list)
    payer: str = ""
    insured: bool = False
    shares: dict[int, dict[str, int]] = field(default_factory=dict)

    @property
    def by_line(self) -> bool:
        """Whether every cent stands on a line, and no line's credit hides another line's debt."""
        loose = {book for book, cents in self.books.get(None, {}).items() if cents}
        if not self.lines or loose - {Book.INSURANCE, Book.CHARGES}:
            return False
        known = {line.line_id for line in self.lines}
        if any(line_id is not None and line_id not in known for line_id in self.books):
            return False
        owed = [books.get(Book.PATIENT, 0) for books in self.books.values()]
        return not (min(owed) < 0 < max(owed))

    def called(self, words: Words) -> str:
        """All services in a row."""
        names = [line.called(words) for line in self.lines or self.services]
        return ", ".join(dict.fromkeys(names))[:300] or "Visit"

    def reason(self, line_id: int | None, owes: int, words: Words) -> str:
        """Why an amount is the patient's, in plain words: each part of the patient's share, else one for the rest."""
        if line_id is None and not self.insured:
            return words.reason("no_insurance", owes)
        shares: dict[str, int] = defaultdict(int)
        for share_of, parts in self.shares.items():
            if line_id is None or share_of == line_id:
                for kind, cents in parts.items():
                    shares[kind] += cents
        told = {kind: cents for kind, cents in shares.items() if cents > 0}
        if told and sum(told.values()) == owes:
            return "; ".join(words.reason(kind, cents) for kind, cents in told.items())
        if len(told) == 1 and sum(told.values()) > owes:  # a part of it is paid already
            return words.reason(next(iter(told)), owes)
        return words.reason("other", owes)


class Visits:
    """The visits of some accounts that are not settled: something is the guarantor's, or waits for an insurer."""

    def __init__(self, session: Session, guarantor_ids: Sequence[int], *, settled: bool = False) -> None:
        self._session = session
        self._visits = self._read(guarantor_ids, settled)
        found = {one.encounter_id: one for mine in self._visits.values() for one in mine}
        self._people(found)
        self._name_lines(found)
        self._shares(found)

    def of(self, guarantor_id: int) -> list[VisitBooks]:
        """One account's visits, the oldest first."""
        return self._visits.get(guarantor_id, [])

    def _read(self, ids: Sequence[int], settled: bool) -> dict[int, list[VisitBooks]]:
        query = (
            sql_select(
                col(Posting.guarantor_id),
                col(Posting.encounter_id),
                col(Posting.claim_line_id),
                col(Posting.book),
                func.sum(Posting.cents),
            )
            .where(col(Posting.guarantor_id).in_(ids), col(Posting.encounter_id).is_not(None))
            .group_by(
                col(Posting.guarantor_id), col(Posting.encounter_id), col(Posting.claim_line_id), col(Posting.book)
            )
        )
        books: dict[tuple[int, int], dict[int | None, Books]] = defaultdict(lambda: defaultdict(dict))
        for guarantor_id, encounter_id, line_id, book, cents in self._session.execute(query).all():
            books[guarantor_id or 0, encounter_id or 0][line_id][book] = int(cents)
        found: dict[int, list[VisitBooks]] = defaultdict(list)
        for (guarantor_id, encounter_id), lines in books.items():
            if settled or _open(lines):
                found[guarantor_id].append(VisitBooks(encounter_id, "", "", "", date.min, lines))
        return found

    def _people(self, found: dict[int, VisitBooks]) -> None:
        query = (
            select(Encounter, Patient.first, Provider.first, Provider.last)
            .join(Patient, col(Patient.id) == col(Encounter.patient_id))
            .join(Provider, col(Provider.id) == col(Encounter.provider_id))
            .where(col(Encounter.id).in_(found))
        )
        for encounter, patient, first, last in self._session.exec(query).all():
            one = found[encounter.id]
            one.number, one.patient, one.service_date = encounter.number, patient, encounter.service_date
            one.provider = f"{first} {last}"
        for mine in self._visits.values():
            mine.sort(key=lambda one: (one.service_date, one.encounter_id))

    def _name_lines(self, found: dict[int, VisitBooks]) -> None:
        """Claim lines of the first payer's claims of each visit; the services where there is no claim."""
        query = (
            select(ClaimLine, Claim.encounter_id, Payer.name, Claim.prior_id)
            .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
            .join(Payer, col(Payer.id) == col(Claim.payer_id))
            .where(col(Claim.encounter_id).in_(found), ClaimLine.active)
            .order_by(col(ClaimLine.id))
        )
        rows = self._session.exec(query).all()
        services = self._session.exec(
            select(ServiceLine).where(col(ServiceLine.encounter_id).in_(found)).order_by(col(ServiceLine.position))
        ).all()
        names = _Names(self._session, {line.code for line, *_ in rows} | {one.code for one in services})
        for line, encounter_id, payer, prior_id in rows:
            one = found[encounter_id]
            one.insured = True
            if prior_id is None:
                one.payer = payer
                told = names.of(line.code, line.service_date)
                if line.service_date != one.service_date:  # a visit of another day went on the same claim
                    told = f"{told} ({line.service_date.isoformat()})"
                one.lines.append(ServiceName(line.id, line.code, told, line.charge))
        for service in services:
            one = found[service.encounter_id]
            title = names.of(service.code, one.service_date)
            one.services.append(ServiceName(None, service.code, title, service.charge))

    def _shares(self, found: dict[int, VisitBooks]) -> None:
        by_line = {line.line_id: one for one in found.values() for line in one.lines if line.line_id is not None}
        ids = sorted(by_line)
        for start in range(0, len(ids), 1000):
            query = (
                select(RemitLine.claim_line_id, RemitAdjustment.reason, func.sum(RemitAdjustment.cents))
                .join(RemitLine, col(RemitLine.id) == col(RemitAdjustment.remit_line_id))
                .where(col(RemitLine.claim_line_id).in_(ids[start : start + 1000]), RemitAdjustment.group == "PR")
                .group_by(col(RemitLine.claim_line_id), col(RemitAdjustment.reason))
            )
            for line_id, reason, cents in self._session.exec(query).all():
                parts = by_line[line_id or 0].shares.setdefault(line_id or 0, {})
                kind = kind_of_share(reason)
                parts[kind] = parts.get(kind, 0) + int(cents)


def _open(lines: dict[int | None, Books]) -> bool:
    waiting = sum(books.get(Book.INSURANCE, 0) for books in lines.values())
    return waiting > 0 or any(books.get(Book.PATIENT) for books in lines.values())


def kind_of_share(reason: str) -> str:
    """Which of our plain words a reason of the patient's group has."""
    if reason in _NOT_COVERED:
        return "not_covered"
    return "coverage_ended" if reason == "27" else _REASONS.get(reason, "other")


class _Names:
    """The fee schedule's plain words for some codes."""

    def __init__(self, session: Session, codes: set[str]) -> None:
        self._fees: dict[str, list[Fee]] = defaultdict(list)
        query = select(Fee).where(col(Fee.code).in_(codes)).order_by(col(Fee.valid_from).desc())
        for fee in session.exec(query).all():
            self._fees[fee.code].append(fee)

    def of(self, code: str, on: date) -> str:
        fee = next((one for one in self._fees[code] if one.valid_from <= on), None)
        return (fee.plain or fee.title) if fee else code
