"""Posting a remittance: to the cent where the payer says, whole or not at all, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store.claims.correct import CorrectClaim
from store.errors import Refused
from store.remits.dispositions import disposition
from store.remits.take_in import ImportRemittance
from store.tables import ArchivedFile, Claim, Denial, RemitAdjustment, RemitClaim, Remittance, WorkItem
from store.work.values import View
from store.x12.remittance_values import RemittanceFile
from tests.store.eras import answer_of, denied, era, line, payment, pays, reversal
from tests.store.world import World
from tests.store.x12.remit_text import remittance_text


def post(world: World, content: bytes, name: str = "835") -> object:
    return world.do(ImportRemittance(name, content)).result


def state(world: World, claim_id: int) -> str:
    return world.get(Claim, claim_id).state


def test_payment_contract_and_patient_share_go_to_their_books(world: World) -> None:
    claim_id = world.sent()
    result = post(world, era(pays(world, claim_id, "CO-45 5500,PR-1 2000,PR-2 1000", "CO-45 200")))
    assert result == {"payments": 1, "cents": 14_000, "matched": 1, "unmatched": 0, "denied": 0}
    assert world.books(claim_id) == {"charges": -22_700, "cash": 14_000, "contractual": 5_700, "patient": 3_000}
    assert world.due(claim_id) == (3_000, 0)
    assert state(world, claim_id) == "PAID"
    assert world.get(Claim, claim_id).payer_control == f"ICN{claim_id}"
    assert world.item("statements", world.get(Claim, claim_id).guarantor_id).cents == 3_000
    assert world.faults() == []


@pytest.mark.parametrize(
    ("whys", "expected"),
    [
        (("", ""), "PAID"),
        (("CO-45 500", "CO-16 3200"), "PARTIAL"),
        (("CO-16 19500", "CO-16 3200"), "DENIED"),
        (("PR-1 19500", "CO-16 3200"), "PARTIAL"),
        (("CO-45 9500,PR-1 10000", "PR-3 3200"), "ALL_PATIENT"),
        (("CO-45 19500", "CO-45 3200"), "ZERO"),
    ],
)
def test_the_state_of_a_claim_is_what_its_lines_say(world: World, whys: tuple[str, str], expected: str) -> None:
    claim_id = world.sent()
    post(world, era(pays(world, claim_id, *whys)))
    assert state(world, claim_id) == expected
    assert world.faults() == []


def test_a_denial_is_a_row_for_each_line_and_is_not_written_off(world: World) -> None:
    """CLP02 1 with nothing paid is how denials come."""
    claim_id = world.sent()
    post(world, era(pays(world, claim_id, "CO-45 500,CO-197 19000", "CO-16 3200")))
    assert world.books(claim_id) == {"charges": -22_700, "contractual": 500, "insurance": 22_200}
    first, second = world.all(Denial)
    lines = world.lines(claim_id)
    assert [(d.claim_line_id, d.reason, d.cents, d.category, d.state) for d in (first, second)] == [
        (lines[0].id, "197", 19_000, disposition("CO", "197").category, "OPEN"),
        (lines[1].id, "16", 3_200, disposition("CO", "16").category, "OPEN"),
    ]
    for denial in (first, second):
        item = world.item("denials", denial.id)
        assert (item.open, item.cents, item.due) == (True, denial.cents, denial.deadline)
    assert world.due(claim_id) == (0, 22_200)


def test_several_denials_of_one_line_are_several_rows(world: World) -> None:
    claim_id = world.sent()
    post(world, era(pays(world, claim_id, "CO-16 10000,CO-197 9500", "")))
    assert [(denial.reason, denial.cents) for denial in world.all(Denial)] == [("16", 10_000), ("197", 9_500)]


def test_a_denial_of_the_whole_claim_has_no_line(world: World) -> None:
    claim_id = world.sent()
    answer = answer_of(world.get(Claim, claim_id), (), whole="CO-29 22700")
    post(world, era(answer))
    denial = world.one(Denial)
    assert (denial.claim_line_id, denial.cents, denial.category) == (None, 22_700, disposition("CO", "29").category)
    assert state(world, claim_id) == "DENIED"
    assert world.faults() == []


@pytest.mark.parametrize("why", ["CO-987 1000", "OA-B99 1000", "PI-45X 1000"])
def test_a_reason_that_is_not_known_stays_open_and_is_looked_at(world: World, why: str) -> None:
    claim_id = world.sent()
    post(world, era(pays(world, claim_id, why, "")))
    assert world.books(claim_id)["insurance"] == 1_000
    assert world.one(Denial).category == "other"
    assert world.faults() == []


def test_a_patient_share_of_an_unknown_reason_is_not_billed_to_the_patient(world: World) -> None:
    claim_id = world.sent()
    post(world, era(pays(world, claim_id, "PR-96 19500", "")))
    assert world.due(claim_id) == (0, 19_500)
    assert world.one(Denial).group == "PR"


def test_a_negative_adjustment_keeps_its_sign(world: World) -> None:
    claim_id = world.sent()
    post(world, era(pays(world, claim_id, "OA-94 -3200", "CO-97 3200")))
    assert world.books(claim_id) == {"charges": -22_700, "cash": 22_700, "contractual": -3_200, "insurance": 3_200}
    assert world.faults() == []


def test_provider_adjustments_are_booked_apart_from_every_claim(world: World) -> None:
    claim_id = world.sent()
    post(world, era(pays(world, claim_id, "", ""), plb="WO 5000,L6 -12"))
    booked = world.sql("SELECT book, sum(cents) FROM posting WHERE claim_id IS NULL GROUP BY 1 ORDER BY 1")
    assert booked == [("cash", -4_988), ("provider", 4_988)]
    assert world.one(Remittance).amount == 22_700 - 4_988
    assert world.books(claim_id)["cash"] == 22_700
    assert world.faults() == []


def test_a_payment_of_nothing_but_provider_adjustments_is_posted(world: World) -> None:
    post(world, era(plb="FB -1500"))
    assert world.sql("SELECT book, cents FROM posting ORDER BY book") == [("cash", 1_500), ("provider", -1_500)]
    assert world.faults() == []


# --- whole or not at all ------------------------------------------------------------------------------------------


def test_what_does_not_balance_is_refused_whole(world: World) -> None:
    claim_id = world.sent()
    good = pays(world, claim_id, "CO-45 2700", "")
    before = world.dump(everything=True)
    for content in (
        era(good, amount=20_001),
        era(good).replace(b"CAS*CO*45*27", b"CAS*CO*45*26"),
        era(good).replace(b"*195*168**", b"*195*168.01**"),
        era(good)[:-30],
        era(good).replace(b"SE*", b"SE*1"),
        b"",
        b"Dear Sir",
    ):
        with pytest.raises(Refused):
            post(world, content)
        assert world.dump(everything=True) == before
    post(world, era(good))


def test_one_payment_that_does_not_balance_keeps_all_others_of_the_file_out(world: World) -> None:
    claim_id = world.sent()
    good, bad = payment(pays(world, claim_id, "", "")), payment(trace="EFT2", amount=5)
    before = world.dump(everything=True)
    text = remittance_text(RemittanceFile("PAYER", "US", ("000000001",), (good, bad)))
    with pytest.raises(Refused, match="balance at transaction level"):
        post(world, text.encode())
    assert world.dump(everything=True) == before


def test_the_same_file_twice_is_posted_once(world: World) -> None:
    claim_id = world.sent()
    content = era(pays(world, claim_id, "", ""))
    post(world, content)
    before = world.dump()
    done = world.do(ImportRemittance("another name", content))
    assert "already imported on 2026-03-09; nothing changed" in done.said
    assert world.dump() == before


@pytest.mark.parametrize("change", [(b"*000000001", b"*000000002"), (b"*0001", b"*0007"), (b"PAYER", b"OTHER")])
def test_the_same_payment_in_another_file_is_refused_whole(world: World, change: tuple[bytes, bytes]) -> None:
    claim_id, other = world.sent(), world.sent()
    first = era(pays(world, claim_id, "", ""))
    post(world, first)
    again = first.replace(*change)
    assert again != first
    before = world.dump(everything=True)
    with pytest.raises(Refused, match="already posted on 2026-03-09 from another file"):
        post(world, again)
    assert world.dump(everything=True) == before
    post(world, era(pays(world, other, "", ""), trace="EFT2"))


def test_two_payments_under_one_trace_are_two_payments(world: World) -> None:
    first, second = world.sent(), world.sent()
    for claim_id in (first, second):
        post(world, era(pays(world, claim_id, "", "")))
    assert len(world.all(Remittance)) == 2
    assert world.faults() == []


# --- what is not certain is an exception --------------------------------------------------------------------------


def test_money_for_a_claim_that_is_not_known_is_booked_and_put_before_a_person(world: World) -> None:
    claim_id = world.sent()
    answer = pays(world, claim_id, "PR-1 500", "CO-16 3200")
    world.sql("UPDATE claim SET control_number='elsewhere'")
    assert post(world, era(answer)) == {"payments": 1, "cents": 19_000, "matched": 0, "unmatched": 1, "denied": 0}
    row = world.one(RemitClaim)
    assert (row.claim_id, row.state, row.reason) == (None, "unmatched", "NO_CLAIM")
    assert world.item("remits", row.id).cents == 19_000
    assert world.books(claim_id) == {"charges": -22_700, "insurance": 22_700}
    assert world.sql("SELECT sum(cents) FROM posting WHERE book='unapplied'") == [(-19_000,)]
    assert world.all(Denial) == []
    assert world.owner.page("remits", View()).total == 1
    assert world.faults() == []


def test_a_payers_own_number_finds_the_claim_where_only_one_has_it(world: World) -> None:
    claim_id, _ = world.denied()
    answer = pays(world, claim_id, "", "")
    world.sql("UPDATE claim SET control_number='elsewhere'")
    post(world, era(answer, trace="EFT2"))
    assert world.all(RemitClaim)[-1].claim_id == claim_id


TWICE = (("G0008", (), 1, (1,)), ("G0008", (), 1, (1,)), ("G0438", (), 1, (1,)))


def without_numbers(world: World, claim_id: int, *whys: str) -> bytes:
    lines = [replace(line(row, why), control="") for row, why in zip(world.lines(claim_id), whys, strict=True)]
    return era(answer_of(world.get(Claim, claim_id), lines))


def test_lines_that_nothing_tells_apart_are_placed_and_each_other_by_what_it_is(world: World) -> None:
    claim_id = world.sent(lines=TWICE)
    post(world, without_numbers(world, claim_id, "PR-1 100", "PR-1 100", "PR-1 100"))
    assert world.sql("SELECT claim_line_id FROM remit_line ORDER BY id") == [(row.id,) for row in world.lines(claim_id)]
    assert (world.due(claim_id), world.one(RemitClaim).state) == ((300, 0), "matched")
    assert world.faults() == []


def test_a_line_that_is_not_certain_keeps_the_whole_answer_before_a_person(world: World) -> None:
    claim_id = world.sent(lines=TWICE)
    post(world, without_numbers(world, claim_id, "PR-1 100", "PR-1 200", "PR-1 100"))
    placed = world.sql("SELECT claim_line_id FROM remit_line ORDER BY id")
    assert placed == [(None,), (None,), (world.lines(claim_id)[2].id,)]
    answer = world.one(RemitClaim)
    assert (answer.reason, answer.state, state(world, claim_id)) == ("NO_LINE", "held", "SENT")
    assert (world.due(claim_id)[0], unapplied(world)) == (0, -answer.paid)
    assert world.one(Remittance).state == "PARTIAL"
    assert world.faults() == []


def test_more_than_is_open_is_held_with_its_money(world: World) -> None:
    claim_id = world.sent()
    for trace in ("EFT1", "EFT2"):
        post(world, era(pays(world, claim_id, "", ""), trace=trace))
    assert [(row.reason, row.state) for row in world.all(RemitClaim)] == [("", "matched"), ("OVERPAY", "held")]
    assert world.books(claim_id) == {"charges": -22_700, "cash": 22_700}
    assert unapplied(world) == -22_700
    assert world.faults() == []


def unapplied(world: World) -> int:
    return int(world.sql("SELECT coalesce(sum(cents), 0) FROM posting WHERE book='unapplied'")[0][0])


# --- while others work --------------------------------------------------------------------------------------------


def test_posting_waits_for_nobody_who_has_an_item_open(world: World) -> None:
    """The matter is settled from outside, whoever looks at it just then."""
    claim_id = world.sent()
    answer = pays(world, claim_id, "PR-1 500", "CO-16 3200")
    post(world, era(answer))
    account = world.get(Claim, claim_id).guarantor_id
    collector, biller = world.who("collector"), world.who("biller2")
    collector.lease(world.item("statements", account).id)
    biller.lease(world.item("denials", world.one(Denial).id).id)
    back = reversal(answer)
    world.who("biller").do(ImportRemittance("back", era(back, trace="EFT2", plb=f"FB {back.paid}")))
    assert [item.queue for item in world.all(WorkItem, open=True)] == []
    assert world.faults() == []


def test_an_answer_to_an_earlier_version_leaves_the_corrected_one_to_go_out(world: World) -> None:
    claim_id, _ = world.denied()
    world.do(CorrectClaim(claim_id, place="22"))
    post(world, era(pays(world, claim_id, "CO-45 100", ""), trace="EFT2"))
    assert state(world, claim_id) == "READY"
    assert world.item("claims", claim_id).open
    assert world.faults() == []


def test_the_file_and_every_reason_are_kept_as_they_came(world: World) -> None:
    claim_id = world.sent()
    content = era(pays(world, claim_id, "CO-45 5500,PR-1 2000", "CO-16 3200"))
    post(world, content, "a\x1b[31m835")
    file = world.one(ArchivedFile, kind="835")
    assert (file.size, "\x1b" in file.name) == (len(content), False)
    told = [(row.group, row.reason, row.cents, row.disposition) for row in world.all(RemitAdjustment)]
    assert told == [("CO", "45", 5500, "contractual"), ("PR", "1", 2000, "patient"), ("CO", "16", 3200, "denial")]


def test_a_remittance_is_answered_alike_by_record_and_view(world: World) -> None:
    claim_id = world.sent()
    post(world, era(denied(world, claim_id, "CO-16"), plb="L6 -100"))
    record = world.owner.record("remits", world.one(RemitClaim).id)
    assert [tab.title for tab in record.tabs] == ["Answer", "Booked", "Payment", "Segments"]
    assert world.owner.claim(claim_id).headline.endswith("Prairie Mutual Health")
