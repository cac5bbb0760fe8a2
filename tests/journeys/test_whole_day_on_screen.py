"""A whole day through the real screens, by keyboard alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.journeys.sitting import answered, at_work, back_to_the_board, filtered, found, into
from tests.journeys.words import encounter_csv, proved
from tests.payer import answer
from tests.tui.support import SMALL, Desk


async def taken_in(desk: Desk, path: Path) -> str:
    """Imports a file from the board; what was said of it."""
    await desk.press("i")
    await answered(desk, path.name)
    return desk.status


async def coded(desk: Desk) -> None:
    """Codes the encounter that came in: words selected, searched, added, a procedure, finished."""
    await into(desk, "coding")
    await filtered(desk, "patient:quillfeather")
    await desk.press("enter")
    await desk.settle()
    assert "Quillfeather, Orla" in desk.text("#title")
    await desk.press("slash")
    await answered(desk, "mild persistent asthma with")
    await desk.press("v", "right", "right", "right", "right", "right", "i")
    await desk.settle()
    await desk.press("enter")
    await desk.settle()
    assert "Added J45.31" in desk.status
    assert "Added ZZ112" in await found(desk, "h", "office est brief")
    await desk.press("F")
    await desk.settle()
    assert "finished" in desk.status
    await back_to_the_board(desk)


async def sent(desk: Desk) -> str:
    """Sends the batch of every ready claim; the text of the newest claim file."""
    await into(desk, "claims to send")
    await desk.press("B")
    await answered(desk, "out")
    await desk.press("y")
    await desk.settle()
    assert "Batch" in desk.status
    await back_to_the_board(desk)
    return max(Path("out").glob("*.837")).read_text()


async def paid_and_denied(desk: Desk, claims: str, number: str, fate: str, day: str) -> None:
    """The payer answers; its three files are taken in."""
    answers = answer(claims, fates={number: fate}, day=day)
    for name, text in (("a.999", answers.syntax), ("b.277", answers.claims), ("c.835", answers.remittance)):
        path = Path(f"{day}-{name}")
        path.write_text(text)
        said = await taken_in(desk, path)
        assert path.name in said
        assert "Not done" not in said


def control_number_of(claims: str, last: str) -> str:
    """CLM01 of the claim of a subscriber."""
    after = claims[claims.index(f"*{last.upper()}*") :]
    return after[after.index("CLM*") + 4 :].split("*")[0]


@pytest.mark.parametrize("size", [SMALL], ids=["80x24"])  # the keys are the same at every size
async def test_a_day_from_encounter_to_statement_goes_through_the_screens_and_every_balance_is_proved(
    day: Path, size: tuple[int, int]
) -> None:
    encounter_csv(day / "visits.csv")
    async with at_work(size) as desk:
        assert "1 new encounters" in await taken_in(desk, Path("visits.csv"))
        assert "already here" in await taken_in(desk, Path("visits.csv"))
        await coded(desk)
        first = await sent(desk)
        number = control_number_of(first, "Quillfeather")
        await paid_and_denied(desk, first, number, "CO-197", "20261124")

        await into(desk, "denials")
        await filtered(desk, f"claim:{number}")
        await desk.press("enter")
        await desk.settle()
        assert "CO-197" in desk.text("#title")
        await desk.press("c", "2")
        await answered(desk, "A778812")
        assert "frequency" in desk.status or "version 2" in desk.status
        await back_to_the_board(desk)

        second = await sent(desk)
        assert "11:B:7" in second
        assert "REF*G1*A778812" in second
        await paid_and_denied(desk, second, number, "paid", "20261130")

        await into(desk, "statements")
        await desk.press("S")
        await answered(desk, "letters")
        await desk.press("y")
        await desk.settle()
        assert "statements sent" in desk.status
        await back_to_the_board(desk)
    assert list(Path("letters").glob("*.pdf"))
    proved(os.environ["SUPERBILL_DB"])
