"""How the coding desk looks, at the two sizes that matter: suggestions, codes with findings, the search."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.journeys.sitting import found, new_encounter
from tests.tui.support import LARGE, SMALL, Desk


def picture(desk: Desk) -> str:
    """The screen as text."""
    return "\n".join(line.text.rstrip() for line in desk.app.screen._compositor.render_strips())


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_the_desk(day: Path, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with new_encounter(day, size) as desk:
        assert picture(desk) == snapshot(name="suggestions")
        assert "Quillfeather" in picture(desk)
        await desk.press("ctrl+n")
        assert "Quillfeather" not in picture(desk)
        await desk.press("ctrl+n")
        assert "Quillfeather" in picture(desk)
        await desk.press("enter")
        await found(desk, "i", "E10.9")
        await found(desk, "i", "E11.9")
        await found(desk, "h", "ZZ112")
        assert picture(desk) == snapshot(name="findings")
        await desk.press("i")
        await desk.type("cough")
        await desk.settle()
        assert picture(desk) == snapshot(name="search")
        await desk.press("escape", "q")
        await desk.settle()
        assert all(name in picture(desk) for name in ("DOS", "Patient", "Est$", "Stage"))
