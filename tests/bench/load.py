"""Many people at one queue: every item handed out once, none lost, and how long "get next" takes.

    python -m tests.bench.load [--items 10000] [--sqlite 20] [--postgresql 50,100] [--pace 0] [--most 0] [--seconds 600]

Each person is a process of its own with a connection of its own.  It takes the next item, writes a remark under the
lease and finishes the item, until all are worked.  `--pace` is the seconds from one item of a person to the next (a
person's pace is seconds, not milliseconds); without it everybody takes as fast as the machine gives.  Beside each line
stands the floor: as many processes on as many rows of a bare table, `SELECT ... FOR UPDATE SKIP LOCKED`, marked and
closed, without lanes, fences, rules or trail.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from codesets import open_library
from store.db import open_engine
from tests.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.postgres import running
from tests.store.conftest import make_template
from tests.store.together.hands import Taken, floor_items, many_items, percentile, together, twice
from tests.store.world import DAY, World, on


def practices(options: argparse.Namespace) -> Iterator[tuple[str, int, World]]:
    """A new practice on each kind of database for each number of people; the server is durable, as a practice's is."""
    with tempfile.TemporaryDirectory() as folder, running(durable=True) as server, open_library() as library:
        kinds: tuple[tuple[str, Databases, str], ...] = (
            ("SQLite", SqliteDatabases(Path(folder)), options.sqlite),
            ("PostgreSQL", PostgresDatabases(server), options.postgresql),
        )
        for name, databases, numbers in kinds:
            template = make_template(databases)
            for hands in filter(None, numbers.split(",")):
                url = databases.copied(template)
                yield name, int(hands), World(url, open_engine(url), library)


def measured(world: World, options: argparse.Namespace, hands: int) -> None:
    """One line for the program and one for the floor."""
    many_items(world, options.items)
    for plainly in (False, True):
        if plainly:
            floor_items(world)
        begun = time.perf_counter()
        most = options.most or 10**9
        taken = together(world, hands, options.seconds, most, pace=options.pace, plainly=plainly)
        told("floor" if plainly else "program", hands, taken, time.perf_counter() - begun)
        if not plainly:
            proved(world, taken, whole=len(taken) >= options.items)


def told(what: str, hands: int, taken: list[Taken], seconds: float) -> None:
    """How many, how fast, how long for one."""
    rate = len(taken) / seconds
    p50, p99, most = percentile(taken, 50), percentile(taken, 99), max(one.seconds for one in taken) * 1000
    print(f"  {what:<8} {hands:>4} hands {len(taken):>7} items {rate:>7.1f}/s   get next p50 {p50:>7.1f}  "
          f"p99 {p99:>7.1f}  most {most:>7.1f} ms", flush=True)  # fmt: skip
    if later := after_the_first(taken):
        print(f"  {'':<8} after each one's first, for which a program warms up{'':>11} "
              f"p50 {percentile(later, 50):>7.1f}  p99 {percentile(later, 99):>7.1f} ms", flush=True)  # fmt: skip


def after_the_first(taken: list[Taken]) -> list[Taken]:
    """What each person was given but the first."""
    begun: set[int] = set()
    return [one for one in taken if one.user_id in begun or begun.add(one.user_id)]  # type: ignore[func-returns-value]


def proved(world: World, taken: list[Taken], *, whole: bool) -> None:
    """Once each, none lost, and the books even; what was wrong ends the run."""
    assert twice(taken) == [], "an item was handed out twice"
    assert len({one.item_id for one in taken}) == len(taken)
    remarks = world.sql("SELECT count(*) FROM remark WHERE text='worked'")[0][0]
    assert remarks >= len(taken), "a remark that was acknowledged is lost"
    if whole:
        left = world.sql("SELECT count(*) FROM work_item WHERE queue='coding' AND open")[0][0]
        assert left == 0, f"{left} items were left"
    assert world.sql("SELECT coalesce(sum(cents), 0) FROM posting")[0][0] == 0
    assert (faults := world.faults()) == [], faults[:3]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--sqlite", default="20")
    parser.add_argument("--postgresql", default="50,100")
    parser.add_argument("--pace", type=float, default=0.0)
    parser.add_argument("--most", type=int, default=0, help="items of one person, 0 for all")
    parser.add_argument("--seconds", type=float, default=600.0)
    options = parser.parse_args()
    with on(DAY):
        for name, hands, world in practices(options):
            load = os.getloadavg()[0]
            print(f"{name}, {options.items} items, pace {options.pace} s; load of the machine before: {load:.1f}")
            measured(world, options, hands)
            world.engine.dispose()


if __name__ == "__main__":
    main()
