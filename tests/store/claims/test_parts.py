"""One claim a payer, place and range of dates: long visits go out in parts, visits near each other on one claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from store.calls.insurance import bill_insurance
from store.claims import snapshot
from store.claims.correct import BuildClaims, CorrectClaim, RouteToCoder
from store.claims.payers import SavePayer
from store.claims.rejection_work import RetransmitClaims
from store.claims.split import SplitOff, others_on
from store.coding import diagnoses, flow, lines
from store.errors import Refused
from store.remits.take_in import ImportRemittance
from store.tables import Claim, ClaimFinding, ClaimVersion, Diagnosis, Encounter, Payer, Posting, ServiceLine
from store.work.command import Change, Command, Said
from store.x12.claim_reading import claims_of as read_from
from store.x12.claim_values import ProfessionalClaim
from store.x12.segments import Reader
from tests.store.eras import era, pays
from tests.store.world import DOS, World, person
from tests.store.x12.samples import validator_complaints

CODES = ("I10", "E11.9", "J02.9", "R05.1", "M54.50", "K21.9", "N39.0", "L03.90", "H10.9", "G43.909", "F41.9", "D64.9")
MANY = tuple(("J0696", (("59",) if n % 2 else ("76",)), n % 7 + 1, (n % 4 + 1,)) for n in range(52))
FEW = MANY[:6]


@dataclass(frozen=True, slots=True)
class Insured(Command):
    """What a call about insurance does, without the call."""

    guarantor_id: int
    patient_id: int
    payer_id: int
    name: ClassVar[str] = "test.insured"

    def apply(self, change: Change) -> Said:
        return Said(bill_insurance(change, self.guarantor_id, self.patient_id, self.payer_id, "HRT999999999", None))


def parts(world: World, encounter_id: int, **where: Any) -> list[Claim]:
    return [one for one in world.all(Claim, encounter_id=encounter_id, **where) if one.prior_id is None]


def content(world: World, claim: Claim) -> ProfessionalClaim:
    return snapshot.load(world.all(ClaimVersion, claim_id=claim.id)[-1].content)


def read(text: str) -> dict[str, ProfessionalClaim]:
    """Claims of a file by CLM01, after the other validator has looked at it."""
    assert validator_complaints(text) == []
    found = [one for whole in Reader(text.encode()).sets() for one in read_from(whole)]
    return {one.control_number: one for one in found if isinstance(one, ProfessionalClaim)}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims of at most four lines, so that a visit of six is a long one."""
    monkeypatch.setattr("store.claims.parts.MAX_LINES", 4)


def ready(world: World) -> None:
    """Lets the warnings pass; a claim that is judged again may warn of one that was not there before."""
    for _ in range(3):
        for claim in world.all(Claim, state="EDIT_FAIL"):
            world.let_pass(claim.id)


def long_visit(world: World, *payers: str, lines: Any = FEW) -> int:
    encounter_id = world.encounter(*(payers or ("PRMUT",)))
    world.code(encounter_id, CODES[:4], lines)
    ready(world)
    return encounter_id


def test_a_visit_of_52_lines_goes_out_in_two_claims_whose_cents_and_lines_are_the_visits(world: World) -> None:
    encounter_id = long_visit(world, lines=MANY)
    first, second = parts(world, encounter_id)
    number = world.get(Encounter, encounter_id).number
    assert [first.control_number, second.control_number] == [f"{number}-1", f"{number}-1-2"]
    services = world.all(ServiceLine, encounter_id=encounter_id)
    assert [len(world.lines(one.id)) for one in (first, second)] == [50, 2]
    assert first.charge + second.charge == sum(one.charge for one in services)
    sent = read(world.send())
    told = [line for one in (first, second) for line in sent[one.control_number].lines]
    assert [(line.code, line.units, line.pointers, line.modifiers) for line in told] == [
        (code, units, pointers, modifiers) for code, modifiers, units, pointers in MANY
    ]
    assert {tuple(one.diagnoses) for one in sent.values()} == {("I10", "E119", "J029", "R051")}
    assert len({line.control for line in told}) == 52
    assert world.faults() == []


