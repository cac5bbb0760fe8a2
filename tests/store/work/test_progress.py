"""Long work tells how far it is; stopped, it leaves nothing behind."""

from __future__ import annotations

import pytest

from store.intake.load import ImportEncounters
from store.intake.values import EncounterIn
from store.tables import Encounter
from store.work.progress import Stopped, listening, steps, tell
from tests.store.world import DOS, NOTE, PROVIDER, World, insured, person


def test_steps_gives_every_row_and_tells_the_total_at_the_end() -> None:
    told: list[tuple[int, int, str]] = []
    with listening(lambda *one: told.append(one)):
        assert list(steps(range(45), "rows")) == list(range(45))
    assert told == [(0, 45, "rows"), (20, 45, "rows"), (40, 45, "rows"), (45, 45, "rows")]
    tell(1, 2, "nobody listens")


def test_a_stopped_import_keeps_nothing(world: World) -> None:
    def stop(done: int, _total: int, _what: str) -> None:
        if done >= 20:
            raise Stopped

    before = world.dump(everything=True)
    command = ImportEncounters("many.csv", tuple(_visit(f"S{number}") for number in range(60)))
    with listening(stop), pytest.raises(Stopped):
        world.do(command)
    assert world.dump(everything=True) == before
    world.do(command)
    assert len(world.all(Encounter)) == 60


def _visit(name: str) -> EncounterIn:
    return EncounterIn(
        "test", name, 1, person(name), PROVIDER, DOS, coverages=(insured("PRMUT"),), note=NOTE, place="11"
    )
