"""Finishing an encounter: a claim is built and its charge booked, or the patient is billed; holds, voids, recoding."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from store.claims import snapshot
from store.claims.correct import RouteToCoder
from store.coding.diagnoses import AddDiagnosis
from store.coding.flow import FinishCoding, HoldEncounter, ResumeEncounter, VoidEncounter
from store.coding.lines import AddLine, ChangeLine, RemoveLine
from store.errors import Refused
from store.people.roles import PERMISSIONS, Role
from store.tables import Claim, ClaimLine, ClaimVersion, Encounter, Guarantor, Patient, ServiceLine
from store.x12.claim_values import ProfessionalClaim
from tests.store.world import DAY, World, birth_of_a_child, insured, on, person


def version(world: World, claim_id: int) -> ProfessionalClaim:
    """The claim as it would go out now."""
    current = world.get(Claim, claim_id).current
    return snapshot.load(world.one(ClaimVersion, claim_id=claim_id, number=current).content)


def test_finishing_builds_a_claim_and_books_its_charge(world: World) -> None:
    claim_id = world.claim("PRMUT")
    claim = world.get(Claim, claim_id)
    assert (claim.state, claim.charge, claim.sequence, claim.current) == ("READY", 22_700, "P", 1)
    assert world.books(claim_id) == {"insurance": 22_700, "charges": -22_700}
    assert world.due(claim_id) == (0, 22_700)
    assert world.get(Encounter, claim.encounter_id).state == "RELEASED"
    assert not world.item("coding", claim.encounter_id).open
    item = world.item("claims", claim_id)
    assert (item.open, item.cents, item.due) == (True, 22_700, date(2026, 3, 2) + timedelta(days=180))
    sent = version(world, claim_id)
    assert (sent.control_number, sent.frequency, sent.payer_control) == (claim.control_number, "1", "")
    assert [(line.code, line.charge, line.pointers) for line in sent.lines] == [
        ("G0438", 19_500, (1,)), ("G0008", 3_200, (1,)),
    ]  # fmt: skip
    assert len({line.control for line in sent.lines}) == 2
    assert world.faults() == []


def test_without_a_coverage_the_patient_is_billed(world: World) -> None:
    encounter_id = world.encounter()
    world.code(encounter_id)
    assert world.all(Claim) == []
    patient = world.get(Patient, world.get(Encounter, encounter_id).patient_id)
    item = world.item("statements", patient.guarantor_id)
    assert (item.open, item.cents) == (True, 22_700)
    assert world.sql("SELECT book, sum(cents) FROM posting GROUP BY book ORDER BY book") == [
        ("charges", -22_700), ("patient", 22_700),
    ]  # fmt: skip
    assert world.faults() == []


@pytest.mark.parametrize(("start", "end", "insured_"), [
    (None, None, True), (date(2026, 3, 2), date(2026, 3, 2), True),
    (date(2026, 3, 3), None, False), (None, date(2026, 3, 1), False),
])  # fmt: skip
def test_a_coverage_counts_on_the_days_for_which_it_holds(
    world: World, start: date | None, end: date | None, insured_: bool
) -> None:
    encounter_id = world.encounter("PRMUT")
    world.sql("UPDATE coverage SET valid_from=:a, valid_to=:b", a=start and str(start), b=end and str(end))
    world.code(encounter_id)
    assert bool(world.all(Claim)) == insured_


def test_the_first_payer_is_billed_first_and_has_its_filing_limit(world: World) -> None:
    claim = world.get(Claim, world.claim("MEDB", "PRMUT"))
    assert (claim.sequence, claim.control_number[-2:]) == ("P", "-1")
    assert claim.filing_limit == date(2027, 3, 2)


def test_a_dependents_claim_names_the_subscriber_and_the_patient(world: World) -> None:
    parent = person("parent", birth=date(1985, 1, 2), sex="M")
    child = birth_of_a_child()
    coverage = insured("PRMUT", relationship="19", subscriber=parent)
    claim_id = world.claim(patient=child, coverages=(coverage,))
    sent, claim = version(world, claim_id), world.get(Claim, claim_id)
    assert (sent.subscription.subscriber.last, sent.subscription.relationship) == (parent.last, "19")
    assert sent.patient is not None
    assert (sent.patient.last, sent.patient.birth) == (child.last, child.birth)
    assert world.get(Guarantor, claim.guarantor_id).last == parent.last
    text = world.send()
    assert "PAT*19~" in text
    assert f"NM1*QC*1*{child.last.upper()}" in text.upper()


def test_the_account_of_an_adult_is_his_own(world: World) -> None:
    claim = world.get(Claim, world.claim("PRMUT"))
    assert world.get(Guarantor, claim.guarantor_id).last == world.get(Patient, claim.patient_id).last


# --- recoding -----------------------------------------------------------------------------------------------------


def test_recoding_a_claim_that_was_answered_replaces_it(world: World) -> None:
    claim_id, _ = world.denied()
    claim = world.get(Claim, claim_id)
    world.do(RouteToCoder(claim_id, "which units?"))
    assert world.item("coding", claim.encounter_id).reason == "recode: which units?"
    line = world.all(ServiceLine, encounter_id=claim.encounter_id)[1]
    coder = world.who("coder")
    coder.do(ChangeLine(claim.encounter_id, line.id, units=2))
    coder.do(FinishCoding(claim.encounter_id))
    world.owner.board()  # where a coder's login can't bill, who works claims does
    sent, after = version(world, claim_id), world.get(Claim, claim_id)
    assert (sent.frequency, sent.payer_control, sent.control_number) == ("7", f"ICN{claim_id}", claim.control_number)
    assert (after.charge, after.current, after.state) == (25_900, 2, "READY")
    assert world.books(claim_id) == {"insurance": 25_900, "charges": -25_900}
    assert world.faults() == []


def test_recoding_a_claim_that_was_never_answered_sends_an_original(world: World) -> None:
    claim_id = world.claim()
    encounter_id = world.get(Claim, claim_id).encounter_id
    world.do(RouteToCoder(claim_id, "a code is missing"))
    world.do(AddDiagnosis(encounter_id, "E11.9"))
    world.do(FinishCoding(encounter_id))
    assert (version(world, claim_id).frequency, version(world, claim_id).diagnoses) == ("1", ("I10", "E11.9"))


def test_a_line_that_recoding_takes_off_leaves_the_claim_and_its_number_is_not_given_again(world: World) -> None:
    claim_id, _ = world.denied()
    encounter_id = world.get(Claim, claim_id).encounter_id
    world.do(RouteToCoder(claim_id, "which lines?"))
    first, second = world.all(ServiceLine, encounter_id=encounter_id)
    world.do(RemoveLine(encounter_id, first.id))
    world.do(RemoveLine(encounter_id, second.id))
    world.do(AddLine(encounter_id, "J0696"))
    world.do(AddLine(encounter_id, "G0008"))
    world.do(FinishCoding(encounter_id))
    rows = world.all(ClaimLine, claim_id=claim_id)
    assert [(row.code, row.active) for row in rows] == [
        ("G0438", False), ("G0008", False), ("J0696", True), ("G0008", True),
    ]  # fmt: skip
    assert len({row.control for row in rows}) == 4
    assert [line.code for line in version(world, claim_id).lines] == ["J0696", "G0008"]
    assert world.books(claim_id)["charges"] == -4_600
    assert world.faults() == []


def test_a_claim_that_is_with_the_coder_again_waits_and_is_not_sent(world: World) -> None:
    claim_id = world.claim()
    world.do(RouteToCoder(claim_id, "which side?"))
    with pytest.raises(Refused, match="No claim is ready"):
        world.send()
    encounter_id = world.get(Claim, claim_id).encounter_id
    world.do(AddDiagnosis(encounter_id, "E11.9"))
    with pytest.raises(Refused, match="No claim is ready"):
        world.send()
    world.do(FinishCoding(encounter_id))
    assert world.get(Claim, claim_id).control_number in world.send()


# --- hold and void ------------------------------------------------------------------------------------------------


def test_a_held_encounter_is_away_until_its_date(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    until = DAY + timedelta(days=3)
    world.do(HoldEncounter(encounter_id, until, "report is missing"))
    assert world.owner.next_item("coding") is None
    with on(until):
        assert world.owner.next_item("coding") is not None
    world.do(ResumeEncounter(encounter_id))
    encounter = world.get(Encounter, encounter_id)
    assert (encounter.state, encounter.hold_until, encounter.hold_reason) == ("IN_PROGRESS", None, "")
    assert world.item("coding", encounter_id).deferred_until is None
    assert world.faults() == []


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_hold_and_a_void_need_a_reason(world: World, reason: str) -> None:
    encounter_id = world.encounter("PRMUT")
    with pytest.raises(Refused):
        world.do(HoldEncounter(encounter_id, DAY + timedelta(days=3), reason))
    with pytest.raises(Refused):
        world.do(VoidEncounter(encounter_id, reason))


def test_a_hold_is_not_for_the_past(world: World) -> None:
    with pytest.raises(Refused, match="not in the future"):
        world.do(HoldEncounter(world.encounter("PRMUT"), DAY, "later"))


def test_a_void_encounter_leaves_the_queue_and_bills_nothing(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id, finish=False)
    world.do(VoidEncounter(encounter_id, "no show"))
    assert not world.item("coding", encounter_id).open
    assert world.all(Claim) == []
    with pytest.raises(Refused, match="is VOID"):
        world.do(FinishCoding(encounter_id))
    assert world.faults() == []


def test_an_encounter_that_was_billed_is_not_voided_behind_its_claim(world: World) -> None:
    claim_id, _ = world.denied()
    world.do(RouteToCoder(claim_id, "billable?"))
    with pytest.raises(Refused, match="claim"):
        world.do(VoidEncounter(world.get(Claim, claim_id).encounter_id, "no show"))


def test_coding_needs_no_right_to_see_money() -> None:
    assert {str(permission) for permission in PERMISSIONS[Role.CODER]} == {"code", "read notes"}
