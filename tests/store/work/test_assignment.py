"""Work is handed out by rules, evenly, and around who is away; nobody's own work is taken."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from store.errors import NotAllowed, Refused
from store.tables import WorkItem
from store.work.assignment import ApplyRules, DropRule, KeepRule, LevelLoad, SetAway
from store.work.commands import Assign
from store.work.values import View
from tests.store.world import DAY, World


def _coder(world: World, number: int) -> int:
    from store.people.users import AddUser

    done = world.do(AddUser(f"hand{number}", 61_000 + number, "coder"))
    assert isinstance(done.result, int)
    return done.result


def _column(world: World, key: str) -> int:
    return [column.key for column in world.owner.queue("coding").columns].index(key)


def _whose(world: World) -> Counter[int | None]:
    return Counter(item.assigned_to for item in world.all(WorkItem, queue="coding"))


def test_the_first_rule_that_fits_gives_the_item(world: World) -> None:
    one, two = _coder(world, 1), _coder(world, 2)
    mine = world.encounter("MEDB")
    rest = world.encounter("PRMUT")
    names = {
        row.subject_id: str(row.cells[_column(world, "patient")]) for row in world.owner.page("coding", View()).rows
    }
    world.do(KeepRule("coding", f"patient:{names[mine].split(',')[0]}", one))
    world.do(KeepRule("coding", "", two))
    said = world.do(ApplyRules("coding")).said
    assert "hand1 1, hand2 1 more." in said
    assert world.item("coding", mine).assigned_to == one
    assert world.item("coding", rest).assigned_to == two


def test_rules_leave_what_is_assigned_and_go_around_who_is_away(world: World) -> None:
    one, two = _coder(world, 1), _coder(world, 2)
    kept = world.encounter("PRMUT")
    world.do(Assign(world.item("coding", kept).id, two))
    world.encounter("PRMUT")
    world.do(KeepRule("coding", "", one))
    world.do(SetAway(one, DAY + timedelta(days=3)))
    assert "Nothing was to be handed out." in world.do(ApplyRules("coding")).said
    world.do(SetAway(one, None))
    world.do(ApplyRules("coding"))
    assert _whose(world) == {one: 1, two: 1}


def test_levelling_evens_the_load_and_takes_over_for_who_is_away(world: World) -> None:
    one, two, three = (_coder(world, number) for number in (1, 2, 3))
    for _ in range(4):
        world.do(Assign(world.item("coding", world.encounter("PRMUT")).id, one))
    for _ in range(5):
        world.encounter("PRMUT")
    for user_id, name in world.owner.users():
        if not name.startswith("hand"):
            world.do(SetAway(user_id, DAY))
    world.do(LevelLoad("coding"))
    assert _whose(world) == {one: 4, two: 3, three: 2}
    world.do(SetAway(one, DAY))
    world.do(LevelLoad("coding"))
    assert _whose(world)[one] == 0
    assert sorted((_whose(world)[two], _whose(world)[three])) == [4, 5]


def test_only_who_assigns_work_hands_it_out(world: World) -> None:
    one = _coder(world, 1)
    for command in (KeepRule("coding", "", one), ApplyRules("coding"), LevelLoad("coding"), SetAway(one, DAY)):
        with pytest.raises(NotAllowed, match="assign work"):
            world.who("coder").do(command)


def test_a_rule_that_cannot_work_is_refused(world: World) -> None:
    one = _coder(world, 1)
    with pytest.raises(Refused, match="no column 'colour'"):
        world.do(KeepRule("coding", "colour:red", one))
    with pytest.raises(Refused, match="may not work this queue"):
        world.do(KeepRule("denials", "", one))
    with pytest.raises(Refused, match="no rules yet"):
        world.do(ApplyRules("coding"))
    with pytest.raises(Refused, match="is past"):
        world.do(SetAway(one, DAY - timedelta(days=1)))
    rule = world.do(KeepRule("coding", "", one)).result
    assert world.owner.rules("coding") == ((rule, "", "hand1"),)
    assert isinstance(rule, int)
    world.do(DropRule(rule))
    assert world.owner.rules("coding") == ()
