"""Fuzzing for as long as one likes: every reader of files from outside, again and again, by a seed that is told.

    python -m tests.bench.fuzz [--examples 2000] [--only NAME] [--seed 1]

What falls over is printed with the file that did it, as small as it can be made; `--seed` brings the same files again.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import traceback
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings

from tests.fuzz.damage import thrown
from tests.fuzz.readers import READERS, Reader, survives


def fuzzed(reader: Reader, examples: int, number: int) -> bool:
    """Whether the reader stood."""
    with tempfile.TemporaryDirectory() as folder:

        @seed(number)
        @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(thrown(reader.seeds))
        def tried(data: bytes) -> None:
            survives(reader, data, Path(folder))

        begun = time.perf_counter()
        try:
            tried()
        except Exception:
            print(f"{reader.name}: FELL after {time.perf_counter() - begun:.0f} s")
            traceback.print_exc(limit=-4)
            return False
        print(f"{reader.name}: {examples} files, none got through, {time.perf_counter() - begun:.0f} s", flush=True)
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=2000)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    stood = [fuzzed(one, options.examples, options.seed) for one in READERS if options.only in one.name]
    raise SystemExit(0 if all(stood) else 1)


if __name__ == "__main__":
    main()
