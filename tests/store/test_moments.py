"""First steps that were made before are put back, and made anew where anything was written since."""

from __future__ import annotations

from store.tables import Claim
from tests.store.world import World


def test_a_practice_that_was_there_before_is_the_same_and_one_that_was_changed_is_made_anew(world: World) -> None:
    ends = []
    for _ in range(3):
        world.again()
        ends.append((world.sent(), world.dump(everything=True)))
    (first, _), (second, made), (third, put_back) = ends
    assert (first, second, made) == (second, third, put_back)
    world.again()
    world.sql("UPDATE payer SET name = 'Changed'")
    assert world.one(Claim, id=world.sent()).charge == 22_700
    assert world.sql("SELECT DISTINCT name FROM payer") == [("Changed",)]
