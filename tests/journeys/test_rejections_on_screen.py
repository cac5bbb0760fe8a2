"""A rejection's day at the real screens: looked at, asked about, mended, sent again; and how many keys that takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median

import pytest
from sqlmodel import Session, col, select

from store.claims import archive
from store.claims.acks import ImportAcks
from store.claims.batch import MakeBatch
from store.practice import Practice
from store.tables import ArchivedFile, Batch, Claim, Coverage
from tests.journeys.sitting import Counted, answered, at_work, back_to_the_board, filtered, into
from tests.payer import answer
from tests.tui.support import LARGE, SMALL

MOST_KEYS = 12


def rejected(practice: Practice) -> list[str]:
    """Sends every claim that is ready; the payer rejects them all.  Their numbers, then those rejected before."""
    batch_id = practice.do(MakeBatch()).result
    with Session(practice.engine) as session:
        query = select(ArchivedFile).join(Batch, col(Batch.sha256) == col(ArchivedFile.sha256))
        text = archive.content(session.exec(query.where(Batch.id == batch_id)).one()).decode()
    numbers = [part.split("*")[1] for part in text.split("~") if part.startswith("CLM*")]
    told = answer(text, fates=dict.fromkeys(numbers, "rejected"), day="20261123")
    practice.do(ImportAcks("a.277", told.claims.encode()))
    with Session(practice.engine) as session:
        every = session.exec(
            select(Claim.control_number).where(Claim.state == "REJECTED").order_by(col(Claim.id))
        ).all()
    return [*numbers, *(number for number in every if number not in numbers)]


def state(practice: Practice, number: str) -> str:
    with Session(practice.engine) as session:
        return session.exec(select(Claim.state).where(Claim.control_number == number)).one()


FIXES: Sequence[tuple[str, ...]] = (
    ("c", "3", "backspace", "9", "enter"),  # a digit of the member id
    ("c", "2", *"A7788", "enter"),  # the authorization that was missing
    ("c", "1", "ctrl+u", *"1 ", "enter"),  # a modifier too many, whatever stands there
)


async def test_a_rejection_is_mended_and_sent_again_in_at_most_12_keys(day: Path) -> None:  # noqa: ARG001
    practice = Practice.open()
    numbers = rejected(practice)[: len(FIXES)]
    counts: list[int] = []
    async with at_work(SMALL) as desk:
        await into(desk, "rejections")
        for number, fix in zip(numbers, FIXES, strict=True):
            await filtered(desk, f"claim:{number}")
            hands = Counted(desk)
            await hands.press(*("space" if key == " " else key for key in fix))
            assert state(practice, number) == "READY", desk.status
            await hands.press("B", "enter", "y")
            assert "Batch" in desk.status
            assert state(practice, number) == "SENT"
            counts.append(hands.keys)
    practice.close()
    assert median(counts) <= MOST_KEYS, counts
    assert max(counts) <= MOST_KEYS, counts


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_a_rejection_is_looked_at_asked_about_and_put_back(day: Path, size: tuple[int, int]) -> None:
    practice = Practice.open()
    first, second = rejected(practice)[:2]
    with Session(practice.engine) as session:
        claim = session.exec(select(Claim).where(Claim.control_number == first)).one()
        member = session.get_one(Coverage, claim.coverage_id).member_id
    async with at_work(size) as desk:
        await into(desk, "rejections")
        await filtered(desk, f"claim:{first}")
        assert "member" in desk.text("#rows")
        assert "member number, subscriber: not valid" in desk.text("#preview")
        await desk.press("i")
        await desk.settle()
        assert f"CLM*{first}*" in desk.text("#text")
        assert member in desk.text("#text")
        await desk.press("2")
        assert f"TRN*2*{first}" in desk.text("#text")
        assert second not in desk.text("#text")
        await desk.press("escape")
        await desk.settle()

        await desk.press("r", "2")
        await answered(desk, "is the number on the card the same?")
        assert state(practice, first) == "ROUTED"
        assert "front desk is asked" in desk.status
        await desk.press("v")
        await answered(desk, "deferred")
        assert first in desk.text("#rows")
        await desk.press("p")
        await answered(desk, "the card says so")
        assert state(practice, first) == "REJECTED"
        await desk.press("v")
        await answered(desk, "open")
        await desk.press("z")
        await answered(desk, "proofs")
        assert (day / "proofs" / f"proof_{first}" / "proof.pdf").is_file()

        await filtered(desk, f"claim:{second}")
        await desk.press("R")
        await answered(desk, "they were out")
        assert "1 of them NOT CHANGED" in desk.question
        await desk.press("y")
        await desk.settle()
        assert state(practice, second) == "READY"
        await back_to_the_board(desk)
    practice.close()
