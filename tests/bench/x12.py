"""How fast claim files are written and answers read, and how much memory that takes, beside pyx12 in the same run.

    python -m tests.bench.x12 [--claims 50000] [--pyx12-claims 2000]

Writes 837P files of invented claims, answers them with a 999 (a fault in every claim) and a 277CA (one of twenty
rejected), and reads them.
Every row runs in a process of its own that finds its file ready, so that its memory is its own: the peak above that of
the bare imports, the file's text among it, for all claims and for a fifth of them.  pyx12 gets fewer claims, since it
would take minutes; it validates as it reads.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from store.x12.ack_values import BatchClaim, SetFault
from store.x12.acks import walk_acks
from store.x12.claim_reading import claims_of
from store.x12.professional import CLAIMS_PER_SET, write_professional
from store.x12.segments import Reader
from tests.store.x12.samples import CONTROL, SUBMITTER, many_claims, validator_complaints

Timed = tuple[int, float, int]
Row = Callable[[int, Path], Timed]
Maker = Callable[[int], str]
_ISA = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*US             *260310*0800*^*00501*000000905*0*T*:~"


def wrap(kind: str, functional: str, version: str, bodies: list[str]) -> str:
    sets = "".join(
        f"ST*{kind}*{number:04d}*{version}~{body}SE*{body.count('~') + 2}*{number:04d}~"
        for number, body in enumerate(bodies, 1)
    )
    head = f"{_ISA}GS*{functional}*A*B*20260310*0800*7*X*{version}~"
    return f"{head}{sets}GE*{len(bodies)}*7~IEA*1*000000905~"


def syntax_text(claims: int) -> str:
    """A 999 with a fault in every claim."""
    sets = max(1, -(-claims // CLAIMS_PER_SET))
    parts = ["AK1*HC*45*005010X222A1~"]
    for number in range(1, sets + 1):
        parts.append(f"AK2*837*{number:04d}*005010X222A1~")
        for n in range(min(CLAIMS_PER_SET, claims)):
            parts.append(f"IK3*CLM*{n + 20}*2300*8~CTX*CLM01:C{n:07d}~IK4*2*782*6*1.234~")
        parts.append("IK5*E*5~")
    return wrap("999", "FA", "005010X231A1", ["".join([*parts, f"AK9*E*{sets}*{sets}*{sets}~"])])


def answers_text(claims: int) -> str:
    """A 277CA with one verdict for each claim, every twentieth a rejection with the line that is wrong."""
    parts = [
        "BHT*0085*08*B000123*20260310*0800*TH~HL*1**20*1~NM1*PR*2*ACME HEALTH*****PI*ACME1~TRN*1*77~"
        "DTP*050*D8*20260310~DTP*009*D8*20260310~HL*2*1*21*1~NM1*41*2*US*****46*US1~TRN*2*B000123~STC*A1:19:PR*20260310*WQ*300~"
        f"QTY*90*{claims}~HL*3*2*19*1~NM1*85*2*MAPLE*****XX*1234567893~TRN*1*0~STC*A1:19:PR**WQ*300~"
    ]
    for n in range(claims):
        bad = n % 20 == 0
        verdict = "A7:562:82*20260310*U" if bad else "A2:20:PR*20260310*WQ"
        parts.append(
            f"HL*{n + 4}*3*PT~NM1*QC*1*DOE*JANE****MI*W{n:09d}~TRN*2*C{n:07d}~STC*{verdict}*125.5~REF*1K*P{n}~"
            "DTP*472*D8*20260227~"
        )
        if bad:
            parts.append("SVC*HC:ZZ101*125.5*****1~STC*A7:454**U~REF*FJ*1~DTP*472*D8*20260227~")
    return wrap("277", "HN", "005010X214", ["".join(parts)])


def claims_text(claims: int) -> str:
    """An 837P with all claims."""
    return write_professional(many_claims(claims), SUBMITTER, CONTROL)


def peak() -> int:
    """Peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def clocked(work: Callable[[], int]) -> Timed:
    """What `work` counted, how long it took, and by how many MB it raised the peak."""
    before, start = peak(), time.perf_counter()
    counted = work()
    return counted, time.perf_counter() - start, peak() - before


