"""The trail tells of reads too, covers what was before and after, and its end can't be cut off unnoticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from store import clock
from store.db import writer
from store.denials.commands import WriteOffDenial
from store.errors import NotAllowed, Refused
from store.people import audit, identity
from store.people.trail import Asked, anchor, before_and_after, entries, faults
from store.people.users import AddUser, SetUser, TrustFile
from store.practice import Practice
from store.tables import Action, AuditEntry, Claim, Patient, User, WorkItem
from store.work.seats import EndSession, open_sessions
from store.work.values import View
from tests.store.world import DAY, World


def first_fault(world: World, anchors: Path | None = None) -> tuple[int, str] | None:
    with Session(world.engine) as session:
        return next(iter(faults(session, anchors)), None)


def test_every_look_at_a_patient_is_in_the_trail_once_a_while(world: World) -> None:
    claim_id = world.claim()
    claim, biller = world.get(Claim, claim_id), world.who("biller")
    before = len(world.all(AuditEntry))
    for _ in range(3):
        biller.claim(claim_id)
    biller.ledger(claim.guarantor_id)
    biller.record("claims", claim_id)
    world.who("coder").record("coding", claim.encounter_id)
    told = [(e.user_name, e.action, e.patient_id) for e in world.all(AuditEntry)[before:]]
    patient = claim.patient_id
    assert told == [
        ("biller", "view.claim", patient),
        ("biller", "view.account", patient),
        ("biller", "view.claims", patient),
        ("coder", "view.coding", patient),
    ]
    with clock.held(clock.now() + timedelta(minutes=6)):
        biller.claim(claim_id)
    assert len(world.all(AuditEntry)) == before + 5


def test_a_look_at_an_account_is_in_the_trail_of_each_of_its_patients(world: World) -> None:
    """A parent's account with two children, by the ledger and by the statements queue."""
    first = world.get(Claim, world.claim())
    second = world.get(Claim, world.claim())
    account = first.guarantor_id
    world.sql("UPDATE patient SET guarantor_id=:a WHERE id=:p", a=account, p=second.patient_id)
    biller, before = world.who("biller"), len(world.all(AuditEntry))
    biller.ledger(account)
    biller.record("statements", account)
    told = [(e.action, e.subject, e.patient_id) for e in world.all(AuditEntry)[before:]]
    both = sorted({first.patient_id, second.patient_id})
    assert told == [
        (f"view.{name}", f"{name}:{account}", patient) for name in ("account", "statements") for patient in both
    ]


WORDS = {"args": '{"reason":"another"}', "said": "something else", "command": "claims.batch", "result": "7"}


@pytest.mark.parametrize("field", WORDS)
def test_why_something_was_done_is_covered_by_the_chain(world: World, field: str) -> None:
    """The reason stands with the action and not in the trail, which holds its hash."""
    _, denial_id = world.denied()
    world.do(WriteOffDenial(denial_id, "filed too late"))
    entry = world.all(AuditEntry)[-1]
    assert "filed too late" not in entry.detail
    with Session(world.engine) as session:
        assert entries(session, Asked(action="denials.write_off"))[-1]["why"] == "filed too late"
    assert first_fault(world) is None
    if not world.on_sqlite:
        world.sql("DROP TRIGGER action_is_new ON action")
    world.sql(f"UPDATE action SET {field}=:value WHERE id=:a", value=WORDS[field], a=json.loads(entry.detail)["action"])
    assert first_fault(world) == (entry.seq, "what it says was done, or why, is not what is kept of it")


def test_entries_of_before_reasons_were_covered_hold(world: World) -> None:
    world.claim()
    last = world.all(Action)[-1]
    with Session(writer(world.engine)) as session:
        audit.append(session, world.owner.actor, clock.now(), "claims.x", "claim:1", {"action": last.id, "args": {}})
        session.commit()
    assert first_fault(world) is None


SSH = b"SSH_CONNECTION=2001:db8::7 50212 2001:db8::1 22"


