"""What an encounter is expected to charge orders the coding queue."""

from __future__ import annotations

from store.coding.diagnoses import AddDiagnosis
from store.coding.lines import AddLine
from store.work.values import View
from tests.store.world import World


def est(world: World) -> dict[int, object]:
    """The expected charge of each encounter, in the order of the queue, as a coder sees it."""
    page = world.who("coder").page("coding", View())
    place = [column.key for column in world.who("coder").queue("coding").columns].index("est")
    return {row.subject_id: row.cells[place] for row in page.rows}


def test_a_visit_is_expected_to_charge_what_others_of_its_kind_did_and_larger_ones_come_first(world: World) -> None:
    few = world.encounter("PRMUT", kind="Office visit")
    assert est(world) == {few: 0}  # nothing is known yet
    for lines in ((("G0438", (), 1, (1,)),), (("G0438", (), 1, (1,)),), (("G0008", (), 1, (1,)),)):
        world.code(world.encounter("PRMUT", kind="Check-up"), lines=lines)
    small = world.encounter("PRMUT", kind="Check-up")
    assert est(world)[small] == (2 * 19_500 + 3_200) // 3
    assert list(est(world)) == [small, few]
    large = world.encounter("PRMUT", kind="Surgery")  # of this kind there are too few: the specialty's mean
    assert est(world)[large] == est(world)[small]
    world.do(AddDiagnosis(small, "I10"))
    world.do(AddLine(small, "G0008"))
    assert est(world)[small] == 3_200  # its own lines
    item = world.item("coding", large).id
    assert "Expected charge $140.66" in " ".join(world.who("coder").why(item).lines)
