"""Processes that die at their work, at any statement or any moment, and what is left of what they had said.

Each trial forks a hand that works at one kind of thing: it takes in encounters, codes them, posts remittances or makes
a statement run.  What the program told it was done goes to a file of acknowledgements at once.  The hand is killed
with SIGKILL, either at a statement drawn by lot (before it, after it, or before a commit) or at a moment drawn by lot.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlmodel import Session, select

from store.coding.whole import CodeEncounter
from store.intake.load import ImportEncounters
from store.intake.values import EncounterIn
from store.remits.take_in import ImportRemittance
from store.statements.files import run_through
from store.tables import Action, Claim, StatementRun
from tests.store.eras import era, pays
from tests.store.together.hands import FORK
from tests.store.world import DAY, DOS, NOTE, PROVIDER, VISIT, World, insured, person

KINDS = ("import", "coding", "posting", "run")
MOST_STATEMENTS, MOST_SECONDS = 160, 0.8


@dataclass(frozen=True)
class Work:
    """What there is to do in one practice, everything under a key of its own."""

    imports: tuple[EncounterIn, ...]
    encounters: tuple[int, ...]
    remittances: tuple[bytes, ...]
    runs: int


def prepare(world: World, count: int) -> Work:
    """A practice with so many things of each kind to do."""
    claims = [world.claim("PRMUT") for _ in range(count)]
    world.send()
    for _ in range(3):
        world.code(world.encounter())  # nobody's insurance: accounts for the runs
    numbers = [f"K{number}" for number in range(count)]
    return Work(
        tuple(
            EncounterIn("kill", number, 1, person(number), PROVIDER, DOS, coverages=(insured("PRMUT"),), note=NOTE)
            for number in numbers
        ),
        tuple(world.encounter("PRMUT") for _ in range(count)),
        tuple(era(pays(world, claim, "CO-45 500,PR-1 1000", ""), trace=f"T{claim}") for claim in claims),
        2,
    )


def steps(world: World, work: Work, kind: str, folder: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Everything of one kind: what is acknowledged, and how it is done."""
    if kind == "import":
        for number, value in enumerate(work.imports):
            command: Any = ImportEncounters(f"{number}.csv", (value,))
            yield f"import {number}", partial(world.do, command, key=f"import {number}")
    elif kind == "coding":
        for number in work.encounters:
            command = CodeEncounter(number, (("I10", None, None),), VISIT)
            yield f"code {number}", partial(world.do, command, key=f"code {number}")
    elif kind == "posting":
        for number, content in enumerate(work.remittances):
            command = ImportRemittance(f"{number}.835", content)
            yield f"post {number}", partial(world.do, command, key=f"post {number}")
    else:
        for number in range(1, work.runs + 1):
            day = DAY + timedelta(days=30 * number)
            yield f"run {day}", partial(run_through, world.owner, day, folder / f"{day}")


def die_at_a_statement(world: World, chance: random.Random) -> None:
    """Arm the process: it kills itself at some statement, before or after it, or before some commit."""
    left, how = [chance.randint(1, MOST_STATEMENTS)], chance.choice(("before", "after", "commit"))

    def fall(*_: object) -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if how == "commit":
        left[0] = chance.randint(1, 8)
        event.listen(world.engine, "commit", fall)
    else:
        event.listen(world.engine, f"{how}_cursor_execute", fall)


def die_in_a_moment(chance: random.Random) -> None:
    """Arm the process: it is killed after some fraction of a second, wherever it is."""
    timer = threading.Timer(chance.uniform(0, MOST_SECONDS), os.kill, (os.getpid(), signal.SIGKILL))
    timer.daemon = True
    timer.start()


def _work_and_die(world: World, work: Work, kind: str, folder: Path, acks: Path, seed: int) -> None:
    chance = random.Random(seed)
    handle = os.open(acks, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    if seed % 2:
        die_in_a_moment(chance)
    else:
        die_at_a_statement(world, chance)
    for name, do in steps(world, work, kind, folder):
        do()
        os.write(handle, f"{name}\n".encode())


def trial(world: World, work: Work, kind: str, folder: Path, acks: Path, seed: int) -> bool:
    """Let a hand work and die; whether it was killed before it had done everything.

    Fails where something acknowledged is not there, or `check` finds a fault; `seed` brings the same death again.
    """
    world.engine.dispose()
    process = FORK.Process(target=_work_and_die, args=(world, work, kind, folder, acks, seed))
    process.start()
    process.join()
    said = set(acks.read_text().splitlines()) if acks.exists() else set()
    with Session(world.engine) as session:
        there = set(session.exec(select(Action.key)).all())
        there |= {f"run {run.as_of}" for run in session.exec(select(StatementRun)).all() if run.state == "SENT"}
    assert said <= there, f"seed {seed}, {kind}: acknowledged and lost: {sorted(said - there)}"
    assert (faults := world.faults()) == [], f"seed {seed}, {kind}: {faults[:3]}"
    return process.exitcode == -signal.SIGKILL


def finish(world: World, work: Work, folder: Path) -> None:
    """Do everything that is left under the same keys; nothing is done twice."""
    for kind in KINDS:
        for _, do in steps(world, work, kind, folder):
            do()
    assert world.faults() == []
    assert world.sql("SELECT count(*) FROM encounter WHERE source='kill'") == [(len(work.imports),)]
    assert world.sql("SELECT count(*) FROM remittance") == [(len(work.remittances),)]
    assert world.sql("SELECT count(*) FROM statement_run WHERE state='SENT'") == [(work.runs,)]
    assert len(world.all(Claim)) == len(work.remittances) + len(work.encounters)
    shutil.rmtree(folder, ignore_errors=True)
