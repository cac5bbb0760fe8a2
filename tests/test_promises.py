"""The page of promises names tests that exist, and every promise has one."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "PROMISES.md").read_text(encoding="utf-8")


def test_every_promise_names_tests_that_exist() -> None:
    rows = re.findall(r"(?m)^\| (P\d+) \| [^|]+ \| ([^|]+) \|$", PAGE)
    assert [name for name, _ in rows] == [f"P{number}" for number in range(1, 26)]
    for name, proofs in rows:
        named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", proofs)
        assert named, name
        for path, test in named:
            assert re.search(rf"(?m)^(async )?def {test}\(", (ROOT / path).read_text(encoding="utf-8")), (name, test)
        for bench in re.findall(r"`python -m tests\.bench\.(\w+)`", proofs):
            assert (ROOT / "tests" / "bench" / f"{bench}.py").is_file(), (name, bench)
