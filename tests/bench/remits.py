"""How fast a remittance file is posted, and with how much memory; the reader alone beside pyx12.

    python -m tests.bench.remits [--claims 5000 50000] [--no-pyx12]

Each size is one payment to a new practice file: two lines a claim, contractual and patient share on each, every
tenth claim with a denied line.  Prints claims a second (reading, balancing and posting in one transaction, to the
commit), and the memory that it took above what the process had before.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from store import clock
from store.accounts.books import Book
from store.claims import snapshot
from store.db import open_engine, sqlite_url, writer
from store.people.roles import Actor, Role
from store.people.users import found_practice
from store.practice import Practice
from store.remits.take_in import ImportRemittance
from store.tables import (
    Action,
    Claim,
    ClaimLine,
    ClaimVersion,
    Coverage,
    Encounter,
    Guarantor,
    LedgerEntry,
    Patient,
    Payer,
    Posting,
    Provider,
)  # fmt: skip
from store.x12.remittance import read_remittance
from store.x12.remittance_values import Adjustment, Payment, RemitClaim, RemitLine, RemittanceFile
from tests.store.conftest import practice_row
from tests.store.x12.remit_text import remittance_text
from tests.store.x12.samples import CLAIM

DOS, PAID_ON = date(2026, 3, 2), date(2026, 3, 9)
CHARGES = (19_500, 3_200)


def claims_of(count: int) -> tuple[RemitClaim, ...]:
    return tuple(_claim(number) for number in range(1, count + 1))


def _claim(number: int) -> RemitClaim:
    lines = tuple(_line(number, place, charge) for place, charge in enumerate(CHARGES, 1))
    patient = sum(one.cents for line in lines for one in line.adjustments if one.group == "PR")
    paid = sum(line.paid for line in lines)
    return RemitClaim(
        0, f"B{number}", "1", sum(CHARGES), paid, patient or None, "12", f"ICN{number}", "1", "DOE, JANE", f"M{number}",
        DOS, DOS, 0, (), lines,
    )  # fmt: skip


def _line(number: int, place: int, charge: int) -> RemitLine:
    why = (Adjustment("CO", "45", charge // 4), Adjustment("PR", "2", charge // 5))
    if number % 10 == 0 and place == 2:
        why = (Adjustment("CO", "16", charge),)  # type: ignore[assignment]
    paid = charge - sum(one.cents for one in why)
    return RemitLine(0, f"9921{place}", charge, paid, (), "1", "", DOS, str(place), None, why)


def file_of(count: int) -> bytes:
    """An 835 with one payment of so many claims."""
    claims = claims_of(count)
    one = Payment(
        0, "0001", sum(claim.paid for claim in claims), "C", "ACH", PAID_ON, f"EFT{count}", "1999999999",
        "PRAIRIE MUTUAL", "PRMUT", "LARKFIELD MEDICAL GROUP", "2999900014", "079912345", claims,
    )  # fmt: skip
    return remittance_text(RemittanceFile("PAYER", "LARKFIELD", ("000000001",), (one,))).encode()


def practice_of(path: Path, count: int) -> Practice:
    """A practice whose claims wait for the answers of `file_of`, each of a patient of its own."""
    engine = open_engine(sqlite_url(path))
    found_practice(engine, practice_row(), "owner")
    with Session(writer(engine)) as session:
        session.add(Payer(id=1, payer_id="PRMUT", name="Prairie Mutual", filing="CI"))
        session.add(Provider(id=1, npi="2999900113", last="Hollis", first="Marian"))
        session.add(
            Action(key="0", command="bench", args="", said="", result="", user_id=1, at=clock.now(), undoable=False)
        )
        session.flush()
        _fill(session, range(1, count + 1))
        session.commit()
    return Practice(engine, Actor(1, "owner", Role.OWNER))


def _fill(session: Session, numbers: range) -> None:
    def put(model: type[SQLModel], row: Callable[[int], dict[str, object]]) -> None:
        session.execute(insert(model.__table__), [row(n) for n in numbers])  # type: ignore[attr-defined]

    put(Guarantor, lambda n: {"id": n, "number": f"A{n}", "source_key": f"b:{n}", "last": "Doe", "first": "Jane"})
    put(Patient, lambda n: {"id": n, "number": f"P{n}", "source": "b", "source_id": str(n), "last": "Doe",
                            "first": "Jane", "birth": DOS, "sex": "F", "guarantor_id": n})  # fmt: skip
    put(Coverage, lambda n: {"id": n, "patient_id": n, "payer_id": 1, "order": 1, "member_id": f"M{n}"})
    put(Encounter, lambda n: {"id": n, "number": f"E{n}", "source": "b", "source_id": str(n), "patient_id": n,
                              "provider_id": 1, "service_date": DOS, "state": "BILLED"})  # fmt: skip
    put(Claim, lambda n: {"id": n, "control_number": f"B{n}", "encounter_id": n, "patient_id": n, "guarantor_id": n,
                          "payer_id": 1, "coverage_id": n, "state": "SENT", "charge": sum(CHARGES),
                          "service_from": DOS, "service_to": DOS, "built_on": DOS})  # fmt: skip
    content, digest = snapshot.dump(CLAIM)
    put(ClaimVersion, lambda n: {"claim_id": n, "number": 1, "frequency": "1", "content": content, "sha256": digest,
                                 "charge": sum(CHARGES), "made_at": clock.now()})  # fmt: skip
    for place, charge in enumerate(CHARGES, 1):
        put(
            ClaimLine,
            lambda n, place=place, charge=charge: {  # type: ignore[misc]
                "claim_id": n,
                "control": str(place),
                "code": f"9921{place}",
                "service_date": DOS,
                "charge": charge,
            },
        )
    put(LedgerEntry, lambda n: {"id": n, "ref": f"charge:claim:{n}", "kind": "charge", "entry_date": DOS,
                                "at": clock.now(), "action_id": 1})  # fmt: skip
    for book, sign in ((Book.INSURANCE, 1), (Book.CHARGES, -1)):
        put(
            Posting,
            lambda n, book=book, sign=sign: {  # type: ignore[misc]
                "entry_id": n,
                "book": book,
                "cents": sign * sum(CHARGES),
                "guarantor_id": n,
                "claim_id": n,
                "encounter_id": n,
                "payer_id": 1,
            },
        )


def _peak() -> float:
    """The most memory of this process so far, in MB; the count begins anew after `_forget`."""
    text = Path("/proc/self/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) / 1000


def _forget() -> float:
    Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def posting(count: int) -> None:
    """One line: reading alone, then the whole import."""
    content = file_of(count)
    start = time.perf_counter()
    read_remittance(content, "bench")
    reading = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        practice = practice_of(Path(folder) / "bench.db", count)
        before = _forget()
        start = time.perf_counter()
        done = practice.do(ImportRemittance("bench.835", content))
        taken = time.perf_counter() - start
        memory = _peak() - before
        practice.close()
    size = len(content) / 1e6
    print(f"{count:6} claims ({size:.1f} MB): read {count / reading:7.0f}/s, posted whole {count / taken:6.0f}/s "
          f"({taken:.2f} s), {memory:.0f} MB above  {done.said}")  # fmt: skip


def pyx12_reading(count: int) -> None:
    """The reader alone beside pyx12's, which only splits and checks envelopes."""
    import pyx12.x12file

    text = file_of(count).decode()
    start = time.perf_counter()
    segments = sum(1 for _ in pyx12.x12file.X12Reader(StringIO(text)))
    theirs = time.perf_counter() - start
    start = time.perf_counter()
    read_remittance(text.encode(), "bench")
    ours = time.perf_counter() - start
    print(f"{count:6} claims, {segments} segments: read to values {ours:.2f} s, pyx12 splits them in {theirs:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, nargs="+", default=[5_000, 50_000])
    parser.add_argument("--no-pyx12", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        posting(options.claims[0])
        return
    for count in options.claims:  # a process each, so that the memory of one is not the other's
        subprocess.run([sys.executable, "-m", "tests.bench.remits", "--one", "--claims", str(count)], check=True)
    if not options.no_pyx12:
        pyx12_reading(options.claims[0])


if __name__ == "__main__":
    main()
