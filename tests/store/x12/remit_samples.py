"""One remittance with everything in it that the reader knows."""

from __future__ import annotations

from datetime import date

from store.x12.remittance_values import Adjustment, Payment, ProviderAdjustment, RemitClaim, RemitLine, RemittanceFile

DAY = date(2026, 2, 27)

LINE_1 = RemitLine(
    0, "ZZ101", 12550, 8000, ("25",), "1", "", DAY, "1001-1", 10000,
    (Adjustment("CO", "45", 2550), Adjustment("PR", "1", 1500), Adjustment("PR", "2", 500)), (),
)  # fmt: skip
LINE_2 = RemitLine(
    0, "A0425", 3007, 0, ("LT", "59"), "12", "A0426", DAY, "1001-2", None, (Adjustment("CO", "16", 3007, "12"),),
    ("N290", "M51"),
)  # fmt: skip
CLAIM_1 = RemitClaim(
    0, "1001", "1", 15557, 7993, 2000, "12", "P1001", "1", "DOE, JANE", "W123456789", DAY, DAY, 125,
    (Adjustment("OA", "23", 7),), (LINE_1, LINE_2), ("MA18",), "MOA***MA18",
)  # fmt: skip
REVERSAL = RemitClaim(
    0, "1002", "22", -5000, -4000, None, "12", "P1002", "", "ROE, SAM", "W2", None, None, 0, (),
    (RemitLine(0, "ZZ102", -5000, -4000, (), "-1", "", DAY, "1002-1", None, (Adjustment("CO", "45", -1000),), ()),), (),
)  # fmt: skip
PAYMENT = Payment(
    0, "0001", 4118, "C", "ACH", date(2026, 3, 10), "EFT77", "1999999999", "ACME HEALTH", "ACME1",
    "MAPLE FAMILY PRACTICE", "1234567893", "123456789", (CLAIM_1, REVERSAL),
    (ProviderAdjustment(0, "1234567893", "L6", "1001", -125),), date(2026, 3, 9), "I",
)  # fmt: skip
FILE = RemittanceFile("PAYER", "US", ("000000905",), (PAYMENT,))
