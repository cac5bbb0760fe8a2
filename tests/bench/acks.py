"""How fast acknowledgements are taken in (claims matched, histories written, states moved), and in how much memory.

    python -m tests.bench.acks [--claims 5000 50000] [--no-pyx12]

Each size is one file of so many claims that went out: a 999 with a fault on every claim, then a 277CA with a verdict on
each, every twentieth a rejection with a row in its queue.  The files are those of `tests.bench.x12`, where they are
only read; pyx12's bare reader splits the same 277CA in the same run.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlmodel import Session

from store import clock
from store.claims.acks import ImportAcks
from store.db import writer
from store.practice import Practice
from store.tables import Batch
from tests.bench.remits import _forget, _peak, practice_of
from tests.bench.x12 import answers_text, syntax_text


def sent(path: Path, count: int) -> Practice:
    """A practice whose claims C0000000, C0000001, ... all went out in one file."""
    practice = practice_of(path, count)
    with Session(writer(practice.engine)) as session:
        connection = session.connection()
        connection.exec_driver_sql("UPDATE claim SET control_number = 'C' || printf('%07d', id - 1)")
        session.add(
            Batch(
                id=1, series="T", interchange=45, group=45, set_control="0001", reference="B000123", file_name="b.837",
                sha256="", usage="T", state="DELIVERED", made_at=clock.now(), claims=count, charge=1,
            )
        )  # fmt: skip
        session.flush()
        connection.exec_driver_sql("UPDATE claim_version SET batch_id = 1")
        session.commit()
    return practice


def taking_in(count: int, *, beside: bool) -> None:
    """One line a file."""
    files = (("999", syntax_text(count)), ("277CA", answers_text(count)))
    with tempfile.TemporaryDirectory() as folder:
        practice = sent(Path(folder) / "bench.db", count)
        for name, text in files:
            content = text.encode()
            before = _forget()
            start = time.perf_counter()
            done = practice.do(ImportAcks(name, content))
            taken = time.perf_counter() - start
            memory = _peak() - before
            print(f"{name:6} {count:6} claims ({len(content) / 1e6:.1f} MB): {count / taken:6.0f}/s ({taken:.2f} s), "
                  f"{memory:.0f} MB above  {done.said}", flush=True)  # fmt: skip
        practice.close()
    if beside:
        import pyx12.x12file

        start = time.perf_counter()
        segments = sum(1 for _ in pyx12.x12file.X12Reader(io.StringIO(files[1][1])))
        taken = time.perf_counter() - start
        print(f"pyx12 splits the same 277CA: {segments} segments, {count / taken:.0f} claims/s ({taken:.2f} s)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, nargs="+", default=[5_000, 50_000])
    parser.add_argument("--no-pyx12", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        taking_in(options.claims[0], beside=not options.no_pyx12)
        return
    for count in options.claims:  # a process each, so that the memory of one is not the other's
        words = ["-m", "tests.bench.acks", "--one", "--claims", str(count), *(["--no-pyx12"] * options.no_pyx12)]
        subprocess.run([sys.executable, *words], check=True)


if __name__ == "__main__":
    main()
