"""kill -9 at random moments of import, coding, posting and statement runs, on both databases.

    python -m tests.bench.kills [--trials 300] [--databases sqlite,postgresql] [--seed 1] [--round 24]

After each kill every acknowledged action has to be there and `superbill check` to find nothing; after each round of
trials everything that was left is done under its own key, once.  Of each kind it is told how many were killed at work
(the others had finished before their moment came).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from codesets import open_library
from store.db import open_engine
from tests.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.postgres import running
from tests.store.conftest import make_template
from tests.store.together.killed import KINDS, finish, prepare, trial
from tests.store.world import DAY, World, on


def trials(databases: Databases, name: str, options: argparse.Namespace) -> None:
    """All trials on one kind of database, in rounds that begin with the same practice."""
    killed: Counter[str] = Counter()
    begun = time.perf_counter()
    with open_library() as library, tempfile.TemporaryDirectory() as scratch:
        template = make_template(databases)
        engine = open_engine(template)
        work = prepare(World(template, engine, library), 6)
        engine.dispose()
        for start in range(0, options.trials, options.round):
            url = databases.copied(template)
            world = World(url, open_engine(url), library)
            folder, acks = Path(scratch) / f"out{start}", Path(scratch) / f"acks{start}"
            for number in range(start, min(start + options.round, options.trials)):
                kind = KINDS[number % len(KINDS)]
                killed[kind] += trial(world, work, kind, folder, acks, options.seed * 100_000 + number)
            finish(world, work, folder)
            world.engine.dispose()
            done = min(start + options.round, options.trials)
            print(f"  {name}: {done} trials, killed at work {dict(killed)}, nothing lost, every check clean, "
                  f"{time.perf_counter() - begun:.0f} s", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--round", type=int, default=24)
    options = parser.parse_args()
    with on(DAY), tempfile.TemporaryDirectory() as folder, running(durable=True) as server:
        kinds: dict[str, Databases] = {
            "sqlite": SqliteDatabases(Path(folder)), "postgresql": PostgresDatabases(server)}  # fmt: skip
        for name in options.databases.split(","):
            trials(kinds[name], name, options)


if __name__ == "__main__":
    main()