@pytest.mark.parametrize(
    ("login", "shell", "variable", "told"),
    [
        (b"HOME=/", SSH, "", "2001:db8::7"),
        (b"HOME=/", SSH, "198.51.100.9 1 192.0.2.1 22", "2001:db8::7"),
        (b"SSH_CLIENT=203.0.113.5 50212 22", b"SSH_CONNECTION=198.51.100.9 1 192.0.2.1 22", "", "203.0.113.5"),
        (b"HOME=/", b"HOME=/", "198.51.100.9 1 192.0.2.1 22", ""),
        (b"HOME=/", b"HOME=/", "\x1b]0;x 1 2 3", ""),
        (b"HOME=/", b"HOME=/", "", ""),
    ],
)
def test_where_an_ssh_session_came_from_is_told_by_what_its_server_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: bytes, shell: bytes, variable: str, told: str
) -> None:
    """What a shell sets for its own children is not believed over it."""
    for pid, parent, environ in ((30, 20, shell), (20, 1, login)):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / "environ").write_bytes(b"LANG=C\0" + environ + b"\0")
        (tmp_path / str(pid) / "stat").write_text(f"{pid} (a) b) S {parent} 1 1")
    monkeypatch.setattr("os.getppid", lambda: 30)
    monkeypatch.setenv("SSH_CONNECTION", variable)
    assert identity.ssh_client(tmp_path) == told
    monkeypatch.setattr(identity, "ssh_client", lambda: told)
    assert identity.where_from().endswith(f" from {told}" if told else identity.where_from())


def test_the_trail_is_asked_by_patient_person_and_time(world: World) -> None:
    claim = world.get(Claim, world.claim())
    world.who("biller").claim(claim.id)
    number = world.get(Patient, claim.patient_id).number
    with Session(world.engine) as session:
        assert {row["patient_id"] for row in entries(session, Asked(patient=number))} == {claim.patient_id}
        assert [row["action"] for row in entries(session, Asked(user="biller"))] == ["view.claim"]
        assert entries(session, Asked(since=DAY + timedelta(days=1), user="biller")) == []
        assert entries(session, Asked(until=DAY - timedelta(days=1), user="biller")) == []
        assert len(entries(session, Asked(since=DAY, until=DAY, user="biller"))) == 1
        with pytest.raises(Refused, match="no patient"):
            entries(session, Asked(patient="nobody"))


def test_what_was_before_and_after_is_kept_and_covered_by_the_chain(world: World) -> None:
    world.claim()
    entry = next(e for e in reversed(world.all(AuditEntry)) if '"images"' in e.detail)
    with Session(world.engine) as session:
        changed = before_and_after(session, entry.detail)
    assert {"encounter", "claim"} <= {str(row["table"]) for row in changed}
    assert first_fault(world) is None
    world.unguarded("row_image")
    world.sql("UPDATE row_image SET after='{}' WHERE action_id=:a", a=json.loads(entry.detail)["action"])
    assert first_fault(world) == (entry.seq, "what it says was changed is not what is kept of it")


