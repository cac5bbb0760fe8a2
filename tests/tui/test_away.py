"""The database goes away under an open screen and comes back: it is said, nothing is lost, and work goes on."""

from __future__ import annotations

from typing import Any

from store.errors import Away
from store.work.record import Record
from store.work.values import Done, Lease, Page, View
from tests.tui.fake import FakePractice
from tests.tui.support import Desk, make_app, opened
from tui import sitting
from tui.screens.record import RecordScreen


class Flaky(FakePractice):
    """A practice whose database can be taken away."""

    gone = False

    def _there(self) -> None:
        if self.gone:
            raise Away("The database is away.", do="Nothing more was saved; try again when it is back.")

    def do(self, command: Any, *, key: str | None = None, lease: Lease | None = None) -> Done:
        self._there()
        return super().do(command, key=key, lease=lease)

    def page(self, name: str, view: View, *, start: int, limit: int, counted: Page | None = None) -> Page:
        self._there()
        return super().page(name, view, start=start, limit=limit, counted=counted)

    def record(self, name: str, subject_id: int) -> Record:
        self._there()
        return super().record(name, subject_id)

    def beat(self, lease: Lease) -> Lease:
        self._there()
        return super().beat(lease)

    def keep_sitting(self, content: str) -> None:
        self._there()
        super().keep_sitting(content)


async def test_what_was_typed_stays_the_item_stays_held_and_the_same_key_works_when_it_is_back() -> None:
    practice = Flaky()
    async with opened(practice) as desk:
        await desk.press("enter")
        held = desk.app.session.leases.items
        practice.gone = True
        await desk.press("t")
        await desk.type("called the payer")
        await desk.press("enter")
        await desk.settle()
        assert "Not done: The database is away" in desk.status
        desk.app._beat()
        await desk.settle()
        assert "What you type is kept here until it is back" in desk.status
        assert desk.app.session.leases.items == held
        practice.gone = False
        desk.app._beat()
        await desk.settle()
        assert "The database is back" in desk.status
        await desk.press("t")
        assert desk.question.endswith("called the payer")
        await desk.press("enter")
        await desk.settle()
        assert len(practice.done) == 1
        assert isinstance(desk.app.screen, RecordScreen)


async def test_rows_that_can_not_be_read_are_told_of_and_never_end_the_program() -> None:
    practice = Flaky(count=2000)
    async with opened(practice) as desk:
        practice.gone = True
        await desk.press("G")
        await desk.settle()
        await desk.pilot.pause(0.1)
        assert "The database is away" in desk.status
        practice.gone = False
        await desk.press("ctrl+l")
        await desk.press("k")
        assert desk.row_id
    assert not desk.app.return_code


async def test_what_is_being_typed_is_in_the_database_moments_later_and_offered_after_a_kill() -> None:
    practice = FakePractice()
    async with opened(practice) as desk:
        desk.app._keep_seconds = 0.05
        await desk.press("2", "j", "enter", "t")
        await desk.type("called the pay")
        await desk.pilot.pause(0.2)
        kept = sitting.read(practice.sitting())
        assert "called the pay" in kept.drafts.values()
        content = practice.sitting()
    killed = FakePractice()
    killed.keep_sitting(content)  # as a process that was killed left it
    async with make_app(killed).run_test() as pilot:
        again = Desk(pilot.app, pilot, killed)  # type: ignore[arg-type]
        await again.settle()
        assert "t has the text that you began" in again.status
        await again.press("t")
        assert again.question.endswith("called the pay")
