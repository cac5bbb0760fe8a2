"""How well and how fast the code search finds what coders type, beside engines that are well known.

    python -m tests.bench.search QUERIES.tsv [QUERIES.tsv …] [--library FILE] [--every N] [--brute N] [--misses]

A file of queries has the columns query, gold and kind; gold is one code or several parted by |, and a
code that is not billable stands for every code under it.  Prints per kind how often a right code comes
first (R@1) and among the first ten (R@10), for us and for the engines of `search_engines`, all over the
same wordings of the same library; the two brute-force engines read every wording for every query and
so answer only each N-th.  Then the time of every key press while queries are typed letter by letter
(of the processor and of the wall clock), the opening time and the memory above an empty interpreter.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import codesets
from tests.bench.search_engines import Search, engines

Query = tuple[str, tuple[str, ...], str]


def read_queries(path: Path) -> list[Query]:
    with path.open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["query"], tuple(row["gold"].split("|")), row["kind"]) for row in rows]


def rank_of(found: list[str], gold: tuple[str, ...]) -> int | None:
    """The place of the first right code; a code that is not billable stands for all under it."""
    wanted = tuple(code.replace(".", "") for code in gold)
    for place, code in enumerate(found):
        if code.replace(".", "").startswith(wanted):
            return place
    return None


def quality(name: str, search: Search, queries: list[Query], misses: bool) -> None:
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    start = time.perf_counter()
    for text, gold, kind in queries:
        found = search(text)
        rank = rank_of(found, gold)
        for group in {kind, kind.split("_")[0] + " (all)"}:
            total = totals[group]
            total[0] += 1
            total[1] += rank == 0
            total[2] += rank is not None and rank < 10
        if misses and rank != 0:
            print(f"  {kind:22} {text!r} wanted {'|'.join(gold)[:40]} rank {rank} got {found[:3]}")
    each = (time.perf_counter() - start) * 1000 / max(1, len(queries))
    print(f"\n{name}, {each:.1f} ms a query\n{'kind':26}{'n':>6}{'R@1':>8}{'R@10':>8}")
    for group, (count, first, ten) in sorted(totals.items()):
        print(f"{group:26}{count:6}{first / count:8.3f}{ten / count:8.3f}")


def keystrokes(name: str, search: Search, queries: list[Query]) -> None:
    """The time of every key press; the first, which reads the vocabulary, is left to `memory`."""
    search("chest pain")
    work, wall = [], []
    for text, _, _ in queries:
        for end in range(1, len(text) + 1):
            at, clock = time.process_time(), time.perf_counter()
            search(text[:end])
            work.append((time.process_time() - at) * 1000)
            wall.append((time.perf_counter() - clock) * 1000)
    print(f"{name}: {len(work)} key presses, processor {shares(work)}; wall clock {shares(wall)}")


def shares(times: list[float]) -> str:
    times.sort()
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {times[-1]:.1f} ms"


MEMORY = """
import resource, sys
rss = lambda: int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1e6
empty = rss()
import time
from pathlib import Path
start = time.perf_counter()
import codesets
library = codesets.open_library(Path(sys.argv[1]))
opened = time.perf_counter() - start
start = time.perf_counter()
library.search("chest pain")
first = time.perf_counter() - start
for text in sys.stdin.read().splitlines():
    library.search(text)
print(f"open {opened * 1000:.0f} ms, first search {first * 1000:.0f} ms, memory {rss() - empty:.1f} MB above empty")
"""


def memory(library: Path, queries: list[Query]) -> None:
    text = "\n".join(query for query, _, _ in queries)
    subprocess.run([sys.executable, "-c", MEMORY, str(library)], input=text, text=True, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("queries", type=Path, nargs="+")
    parser.add_argument("--library", type=Path, default=None)
    parser.add_argument("--systems", default="", help="narrow our search to these, parted by commas")
    parser.add_argument("--every", type=int, default=8, help="type each N-th query letter by letter")
    parser.add_argument("--brute", type=int, default=20, help="ask the brute-force engines each N-th query")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--alone", action="store_true", help="no other engines")
    options = parser.parse_args()
    queries = [query for path in options.queries for query in read_queries(path)]
    systems = set(options.systems.split(",")) if options.systems else None
    with codesets.open_library(options.library) as library:
        ours: Search = lambda text: [hit.code for hit in library.search(text, limit=10, systems=systems)]  # noqa: E731
        quality("superbill", ours, queries, options.misses)
        keystrokes("superbill", ours, queries[:: options.every])
        memory(library.path, queries)
        for engine in [] if options.alone else engines(library.path):
            asked = queries[:: options.brute] if engine.brute else queries
            quality(
                engine.name + (f" (each {options.brute}th query)" if engine.brute else ""), engine.search, asked, False
            )
            if not engine.brute:
                keystrokes(engine.name, engine.search, queries[:: options.every * 4])


if __name__ == "__main__":
    main()
