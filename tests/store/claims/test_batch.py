"""Batches: what is ready goes out once, under numbers that are never used again, and no crash loses a file."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest

from store import clock
from store.claims import archive
from store.claims.batch import MakeBatch, MarkDelivered, deliver
from store.claims.correct import CancelClaim, CorrectClaim
from store.db import open_engine
from store.errors import Refused
from store.people.roles import Actor, Role
from store.practice import Practice
from store.tables import ArchivedFile, Batch, Claim, ClaimEvent, ClaimVersion
from tests.store.world import DAY, World, on, person


def test_a_batch_holds_what_is_ready_and_says_so_everywhere(world: World) -> None:
    first, second = world.claim(), world.claim("HRTLD")
    text = world.send()
    batch, file = world.one(Batch), world.one(ArchivedFile, kind="837P")
    assert (batch.claims, batch.charge, batch.state, batch.sha256) == (2, 45_400, "MADE", file.sha256)
    assert archive.digest(text.encode()) == file.sha256
    for claim_id in (first, second):
        claim = world.get(Claim, claim_id)
        assert (claim.state, claim.sent_on) == ("SENT", DAY)
        assert f"CLM*{claim.control_number}*227*" in text
        assert world.one(ClaimVersion, claim_id=claim_id).batch_id == batch.id
        assert not world.item("claims", claim_id).open
        assert world.all(ClaimEvent, claim_id=claim_id)[-1].kind == "SENT"
    assert world.faults() == []


def test_numbers_are_never_used_twice_over_batches(world: World) -> None:
    for _ in range(3):
        world.claim()
        world.send()
    batches, claims = world.all(Batch), world.all(Claim)
    assert [batch.interchange for batch in batches] == [1, 2, 3]
    for numbers in ([b.group for b in batches], [b.reference for b in batches], [b.file_name for b in batches],
                    [c.control_number for c in claims]):  # fmt: skip
        assert len(set(numbers)) == 3


def test_what_was_sent_is_not_sent_again(world: World) -> None:
    world.sent()
    before = world.dump(everything=True)
    with pytest.raises(Refused, match="No claim is ready"):
        world.send()
    assert world.dump(everything=True) == before


def test_only_the_claims_that_are_asked_for_go(world: World) -> None:
    first, second = world.claim(), world.claim()
    world.do(MakeBatch((second,)))
    assert [world.get(Claim, one).state for one in (first, second)] == ["READY", "SENT"]


def test_a_claim_that_somebody_works_on_stays_and_the_others_go(world: World) -> None:
    held, free = world.claim(), world.claim()
    other = world.who("biller2")
    other.lease(world.item("claims", held).id)
    world.who("biller").do(MakeBatch())
    assert [world.get(Claim, one).state for one in (held, free)] == ["READY", "SENT"]
    with clock.held(clock.now().replace(hour=10)):
        world.who("biller").do(MakeBatch())
    assert world.get(Claim, held).state == "SENT"


def test_a_claim_that_an_edit_stops_is_not_sent_until_it_is_mended(world: World) -> None:
    claim_id = world.claim()
    world.sql("UPDATE patient_contact SET city=''")
    world.do(CorrectClaim(claim_id))
    assert world.get(Claim, claim_id).state == "EDIT_FAIL"
    assert world.item("claims", claim_id).reason == "The subscriber's address is not complete."
    assert world.owner.why(world.item("claims", claim_id).id).title == "Why is this blocked?"
    with pytest.raises(Refused, match="No claim is ready"):
        world.send()
    world.sql("UPDATE patient_contact SET city='Larkfield'")
    world.do(CorrectClaim(claim_id))
    world.send()


def _batch(url: str, user_id: int) -> str:
    engine = open_engine(url)
    try:
        with on(DAY):
            return str(Practice(engine, Actor(user_id, "owner", Role.OWNER)).do(MakeBatch()).result)
    except Refused:
        return "nothing"
    finally:
        engine.dispose()


def test_two_processes_send_each_claim_once(world: World) -> None:
    for _ in range(3):
        world.claim()
    world.engine.dispose()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        answers = pool.starmap(_batch, [(world.url, 1)] * 2)
    assert sorted(answers) == ["1", "nothing"]
    assert world.one(Batch).claims == 3


# --- the file -----------------------------------------------------------------------------------------------------


def test_the_file_in_the_folder_is_the_one_in_the_archive(world: World, tmp_path: Path) -> None:
    world.claim()
    text = world.send()
    (path,) = deliver(world.owner, tmp_path / "out")
    assert path.read_bytes() == text.encode()
    assert path.stat().st_mode & 0o077 == 0
    assert world.one(Batch).state == "DELIVERED"
    assert deliver(world.owner, tmp_path / "out") == []


def test_a_crash_before_the_file_is_written_loses_nothing(world: World, tmp_path: Path) -> None:
    world.sent()
    world.claim()
    texts = [archive.content(file).decode() for file in world.all(ArchivedFile, kind="837P")]
    texts.append(world.send())
    paths = deliver(world.owner, tmp_path)
    assert [path.read_text() for path in paths] == texts


def test_a_crash_after_the_file_is_written_writes_it_once(world: World, tmp_path: Path) -> None:
    world.sent()
    (path,) = deliver(world.owner, tmp_path)
    world.sql("UPDATE batch SET state='MADE'")
    changed = path.stat().st_mtime_ns
    assert deliver(world.owner, tmp_path) == [path]
    assert path.stat().st_mtime_ns == changed
    assert world.one(Batch).state == "DELIVERED"


def test_another_file_of_that_name_is_never_touched(world: World, tmp_path: Path) -> None:
    world.sent()
    path = tmp_path / world.one(Batch).file_name
    path.write_text("mine")
    with pytest.raises(Refused, match="exists already"):
        deliver(world.owner, tmp_path)
    assert path.read_text() == "mine"
    assert world.one(Batch).state == "MADE"
    assert len(deliver(world.owner, tmp_path / "elsewhere")) == 1


def test_a_disk_that_is_full_half_way_leaves_no_half_file(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.sent()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("store.new_file.os.fsync", full)
    with pytest.raises(Refused, match="no space left"):
        deliver(world.owner, tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    assert len(deliver(world.owner, tmp_path)) == 1


def test_only_who_may_send_marks_a_batch(world: World) -> None:
    world.sent()
    for name in ("coder", "collector", "admin"):
        for command in (MakeBatch(), MarkDelivered(1)):
            with pytest.raises(Refused, match="'send claims'"):
                world.who(name).do(command)


def test_names_that_x12_can_not_write_do_not_stop_the_batch(world: World) -> None:
    world.claim(patient=replace(person("odd"), last="Ñandú~Peña*", first="Zoë"))
    assert "NANDU" in world.send().upper()


def test_a_cancelled_claim_is_not_sent(world: World) -> None:
    claim_id = world.claim()
    world.do(CancelClaim(claim_id, "wrong patient"))
    with pytest.raises(Refused, match="No claim is ready"):
        world.send()
