"""The coding edits over the whole code set, and how long they take.

    python -m tests.bench.edits [--library FILE] [--every N]

Runs every edit on an encounter with each code (or each N-th) of ICD-10-CM beside a common one, prints how often each
edit speaks, and the time of a whole pass over encounters of 2 and of 12 diagnoses.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from datetime import date
from pathlib import Path

from codesets import CodeLibrary, open_library
from codesets.edits import CodedEncounter, CodedLine, Diagnosis, check

ALL = "SELECT code, valid_from FROM code WHERE system = 'ICD10CM' ORDER BY id"
BILLABLE = "SELECT code FROM code WHERE system = 'ICD10CM' AND billable AND valid_to IS NULL"
DAY = date(2026, 10, 5)
FIRST = date(2025, 10, 1)
BESIDE = "E11.9"


def over_all_codes(library: CodeLibrary, every: int) -> None:
    told: Counter[str] = Counter()
    rows = library.rows(ALL)[::every]
    start = time.process_time()
    for code, begun in rows:
        on = max(date.fromisoformat(begun), FIRST) if begun else FIRST
        encounter = CodedEncounter(dos=on, dx=(Diagnosis(BESIDE), Diagnosis(code)), sex="F", birth=date(1980, 1, 1))
        told.update(finding.edit for finding in check(encounter, library))
    spent = time.process_time() - start
    print(f"{len(rows)} codes beside {BESIDE}: no error; {spent * 1000 / len(rows):.2f} ms each")
    for edit, count in told.most_common():
        print(f"  {edit:20} {count:6}")


def passes(library: CodeLibrary) -> None:
    """Random codes, none seen before: the worst that can be asked."""
    chosen = random.Random(4)
    codes = [code for (code,) in library.rows(BILLABLE)]
    lines = tuple(CodedLine(n, "G0463", pointers=(1,), pos="11") for n in (1, 2, 3))
    for count in (2, 12):
        times = []
        for _ in range(200):
            dx = tuple(map(Diagnosis, chosen.sample(codes, count)))
            start = time.process_time()
            check(CodedEncounter(dos=DAY, dx=dx, lines=lines), library)
            times.append((time.process_time() - start) * 1000)
        times.sort()
        print(f"{count} random diagnoses, 3 lines: median {times[100]:.1f} ms, 99th of 100 {times[197]:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, default=None)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    with open_library(options.library) as library:
        passes(library)
        over_all_codes(library, options.every)


if __name__ == "__main__":
    main()