def test_control_numbers_have_at_most_twenty_characters_and_stay_over_versions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.claims.parts.MAX_LINES", 1)
    encounter_id = world.encounter("PRMUT", "HRTLD")
    world.sql("UPDATE encounter SET number='99999999999' WHERE id=:id", id=encounter_id)
    world.code(encounter_id, CODES[:4], MANY[:11])
    claims = parts(world, encounter_id)
    assert [one.control_number for one in claims] == [
        "99999999999-1", *(f"99999999999-1-{part}" for part in range(2, 12))
    ]  # fmt: skip
    last = claims[-1]
    before = content(world, last)
    world.do(CorrectClaim(last.id, fields=(("note", "AGAIN"),)))
    after = content(world, last)
    assert world.get(Claim, last.id).current == 2
    assert (after.control_number, after.lines[0].control) == (before.control_number, before.lines[0].control)
    ready(world)
    sent = read(world.send())
    assert {*sent} == {one.control_number for one in claims}
    assert max(map(len, sent)) <= 20
    world.do(ImportRemittance("835", era(pays(world, last.id, "PR-1 100"))))
    following = world.one(Claim, prior_id=last.id)
    assert following.control_number == "99999999999-2"


@pytest.mark.usefixtures("small")
def test_each_part_is_answered_and_goes_on_to_the_next_payer_by_itself(world: World) -> None:
    encounter_id = long_visit(world, "PRMUT", "HRTLD")
    world.send()
    for claim in parts(world, encounter_id):
        whys = ["PR-1 100"] * len(world.lines(claim.id))
        world.do(ImportRemittance("835", era(pays(world, claim.id, *whys), trace=claim.control_number)))
        following = world.one(Claim, prior_id=claim.id)
        told = content(world, following)
        assert (following.charge, told.subscription.sequence) == (claim.charge, "S")
        assert [line.prior[0].remaining for line in told.lines] == [100] * len(whys)
        assert world.books(following.id) == {"insurance": 100 * len(whys), "forwarded": -100 * len(whys)}
        assert following.control_number.startswith(claim.control_number.replace("-1", "-2", 1)[:7])
    ready(world)
    sent = read(world.send())
    assert len(sent) == 2
    assert world.faults() == []


@pytest.mark.usefixtures("small")
def test_a_further_line_changes_the_last_part_alone_and_what_was_decided_stays(world: World) -> None:
    encounter_id = long_visit(world)
    world.send()
    first, second = parts(world, encounter_id)
    with pytest.raises(Refused, match="wait for the payer's answer"):
        world.do(RouteToCoder(second.id, "one more?"))
    for claim in (first, second):
        world.do(ImportRemittance("835", era(pays(world, claim.id, *[""] * len(world.lines(claim.id))),
                                             trace=claim.control_number)))  # fmt: skip
    world.do(RouteToCoder(second.id, "one more?"))
    world.do(lines.AddLine(encounter_id, "G0008"))
    world.do(flow.FinishCoding(encounter_id))
    first, second = parts(world, encounter_id)
    assert (first.state, first.current) == ("PAID", 1)
    assert (second.current, len(world.lines(second.id))) == (2, 3)
    assert world.all(ClaimVersion, claim_id=second.id)[-1].frequency == "7"
    services = world.all(ServiceLine, encounter_id=encounter_id)
    assert first.charge + second.charge == sum(one.charge for one in services)
    assert world.faults() == []


@pytest.mark.usefixtures("small")
def test_a_part_that_is_with_the_payer_keeps_its_visit_from_the_coder(world: World) -> None:
    encounter_id = long_visit(world)
    first, second = parts(world, encounter_id)
    text = world.send()
    world.answered(text, **{one.control_number: "rejected" for one in (first, second)})
    assert world.get(Claim, second.id).state == "REJECTED"
    world.do(RetransmitClaims((first.id,), "as it was"))
    world.send()
    with pytest.raises(Refused, match=f"{first.control_number} bills a part of encounter .* Wait for its answer"):
        world.do(RouteToCoder(second.id, "which side?"))


@pytest.mark.usefixtures("small")
def test_an_add_on_or_a_pair_on_another_part_counts_as_if_it_stood_here(world: World) -> None:
    twins = tuple((code, mods, units, (1,)) for code, mods, units, _ in FEW)
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id, ("I10",), (*twins, ("G0438", (), 1, (1,)), ("G2211", (), 1, (1,))))
    told = {one.code for claim in parts(world, encounter_id) for one in world.all(ClaimFinding, claim_id=claim.id)}
    assert not any(code.startswith("K.") and "ADD" in code for code in told), told


# --- visits together ------------------------------------------------------------------------------------------------


def together(world: World, days: int = 7, payer: str = "PRMUT") -> None:
    world.do(SavePayer(f'payer_id = "{payer}"\ncombine_days = {days}'))


def visit(world: World, who: str, day: int, codes: Any = ("I10",), lines: Any = None, **other: Any) -> int:
    encounter_id = world.encounter("PRMUT", patient=person(who), day=DOS + timedelta(days=day), **other)
    world.code(encounter_id, codes, lines or (("G0008", (), 1, (1,)),))
    return encounter_id


