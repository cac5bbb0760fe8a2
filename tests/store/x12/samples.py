"""Invented parties and claims for the tests of this folder; every NPI passes its check digit."""

from __future__ import annotations

import logging
import os
import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from store.intake.npi import npi_of
from store.x12.claim_values import (
    Address,
    BillingProvider,
    Clinician,
    Facility,
    FileControl,
    Person,
    ProfessionalClaim,
    ServiceLine,
    Submitter,
    Subscription,
)

STREET = Address("100 MAPLE STREET", "ANYTOWN", "OH", "430041234")
HOME = Address("7 OAK LANE", "ANYTOWN", "OH", "43004", "APT 2")
BILLING = BillingProvider(
    "MAPLE FAMILY PRACTICE", npi_of("123456789"), "123456789", "207Q00000X", STREET, "614-555-0100"
)
SECOND_BILLING = BillingProvider("GREEN, ADA", npi_of("198765432"), "987654321", "", STREET, tax_id_kind="SY")
SUBMITTER = Submitter(
    "SUPERBILL1", "MAPLE BILLING OFFICE", "PAT SMITH", "(614) 555-0101", "CLEARING1", "FIRST CLEARING"
)
CONTROL = FileControl(123, 45, "0001", "B000123", datetime(2026, 3, 5, 14, 30))
RENDERING = Clinician("BROWN", "ALEX", npi_of("155555555"), "207Q00000X")
REFERRING = Clinician("WHITE", "SAM", npi_of("166666666"))
FACILITY = Facility("RIVER HOSPITAL", npi_of("177777777"), Address("9 RIVER ROAD", "ANYTOWN", "OH", "430049999"))
SUBSCRIBER = Person("DOE", "JANE", date(1961, 2, 3), "F", HOME, "Q")
CHILD = Person("DOE", "KIM", date(2015, 7, 9), "F", HOME)
COVERAGE = Subscription(SUBSCRIBER, "W123456789", "ACME HEALTH", "ACME1", "CI", group_number="G77")
LINE = ServiceLine("1001-1", "ZZ101", 12550, 1, date(2026, 2, 27), (1, 2), ("25",))
CLAIM = ProfessionalClaim("1001", BILLING, COVERAGE, "11", ("E11.9", "I10"), (LINE,))


def small_file_claims() -> list[ProfessionalClaim]:
    """Four claims that use every loop that the writer knows."""
    child = replace(COVERAGE, relationship="19")
    second = ServiceLine("1002-2", "A0425", 3007, 12, date(2026, 2, 28), (2,), ("LT", "59"), "Ground mileage", "41")
    rich = replace(
        CLAIM, control_number="1002", rendering=RENDERING, referring=REFERRING, facility=FACILITY,
        authorization="AUTH-9", note="Seen by a locum", lines=(replace(LINE, control="1002-1"), second),
    )  # fmt: skip
    dependent = replace(
        CLAIM, control_number="1003", subscription=child, patient=CHILD, lines=(replace(LINE, control="1003-1"),)
    )
    replaced = replace(
        CLAIM, control_number="1004", billing=SECOND_BILLING, frequency="7", payer_control="P77",
        lines=(replace(LINE, control="1004-1"),),
    )  # fmt: skip
    return [CLAIM, rich, dependent, replaced]


def many_claims(count: int, seed: int = 7) -> list[ProfessionalClaim]:
    """`count` claims with one to four lines of some hundred patients, each the same for the same seed."""
    chance = random.Random(seed)
    people = [replace(SUBSCRIBER, last=f"DOE{n:03d}", birth=date(1950, 1, 1) + timedelta(n * 9)) for n in range(400)]
    coverages = [replace(COVERAGE, subscriber=who, member_id=f"W{n:09d}") for n, who in enumerate(people)]
    claims = []
    for n in range(count):
        lines = tuple(
            ServiceLine(
                f"{n}-{k}", f"ZZ{chance.randrange(101, 160)}", chance.randrange(1, 90_000), chance.randrange(1, 9),
                date(2026, 1, 1) + timedelta(chance.randrange(60)), (1, 2)[: chance.randrange(1, 3)],
            )
            for k in range(1, chance.randrange(2, 6))
        )  # fmt: skip
        claims.append(
            ProfessionalClaim(f"C{n:07d}", BILLING, chance.choice(coverages), "11", ("E119", "I10", "Z00.00"), lines)
        )
    return claims


def shared_folder() -> Path | None:
    """Where public samples and the payer's program are, if they are here: SUPERBILL_SHARED, or beside the project."""
    beside = Path(__file__).resolve().parents[3].parent / "shared"
    folder = Path(os.environ.get("SUPERBILL_SHARED") or beside)
    return folder if folder.is_dir() else None


class Messages(logging.Handler):
    """Keeps what the independent validator says; its faults are told there and nowhere else."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def validator_complaints(text: str) -> list[str]:
    """What pyx12 finds wrong in an X12 text; empty when it passes."""
    import io

    import pyx12.params
    import pyx12.x12n_document

    messages = Messages()
    logger = logging.getLogger("pyx12")
    before = logger.handlers, logger.level, logger.propagate
    logger.handlers, logger.propagate = [messages], False
    logger.setLevel("INFO")
    try:
        fine = pyx12.x12n_document.x12n_document(pyx12.params.params(), io.StringIO(text), io.StringIO(), None)
    finally:
        logger.handlers, logger.propagate = before[0], before[2]
        logger.setLevel(before[1])
    return [] if fine else messages.texts or ["refused without a reason"]
