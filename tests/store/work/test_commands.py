"""One way to change a record: who may, once for each key, whole or not at all, with its images and its audit entry."""

from __future__ import annotations

import importlib
import json
import multiprocessing
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

import pytest
from sqlalchemy import event, text

import store
from store.coding.diagnoses import AddDiagnosis
from store.coding.flow import FinishCoding
from store.coding.whole import CodeEncounter
from store.db import open_engine, writer
from store.denials.commands import WriteOffDenial
from store.errors import NotAllowed, NotFound, Refused, Stale
from store.people.roles import PERMISSIONS, Actor, Role
from store.practice import Practice
from store.remits.take_in import ImportRemittance
from store.statements.runs import ApproveRun, SelectRun
from store.statements.sending import GenerateRun
from store.tables import Action, AuditEntry, Encounter, Remark, RowImage, Transition
from store.work.command import Change, Command, Said
from store.work.commands import AddRemark, Defer
from tests.store.eras import era, pays
from tests.store.world import DAY, World


def commands() -> dict[str, type[Command]]:
    """Every command of the store by its name."""
    for module in pkgutil.walk_packages(store.__path__, "store."):
        if ".migrations." not in module.name:
            importlib.import_module(module.name)
    found: dict[str, type[Command]] = {}
    waiting = list(Command.__subclasses__())
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one.__module__.startswith("store."):
            found[one.name] = one
    return found


@pytest.mark.parametrize("role", Role)
def test_each_command_refuses_a_role_that_lacks_its_permission_and_names_it(world: World, role: Role) -> None:
    practice = Practice(world.engine, Actor(1, "somebody", role))
    before = world.dump(everything=True)
    for command in commands().values():
        if command.permission is not None and command.permission not in PERMISSIONS[role]:
            with pytest.raises(NotAllowed, match=f"'{command.permission}'"):
                practice.do(object.__new__(command))
    assert world.dump(everything=True) == before


def test_every_change_of_money_claims_or_people_needs_a_permission() -> None:
    """Only what anybody does with an item of a queue that he may see, and undo, ask for none of their own."""
    free = {name for name, command in commands().items() if command.permission is None}
    common = {"work.defer", "work.assign", "work.escalate", "work.note", "work.undo"}
    assert free == common | {
        "work.save_view",
        "work.drop_view",
        "queries.import_answers",
        "work.together",
    }  # a person's own; those of several permissions ask inside