def test_visits_go_on_one_claim_only_where_the_payer_is_said_to_take_them_so(world: World) -> None:
    visit(world, "A", 0), visit(world, "A", 3)
    assert len(world.all(Claim)) == 2
    together(world)
    one, two = (
        visit(world, "B", 0, ("I10", "E11.9")),
        visit(world, "B", 3, ("E11.9", "J02.9"), (("J0696", (), 2, (2, 1)),)),
    )
    claim = world.one(Claim, encounter_id=one)
    assert world.all(Claim, encounter_id=two) == []
    assert (claim.service_from, claim.service_to, claim.current) == (DOS, DOS + timedelta(days=3), 2)
    told = content(world, claim)
    assert told.diagnoses == ("I10", "E11.9", "J02.9")
    assert [(line.code, line.pointers, (line.service_date - DOS).days) for line in told.lines] == [
        ("G0008", (1,), 0), ("J0696", (3, 2), 3),
    ]  # fmt: skip
    assert claim.charge == sum(line.charge for line in told.lines)
    ready(world)
    assert read(world.send())[claim.control_number].charge == claim.charge
    visit(world, "B", 4)  # what was sent takes nobody in
    assert len(world.all(Claim, patient_id=claim.patient_id)) == 2
    assert world.faults() == []


@pytest.mark.parametrize(
    ("day", "other"), [(7, {}), (1, {"place": "22"}), (1, {"facility": "Elsewhere"}), (1, {"setting": "inpatient"})]
)
def test_visits_too_far_apart_or_at_another_place_have_their_own(world: World, day: int, other: Any) -> None:
    together(world)
    visit(world, "A", 0)
    second = visit(world, "A", day, **other)
    assert world.one(Claim, encounter_id=second).current == 1


@pytest.mark.usefixtures("small")
def test_what_does_not_fit_on_one_claim_has_its_own(world: World) -> None:
    together(world)
    visit(world, "A", 0, CODES[:11])
    by_codes = visit(world, "A", 1, ("M17.11", "R51.9"))
    assert len(world.all(Claim, encounter_id=by_codes)) == 1
    visit(world, "B", 0, CODES[:4], FEW[:4])
    by_lines = visit(world, "B", 1)
    assert len(world.all(Claim, encounter_id=by_lines)) == 1


def test_the_coder_of_either_visit_mends_the_claim_of_both(world: World) -> None:
    together(world)
    one, two = visit(world, "A", 0), visit(world, "A", 1, lines=(("J0696", (), 1, (1,)),))
    claim = world.one(Claim, encounter_id=one)
    world.do(RouteToCoder(claim.id, "two units?", 2))
    assert (world.get(Encounter, one).state, world.get(Encounter, two).state) == ("RELEASED", "RECODE")
    ready(world)
    with pytest.raises(Refused, match="No claim is ready"):
        world.send()
    row = world.one(ServiceLine, encounter_id=two)
    world.do(lines.RemoveLine(two, row.id))
    world.do(lines.AddLine(two, "J3301", units=3))
    world.do(diagnoses.AddDiagnosis(two, "E11.9", first=True))
    world.do(flow.FinishCoding(two))
    told = content(world, world.get(Claim, claim.id))
    assert [(line.code, line.units, line.pointers) for line in told.lines] == [("G0008", 1, (1,)), ("J3301", 3, (1,))]
    assert told.diagnoses == ("I10", "E11.9")
    assert len(world.all(Claim)) == 1
    world.do(RouteToCoder(claim.id, "not billable?"))
    with pytest.raises(Refused, match="It was billed"):
        world.do(flow.VoidEncounter(two, "nobody came"))
    assert world.faults() == []


def test_taking_back_the_second_visit_leaves_the_claim_of_the_first_as_it_was(world: World) -> None:
    together(world)
    one = visit(world, "A", 0)
    before = world.one(Claim, encounter_id=one)
    world.let_pass(before.id)
    second = world.encounter("PRMUT", patient=person("A"), day=DOS + timedelta(days=1))
    world.code(second, lines=(("J0696", (), 1, (1,)),), finish=False)
    world.do(flow.FinishCoding(second))
    assert world.get(Claim, before.id).charge > before.charge
    world.owner.undo()
    after = world.get(Claim, before.id)
    assert (after.charge, after.service_to, after.current) == (before.charge, before.service_to, before.current)
    assert len(world.lines(before.id)) == 1
    assert world.faults() == []


