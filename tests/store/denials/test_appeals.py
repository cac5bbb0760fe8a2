"""Appeals: rung by rung, each with its last day, its least amount and the payer's own clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from store.denials.appeals import AppealDenial, AppealUpheld, PayerCall, SendRecords, SetAppealLevels
from store.denials.commands import StartDenial
from store.denials.ladder import rung
from store.errors import NotAllowed, Refused
from store.remits.take_in import ImportRemittance
from store.tables import Appeal, Denial, Payer, Remark
from tests.store.eras import denied, era, pays
from tests.store.world import DAY, World, on

MEDICARE = "MEDB"


def post(world: World, content: bytes) -> None:
    world.do(ImportRemittance("835", content))


def test_medicares_first_level_is_filed_within_125_days_of_the_notice(world: World) -> None:
    _, denial_id = world.denied("CO-50", MEDICARE)
    done = world.do(AppealDenial(denial_id, "R-77"))
    filed = world.one(Appeal)
    assert (filed.level, filed.name, filed.reference) == (1, "redetermination", "R-77")
    assert filed.file_by == date(2026, 7, 13)  # 9 March + 125 days is a Sunday
    assert (filed.decide_by, world.item("denials", denial_id).deferred_until) == (DAY + timedelta(days=60),) * 2
    assert world.get(Denial, denial_id).state == "APPEALED"
    assert "level 1 (redetermination)" in done.said
    assert world.faults() == []


def test_every_level_stands_with_its_clock_where_the_biller_decides(world: World) -> None:
    _, denial_id = world.denied("CO-50", MEDICARE)
    record = str(world.owner.record("denials", denial_id).tabs[0])
    assert "1 redetermination: to be received by 2026-07-13 (126 days), decided within 60 days" in record
    assert "2 reconsideration: within 185 days of the notice before, decided within 60 days" in record
    assert "hearing: within 65 days of the notice before, decided within 90 days, from $200.00" in record
    item = world.item("denials", denial_id).id
    assert "Appeal (A): 1 redetermination: to be received by 2026-07-13" in str(world.owner.why(item))
    world.do(AppealDenial(denial_id, "R-77"))
    told = str(world.owner.why(item))
    assert "Appeal (A): 2 reconsideration" in told
    filed = "filed 2026-03-09 (last day 2026-07-13), to be decided by 2026-05-08 (60 days), reference R-77"
    assert filed in str(world.owner.record("denials", denial_id).tabs[0])
    _, other = world.denied("CO-50", "PRMUT")
    assert "No levels of Prairie Mutual Health are on file" in str(world.owner.record("denials", other).tabs[0])


def test_after_the_last_day_good_cause_is_needed(world: World) -> None:
    _, denial_id = world.denied("CO-50", MEDICARE)
    with on(date(2026, 7, 13)):
        world.do(AppealDenial(denial_id))
        world.owner.undo()
    with on(date(2026, 7, 14)):
        with pytest.raises(Refused, match=r"had to be received by 2026-07-13.*good cause"):
            world.do(AppealDenial(denial_id))
        world.do(AppealDenial(denial_id, late_because="flood at the office"))
    assert "good cause: flood" in world.one(Remark).text


def test_an_upheld_level_opens_the_next_until_its_last_day(world: World) -> None:
    claim_id, denial_id = world.denied("CO-50", MEDICARE)
    world.do(AppealDenial(denial_id))
    noticed = DAY + timedelta(days=40)
    with on(noticed):
        world.do(AppealUpheld(denial_id, noticed))
        denial = world.get(Denial, denial_id)
        item = world.item("denials", denial_id)
        assert (denial.state, denial.deadline) == ("WORKING", date(2026, 10, 20))  # + 185 days
        assert (item.open, item.deferred_until, item.due) == (True, None, denial.deadline)
        world.do(AppealDenial(denial_id))
    assert [(row.level, row.notice_on) for row in world.all(Appeal)] == [(1, DAY), (2, noticed)]
    told = str(world.owner.record("denials", denial_id).tabs[0])
    assert "1 redetermination: filed 2026-03-09" in told
    assert "2 reconsideration" in told
    assert world.faults() == []
    assert claim_id == denial.claim_id


def test_a_remittance_that_denies_again_upholds_and_the_next_rung_is_the_deadline(world: World) -> None:
    claim_id, denial_id = world.denied("CO-50", MEDICARE)
    world.do(AppealDenial(denial_id))
    post(world, era(denied(world, claim_id, "CO-50"), trace="EFT2"))
    again = world.all(Denial, claim_line_id=world.get(Denial, denial_id).claim_line_id)[-1]
    assert (world.get(Denial, denial_id).state, again.state) == ("UPHELD", "OPEN")
    assert again.deadline == date(2026, 9, 10)  # 9 March + 185 days
    world.do(AppealDenial(again.id))
    assert world.all(Appeal)[-1].level == 2
    assert world.faults() == []


def test_a_remittance_that_pays_overturns(world: World) -> None:
    claim_id, denial_id = world.denied("CO-50", MEDICARE)
    world.do(AppealDenial(denial_id))
    post(world, era(pays(world, claim_id, "", ""), trace="EFT2"))
    assert world.get(Denial, denial_id).state == "OVERTURNED"
    assert not world.item("denials", denial_id).open


def test_the_least_amount_is_that_of_the_year_and_a_year_that_is_not_loaded_is_said(world: World) -> None:
    payer = world.one(Payer, payer_id=MEDICARE)
    from sqlmodel import Session

    with Session(world.engine) as session:
        third = rung(session, payer, 3, DAY)
        assert third is not None
        assert rung(session, payer, 6, DAY) is None
    third.require_amount(20_000, 2026)
    third.require_amount(19_000, 2025)
    with pytest.raises(Refused, match=r"takes \$200.00 or more in 2026; this is \$199.99"):
        third.require_amount(19_999, 2026)
    with pytest.raises(Refused, match="for 2030 is not loaded"):
        third.require_amount(10**6, 2030)


def test_a_late_filing_is_no_determination_that_medicare_hears_appeals_of(world: World) -> None:
    _, denial_id = world.denied("CO-29", MEDICARE)
    with pytest.raises(Refused, match="no initial determination"):
        world.do(AppealDenial(denial_id))


def test_a_payers_levels_are_what_its_contract_says_and_never_assumed(world: World) -> None:
    _, denial_id = world.denied("CO-50", "PRMUT")
    with pytest.raises(Refused, match="no appeal levels of Prairie Mutual Health on file"):
        world.do(AppealDenial(denial_id))
    payer_id = world.one(Payer, payer_id="PRMUT").id
    levels = (("reconsideration", 180, 30, 0), ("outside review", 60, 0, 1_000_000))
    with pytest.raises(NotAllowed):
        world.who("biller").do(SetAppealLevels(payer_id, DAY, levels))
    world.who("supervisor").do(SetAppealLevels(payer_id, DAY, levels))
    world.do(AppealDenial(denial_id))
    assert world.one(Appeal).decide_by == DAY + timedelta(days=30)
    world.do(AppealUpheld(denial_id, DAY))
    with pytest.raises(Refused, match=r"takes \$10,?000.00 or more"):
        world.do(AppealDenial(denial_id))
    with pytest.raises(Refused, match="fixed by regulation"):
        world.do(SetAppealLevels(world.one(Payer, payer_id=MEDICARE).id, DAY, levels))


def test_a_notice_answers_an_appeal_only(world: World) -> None:
    _, denial_id = world.denied("CO-50", MEDICARE)
    with pytest.raises(Refused, match="no appeal that this notice"):
        world.do(AppealUpheld(denial_id, DAY))
    world.do(AppealDenial(denial_id))
    with pytest.raises(Refused, match="no appeal that this notice"):
        world.do(AppealUpheld(denial_id, DAY + timedelta(days=1)))


def test_records_are_noted_and_waited_for(world: World) -> None:
    claim_id, denial_id = world.denied("CO-252")
    with pytest.raises(Refused, match="what was sent"):
        world.do(SendRecords(denial_id, " "))
    world.do(SendRecords(denial_id, "operative report by fax", "F-9"))
    assert world.one(Remark).text == "Records sent: operative report by fax. Reference F-9."
    assert world.item("denials", denial_id).deferred_until == DAY + timedelta(days=30)
    world.do(StartDenial(denial_id))
    post(world, era(pays(world, claim_id, "", ""), trace="EFT2"))
    assert world.faults() == []


def test_a_call_is_a_structured_note_with_a_next_day_before_the_deadline(world: World) -> None:
    _, denial_id = world.denied()
    due = world.item("denials", denial_id).due
    assert due is not None
    for wrong in (DAY, due + timedelta(days=1)):
        with pytest.raises(Refused, match="is not between now and the deadline"):
            world.do(PayerCall(denial_id, "Ann", "in process", "C1", wrong))
    with pytest.raises(Refused, match="whom you spoke to"):
        world.do(PayerCall(denial_id, "", "in process"))
    world.who("biller").do(PayerCall(denial_id, "Ann", "in process", "C1", DAY + timedelta(days=7)))
    assert world.one(Remark).text == "Call: Ann. Outcome: in process. Reference C1. Again on 2026-03-16."
    item = world.item("denials", denial_id)
    assert (item.deferred_until, item.assigned_to) == (DAY + timedelta(days=7), world.who("biller").actor.user_id)
