"""The ledger: every entry sums to zero, is booked once, is never edited, and is reversed at most once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from sqlalchemy.exc import DatabaseError

from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg, post, reverse, reverse_matching
from store.accounts.view import account_id_of
from store.errors import NotFound, Refused
from store.tables import Claim, Guarantor, LedgerEntry, Posting
from store.work.command import Change, Command, Said
from store.work.record import Table
from tests.store.world import DAY, World


@dataclass(frozen=True, slots=True)
class _Do(Command):
    """Whatever a test wants to do to the ledger."""

    act: Callable[[Change], Any] = field(hash=False)
    name: ClassVar[str] = "test.ledger"

    def apply(self, change: Change) -> Said:
        self.act(change)
        return Said("done")


def entry(*cents: int, ref: str = "test:1") -> Entry:
    books = (Book.CASH, Book.UNAPPLIED, Book.PROVIDER, Book.WRITE_OFF)
    return Entry(ref, "test", DAY, tuple(Leg(book, amount) for book, amount in zip(books, cents, strict=False)))


@pytest.mark.parametrize("cents", [(1,), (100, -99), (1, 1), (5, -3, -3)])
def test_an_entry_that_does_not_sum_to_zero_books_nothing_at_all(world: World, cents: tuple[int, ...]) -> None:
    before = world.dump(everything=True)
    with pytest.raises(Refused, match="does not sum to zero"):
        world.do(_Do(lambda change: post(change, entry(5, -5, ref="good"), entry(*cents))))
    assert world.dump(everything=True) == before


def test_what_is_booked_stands_with_its_action(world: World) -> None:
    done = world.do(_Do(lambda change: post(change, entry(100, -60, -40), entry(0, 0, ref="test:2"))))
    booked = world.one(LedgerEntry)
    assert (booked.ref, booked.action_id, booked.entry_date) == ("test:1", done.action_id, DAY)
    assert [(leg.book, leg.cents) for leg in world.all(Posting)] == [
        ("cash", 100),
        ("unapplied", -60),
        ("provider", -40),
    ]


def test_the_same_event_is_never_booked_twice(world: World) -> None:
    world.do(_Do(lambda change: post(change, entry(5, -5))))
    before = world.dump(everything=True)
    with pytest.raises(DatabaseError):
        world.do(_Do(lambda change: post(change, entry(7, -7))))
    assert world.dump(everything=True) == before


def test_a_reversal_is_the_exact_contrary_and_happens_once(world: World) -> None:
    world.sent()
    charge = world.one(LedgerEntry, kind="charge")
    legs = world.all(Posting, entry_id=charge.id)
    world.do(_Do(lambda change: reverse(change, change.get(LedgerEntry, charge.id))))
    back = world.all(Posting, entry_id=world.one(LedgerEntry, reverses_id=charge.id).id)
    told = [(leg.book, -leg.cents, leg.guarantor_id, leg.claim_id, leg.encounter_id, leg.payer_id) for leg in back]
    assert told == [
        (leg.book, leg.cents, leg.guarantor_id, leg.claim_id, leg.encounter_id, leg.payer_id) for leg in legs
    ]
    before = world.dump(everything=True)
    with pytest.raises(DatabaseError):
        world.do(_Do(lambda change: reverse(change, change.get(LedgerEntry, charge.id))))
    world.do(_Do(lambda change: reverse_matching(change, charge.ref)))
    after = world.dump(everything=True)
    ledger = {"ledger_entry", "posting"}
    assert {k: v for k, v in after.items() if k[0] in ledger} == {k: v for k, v in before.items() if k[0] in ledger}


def test_a_prefix_is_no_pattern(world: World) -> None:
    world.do(_Do(lambda change: post(change, entry(5, -5, ref="denial:12:write-off:1"))))
    for prefix in ("denial:1:", "denial:1_:", "denial:%"):
        world.do(_Do(lambda change, prefix=prefix: reverse_matching(change, prefix)))  # type: ignore[misc]
    assert len(world.all(LedgerEntry)) == 1
    world.do(_Do(lambda change: reverse_matching(change, "denial:12:")))
    assert len(world.all(LedgerEntry)) == 2


def test_an_account_shows_three_sums_and_every_posting(world: World) -> None:
    claim_id = world.claim()
    account = world.get(Claim, claim_id).guarantor_id
    record = world.owner.ledger(account)
    assert record.headline == "patient owes $0.00   waiting for insurance $227.00"
    visits, ledger = (tab.blocks[-1] for tab in record.tabs[:2])
    assert isinstance(visits, Table)
    assert isinstance(ledger, Table)
    assert visits.rows[0][3:] == (22_700, 0, 0, 0, 22_700, 0)
    assert len(ledger.rows) == 2
    with world.owner.reading() as session:
        assert account_id_of(session, world.get(Guarantor, account).number.lower()) == account
        with pytest.raises(NotFound):
            account_id_of(session, "A0")
    with pytest.raises(NotFound):
        world.owner.ledger(999)
