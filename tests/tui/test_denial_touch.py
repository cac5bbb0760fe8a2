"""A denial is touched in ten keys at the real screens; a bundle of one payer and reason is one change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from textual.widgets import Input

from store.claims.payers import SavePayer
from store.remits.scratch import PlacePart
from store.tables import Claim, Denial, LetterTemplate, Remark, RemitPart, WorkItem
from tests.store.conftest import engine, library, still, template, world
from tests.store.remits.test_scratch import lost
from tests.store.world import World
from tests.tui.support import LARGE, SMALL, Desk
from tui.app import SuperbillApp
from tui.screens.queue import QueueScreen

__all__ = ["engine", "library", "still", "template", "world"]


class Counted:
    """Presses keys and counts them."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.keys = desk, 0

    async def press(self, *keys: str) -> None:
        self.keys += len(keys)
        for key in keys:
            await self.desk.pilot.press(key)
            await self.desk.settle()


@asynccontextmanager
async def denials_of(
    world: World, size: tuple[int, int], who: str = "biller", queue: str = "denials"
) -> AsyncIterator[Desk]:
    app = SuperbillApp(lambda: world.who(who))
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, pilot, None)
        await desk.settle()
        app.push_screen(QueueScreen(app.session, queue))
        await desk.settle()
        yield desk


def opened(world: World, size: tuple[int, int]) -> AbstractAsyncContextManager[Desk]:
    return denials_of(world, size)


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_denial_is_touched_in_ten_keys(world: World, size: tuple[int, int]) -> None:
    """Take the best one, read it, call the payer, say what came of it and when to look again, take the next."""
    first, second = world.denied()[1], world.denied()[1]
    async with opened(world, size) as desk:
        hands = Counted(desk)
        await hands.press("n")
        assert "Denial CO-16" in desk.text("#title")
        await hands.press("p", "A", "n", "n", "enter", "2", "enter", "enter")
        assert "is noted" in desk.status
        await hands.press("n")
        assert hands.keys <= 10, hands.keys
        touched = world.all(Remark)
        assert [remark.text.split(".")[0] for remark in touched] == ["Call: Ann"]
        item = world.one(WorkItem, queue="denials", subject_id=int(touched[0].subject.split(":")[1]))
        assert (item.deferred_until is not None, item.assigned_to) == (True, world.who("biller").actor.user_id)
        assert item.subject_id in (first, second)


async def test_a_confirmation_in_an_opened_record_states_its_amount(world: World) -> None:
    claim_id, answer_id = lost(world, "CO-45 500", "")
    async with denials_of(world, SMALL, "biller", "remits") as desk:
        await desk.press("enter")
        await desk.settle()
        await desk.press("S")  # refused at once: nothing is placed yet
        await desk.settle()
        assert "Post" not in desk.question
        assert "$222.00 is left to distribute" in desk.status
    for part in (1, 2):
        world.do(PlacePart(answer_id, part, world.get(Claim, claim_id).control_number, part))
    async with denials_of(world, SMALL, "biller", "remits") as desk:
        await desk.press("enter")
        await desk.settle()
        await desk.press("S")
        await desk.settle()
        assert "Post 1 answer, $222.00?" in desk.question
    assert world.get(Claim, claim_id).state == "SENT"


async def test_what_was_posted_is_done_and_no_heartbeat_says_otherwise_and_u_takes_it_in_hand_again(
    world: World,
) -> None:
    claim_id, _ = lost(world, "CO-45 500", "")
    async with denials_of(world, SMALL, "biller", "remits") as desk:
        await desk.press("enter", "m")
        await desk.type(world.get(Claim, claim_id).control_number)
        await desk.press("enter")
        await desk.settle()
        assert "posted" in desk.status
        desk.app._beat()
        await desk.settle()
        assert "posted" in desk.status
        assert desk.text("#title").rstrip().endswith("done")
        await desk.press("S")
        await desk.settle()
        assert "no longer in the queue" in desk.status
        await desk.press("u")
        await desk.settle()
        assert desk.text("#title").rstrip().endswith("yours")


async def test_a_part_is_written_anew_over_what_stands_there_and_keeps_the_rest(world: World) -> None:
    claim_id, answer_id = lost(world, "CO-45 500", "")
    async with denials_of(world, SMALL, "biller", "remits") as desk:
        await desk.press("enter", "w", "enter")
        await desk.type("180")
        await desk.press("enter", "enter")
        await desk.settle()
        assert "Left to distribute" in desk.status
    part = world.one(RemitPart, remit_claim_id=answer_id, number=1)
    assert (part.paid, part.why, part.charge) == (18_000, "CO-45 500", 18_500)
    assert world.get(Claim, claim_id).state == "SENT"


async def test_records_are_noted_in_ten_keys(world: World) -> None:
    world.denied("CO-252")
    async with opened(world, SMALL) as desk:
        hands = Counted(desk)
        await hands.press("n", "f", "f", "a", "x", "enter", "enter")
        assert "noted as sent" in desk.status
        assert hands.keys <= 10


async def test_a_bundle_of_one_payer_and_reason_is_written_off_with_one_reason_and_one_undo(world: World) -> None:
    ids = [world.denied("CO-97")[1] for _ in range(3)]
    other = world.denied("CO-16")[1]
    async with opened(world, LARGE) as desk:
        await desk.press("slash")
        await desk.type("carc:97")
        await desk.press("enter")
        await desk.settle()
        await desk.press("b")
        await desk.settle()
        assert "6 rows of PRMUT CO-97 marked" in desk.status
        await desk.press("w", "1")
        await desk.settle()
        assert {world.get(Denial, one).state for one in ids} == {"CLOSED_WO"}
        assert world.get(Denial, other).state == "OPEN"
        await desk.press("u")
        await desk.settle()
        assert {world.get(Denial, one).state for one in ids} == {"OPEN"}
    assert world.faults() == []


async def test_the_call_prompt_tells_the_payers_number_and_a_letters_text_is_changed_on_the_screen(
    world: World,
) -> None:
    world.denied()
    world.do(SavePayer('payer_id="PRMUT"\nphone="800-555-0100"\nphone_menu="2, 4"'))
    async with denials_of(world, LARGE, "supervisor") as desk:
        await desk.press("p")
        await desk.settle()
        assert "Prairie Mutual Health 800-555-0100, press 2, 4" in desk.app.screen.query_one(Input).placeholder
        await desk.press("escape", "T")
        await desk.type("records")
        for key in ("enter", "enter", "end"):
            await desk.press(key)
            await desk.settle()
        await desk.type(" | Thank you.")
        await desk.press("enter", "y")
        await desk.settle()
        assert "is kept" in desk.status
        assert world.one(LetterTemplate).text.endswith("Thank you.")
