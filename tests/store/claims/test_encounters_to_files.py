"""Whatever valid encounters are coded, their file reads back as the same claims with the same cents."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.tables import Claim, Diagnosis
from store.x12.claim_reading import claims_of
from store.x12.claim_values import ProfessionalClaim
from store.x12.institutional_values import InstitutionalClaim
from store.x12.segments import Reader
from tests.store.world import World
from tests.store.x12.samples import validator_complaints

CODES = ("I10", "E11.9", "J02.9", "R05.1")
PROCEDURES = ("G0438", "G0008", "J0696", "J3301")
PAYERS = (("PRMUT",), ("MEDB", "HRTLD"), ("HRTLD",), ("PRMUT", "SUMMT"))


@st.composite
def visits(draw: st.DrawFn) -> dict[str, Any]:
    """Payers, diagnoses and lines of an encounter that a coder may finish."""
    diagnoses = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=4, unique=True))
    lines = []
    for code in draw(st.lists(st.sampled_from(PROCEDURES), min_size=1, max_size=4, unique=True)):
        pointers = draw(st.lists(st.integers(1, len(diagnoses)), min_size=1, max_size=4, unique=True))
        modifiers = tuple(draw(st.lists(st.sampled_from(("25", "59", "GA")), max_size=2, unique=True)))
        units = draw(st.integers(1, 9)) if code.startswith("J") else 1
        lines.append((code, modifiers, units, tuple(pointers)))
    return {
        "payers": draw(st.sampled_from(PAYERS)),
        "place": draw(st.sampled_from(("11", "22"))),
        "codes": tuple(diagnoses),
        "lines": tuple(lines),
    }


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_visits=st.lists(visits(), min_size=1, max_size=3))
def test_encounters_go_out_and_read_back_as_the_same_claims(world: World, given_visits: list[dict[str, Any]]) -> None:
    sent: dict[str, tuple[Claim, dict[str, Any]]] = {}
    for visit in given_visits:
        encounter_id = world.encounter(*visit["payers"], place=visit["place"])
        world.code(encounter_id, visit["codes"], visit["lines"])
        claim = world.one(Claim, encounter_id=encounter_id)
        world.let_pass(claim.id)
        claim = world.get(Claim, claim.id)
        assert claim.state == "READY", claim.edit_code
        sent[claim.control_number] = (claim, visit)
    text = world.send()
    assert validator_complaints(text) == []
    read = [claim for whole in Reader(text.encode()).sets() for claim in claims_of(whole)]
    assert {claim.control_number for claim in read} == set(sent)
    for one in read:
        assert isinstance(one, ProfessionalClaim)
        claim, visit = sent[one.control_number]
        assert one.charge == claim.charge == sum(row.charge for row in world.lines(claim.id))
        assert (one.place, one.subscription.payer_id) == (visit["place"], visit["payers"][0])
        codes = [row.code.replace(".", "") for row in world.all(Diagnosis, encounter_id=claim.encounter_id)]
        assert list(one.diagnoses) == codes
        told = [(line.code, line.modifiers, line.units, line.charge, line.control) for line in one.lines]
        ours = world.lines(claim.id)
        assert told == [
            (row.code, tuple(filter(None, row.modifiers.split(","))), row.units, row.charge, row.control)
            for row in ours
        ]
        assert [line.pointers for line in one.lines] == [line[3] for line in visit["lines"]]
    assert world.faults() == []


@st.composite
def bills(draw: st.DrawFn) -> tuple[tuple[str, str], ...]:
    """A hospital's bill for a visit, as it arrives with the encounter."""
    revenue = draw(st.lists(st.sampled_from(("0250", "0510", "0636", "0771")), min_size=1, max_size=4))
    amounts = draw(st.lists(st.integers(0, 10**7), max_size=2))
    fields = {
        "bill_type": draw(st.sampled_from(("131", "0851"))),
        "revenue": " ".join(revenue),
        "conditions": " ".join(draw(st.lists(st.sampled_from(("09", "44", "C1")), max_size=3, unique=True))),
        "values": ", ".join(f"A{n} {cents // 100}.{cents % 100:02}" for n, cents in enumerate(amounts, 1)),
        "external": draw(st.sampled_from(("", "W18.30XA, Y92.89"))),
    }
    return tuple((name, text) for name, text in fields.items() if text)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(visit=visits(), bill=bills())
def test_a_hospitals_visits_go_out_and_read_back_as_the_same_claims(
    world: World, visit: dict[str, Any], bill: tuple[tuple[str, str], ...]
) -> None:
    encounter_id = world.encounter(*visit["payers"], place=visit["place"], claim=bill)
    world.code(encounter_id, visit["codes"], visit["lines"])
    claim = world.one(Claim, encounter_id=encounter_id)
    world.let_pass(claim.id)
    text = world.send()
    assert validator_complaints(text) == []
    (one,) = (claim for whole in Reader(text.encode()).sets() for claim in claims_of(whole))
    assert isinstance(one, InstitutionalClaim)
    told, ours = dict(bill), world.lines(claim.id)
    assert one.charge == world.get(Claim, claim.id).charge == sum(row.charge for row in ours)
    assert [code.code for code in one.diagnoses] == [code.replace(".", "") for code in visit["codes"]]
    revenue = [*told["revenue"].split(), *[told["revenue"].split()[-1]] * 4]
    assert [(line.revenue, line.code, line.units, line.charge, line.control) for line in one.lines] == [
        (code, row.code, row.units, row.charge, row.control) for code, row in zip(revenue, ours, strict=False)
    ]
    assert one.bill_type == f"0{told['bill_type'].removeprefix('0')}"
    assert list(one.conditions) == told.get("conditions", "").split()
    assert [f"{value.code} {value.cents // 100}.{value.cents % 100:02}" for value in one.values] == [
        value for value in told.get("values", "").split(", ") if value
    ]
    assert [cause.code for cause in one.external] == (["W1830XA", "Y9289"] if "external" in told else [])
    assert world.faults() == []