def test_a_visit_is_taken_off_the_claim_that_it_was_put_on_until_that_is_sent(world: World) -> None:
    together(world)
    one, two = visit(world, "A", 0), visit(world, "A", 1, lines=(("J0696", (), 1, (1,)),))
    claim, second = world.one(Claim, encounter_id=one), world.get(Encounter, two)
    with pytest.raises(Refused, match="Take the others off"):
        world.do(SplitOff(claim.id, world.get(Encounter, one).number))
    with pytest.raises(Refused, match="bills no encounter"):
        world.do(SplitOff(claim.id, "999"))
    world.do(RouteToCoder(claim.id, "two units?", 2))
    with pytest.raises(Refused, match="with the coder"):
        world.do(SplitOff(claim.id, second.number))
    world.owner.undo()
    before = world.dump()
    with Session(world.engine) as session:
        others = others_on(session, claim.id)
    assert others == [(second.number, f"{second.service_date}  J0696")]
    world.do(SplitOff(claim.id, second.number))
    own = world.one(Claim, encounter_id=two)
    assert [[line.code for line in world.lines(each)] for each in (claim.id, own.id)] == [["G0008"], ["J0696"]]
    assert world.get(Claim, claim.id).charge + own.charge == claim.charge
    assert (own.service_from, world.get(Claim, claim.id).service_to) == (second.service_date, claim.service_from)
    assert world.faults() == []
    world.owner.undo()
    assert world.dump() == before
    world.do(SplitOff(claim.id, second.number))
    world.do(BuildClaims())
    assert len(world.lines(claim.id)) == 1
    ready(world)
    assert len(read(world.send())) == 2
    with pytest.raises(Refused, match="stay together"):
        world.do(SplitOff(claim.id, second.number))


@pytest.mark.usefixtures("small")
def test_insurance_told_later_takes_over_each_part(world: World) -> None:
    encounter_id = long_visit(world)
    world.send()
    for claim in parts(world, encounter_id):
        whys = ["PR-1 100"] * len(world.lines(claim.id))
        world.do(ImportRemittance("835", era(pays(world, claim.id, *whys), trace=claim.control_number)))
    first, second = parts(world, encounter_id)
    assert world.due(first.id)[0] == 600
    payer = world.one(Payer, payer_id="HRTLD")
    world.do(Insured(first.guarantor_id, first.patient_id, payer.id))
    assert world.due(first.id) == (0, 600)
    assert [world.books(one.id)["insurance"] for one in (first, second)] == [400, 200]


# --- whatever is coded ----------------------------------------------------------------------------------------------


@st.composite
def visits(draw: st.DrawFn) -> dict[str, Any]:
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=12, unique=True))
    pointer = st.lists(st.integers(1, len(codes)), min_size=1, max_size=4, unique=True)
    line = st.tuples(st.sampled_from(("J0696", "J3301", "G0008")), st.just(()), st.integers(1, 9), pointer.map(tuple))
    size = draw(st.integers(1, 9))
    made = draw(st.lists(line, min_size=size, max_size=size))
    return {"codes": tuple(codes), "lines": tuple(made), "day": draw(st.integers(0, 7))}


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(several=st.lists(visits(), min_size=1, max_size=3), days=st.sampled_from((0, 1, 7)))
@pytest.mark.usefixtures("small")
def test_every_line_is_billed_once_with_its_cents_however_visits_are_split_and_joined(
    world: World, several: list[dict[str, Any]], days: int
) -> None:
    together(world, days)
    who = f"R{len(world.all(Encounter))}"
    ids = [visit(world, who, one["day"], one["codes"], one["lines"]) for one in several]
    services = {row.id: row for one in ids for row in world.all(ServiceLine, encounter_id=one)}
    claims = [one for one in world.all(Claim) if one.patient_id == world.get(Encounter, ids[0]).patient_id]
    billed = [line for claim in claims for line in world.lines(claim.id)]
    assert sorted(line.service_line_id or 0 for line in billed) == sorted(services)
    assert all(line.charge == services[line.service_line_id or 0].charge for line in billed)
    assert sum(claim.charge for claim in claims) == sum(row.charge for row in services.values())
    booked = [one.cents for claim in claims for one in world.all(Posting, claim_id=claim.id, book="insurance")]
    assert sum(booked) == sum(row.charge for row in services.values())
    ready(world)
    sent = read(world.send())
    for claim in claims:
        told, mine = sent[claim.control_number], world.lines(claim.id)
        assert (told.charge, len(told.lines)) == (claim.charge, len(mine))
        assert len(told.lines) <= 4
        assert len(told.diagnoses) <= 12
        for line, row in zip(told.lines, mine, strict=True):
            service = services[row.service_line_id or 0]
            pointed = [world.get(Diagnosis, int(one)).code.replace(".", "") for one in service.pointers.split(",")]
            assert [told.diagnoses[one - 1] for one in line.pointers] == pointed
            assert (line.control, line.charge, line.service_date) == (row.control, row.charge, row.service_date)
    assert world.faults() == []
