"""Public X12 files, where they are here: envelopes, kinds and balances as an independent reader found them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from store.errors import Refused
from store.money import parse_cents
from store.x12.acks import read_acks
from store.x12.balance import imbalances
from store.x12.claim_reading import read_claims
from store.x12.kinds import kind_of
from store.x12.remittance import read_remittance
from store.x12.segments import Reader
from tests.store.x12.samples import shared_folder

Read = TypeVar("Read")

SHARED = shared_folder()
FOLDER = SHARED / "data" / "x12" if SHARED else Path("nowhere")
INDEX = FOLDER / "INDEX.tsv"
ROWS = list(csv.DictReader(INDEX.open(encoding="utf-8"), delimiter="\t")) if INDEX.is_file() else []

REFUSED_ENVELOPES = {
    "271/x12parser-example-3-2-2.x12": "the same character",  # ISA11 and ISA16 are both ^
    "837i/vscode-edi-x12-x223-837i-two-claims-for-the-same-provider.x12": "follows the end",  # an STC after IEA
}
REFUSED_REMITTANCES = {
    "835/x12-managed-care.x12": "BPR16",  # 20002316 is no day
    "835/x12-sample2.x12": "BPR16",  # 20990080 is no day
    "835/x12parser-example1.x12": "CLP03 is empty",  # CLP*090909*22~ has no amounts at all
}
REFUSED_CLAIMS = REFUSED_ENVELOPES | {
    **{f"837i/hccinfhir-sample-837-{n}.x12": "can't stand in the line" for n in (1, 10, 2, 3, 5, 6)},  # SV1 lines
    **{
        f"837i/x12parser-spec-4-1-{name}.x12": "no statement period"  # dental claims that call themselves otherwise
        for name in ("1-patientisnotsubscriber", "2a-cob", "2b-cob", "4-orthodontictreatment")
    },
    "837i/x12parser-batch1.x12": "DTP03",  # nines for a date
    "837i/x12parser-batch2.x12": "lines are",  # masked amounts do not add up, as in the next two
    "837p/x12parser-cms1500test.x12": "lines are",
    "837p/x12parser-medicaidexample.x12": "lines are",
    "837p/x12parser-st1309-xx.x12": "DMG02",  # born in 1800
}
REFUSED_ACKS = {
    "997/staedi-extradelimiter997.x12": "AK302"  # not a number but a repeated composite
}

every = pytest.mark.skipif(not ROWS, reason="the public samples are not here")


def rows(*kinds: str) -> list[dict[str, str]]:
    return [row for row in ROWS if row["transaction"] in kinds or not kinds]


def expected(row: dict[str, str], known: dict[str, str], why: Refused) -> bool:
    """Whether the independent reader found the envelope broken too, or the reason is one that we know."""
    return known[row["file"]] in why.what if row["file"] in known else row["envelope_ok"] == "no"


def data_of(row: dict[str, str]) -> bytes:
    return (FOLDER / row["file"]).read_bytes()


def attempt(read: Callable[[bytes, str], Read], row: dict[str, str]) -> Read | Refused:
    try:
        return read(data_of(row), row["file"])
    except Refused as refusal:
        return refusal


def count_sets(data: bytes, name: str) -> int:
    """Transaction sets, and interchanges with notices (TA1), which the index counts too."""
    reader = Reader(data, name)
    return sum(1 for _ in reader.sets()) + sum(bool(one.notices) for one in reader.interchanges)


@every
def test_envelopes_are_judged_as_an_independent_reader_did() -> None:
    for row in rows():
        counted = attempt(count_sets, row)
        if isinstance(counted, Refused):
            assert expected(row, REFUSED_ENVELOPES, counted), str(counted)
            assert counted.where.startswith(row["file"]), row["file"]
        else:
            assert row["envelope_ok"] == "yes", row["file"]
            assert counted == int(row["st_sets"]), row["file"]


@every
def test_remittances_balance_as_an_independent_reader_found() -> None:
    judged = 0
    for row in rows("835"):
        file = attempt(read_remittance, row)
        if isinstance(file, Refused):
            assert expected(row, REFUSED_REMITTANCES, file), str(file)
            continue
        judged += 1
        bad = {one.level for one in imbalances(file)}
        for level in ("line", "claim", "transaction"):
            assert ("no" if level in bad else "yes") == row[f"balance_{level}"], (row["file"], level)
        claims = [claim for payment in file.payments for claim in payment.claims]
        assert len(claims) == int(row["claims"]), row["file"]
    assert judged == sum(
        row["envelope_ok"] == "yes" and row["file"] not in REFUSED_REMITTANCES for row in rows("835")
    )  # fmt: skip


@every
def test_a_separator_that_the_isa_does_not_declare_is_found_and_told() -> None:
    for name in ("835/x12-cob-contractural-adjustment.x12", "835/x12-secondary-payment.x12"):
        file = read_remittance((FOLDER / name).read_bytes(), name)
        assert file.notices == (f"{name}, segment 1 (ISA): ISA16 declares ':', but '>' separates components.",)
        assert all(line.code.isalnum() for one in file.payments for claim in one.claims for line in claim.lines)


@every
def test_claim_files_are_read_as_an_independent_reader_did() -> None:
    judged = 0
    for row in rows("837P", "837I"):
        file = attempt(read_claims, row)
        if isinstance(file, Refused):
            assert expected(row, REFUSED_CLAIMS, file), str(file)
            continue
        judged += 1
        charges = [one.charge for one in file.professional] + [one.charge for one in file.institutional]
        assert len(charges) == int(row["claims"]), row["file"]
        assert sum(charges) == parse_cents(row["total_charge"]), row["file"]
    assert judged > 38


@every
def test_acknowledgements_are_read() -> None:
    for row in rows("999", "997", "277CA", "TA1", "997+TA1"):
        file = attempt(read_acks, row)
        if isinstance(file, Refused):
            assert expected(row, REFUSED_ACKS, file), str(file)
            continue
        assert file.groups or file.claim_sets or file.interchanges, row["file"]


@every
def test_kinds_are_told() -> None:
    for row in rows("837P", "837I", "837D", "835", "999", "997", "277CA", "277", "276", "271", "270", "TA1"):
        if row["envelope_ok"] == "yes" and row["file"] not in REFUSED_ENVELOPES:
            masked = row["version"].startswith("999999") and row["transaction"] == "837P"
            assert kind_of(data_of(row)) == ("837" if masked else row["transaction"]), row["file"]


@every
def test_no_sample_cut_in_the_middle_is_read() -> None:
    for row in rows("835", "999", "277CA"):
        data = data_of(row)
        for share in (3, 4, 6, 9):  # half of one file is a number of whole interchanges
            cut = data[: len(data) * share // 10]
            with pytest.raises(Refused):
                (read_remittance if row["transaction"] == "835" else read_acks)(cut)
