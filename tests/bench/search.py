"""How well and how fast the code search finds what coders type, beside a plain full-text search.

    python -m tests.bench.search QUERIES.tsv [--library FILE] [--every N] [--misses]

QUERIES.tsv has the columns query, gold and kind; gold is one code or several parted by |, and a code
that is not billable stands for every code under it.  Prints per kind how often a right code comes
first (R@1) and among the first ten (R@10), then the time of every key press while each N-th query is
typed letter by letter, and the memory above an empty interpreter.
"""

from __future__ import annotations

import argparse
import csv
import re
import resource
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import codesets

Search = Callable[[str], list[str]]
Query = tuple[str, tuple[str, ...], str]


def read_queries(path: Path) -> list[Query]:
    with path.open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["query"], tuple(row["gold"].split("|")), row["kind"]) for row in rows]


def rank_of(found: list[str], gold: tuple[str, ...]) -> int | None:
    wanted = tuple(code.replace(".", "") for code in gold)
    for place, code in enumerate(found):
        if code.replace(".", "").startswith(wanted):
            return place
    return None


def fts5_baseline(library: Path) -> Search:
    """Every title in FTS5, every typed word a prefix, any of them, best bm25 first."""
    memory = sqlite3.connect(":memory:")
    memory.execute("CREATE VIRTUAL TABLE titles USING fts5(code UNINDEXED, title)")
    source = sqlite3.connect(f"{library.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    memory.executemany(
        "INSERT INTO titles VALUES (?, ?)", source.execute("SELECT code, title FROM code WHERE billable")
    )
    source.close()

    def search(text: str) -> list[str]:
        words = re.findall(r"[a-z0-9]+", text.lower())
        if not words:
            return []
        match = " OR ".join(f'"{word}"*' for word in words)
        sql = "SELECT code FROM titles WHERE titles MATCH ? ORDER BY bm25(titles) LIMIT 10"
        return [code for (code,) in memory.execute(sql, (match,))]

    return search


def quality(name: str, search: Search, queries: list[Query], misses: bool) -> None:
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for text, gold, kind in queries:
        found = search(text)
        rank = rank_of(found, gold)
        for group in (kind, kind.split("_")[0] + " (all)", "~ all"):
            total = totals[group]
            total[0] += 1
            total[1] += rank == 0
            total[2] += rank is not None and rank < 10
        if misses and rank != 0:
            print(f"  {kind:22} {text!r} wanted {'|'.join(gold)} rank {rank} got {found[:3]}")
    print(f"\n{name}\n{'kind':24}{'n':>5}{'R@1':>8}{'R@10':>8}")
    for group, (count, first, ten) in sorted(totals.items()):
        print(f"{group:24}{count:5}{first / count:8.3f}{ten / count:8.3f}")


def keystrokes(name: str, search: Search, queries: list[Query]) -> None:
    times = []
    for text, _, _ in queries:
        for end in range(1, len(text) + 1):
            start = time.perf_counter()
            search(text[:end])
            times.append((time.perf_counter() - start) * 1000)
    times.sort()
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    print(f"{name}: {len(times)} key presses, p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {times[-1]:.1f} ms")


MEMORY = """
import resource, sys
rss = lambda: int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1e6
empty = rss()
import codesets, time
from pathlib import Path
start = time.perf_counter(); library = codesets.open_library(Path(sys.argv[1])); opened = time.perf_counter() - start
start = time.perf_counter(); library.search("chest pain"); first = time.perf_counter() - start
for text in sys.stdin.read().splitlines():
    library.search(text)
print(f"open {opened * 1000:.0f} ms, first search {first * 1000:.0f} ms, memory {rss() - empty:.1f} MB above empty")
"""


def memory(library: Path, queries: list[Query]) -> None:
    text = "\n".join(query for query, _, _ in queries)
    subprocess.run([sys.executable, "-c", MEMORY, str(library)], input=text, text=True, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--library", type=Path, default=None)
    parser.add_argument("--every", type=int, default=8)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--no-baseline", action="store_true")
    options = parser.parse_args()
    queries = read_queries(options.queries)
    with codesets.open_library(options.library) as library:
        ours: Search = lambda text: [hit.code for hit in library.search(text, limit=10)]  # noqa: E731
        quality("superbill", ours, queries, options.misses)
        engines = {"superbill": ours}
        if not options.no_baseline:
            engines["FTS5"] = fts5_baseline(library.path)
            quality("FTS5", engines["FTS5"], queries, False)
        for name, engine in engines.items():
            keystrokes(name, engine, queries[:: options.every])
        memory(library.path, queries)
    print(f"peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB")


if __name__ == "__main__":
    main()
