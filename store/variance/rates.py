"""Contract rates by date, and what a line should be allowed by them.

The CSV has the columns payer, code, modifiers, rate, from, to, term: the payer's identifier, the rate in dollars a
unit, dates like 2026-01-01 (an empty end is open), and what the contract calls it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, NamedTuple

from sqlmodel import Session, col, select

from store.errors import Refused
from store.money import parse_cents, show_cents
from store.people.roles import Permission
from store.plain_tables import rows_of
from store.tables import ContractRate, Payer
from store.text import clean_line, how_many
from store.work.command import Change, Command, Said, bulk

NEEDED = ("payer", "code", "rate", "from")


class Priced(NamedTuple):
    """A rate, and what it comes to for a line, in cents."""

    rate: ContractRate
    cents: int


class Rates:
    """The rates of some payers, read at once."""

    def __init__(self, session: Session, payer_ids: Iterable[int]) -> None:
        rows = session.exec(select(ContractRate).where(col(ContractRate.payer_id).in_(sorted(set(payer_ids))))).all()
        self._rates: dict[tuple[int, str, str], list[ContractRate]] = {}
        for row in rows:
            self._rates.setdefault((row.payer_id, row.code, row.modifiers), []).append(row)

    def __bool__(self) -> bool:
        return bool(self._rates)

    def price(self, payer_id: int, code: str, modifiers: str, units: int, on: date) -> Priced | None:
        """What the contract allows on that day: with the modifiers, else without; None where it says nothing."""
        for mods in (modifiers, "") if modifiers else ("",):
            fits = [
                rate
                for rate in self._rates.get((payer_id, code, mods), ())
                if rate.valid_from <= on and (rate.valid_to is None or on <= rate.valid_to)
            ]
            if fits:
                rate = max(fits, key=lambda one: one.valid_from)
                return Priced(rate, rate.cents * units)
        return None


@dataclass(frozen=True, slots=True)
class LoadRates(Command):
    """Take in a payer's rates; a rate that begins on the same day is replaced."""

    file_name: str
    content: bytes = bulk()
    name: ClassVar[str] = "variance.load_rates"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Refused whole with line and column."""
        payers = dict(change.session.exec(select(Payer.payer_id, Payer.id)).all())
        rows = 0
        for where, _, told in rows_of(self.content, self.file_name, NEEDED):
            payer_id = payers.get(told["payer"])
            if payer_id is None:
                raise Refused(f"There is no payer {told['payer'][:20]!r}.", where=f"{where}, payer")
            keep_rate(change, payer_id, told, where)
            rows += 1
        return Said(f"{self.file_name}: {how_many(rows, 'rate')} {'is' if rows == 1 else 'are'} on file.", rows)


@dataclass(frozen=True, slots=True)
class CorrectRate(Command):
    """A rate was on file wrongly: put it right, and price everything that it priced again."""

    rate_id: int
    cents: int
    name: ClassVar[str] = "variance.correct_rate"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Underpayments that the right rate doesn't show are closed as false."""
        from store.variance.find import reprice

        rate = change.get(ContractRate, self.rate_id)
        if self.cents < 0:
            raise Refused("A rate is never below zero.")
        before, rate.cents = rate.cents, self.cents
        change.session.flush()
        closed, changed = reprice(change, rate)
        said = f"{rate.code}: {show_cents(before)} is now {show_cents(self.cents)}"
        return Said(f"{said}; {closed} underpayments were none, {changed} have other amounts.", rate.id)


def keep_rate(change: Change, payer_id: int, told: dict[str, str], where: str) -> ContractRate:
    """Write one rate from a row of text."""
    code = clean_line(told["code"] or "").upper()
    modifiers = ",".join(clean_line(told.get("modifiers") or "").upper().replace(",", " ").split())
    if not code:
        raise Refused("There is no code.", where=f"{where}, code")
    cents = parse_cents(told["rate"] or "", where=f"{where}, rate")
    begins = _day(told["from"], f"{where}, from")
    ends = _day(told["to"], f"{where}, to") if told.get("to") else None
    if begins is None or cents < 0 or (ends is not None and ends < begins):
        raise Refused("A rate has an amount and a day from which it holds.", where=where)
    query = select(ContractRate).where(
        ContractRate.payer_id == payer_id, ContractRate.code == code, ContractRate.modifiers == modifiers,
        ContractRate.valid_from == begins,
    )  # fmt: skip
    row = change.session.exec(query).first()
    if row is None:
        row = ContractRate(payer_id=payer_id, code=code, modifiers=modifiers, valid_from=begins)
        change.session.add(row)
    row.cents, row.valid_to, row.term = cents, ends, clean_line(told.get("term") or "")[:80]
    change.session.flush()
    return row


def _day(text: str | None, where: str) -> date | None:
    try:
        return date.fromisoformat(clean_line(text or ""))
    except ValueError:
        raise Refused("It is no date like 2026-10-31.", where=where) from None
