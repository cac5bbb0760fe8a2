"""Makes the README's pictures from the real screens: `python -m tests.pictures`.

The demo practice, its date and the keys are fixed, so that a picture changes only when its screen does.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from store.demo.make import Plan, make_demo
from store.practice import Practice
from tests.tui.support import Desk
from tui.app import SuperbillApp

FOLDER = Path(__file__).parents[1] / ".pictures"
TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Picture:
    """One picture: what is pressed before it is taken; a string of several characters after '=' is typed."""

    name: str
    keys: Sequence[str]
    size: tuple[int, int] = (120, 34)


PICTURES = (
    Picture("board", (), (100, 19)),
    Picture("desk", ("enter", "enter", "tab", "enter", "enter", "h", "enter")),
    Picture("denials", ("colon", "=denials", "enter")),
    Picture("why", ("colon", "=denials", "enter", "enter", "y")),
    Picture("statement", ("colon", "=statements", "enter", "enter", "3")),
)


async def take(picture: Picture) -> None:
    """Plays the keys and writes the SVG."""
    app = SuperbillApp(Practice.open)
    async with app.run_test(size=picture.size) as pilot:
        desk = Desk(app, pilot, None)
        await desk.settle()
        for key in picture.keys:
            await (desk.type(key[1:]) if key.startswith("=") else desk.press(key))
            await desk.settle()
        svg = app.export_screenshot(title="superbill")
    # The fonts that the picture would fetch from elsewhere are left to the reader's own.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    (FOLDER / f"{picture.name}.svg").write_text(svg, encoding="utf-8")


def main() -> None:
    """Makes every picture."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SUPERBILL_NOW"] = f"{TODAY.isoformat()}T10:00:00+00:00"
        os.environ["SUPERBILL_DB"] = make_demo(Path(folder), Plan(300, 7, TODAY), lambda *_: None)
        for picture in PICTURES:
            asyncio.run(take(picture))


if __name__ == "__main__":
    main()
