"""Saved views: one's own are nobody else's, shared ones are everybody's and in the hands of who may share."""

from __future__ import annotations

import pytest

from store.errors import NotAllowed
from store.work.values import View
from store.work.views import DropView, SaveView
from tests.store.world import World

BIG = View("den:>100")


def names(world: World, person: str) -> list[str]:
    return [one.name for one in world.who(person).views("denials")]


def test_another_person_sees_shared_views_and_none_of_ones_own_and_can_drop_neither(world: World) -> None:
    own = int(str(world.do(SaveView("denials", "my big ones", BIG)).result))
    shared = int(str(world.do(SaveView("denials", "big ones", BIG, shared=True)).result))
    assert [one.name for one in world.owner.views("denials")] == ["my big ones", "big ones"]
    assert names(world, "biller") == ["big ones"]
    with pytest.raises(NotAllowed, match="somebody else's"):
        world.who("biller").do(DropView(own))
    with pytest.raises(NotAllowed, match="lacks the permission 'assign work' to share views"):
        world.who("biller").do(DropView(shared))
    with pytest.raises(NotAllowed, match="somebody else's"):
        world.who("supervisor").do(DropView(own))
    assert len(world.owner.views("denials")) == 2
    world.who("supervisor").do(DropView(shared))
    assert names(world, "biller") == []


def test_who_lacks_the_right_keeps_a_view_for_himself_alone(world: World) -> None:
    biller = world.who("biller")
    with pytest.raises(NotAllowed, match="to share views"):
        biller.do(SaveView("denials", "small ones", BIG, shared=True))
    biller.do(SaveView("denials", "small ones", BIG))
    assert names(world, "biller") == ["small ones"]
    assert world.owner.views("denials") == ()
