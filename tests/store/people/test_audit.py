"""The audit chain: whatever is done to it afterwards is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from store.people.audit import broken_links, digest
from store.tables import AuditEntry
from tests.store.world import World


@pytest.fixture
def trail(world: World) -> list[int]:
    """A trail of some length, without the triggers that guard it; the numbers of its entries."""
    world.denied()
    world.owner.release(world.owner.lease(world.item("coding", world.encounter("PRMUT")).id))
    assert broken(world) == []
    world.unguarded("audit_entry")
    return [entry.seq for entry in world.all(AuditEntry)]


def broken(world: World) -> list[int]:
    with world.owner.reading() as session:
        return [seq for seq, _ in broken_links(session)]


FIELDS = ("at", "user_name", "role", "action", "subject", "patient_id", "detail", "host", "previous", "hash")


@pytest.mark.parametrize("field", FIELDS)
def test_a_changed_field_is_found_at_its_entry(world: World, trail: list[int], field: str) -> None:
    seq = trail[len(trail) // 2]
    value = "'2020-01-01 00:00:00.000000'" if field == "at" else "77" if field == "patient_id" else "'x'"
    world.sql(f"UPDATE audit_entry SET {field}={value} WHERE seq=:seq", seq=seq)
    assert broken(world)[0] == seq
    assert any(f"entry {seq}" in fault for fault in world.faults())


def test_a_changed_entry_with_a_new_hash_of_its_own_is_found_at_the_next(world: World, trail: list[int]) -> None:
    entry = world.get(AuditEntry, trail[3])
    entry.user_name = "somebody else"
    world.sql(
        "UPDATE audit_entry SET user_name=:n, hash=:h WHERE seq=:s", n=entry.user_name, h=digest(entry), s=entry.seq
    )
    assert broken(world) == [trail[4]]


def _swap(world: World, trail: list[int]) -> None:
    world.sql("UPDATE audit_entry SET seq=-1 WHERE seq=:a", a=trail[3])
    world.sql("UPDATE audit_entry SET seq=:a WHERE seq=:b", a=trail[3], b=trail[4])
    world.sql("UPDATE audit_entry SET seq=:b WHERE seq=-1", b=trail[4])


def _insert(world: World, trail: list[int]) -> None:
    world.sql("UPDATE audit_entry SET seq=-seq WHERE seq > :s", s=trail[3])
    world.sql("UPDATE audit_entry SET seq=1-seq WHERE seq < 0")
    columns = "at, user_name, role, action, subject, detail, host, previous"
    world.sql(
        f"INSERT INTO audit_entry (seq, hash, {columns}) SELECT seq + 1, 'h', {columns} FROM audit_entry WHERE seq=:s",
        s=trail[3],
    )


def _append(world: World, trail: list[int]) -> None:
    """A forged entry of its own right hash at the end: nothing was done that it tells of."""
    entry = world.get(AuditEntry, trail[-1])
    values = dict(entry.model_dump(), seq=entry.seq + 1, previous=entry.hash, action="claims.batch", patient_id=None)
    forged = AuditEntry(**values)
    forged.hash = digest(forged)
    columns = "at, user_name, role, subject, detail, host"
    world.sql(
        f"INSERT INTO audit_entry (seq, hash, previous, action, {columns}) "
        f"SELECT :seq, :hash, hash, 'claims.batch', {columns} FROM audit_entry WHERE seq=:last",
        seq=forged.seq, hash=forged.hash, last=entry.seq,
    )  # fmt: skip


ATTACKS: dict[str, Callable[[World, list[int]], object]] = {
    "first entry deleted": lambda w, t: w.sql("DELETE FROM audit_entry WHERE seq=:s", s=t[0]),
    "entry deleted": lambda w, t: w.sql("DELETE FROM audit_entry WHERE seq=:s", s=t[3]),
    "entry deleted and the rest moved up": lambda w, t: (
        w.sql("DELETE FROM audit_entry WHERE seq=:s", s=t[3]),
        w.sql("UPDATE audit_entry SET seq=-seq WHERE seq > :s", s=t[3]),
        w.sql("UPDATE audit_entry SET seq=-seq - 1 WHERE seq < 0"),
    ),
    "two entries exchanged": _swap,
    "entry put in": _insert,
    "entry put at the end": _append,
    "end cut off": lambda w, t: w.sql("DELETE FROM audit_entry WHERE seq > :s", s=t[-6]),
    "emptied": lambda w, _: w.sql("DELETE FROM audit_entry"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_is_done_to_the_trail_is_found(world: World, trail: list[int], attack: str) -> None:
    ATTACKS[attack](world, trail)
    assert [fault for fault in world.faults() if "entr" in fault]


def test_each_entry_says_who_what_when_and_where(world: World) -> None:
    world.encounter("PRMUT")
    entry = world.all(AuditEntry)[-1]
    assert (entry.user_name, entry.role, entry.action, entry.subject) == (
        "owner",
        "owner",
        "intake.import",
        "file:test.csv",
    )
    assert entry.at.isoformat() == "2026-03-09T09:00:00+00:00"
    assert entry.host == "test"


def test_no_name_no_number_and_no_word_of_a_note_stands_in_the_trail(world: World) -> None:
    claim_id = world.sent()
    from store.claims.correct import CorrectClaim
    from store.remits.take_in import ImportRemittance
    from tests.store.eras import denied, era

    world.do(ImportRemittance("835", era(denied(world, claim_id, "CO-16"))))
    world.do(CorrectClaim(claim_id, member_id="SECRET123"))
    told = " ".join(f"{entry.subject} {entry.detail}" for entry in world.all(AuditEntry))
    for secret in ("Jane", "DOE", "lisinopril", "Elm St", "PRM12345678", "SECRET123", "1980"):
        assert secret not in told
