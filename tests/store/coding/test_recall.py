"""What comes back to coding: by a claim edit, a rejection or a denial, or by a coder's own second thought."""

from __future__ import annotations

import pytest

from store.claims.correct import RouteToCoder
from store.coding.diagnoses import AddDiagnosis
from store.coding.flow import FinishCoding
from store.coding.recall import NothingToRecode, RecallEncounter
from store.denials.commands import RouteDenial
from store.errors import Refused
from store.tables import Claim, Denial, Encounter, Remark
from tests.store.world import World


def encounter_of(world: World, claim_id: int) -> Encounter:
    return world.get(Encounter, world.get(Claim, claim_id).encounter_id)


def _stopped(world: World) -> int:
    """A claim that an edit stops."""
    return world.claim()


def _rejected(world: World) -> int:
    claim_id = world.claim()
    number = world.get(Claim, claim_id).control_number
    world.answered(world.send(), **{number.replace("-", "_"): "reject"})
    return claim_id


@pytest.mark.parametrize("make", [_stopped, _rejected], ids=["claim edit", "rejection"])
def test_a_claim_that_is_asked_about_is_its_coders_work_again(world: World, make: object) -> None:
    assert callable(make)
    claim_id = make(world)
    encounter = encounter_of(world, claim_id)
    world.sql("UPDATE encounter SET coded_by=:coder", coder=world.who("coder").actor.user_id)
    world.who("biller").do(RouteToCoder(claim_id, "which side?"))
    item = world.item("coding", encounter.id)
    assert (item.open, item.assigned_to) == (True, world.who("coder").actor.user_id)
    assert item.reason == "recode: which side?"
    assert encounter_of(world, claim_id).state == "RECODE"
    assert world.faults() == []


def test_two_denied_lines_of_one_claim_bring_it_back_once(world: World) -> None:
    claim_id, _ = world.denied()
    first, second = world.all(Denial, claim_id=claim_id)
    world.do(RouteDenial(first.id, "is 25 right?"))
    world.do(RouteDenial(second.id, "and the units?"))
    assert encounter_of(world, claim_id).state == "RECODE"
    assert world.item("coding", encounter_of(world, claim_id).id).reason == "recode: and the units?"


def test_right_codes_go_back_with_the_reason_and_no_claim_is_made_anew(world: World) -> None:
    claim_id, _ = world.denied()
    world.do(RouteToCoder(claim_id, "is the modifier right?"))
    encounter = encounter_of(world, claim_id)
    with pytest.raises(Refused, match="Say why"):
        world.do(NothingToRecode(encounter.id, " "))
    world.do(NothingToRecode(encounter.id, "the note says so"))
    claim = world.get(Claim, claim_id)
    assert (encounter_of(world, claim_id).state, claim.current) == ("RELEASED", 1)
    assert not world.item("coding", encounter.id).open
    assert any("the note says so" in row.text for row in world.all(Remark, claim_id=claim_id))
    assert world.faults() == []


def test_touched_codes_are_finished_and_not_waved_through(world: World) -> None:
    claim_id, _ = world.denied()
    world.do(RouteToCoder(claim_id, "is the modifier right?"))
    encounter = encounter_of(world, claim_id)
    world.do(AddDiagnosis(encounter.id, "E11.9"))
    with pytest.raises(Refused, match="Finish it"):
        world.do(NothingToRecode(encounter.id, "all right"))
    world.do(FinishCoding(encounter.id))
    assert world.get(Claim, claim_id).current == 2


def test_a_coder_takes_back_what_has_not_gone_out_and_nothing_else(world: World) -> None:
    claim_id = world.claim()
    encounter = encounter_of(world, claim_id)
    world.do(RecallEncounter(encounter.number, "a code is missing"))
    assert encounter_of(world, claim_id).state == "RECODE"
    assert world.item("coding", encounter.id).open
    with pytest.raises(Refused, match="only what is finished"):
        world.do(RecallEncounter(encounter.number, "again"))
    sent = world.sent()
    with pytest.raises(Refused, match="with the payer"):
        world.do(RecallEncounter(encounter_of(world, sent).number, "a code is missing"))
    assert world.faults() == []