def test_the_same_key_gives_the_same_answer_and_one_effect(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    command = AddDiagnosis(encounter_id, "I10")
    first = world.do(command, key="k1")
    after = world.dump(everything=True)
    again = world.do(command, key="k1")
    assert (again.action_id, again.said, again.result) == (first.action_id, first.said, first.result)
    assert (first.repeated, again.repeated) == (False, True)
    assert world.dump(everything=True) == after


def test_a_retry_of_what_was_posted_posts_nothing(world: World) -> None:
    claim_id = world.sent()
    content = era(pays(world, claim_id, "CO-45 2500", ""))
    world.do(ImportRemittance("835", content), key="k1")
    before = world.dump(everything=True)
    assert world.do(ImportRemittance("835", content), key="k1").repeated
    assert world.dump(everything=True) == before


def _remark(url: str, user_id: int, item_id: int) -> tuple[int, bool]:
    engine = open_engine(url)
    done = Practice(engine, Actor(user_id, "owner", Role.OWNER)).do(AddRemark(item_id, "called"), key="one press")
    engine.dispose()
    return done.action_id, done.repeated


def test_the_same_key_in_four_processes_has_one_effect(world: World) -> None:
    claim_id = world.claim()
    given = [(world.url, world.owner.actor.user_id, world.item("claims", claim_id).id)] * 4
    world.engine.dispose()
    with multiprocessing.get_context("fork").Pool(4) as pool:
        answers = pool.starmap(_remark, given)
    assert len({action_id for action_id, _ in answers}) == 1
    assert sorted(repeated for _, repeated in answers) == [False, True, True, True]
    assert len(world.all(Remark)) == 1


@dataclass(frozen=True, slots=True)
class _Overtaken(Command):
    """Somebody else saves the encounter between this command's reading and its writing."""

    encounter_id: int
    name: ClassVar[str] = "test.overtaken"

    def apply(self, change: Change) -> Said:
        row = change.get(Encounter, self.encounter_id)
        change.session.connection().execute(text("UPDATE encounter SET version = version + 1, kind = 'theirs'"))
        row.kind = "ours"
        return Said("saved")


def test_a_save_from_an_older_version_is_stale_and_overwrites_nothing(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    before = world.dump(everything=True)
    with pytest.raises(Stale, match="meanwhile"):
        world.do(_Overtaken(encounter_id))
    assert world.dump(everything=True) == before


def test_a_record_that_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(NotFound, match="no encounter 99"):
        world.do(FinishCoding(99))


@contextmanager
def _power_cut(world: World, after: int) -> Iterator[None]:
    """The statement with that number, from 1, never reaches the database."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == after:
            raise RuntimeError("power cut")

    event.listen(world.engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(world.engine, "before_cursor_execute", count)


def _finish(world: World) -> Command:
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id, finish=False)
    return FinishCoding(encounter_id)


def _post(world: World) -> Command:
    claim_id = world.sent()
    return ImportRemittance("835", era(pays(world, claim_id, "CO-45 2500,PR-1 1000", "CO-16 3200"), plb="WO 100"))


def _give_up(world: World) -> Command:
    return WriteOffDenial(world.denied()[1], "filed too late")


def _generate(world: World) -> Command:
    world.do(_post(world))
    run_id = int(str(world.do(SelectRun(DAY)).result))
    world.do(ApproveRun(run_id))
    return GenerateRun(run_id)


@pytest.mark.parametrize("prepare", [_finish, _post, _give_up, _generate])
def test_a_failure_at_any_statement_leaves_nothing_half_done(world: World, prepare: Callable[[World], Command]) -> None:
    command = prepare(world)
    before, failed = world.dump(everything=True), 0
    for statement in range(1, 400, 2):
        try:
            with _power_cut(world, statement):
                world.do(command)
        except RuntimeError:
            failed += 1
            assert world.dump(everything=True) == before, statement
        else:
            break
    assert failed > 5
    assert world.dump(everything=True) != before
    assert world.faults() == []


def test_what_a_command_changed_is_kept_with_it(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id, finish=False)
    done = world.do(FinishCoding(encounter_id))
    steps = [(s.machine, s.before, s.after) for s in world.all(Transition, action_id=done.action_id)]
    assert steps == [
        ("encounter", "IN_PROGRESS", "CODED"),
        ("encounter", "CODED", "RELEASED"),
        ("claim", "", "BUILT"),
        ("claim", "BUILT", "READY"),
    ]
    tables = {image.table_name for image in world.all(RowImage, action_id=done.action_id)}
    assert tables == {"encounter", "work_item", "claim", "claim_line", "claim_version", "claim_event"}
    entry = world.all(AuditEntry)[-1]
    assert (entry.action, entry.subject, entry.user_name) == ("coding.finish", f"encounter:{encounter_id}", "owner")
    assert entry.patient_id == world.get(Encounter, encounter_id).patient_id


def test_free_text_stays_out_of_the_audit_trail_and_in_the_action(world: World) -> None:
    _, denial_id = world.denied()
    done = world.do(WriteOffDenial(denial_id, "Jane Doe phoned"))
    assert "Jane" in world.get(Action, done.action_id).args
    assert not any("Jane" in entry.detail for entry in world.all(AuditEntry))
    assert json.loads(world.all(AuditEntry)[-1].detail)["args"] == {"denial_id": denial_id}


def test_a_refused_command_leaves_no_trace(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    before = world.dump(everything=True)
    with pytest.raises(Refused):
        world.do(FinishCoding(encounter_id))
    assert world.dump(everything=True) == before


@pytest.mark.sqlite
def test_a_full_disk_is_told_in_a_sentence_and_nothing_is_saved(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    pages = world.sql("PRAGMA page_count")[0][0]
    full = open_engine(world.url)
    event.listen(full, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count={pages}"))
    before = world.dump(everything=True)
    practice = World(world.url, full, world.library).owner
    with pytest.raises(Refused, match="disk is full"):
        practice.do(CodeEncounter(encounter_id, (("I10", None, None),), (("G0438", (), 1, (1,)),) * 50))
    full.dispose()
    assert world.dump(everything=True) == before


@pytest.mark.sqlite
@pytest.mark.parametrize("what", ["do", "lease", "next", "undo"])
def test_a_busy_database_is_told_in_a_sentence(world: World, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    item_id = world.item("coding", world.encounter("PRMUT")).id
    world.do(Defer(item_id, DAY + timedelta(days=1)))
    world.encounter("PRMUT")  # there is one to take
    monkeypatch.setattr("store.db.BUSY_SECONDS", 0.05)
    quick = open_engine(world.url)
    practice = Practice(quick, world.owner.actor)
    tries: dict[str, Callable[[], object]] = {
        "do": lambda: practice.do(Defer(item_id, date(2026, 4, 1))),
        "lease": lambda: practice.lease(item_id),
        "next": lambda: practice.next_item("coding"),
        "undo": practice.undo,
    }
    with writer(world.engine).begin(), pytest.raises(Refused, match="busy"):
        tries[what]()
    quick.dispose()
