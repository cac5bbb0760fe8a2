"""One key takes from every screen what tells who the patients are, and gives it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlmodel import Session, select

from store.people.identities import Identities, identities
from store.tables import Coverage, Guarantor, Patient
from store.work.record import Record
from store.work.values import View
from tests.store.conftest import engine, library, still, template, world
from tests.store.world import World
from tests.tui.fake import FakePractice
from tests.tui.support import Desk, opened
from tui.keys import COMMON, Place, at
from tui.widgets.facts import tab_lines
from tui.widgets.look import BOLD, PLAIN
from tui.widgets.mask import Mask, masked, wear

__all__ = ["engine", "library", "still", "template", "world"]

TODAY = date(2026, 3, 9)
KNOWN = Identities(
    frozenset({"doe", "maria", "o'neil", "van", "maple"}),
    frozenset({"p10012", "w123", "5125550100"}),
    frozenset({date(1980, 1, 2), date(2026, 2, 1)}),
    2,
)


@pytest.fixture(autouse=True)
def _bare() -> Iterator[None]:
    yield
    wear(None)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("DOE, MARIA", "***, *****"),
        ("Maria Doe's note", "***** ***** note"),
        ("Mar… and Mariana", "**** and Mariana"),
        ("do it, mark", "do it, mark"),
        ("born 1980-01-02, seen 2026-02-01", "born **********, seen 2026-02-01"),
        ("DOB: 2026-02-01", "DOB: **********"),
        ("on 01/02/1980", "on **********"),
        ("P10012 W123 K10001", "****** **** K10001"),
        ("call (512) 555-0100 or m.doe@example.org", "call ************** or *****************"),
        ("I10 E11.22 $50.00 99213", "I10 E11.22 $50.00 99213"),
    ],
)
def test_what_tells_who_it_is_becomes_asterisks_and_the_rest_stays(text: str, shown: str) -> None:
    assert Mask(KNOWN, TODAY).text(text) == shown


def test_a_name_is_found_across_a_change_of_style() -> None:
    wear(Mask(KNOWN, TODAY))
    assert list(masked([("Seen: Ma", PLAIN), ("ria", BOLD), (" Doe", PLAIN)])) == [
        ("Seen: **", PLAIN),
        ("***", BOLD),
        (" ***", PLAIN),
    ]


def everything(desk: Desk) -> str:
    return "\n".join(strip.text for strip in desk.app.screen._compositor.render_strips())


async def test_one_key_masks_the_list_the_record_and_what_comes_later_and_shows_them_again() -> None:
    practice = FakePractice()
    async with opened(practice) as desk:
        row = desk.rows.row
        assert row is not None
        name = str(row.cells[2]).split(",")[0]
        assert name in everything(desk)
        await desk.press("ctrl+n")
        assert name not in everything(desk)
        assert "masked on every screen" in desk.status
        await desk.press("enter")
        assert name not in everything(desk)
        await desk.press("ctrl+n")
        await desk.press("escape")
        assert name in everything(desk)


def shown_text(record: Record) -> str:
    lines = [line for tab in record.tabs for line in tab_lines(tab, 100)]
    parts = ["".join(text for text, _ in masked(line)) for line in lines]
    return "\n".join([*parts, *("".join(t for t, _ in masked([(x, PLAIN)])) for x in (record.title, record.headline))])


def test_no_record_of_the_real_practice_names_a_masked_patient(world: World) -> None:
    claim_id = world.claim()
    with Session(world.engine) as session:
        patient = session.exec(select(Patient)).one()
        guarantor = session.exec(select(Guarantor)).one()
        member = session.exec(select(Coverage.member_id)).first()
        found = identities(session, world.owner.actor)
        assert identities(session, world.owner.actor, 1) is None
        coders = identities(session, world.who("coder").actor)
    assert found is not None
    assert coders is not None
    assert patient.last.casefold() in coders.words
    assert str(member).casefold() not in coders.numbers
    account = world.owner.ledger(guarantor.id)
    records = [world.owner.claim(claim_id), account, world.owner.record("claims", claim_id)]
    secrets = [patient.last, patient.first, guarantor.number, str(patient.birth), str(member)]
    plain = "\n".join(map(shown_text, records))
    assert sum(secret in plain for secret in secrets) >= 3
    wear(Mask(found, TODAY))
    hidden = "\n".join(map(shown_text, records))
    assert [secret for secret in secrets if secret in hidden] == []
    rows = world.owner.page("claims", View(), start=0, limit=50).rows
    cells = " ".join("".join(t for t, _ in masked([(str(cell), PLAIN)])) for row in rows for cell in row.cells)
    assert patient.last not in cells


def test_no_screen_leaves_out_the_mask_or_the_lock() -> None:
    """Screens take the whole grammar for their place."""
    for place in set(Place) - {Place.NOTE, Place.SEARCH}:  # these are panes
        assert {one.id for one in at(place, COMMON)} >= {"help", "lock", "mask", "mouse", "palette", "refresh", "theme"}
