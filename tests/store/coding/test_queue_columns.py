"""The coding queue: what a coder may choose by, beside what it shows on a small terminal."""

from __future__ import annotations

from datetime import timedelta

from store.coding.flow import HoldEncounter
from store.coding.queue import CODING
from store.work.values import View
from tests.store.world import DAY, World, person


def told(world: World, view: View) -> list[dict[str, object]]:
    keys = [shown.column.key for shown in CODING.shown]
    return [dict(zip(keys, row.cells, strict=True)) for row in world.owner.page("coding", view).rows]


def test_payer_mrn_facility_coder_and_hold_are_told_and_found(world: World) -> None:
    encounter_id = world.encounter("PRMUT", facility="CITY HOSPITAL", patient=person("MRN77"))
    world.encounter("HRTLD")
    world.code(encounter_id, finish=False)
    (row,) = told(world, View(filter="payer:prmut"))
    assert (row["payer"], row["mrn"], row["facility"], row["coder"]) == ("PRMUT", "MRN77", "CITY HOSPITAL", "owner")
    assert (row["review"], row["held"]) == ("", None)
    assert [one["mrn"] for one in told(world, View(filter="MRN77"))] == ["MRN77"]
    world.do(HoldEncounter(encounter_id, DAY + timedelta(days=2), "report is missing"))
    (held,) = told(world, View(deferred=True))
    assert held["held"] == DAY + timedelta(days=2)


def test_the_payer_is_the_one_who_pays_first_on_the_day_of_the_visit(world: World) -> None:
    world.encounter("PRMUT", "HRTLD")
    assert [row["payer"] for row in told(world, View())] == ["PRMUT"]
    world.sql("UPDATE coverage SET valid_to=:day WHERE member_id LIKE 'PRM%'", day=DAY - timedelta(days=60))
    assert [row["payer"] for row in told(world, View())] == ["HRTLD"]
