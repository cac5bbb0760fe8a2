"""How long the denial queue takes to open, to sort and to be moved in, with many rows.

    python -m tests.bench.denials [--rows 100000]

A new practice file with one denied line for each claim, valued as posting values them.  Prints the time of the first
page (figures and rows), of each sort, of a filter, of a page deep in the list, of the next item, of the board, of the
daily order, and on the screen of opening the list and of a key in it.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert
from sqlmodel import Session

from store import clock
from store.db import writer
from store.denials.due import CarryOnDenials
from store.practice import Practice
from store.tables import ArchivedFile, Denial, DenialWorth, RemitClaim, Remittance, WorkItem
from store.work.values import SortKey, View
from tests.bench.remits import DOS, practice_of
from tests.tui.support import Desk
from tui.app import SuperbillApp
from tui.screens.queue import QueueScreen

REASONS = ("16", "29", "50", "97", "197", "252", "27", "22")
LIMIT = 60
"""Rows that a screen asks for at once."""


def denied(practice: Practice, count: int) -> None:
    """One denial for each claim, with its value and its item."""
    today = clock.today()
    with Session(writer(practice.engine)) as session:
        session.add(
            ArchivedFile(id=1, kind="835", direction="in", name="b", sha256="b", size=0, content=b"", at=clock.now())
        )
        session.flush()
        session.add(
            Remittance(
                id=1, file_id=1, fingerprint="b", segment=3, set_control="1", payer_name="P", payer_code="PRMUT",
                trace="T", method="NON", paid_on=DOS, payee_npi="", posted_at=clock.now(),
            )
        )  # fmt: skip
        session.flush()

        def put(model: type, row: Callable[[int], dict[str, object]]) -> None:
            for start in range(1, count + 1, 5000):
                rows = [row(n) for n in range(start, min(count + 1, start + 5000))]
                session.execute(insert(model.__table__), rows)  # type: ignore[attr-defined]

        put(RemitClaim, lambda n: {"id": n, "remittance_id": 1, "claim_id": n, "segment": n, "control_number": f"B{n}",
                                   "status": "1", "charge": 22700, "paid": 0, "state": "matched"})  # fmt: skip
        put(Denial, lambda n: {"id": n, "claim_id": n, "remit_claim_id": n, "group": "CO", "state": "OPEN",
                               "reason": REASONS[n % 8], "category": "other", "cents": 1000 + n * 37 % 50000,
                               "opened_on": today, "deadline": today + timedelta(days=n % 120 - 5)})  # fmt: skip
        put(DenialWorth, lambda n: {"denial_id": n, "chance": 500, "won": 0, "tried": 0, "basis": "b", "at_stake": 1000,
                                    "minutes": 10, "effort": 700, "cents": n * 41 % 40000})  # fmt: skip
        put(WorkItem, lambda n: {"id": n, "queue": "denials", "subject_id": n, "open": True, "opened_on": today,
                                 "due": today + timedelta(days=n % 120 - 5), "score": n * 41 % 40000,
                                 "cents": 1000 + n * 37 % 50000, "reason": "r"})  # fmt: skip
        session.commit()


def timed(called: str, what: Callable[[], object], times: int = 3) -> None:
    """Print the best and the worst of a few runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        what()
        taken.append((time.perf_counter() - start) * 1000)
    print(f"{called:34} {min(taken):7.0f} ms best {max(taken):7.0f} ms worst")


async def on_screen(practice: Practice, keys: int = 40) -> None:
    """Print how long the list takes to open, and a key from the press to the drawn row."""
    app = SuperbillApp(lambda: practice)
    async with app.run_test(size=(120, 40)) as pilot:
        desk = Desk(app, pilot, None)
        await desk.settle()
        start = time.perf_counter()
        app.push_screen(QueueScreen(app.session, "denials"))
        await desk.settle()
        print(f"{'the list opened on the screen':34} {(time.perf_counter() - start) * 1000:7.0f} ms")
        taken = []
        for number in range(keys):
            start = time.perf_counter()
            await pilot.press("pagedown" if number % 4 == 3 else "j")
            taken.append((time.perf_counter() - start) * 1000)
        taken.sort()
        print(f"{'a key in the list':34} {taken[keys // 2]:7.0f} ms median {taken[-1]:6.0f} ms worst")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        practice = practice_of(Path(folder) / "bench.db", rows)
        denied(practice, rows)
        print(f"{rows:,} denials")
        timed("first page", lambda: practice.page("denials", View(), start=0, limit=LIMIT))
        for column in ("slk", "claim", "patient", "payer", "carc", "cat", "den", "ev", "lv"):
            view = View(sort=(SortKey(column, True),))
            timed(f"sorted by {column}", lambda view=view: practice.page("denials", view, start=0, limit=LIMIT))  # type: ignore[misc]
        deep = rows - 2 * LIMIT
        timed("a page at the end", lambda: practice.page("denials", View(), start=deep, limit=LIMIT))
        filtered = View(filter="carc:197 den:>100")
        timed("filtered", lambda: practice.page("denials", filtered, start=0, limit=LIMIT))
        timed("why", lambda: practice.why(7))
        timed("record", lambda: practice.record("denials", 7))
        timed("next item", lambda: practice.next_item("denials"))
        timed("board", practice.board)
        asyncio.run(on_screen(practice))
        timed("put in order for the day", lambda: practice.do(CarryOnDenials()), 1)
        practice.close()


if __name__ == "__main__":
    main()