def write_row(claims: int, _: Path) -> Timed:
    """Batches of a thousand claims, as they are sent; each text is let go before the next."""
    lines, seconds, before = 0, 0.0, peak()
    for n in range(0, claims, 1000):
        batch = many_claims(min(1000, claims - n), seed=n)
        start = time.perf_counter()
        lines += write_professional(batch, SUBMITTER, CONTROL).count("~LX*")
        seconds += time.perf_counter() - start
    return lines, seconds, peak() - before


def one_file_row(claims: int, _: Path) -> Timed:
    """All claims in one file; the claims themselves are made before the memory is looked at."""
    made = many_claims(claims)
    return clocked(lambda: write_professional(made, SUBMITTER, CONTROL).count("~LX*"))


def read_row(_: int, path: Path) -> Timed:
    """The 837P, claim by claim."""
    return clocked(lambda: sum(1 for whole in Reader(path.read_bytes()).sets() for _ in claims_of(whole)))


def syntax_row(_: int, path: Path) -> Timed:
    """The 999, fault by fault."""
    return clocked(lambda: sum(isinstance(told, SetFault) for _, told in walk_acks(Reader(path.read_bytes()))))


def answers_row(_: int, path: Path) -> Timed:
    """The 277CA, claim by claim."""
    return clocked(lambda: sum(isinstance(told, BatchClaim) for _, told in walk_acks(Reader(path.read_bytes()))))


def pyx12_row(claims: int, path: Path) -> Timed:
    """Its validator, whatever its verdict."""

    def work() -> int:
        validator_complaints(path.read_text())
        return claims

    return clocked(work)


def pyx12_segments_row(_: int, path: Path) -> Timed:
    """Its bare reader of segments, without any guide; verdicts (STC) are counted."""
    import pyx12.x12file

    def work() -> int:
        segments = pyx12.x12file.X12Reader(io.StringIO(path.read_text()))
        return sum(1 for segment in segments if segment.get_seg_id() == "STC")

    return clocked(work)


ROWS: tuple[tuple[str, Maker | None, Row, bool], ...] = (
    ("write 837P, files of 1,000 (lines)", None, write_row, False),
    ("write 837P, one file (lines)", None, one_file_row, False),
    ("read 837P (claims)", claims_text, read_row, False),
    ("read 999 (faults)", syntax_text, syntax_row, False),
    ("read 277CA (claims)", answers_text, answers_row, False),
    ("pyx12: validate 837P (claims)", claims_text, pyx12_row, True),
    ("pyx12: validate 999 (faults)", syntax_text, pyx12_row, True),
    ("pyx12: validate 277CA (claims)", answers_text, pyx12_row, True),
    ("pyx12: segments of the 277CA (verdicts)", answers_text, pyx12_segments_row, True),
)


def save(make: Maker, claims: int, path: Path) -> None:
    """Writes the file that a row reads."""
    path.write_text(make(claims))


def results(claims: int, few: int) -> Iterator[tuple[str, Timed, Timed]]:
    """Each row for all claims and for a fifth of them, every one in a fresh process."""
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.x12"
        for name, make, row, slow in ROWS:
            found: list[Timed] = []
            for size in (few, few // 5) if slow else (claims, claims // 5):
                if make:
                    with spawn.Pool(1) as pool:
                        pool.apply(save, (make, size, path))
                with spawn.Pool(1) as pool:
                    found.append(pool.apply(row, (size, path)))
            yield name, found[0], found[1]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--claims", type=int, default=50_000)
    options.add_argument("--pyx12-claims", type=int, default=2_000)
    chosen = options.parse_args()
    print(f"{'':40} {'count':>8} {'seconds':>8} {'per second':>10} {'MB':>6} {'MB of a fifth':>14}")
    for name, (count, seconds, memory), (_, _, fifth) in results(chosen.claims, chosen.pyx12_claims):
        rate = count / seconds if seconds else 0.0
        print(f"{name:40} {count:>8,} {seconds:>8.2f} {rate:>10,.0f} {memory:>6} {fifth:>14}", flush=True)


if __name__ == "__main__":
    main()
