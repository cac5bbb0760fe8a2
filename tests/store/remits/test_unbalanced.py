"""A remittance that does not add up posts nothing, and is kept where somebody sees it."""

from __future__ import annotations

import pytest

from store.claims import archive
from store.errors import Refused
from store.jobs import TakeInRemittance
from store.remits.arrivals import SettleMatter
from store.remits.take_in import ImportRemittance
from store.tables import ArchivedFile, PaymentMatter, Remittance
from store.work.record import Lines
from store.work.values import View
from tests.store.eras import era, pays
from tests.store.world import World


@pytest.mark.parametrize("level", ["line", "claim", "transaction"])
def test_it_is_kept_with_place_equation_and_difference_and_a_right_one_settles_it(world: World, level: str) -> None:
    claim_id = world.sent()
    good = era(pays(world, claim_id, "CO-45 500", ""))
    bad, reason, equation = broken(good, level)
    for _ in range(2):  # again it is refused again, and not kept twice
        with pytest.raises(Refused, match="kept under Payments and deposits"):
            world.do(TakeInRemittance("june.835", bad))
    assert world.all(Remittance) == []
    assert world.books(claim_id) == {"charges": -22_700, "insurance": 22_700}
    matter = world.one(PaymentMatter)
    assert (matter.reason, abs(matter.found), equation in matter.told) == (reason, 100, True)
    row = world.owner.page("payments", View()).rows[0]
    assert row.cells[-1] == reason
    record = world.owner.record("payments", matter.id)
    segments = record.tabs[1].blocks[0]
    assert isinstance(segments, Lines)
    assert segments.lines[0].startswith(f"{matter.segment}  ")
    assert archive.content(world.one(ArchivedFile, kind="835 unbalanced")) == bad
    world.do(ImportRemittance("july.835", good))
    assert not world.item("payments", matter.id).open
    assert world.books(claim_id)["cash"] == 22_200
    assert world.faults() == []


def broken(good: bytes, level: str) -> tuple[bytes, str, str]:
    """The file with a dollar wrong on one level."""
    segments = good.decode().split("~")
    name, place, equation, reason = {
        "line": ("SVC", 3, "SVC02", "UNBAL-L"),
        "claim": ("CLP", 4, "CLP03", "UNBAL-C"),
        "transaction": ("BPR", 2, "BPR02", "UNBAL-T"),
    }[level]
    at = next(n for n, text in enumerate(segments) if text.strip().startswith(f"{name}*"))
    elements = segments[at].split("*")
    elements[place] = f"{float(elements[place]) - 1:g}"
    segments[at] = "*".join(elements)
    return "~".join(segments).encode(), reason, equation


def test_it_is_settled_with_what_was_done_about_it(world: World) -> None:
    bad, _, _ = broken(era(pays(world, world.sent(), "", "")), "transaction")
    with pytest.raises(Refused):
        world.do(TakeInRemittance("june.835", bad))
    matter = world.one(PaymentMatter)
    world.do(SettleMatter(matter.id, "sent back to the payer"))
    assert not world.item("payments", matter.id).open


def test_a_damaged_file_is_refused_and_not_kept(world: World) -> None:
    with pytest.raises(Refused):
        world.do(TakeInRemittance("june.835", era(pays(world, world.sent(), "", ""))[:-20]))
    assert world.all(PaymentMatter) == []
