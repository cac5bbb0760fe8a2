"""A locked screen, the number that opens it, and notes that are opened for a reason for a while."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from store import clock
from store.db import open_engine
from store.errors import LockedOut, NotAllowed, NotFound, Refused
from store.people.pin import TRIES, ForgetPin, SetLock
from store.people.presence import GLASS
from store.people.trail import Asked, entries
from store.practice import Practice
from store.reports import find
from store.reports.values import Asked as AskedReport
from store.reports.values import Period
from store.tables import AuditEntry, Pin, RowImage
from store.work.record import Lines
from store.work.values import View
from tests.store.world import DAY, World


def told(world: World, since: int) -> list[str]:
    return [entry.action for entry in world.all(AuditEntry)[since:]]


def test_a_locked_screen_opens_with_its_number_only_and_stays_locked_over_a_new_start(world: World) -> None:
    owner = world.owner
    assert not owner.lock()
    assert not owner.is_locked()
    owner.set_pin("73 91")
    assert owner.lock()
    assert owner.is_locked()
    before = len(world.all(AuditEntry))
    with pytest.raises(NotAllowed, match="4 more tries"):
        owner.unlock("7391")
    assert owner.is_locked()
    owner.unlock("73 91")
    assert not owner.is_locked()
    assert told(world, before) == ["people.wrong_pin", "people.unlock"]
    kept = world.all(Pin)[0].hash
    assert "73 91" not in kept
    assert "7391" not in str(world.dump(everything=True))


def test_five_wrong_tries_lock_out_and_an_administrator_takes_a_forgotten_number_away(world: World) -> None:
    owner, admin = world.owner, world.who("admin")
    owner.set_pin("7391")
    owner.lock()
    for left in range(TRIES - 1, 0, -1):
        with pytest.raises(NotAllowed, match=str(left)):
            owner.unlock("0000")
    with pytest.raises(LockedOut):
        owner.unlock("0000")
    with pytest.raises(NotAllowed):
        owner.set_pin("8888x", "wrong")
    admin.do(ForgetPin("owner"))
    assert not owner.has_pin()
    assert not owner.is_locked()
    assert all("hash" not in str(image.before) for image in world.all(RowImage) if image.table_name == "pin")
    with pytest.raises(NotFound, match="no user"):
        admin.do(ForgetPin("ghost"))


@pytest.mark.parametrize("number", ["", "739", "1111", "1234", "4321"])
def test_a_number_that_is_guessed_at_once_is_refused(world: World, number: str) -> None:
    with pytest.raises(Refused, match=r"too short|guessed"):
        world.owner.set_pin(number)


def test_the_practice_says_when_screens_lock(world: World) -> None:
    assert world.owner.lock_minutes() == 10
    world.do(SetLock(3))
    assert world.owner.lock_minutes() == 3
    with pytest.raises(Refused, match="not possible"):
        world.do(SetLock(-1))
    with pytest.raises(NotAllowed, match="administer"):
        world.who("biller").do(SetLock(0))


def test_a_note_opened_for_a_reason_closes_again_and_who_examines_the_trail_is_told(world: World) -> None:
    claim_id = world.claim()
    biller, supervisor = world.who("biller"), world.who("supervisor")
    with pytest.raises(NotAllowed, match="for a reason"):
        biller.glass(claim_id, "x")
    read = biller.glass(claim_id, "payer asks for records")
    (block,) = read().tabs[0].blocks
    assert isinstance(block, Lines)
    assert "lisinopril" in " ".join(block.lines)
    now = clock.now()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("store.clock.now", lambda: now + GLASS + timedelta(seconds=1))
        with pytest.raises(NotAllowed, match="time for reading this note is over"):
            read()
    assert "1 note was opened" in supervisor.glass_told()
    assert biller.glass_told() == ""
    with Session(world.engine) as session:
        report = find("glass", supervisor.actor).make(
            session, supervisor.actor, AskedReport(Period(DAY, date(2100, 1, 1)))
        )
        (shown,) = entries(session, Asked(action="note.break_glass"))
    assert "payer asks for records" in report.rows[0].cells
    assert "payer asks" in shown["detail"]
    with pytest.raises(NotAllowed, match="examine the audit trail"):
        find("glass", biller.actor)
    with pytest.raises(NotFound):
        biller.glass(999_999, "payer asks for records")


def test_lists_reports_and_the_desk_are_in_the_trail_like_records(world: World) -> None:
    claim_id = world.claim()
    encounter_id = world.encounter("PRMUT")
    before = len(world.all(AuditEntry))
    for _ in range(3):
        world.owner.page("claims", View())
        world.owner.report("kpi")
        world.owner.desk(encounter_id)
        world.owner.claim(claim_id)
    entries_now = [(entry.action, entry.subject) for entry in world.all(AuditEntry)[before:]]
    assert entries_now == [
        ("view.queue", "queue:claims"),
        ("view.report", "report:kpi"),
        ("view.encounter", f"encounter:{encounter_id}"),
        ("view.claim", f"claim:{claim_id}"),
    ]
    with pytest.raises(NotAllowed, match="'code'"):
        world.who("collector").desk(encounter_id)


@pytest.mark.sqlite
def test_who_is_no_user_and_tries_is_in_the_trail(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: 4_242_424)
    with pytest.raises(NotAllowed, match="not a user"):
        Practice.open(world.url)
    last = world.all(AuditEntry)[-1]
    assert (last.action, last.user_name, last.subject) == ("people.refused", "4242424", "uid:4242424")


def test_the_trail_names_the_verb_that_came_in(world: World) -> None:
    Practice.open(world.url, "claims list").close()
    assert '"verb":"claims list"' in world.all(AuditEntry)[-1].detail


def test_an_entry_that_can_not_be_kept_keeps_what_it_is_about_from_being_shown(world: World) -> None:
    """The trail can't be switched off: without it nothing is read and nothing is written."""
    claim_id = world.claim()
    encounter_id = world.encounter("PRMUT")
    engine = open_engine(world.url)
    broken = world.who("owner")
    broken.engine = engine
    with pytest.MonkeyPatch.context() as patch:

        def fail(*_: object, **__: object) -> None:
            raise Refused("The trail can't be written.")

        patch.setattr("store.people.audit.append", fail)
        for step in (
            lambda: broken.claim(claim_id),
            lambda: broken.desk(encounter_id),
            lambda: broken.page("claims", View()),
            lambda: broken.do(SetLock(5)),
        ):
            with pytest.raises(Refused, match="trail"):
                step()
    assert broken.lock_minutes() == 10
    engine.dispose()
