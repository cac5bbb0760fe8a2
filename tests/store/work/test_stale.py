"""Who saves a record that somebody else saved meanwhile is told who it was and what they changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from sqlalchemy import text

from store.coding.flow import HoldEncounter
from store.errors import Stale
from store.tables import Encounter
from store.work.command import Change, Command, Said
from tests.store.world import DAY, World


@dataclass(frozen=True, slots=True)
class _FromBefore(Command):
    """A save of an encounter as it was before the other's: its version is no longer that which was read."""

    encounter_id: int
    name: ClassVar[str] = "test.from_before"

    def apply(self, change: Change) -> Said:
        row = change.get(Encounter, self.encounter_id)
        change.session.connection().execute(text("UPDATE encounter SET version = version + 1"))
        row.kind = "mine"
        return Said("saved")


def test_a_stale_save_tells_who_changed_what_and_keeps_nothing(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    world.who("coder").do(HoldEncounter(encounter_id, DAY + timedelta(days=3), "waits for the lab"))
    with pytest.raises(Stale, match=r"coder saved this encounter at \d\d:\d\d UTC: .*state READY → ") as refused:
        world.do(_FromBefore(encounter_id))
    assert "Nothing of yours was saved" in str(refused.value)
    assert world.get(Encounter, encounter_id).kind != "mine"
