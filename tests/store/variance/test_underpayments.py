"""Lines that were allowed less than the contract says: found at posting, grouped by cause, disputed in one letter."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from store.errors import Refused
from store.jobs import WriteDispute
from store.remits.take_back import ReverseRemittance
from store.remits.take_in import ImportRemittance
from store.tables import Claim, ContractRate, Dispute, Remittance, SentDocument, Underpayment
from store.variance.disputes import AcceptUnderpayment, DisputeUnderpayments, FalseUnderpayment, VerifyUnderpayment
from store.variance.rates import CorrectRate, LoadRates
from store.work.values import View
from tests.store.eras import era, pays, reversal
from tests.store.world import DAY, World, on

RATES = b"""payer,code,modifiers,rate,from,to,term
PRMUT,G0438,,150.00,2026-01-01,,schedule A
PRMUT,G0438,,120.00,2025-01-01,2025-12-31,schedule of 2025
PRMUT,G0438,25,100.00,2026-01-01,,schedule A
"""


def rates(world: World) -> None:
    world.do(LoadRates("rates.csv", RATES))


def post(world: World, claim_id: int, *whys: str, trace: str = "EFT1") -> None:
    world.do(ImportRemittance(trace, era(pays(world, claim_id, *whys), trace=trace)))


def short(world: World, trace: str = "EFT1") -> int:
    """A claim whose first line was allowed $140 for $150."""
    claim_id = world.sent()
    post(world, claim_id, "CO-45 5500,PR-1 2000", "", trace=trace)
    return claim_id


def test_variance_is_expected_less_allowed_and_not_less_paid(world: World) -> None:
    rates(world)
    short(world)
    row = world.one(Underpayment)
    assert (row.expected, row.allowed, row.cause, row.state) == (15_000, 14_000, "G0438: 140.00 for 150.00", "FLAGGED")
    assert world.item("underpaid", row.id).cents == 1_000
    assert world.faults() == []


@pytest.mark.parametrize(
    ("why", "flagged"),
    [
        ("CO-45 4500,PR-1 15000", False),  # allowed in full, all of it the patient's
        ("CO-45 4999", False),  # $4.99 short
        ("CO-45 5000", True),  # $5.00 short
        ("CO-45 4500,CO-253 300", False),  # sequestration comes after the allowed amount
        ("CO-16 19500", False),  # a denial is no underpayment
    ],
)
def test_what_is_flagged(world: World, why: str, flagged: bool) -> None:
    rates(world)
    post(world, world.sent(), why, "")
    assert len(world.all(Underpayment)) == flagged


def test_the_rate_is_that_of_the_day_of_service_and_of_the_modifiers(world: World) -> None:
    rates(world)
    claim_id = world.sent(lines=(("G0438", ("25",), 1, (1,)), ("G0008", (), 1, (1,))))
    post(world, claim_id, "CO-45 10500", "")
    assert world.one(Underpayment).expected == 10_000


def test_the_payers_own_allowed_amount_counts_where_it_is_told(world: World) -> None:
    rates(world)
    claim_id = world.sent()
    answer = pays(world, claim_id, "CO-45 5500", "")
    lines = (replace(answer.lines[0], allowed=15_000), answer.lines[1])
    world.do(ImportRemittance("835", era(replace(answer, lines=lines))))
    assert world.all(Underpayment) == []


def test_rows_stand_by_what_their_cause_holds_in_all(world: World) -> None:
    rates(world)
    first, second = short(world), short(world, "EFT2")
    big = world.sent()
    post(world, big, "CO-45 6200", "", trace="EFT3")  # $17 short, but alone
    order = [row.cells[1] for row in world.owner.page("underpaid", View()).rows]
    assert order == [world.get(Claim, claim_id).control_number for claim_id in (first, second, big)]


def test_one_letter_disputes_many_lines_and_the_answer_settles_each(world: World, tmp_path: Path) -> None:
    rates(world)
    claims = [short(world), short(world, "EFT2")]
    ids = tuple(row.id for row in world.all(Underpayment))
    world.do(WriteDispute(ids, "portal", "D7", tmp_path))
    (path,) = tmp_path.glob("*.pdf")
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(path.read_bytes())).pages)
    for claim_id in claims:
        assert world.get(Claim, claim_id).control_number in text
    dispute = world.one(Dispute)
    assert (dispute.lines, dispute.cents, dispute.reference) == (2, 2_000, "D7")
    assert len(world.all(SentDocument)) == 2
    assert world.owner.page("underpaid", View()).total == 0
    with on(DAY + timedelta(days=20)):
        for claim_id, why, trace in zip(claims, ("CO-45 4500,PR-1 2000", "CO-45 5500,PR-1 2000"), "AB", strict=True):
            before = pays(world, claim_id, "CO-45 5500,PR-1 2000", "")
            again = pays(world, claim_id, why, "")
            world.do(ImportRemittance(trace, era(reversal(before), again, trace=trace)))
    assert [row.state for row in world.all(Underpayment)] == ["RECOVERED", "UPHELD"]
    assert world.faults() == []


def test_a_dispute_goes_to_one_payer(world: World) -> None:
    world.do(LoadRates("r", RATES + b"HRTLD,G0438,,190.00,2026-01-01,,\n"))
    short(world)
    post(world, world.sent("HRTLD"), "CO-45 5500", "", trace="EFT2")
    with pytest.raises(Refused, match="goes to one payer"):
        world.do(DisputeUnderpayments(tuple(row.id for row in world.all(Underpayment)), "mail"))


def test_a_rate_that_was_wrong_prices_everything_again(world: World) -> None:
    rates(world)
    short(world)
    rate = next(row for row in world.all(ContractRate) if row.cents == 15_000)
    world.do(CorrectRate(rate.id, 16_000))
    assert world.one(Underpayment).expected == 16_000
    world.do(CorrectRate(rate.id, 14_000))
    assert world.one(Underpayment).state == "FALSE"
    assert world.owner.page("underpaid", View()).total == 0
    assert world.faults() == []


def test_verified_accepted_or_none_with_the_reason(world: World) -> None:
    rates(world)
    short(world)
    row_id = world.one(Underpayment).id
    world.do(VerifyUnderpayment(row_id))
    for command in (AcceptUnderpayment(row_id, " "), FalseUnderpayment(row_id, "")):
        with pytest.raises(Refused, match="Say why"):
            world.do(command)
    world.do(AcceptUnderpayment(row_id, "too small"))
    assert (world.one(Underpayment).state, world.one(Underpayment).note) == ("ACCEPTED", "too small")
    assert world.owner.record("underpaid", row_id).tabs[0].title == "Pricing"


def test_a_payment_taken_back_takes_its_variance_with_it(world: World) -> None:
    rates(world)
    short(world)
    world.do(ReverseRemittance(world.one(Remittance).id, "wrong"))
    assert world.one(Underpayment).state == "FALSE"
    assert world.faults() == []


@pytest.mark.parametrize(
    ("row", "where"),
    [
        (b"NOPE,G0438,,1,2026-01-01,,\n", "line 5, payer"),
        (b"PRMUT,,,1,2026-01-01,,\n", "line 5, code"),
        (b"PRMUT,G1,,x,2026-01-01,,\n", "line 5, rate"),
        (b"PRMUT,G1,,1,soon,,\n", "line 5, from"),
        (b"PRMUT,G1,,1,2026-01-02,2026-01-01,\n", "line 5"),
    ],
)
def test_a_wrong_row_of_rates_refuses_the_file_whole(world: World, row: bytes, where: str) -> None:
    with pytest.raises(Refused, match=where):
        world.do(LoadRates("rates.csv", RATES + row))
    assert world.all(ContractRate) == []