def test_a_trail_that_was_cut_or_made_anew_is_found_by_its_anchor(world: World, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors"
    for _ in range(2):
        world.encounter("PRMUT")
        with Session(world.engine) as session:
            seq = anchor(session, anchors, clock.now())
    assert anchors.stat().st_mode & 0o077 == 0
    assert first_fault(world, anchors) is None
    world.unguarded("audit_entry")
    world.sql("DELETE FROM audit_entry WHERE seq >= :s", s=seq)
    assert first_fault(world) is None
    assert first_fault(world, anchors) == (seq, "it was there when the anchor was made, and is gone")
    world.encounter("PRMUT")
    assert first_fault(world, anchors) is not None


@pytest.mark.parametrize("content", [b"", b"no anchor\n", b"12 abc\n", b"\xff\n"])
def test_a_file_that_is_no_anchor_is_refused(world: World, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "anchors"
    path.write_bytes(content)
    if not content:
        assert first_fault(world, path) is None
        return
    with pytest.raises(Refused, match="anchor"):
        first_fault(world, path)


def test_a_note_is_read_for_a_reason_that_the_trail_keeps(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    biller = world.who("biller")
    with pytest.raises(NotAllowed, match="for a reason"):
        biller.open_note(encounter_id, "x")
    assert "lisinopril" in biller.open_note(encounter_id, "payer asks for records")
    last = world.all(AuditEntry)[-1]
    assert (last.action, last.user_name) == ("note.break_glass", "owner" if not world.on_sqlite else "biller")
    assert "payer asks" in last.detail


def test_an_export_is_in_the_trail(world: World) -> None:
    world.owner.exported("denials to list.csv", 12)
    assert world.all(AuditEntry)[-1].detail == '{"rows":12}'


# --- sessions and people ---


def test_sessions_are_listed_and_can_be_ended(world: World) -> None:
    opened = Practice.open(world.url)
    item_id = world.item("coding", world.encounter("PRMUT")).id
    opened.lease(item_id)
    opened.present()
    with Session(world.engine) as session:
        (row,) = open_sessions(session, clock.now())
    assert (row["login"], row["cut off"]) == ("owner", False)
    world.do(EndSession(int(row["session"])))
    with pytest.raises(NotAllowed, match="ended by an administrator"):
        opened.present()
    for step in (opened.board, lambda: opened.do(TrustFile())):
        with pytest.raises(NotAllowed, match="ended by an administrator"):
            step()
    assert world.get(WorkItem, item_id).owner_id is None
    opened.close()
    with Session(world.engine) as session:
        assert open_sessions(session, clock.now()) == []
    with pytest.raises(Refused, match="no open session"):
        world.do(EndSession(int(row["session"])))


def test_a_session_that_was_ended_reads_nothing_more_a_moment_later(world: World) -> None:
    claim = world.get(Claim, world.claim())
    encounter_id, opened = world.encounter("PRMUT"), Practice.open(world.url)
    opened._codes = world.library
    reads: tuple[Callable[[], object], ...] = (
        lambda: opened.page("claims", View()),
        lambda: opened.record("claims", claim.id),
        lambda: opened.desk(encounter_id),
        lambda: opened.claim(claim.id),
        lambda: opened.edi(claim.id),
        lambda: opened.ledger(claim.guarantor_id),
        lambda: opened.report("kpi"),
        lambda: opened.why(world.item("coding", encounter_id).id),
        lambda: opened.open_note(encounter_id, "payer asks for records"),
        lambda: opened.next_item("coding"),
        lambda: opened.undo(),
    )
    for read in reads[:3]:
        read()
    (row,) = opened.sessions()
    world.do(EndSession(int(row["session"])))
    with clock.held(clock.now() + timedelta(seconds=2)):
        for read in reads:
            with pytest.raises(NotAllowed, match="ended by an administrator"):
                read()
    opened.close()


def test_a_session_that_was_cut_off_is_told_from_one_that_is_here(world: World) -> None:
    opened = Practice.open(world.url)
    with Session(world.engine) as session:
        (row,) = open_sessions(session, clock.now() + timedelta(minutes=10))
    assert row["cut off"]
    opened.close()


def test_nobody_gives_themselves_a_role_and_only_an_owner_makes_an_owner(world: World) -> None:
    admin = world.who("admin")
    for command in (SetUser("admin", "owner"), SetUser("biller", "owner"), SetUser("owner", "coder")):
        with pytest.raises(Refused, match=r"[Nn]obody|[Oo]nly an owner"):
            admin.do(command)
    admin.do(SetUser("biller", "poster"))
    admin.do(SetUser("coder", active=False))
    people = {user.name: (user.role, user.active) for user in world.all(User)}
    assert people["biller"] == ("poster", True)
    assert people["coder"] == ("coder", False)


@pytest.mark.sqlite
def test_a_second_person_on_a_file_is_refused_unless_the_owner_wants_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.do(TrustFile(False))
    with pytest.raises(Refused, match="roles can't be enforced"):
        world.do(AddUser("new", 61_000, "coder"))
    monkeypatch.setattr("os.getuid", lambda: 60_001)
    with pytest.raises(NotAllowed, match="who can open it can read and change everything"):
        Practice.open(world.url)
    world.do(TrustFile())
    opened = Practice.open(world.url)
    assert opened.actor.name == "coder"
    opened.close()
