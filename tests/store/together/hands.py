"""Many hands at once on one database, each a process of its own, and what is found when they are cut off."""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import signal
import statistics
import time
from collections import Counter
from dataclasses import dataclass
from multiprocessing.context import ForkContext
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session

from codesets import CodeLibrary
from store.coding.flow import VoidEncounter
from store.coding.whole import CodeEncounter
from store.db import open_engine, writer
from store.errors import Refused
from store.people.roles import Actor, Role
from store.practice import Practice
from store.tables import User
from store.work.commands import AddRemark
from tests.store.world import VISIT, World

FORK: ForkContext = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Taken:
    """One "get next": who was given what under which token, and how long it took."""

    user_id: int
    item_id: int
    token: int
    seconds: float


def people(world: World, count: int, called: str = "hand") -> list[int]:
    """New coders; their ids."""
    with Session(writer(world.engine)) as session:
        users = [User(name=f"{called}{n}", role=Role.CODER) for n in range(count)]
        session.add_all(users)
        session.commit()
        return [user.id for user in users]


def many_items(world: World, count: int) -> None:
    """So many encounters that wait to be coded, all like one that was imported."""
    encounter_id = world.encounter("PRMUT")
    columns = "patient_id, provider_id, service_date, place, setting, kind, facility, state, hold_reason, version"
    numbers = (
        "SELECT generate_series(1, :count) AS i"
        if not world.on_sqlite
        else "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) SELECT i FROM n"
    )
    world.sql(
        f"INSERT INTO encounter (number, source, source_id, {columns}) "
        f"SELECT 'X' || n.i, 'many', CAST(n.i AS varchar), {columns} FROM ({numbers}) n, encounter WHERE id = :id",
        count=count,
        id=encounter_id,
    )
    world.sql(
        "INSERT INTO work_item (queue, subject_id, open, opened_on, score, cents, reason, escalated, token, attempts) "
        "SELECT 'coding', id, true, service_date, 0, 0, 'x', false, 0, 0 FROM encounter WHERE source = 'many'"
    )
    world.sql(
        "INSERT INTO transition (action_id, machine, subject_id, before, after, undo) "
        "SELECT t.action_id, t.machine, e.id, t.before, t.after, t.undo FROM transition t, encounter e "
        "WHERE t.machine = 'encounter' AND t.subject_id = :id AND e.source = 'many'",
        id=encounter_id,
    )


def take_and_finish(url: str, user_id: int, until: float, most: int, pace: float = 0.0) -> list[Taken]:
    """Take the next item, write a remark on it, finish it; again and again, `pace` seconds from one to the next."""
    engine = open_engine(url)
    practice = Practice(engine, Actor(user_id, f"hand{user_id}", Role.CODER, "test"))
    log: list[Taken] = []
    due = time.time() + random.Random(user_id).uniform(0, pace)
    begun: float | None = None  # of the first try: who was told that the practice is busy waits on
    while len(log) < most and time.time() < until:
        if pace and begun is None:
            time.sleep(max(0.0, due - time.time()))
            due = max(due + pace, time.time())
        begun = begun or time.perf_counter()
        try:
            lease = practice.next_item("coding")
        except Refused:
            continue
        if lease is None:
            break
        log.append(Taken(user_id, lease.item_id, lease.token, time.perf_counter() - begun))
        begun = None
        practice.do(AddRemark(lease.item_id, "worked"), lease=lease)
        practice.do(VoidEncounter(lease.subject_id, "never came"), lease=lease)
    engine.dispose()
    return log


def take_plainly(url: str, user_id: int, until: float, most: int, pace: float = 0.0) -> list[Taken]:
    """The floor, without rules, trail and lanes: the first free row, past what others lock, marked, then closed."""
    engine = open_engine(url)
    skip = "FOR UPDATE SKIP LOCKED" if engine.dialect.name == "postgresql" else ""
    first = f"SELECT id FROM floor_item WHERE open AND owner_id IS NULL ORDER BY id LIMIT 1 {skip}"
    log: list[Taken] = []
    while len(log) < most and time.time() < until:
        time.sleep(pace)
        begun = time.perf_counter()
        with writer(engine).begin() as connection:
            item_id = connection.execute(text(first)).scalar()
            if item_id is None:
                break
            took = {"who": user_id, "id": item_id}
            connection.execute(text("UPDATE floor_item SET owner_id=:who WHERE id=:id"), took)
        log.append(Taken(user_id, item_id, 1, time.perf_counter() - begun))
        with writer(engine).begin() as connection:
            connection.execute(text("UPDATE floor_item SET open=false WHERE id=:id"), {"id": item_id})
    engine.dispose()
    return log


def floor_items(world: World) -> None:
    """As many rows for the floor as there are items."""
    world.sql("CREATE TABLE floor_item (id integer PRIMARY KEY, open boolean, owner_id integer)")
    world.sql("INSERT INTO floor_item SELECT id, true, NULL FROM work_item WHERE queue='coding'")
    world.sql("CREATE INDEX floor_open ON floor_item (id) WHERE open")


def together(
    world: World, hands: int, seconds: float, most: int = 10**9, *, pace: float = 0.0, plainly: bool = False
) -> list[Taken]:
    """All hands at once; what each was given."""
    ids = people(world, hands, "floor" if plainly else "hand")
    world.engine.dispose()
    body = take_plainly if plainly else take_and_finish
    until = time.time() + seconds
    with FORK.Pool(hands, gc.freeze) as pool:  # as the program does at its start
        logs = pool.starmap(body, [(world.url, user_id, until, most, pace) for user_id in ids], chunksize=1)
    return [taken for log in logs for taken in log]


def twice(taken: list[Taken]) -> list[tuple[int, int]]:
    """Leases that were handed out more than once: none."""
    counted = Counter((one.item_id, one.token) for one in taken)
    return [lease for lease, count in counted.items() if count > 1]


def percentile(taken: list[Taken], of_hundred: int) -> float:
    """Milliseconds."""
    if len(taken) < 2:
        return 0.0
    return statistics.quantiles([one.seconds * 1000 for one in taken], n=100)[of_hundred - 1]


def code_until_killed(url: str, library: CodeLibrary, encounters: list[int], acks: Path) -> None:
    """Code and finish encounters; the number of each that was said to be done goes to a file at once."""
    engine = open_engine(url)
    practice = Practice(engine, Actor(1, "owner", Role.OWNER, "test"))
    practice._codes = library
    handle = os.open(acks, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for encounter_id in encounters:
        practice.do(CodeEncounter(encounter_id, (("I10", None, None),), VISIT), key=f"code {encounter_id}")
        os.write(handle, f"{encounter_id}\n".encode())


def kill_at_random(world: World, encounters: list[int], acks: Path, chance: random.Random) -> None:
    """Let a process work for a random moment, and kill it."""
    world.engine.dispose()
    process = FORK.Process(target=code_until_killed, args=(world.url, world.library, encounters, acks))
    process.start()
    time.sleep(chance.uniform(0.02, 0.4))
    if process.pid is not None:
        os.kill(process.pid, signal.SIGKILL)
    process.join()
