"""A program on a terminal of its own that is stopped for long: its item goes over, and waking up it saves nothing."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from store import clock
from store.db import open_engine, writer
from store.people.roles import Actor, Role
from store.practice import Practice
from store.tables import AuditEntry, Remark, User, WorkItem
from tests.journeys.conftest import TODAY
from tests.tui.terminal.pty_line import Line, on_a_line

COMMAND = (sys.executable, "-c", "from tui.cli import main; main()")
LATER = datetime(TODAY.year, TODAY.month, TODAY.day, 10, tzinfo=UTC) + timedelta(minutes=5)


def held(engine: Engine) -> list[WorkItem]:
    with Session(engine) as session:
        return list(session.exec(select(WorkItem).where(col(WorkItem.lease_until).is_not(None))).all())


def somebody_else(engine: Engine) -> Practice:
    """The door of a second biller."""
    with Session(writer(engine)) as session:
        user = User(name="relief", uid=70_001, role=Role.BILLER)
        session.add(user)
        session.commit()
        return Practice(engine, Actor(user.id, user.name, Role.BILLER))


def types_at_a_denial(line: Line, engine: Engine, words: str) -> WorkItem:
    """Opens the first denial and begins a text; the item in hand."""
    line.until("? help")
    line.until("Denials")
    line.press("j" * 7)  # past the queues before that of denials
    for _ in range(6):
        if not held(engine):
            line.press("\r")
    (item,) = held(engine)
    line.press("t")
    line.press(words)
    line.until(words)
    return item


@pytest.mark.sqlite
@pytest.mark.usefixtures("day")
def test_who_was_stopped_while_holding_an_item_loses_it_and_can_not_save_over_the_next() -> None:
    engine = open_engine(os.environ["SUPERBILL_DB"])
    with on_a_line(COMMAND, (120, 40), {}) as line:
        item = types_at_a_denial(line, engine, "written before the stop")
        other = somebody_else(engine)
        os.kill(line.process, signal.SIGSTOP)
        with clock.held(LATER):
            lease = other.lease(item.id)
        assert (lease.token, bool(lease.taken_from)) == (item.token + 1, True)
        os.kill(line.process, signal.SIGCONT)
        line.press("\r")
        line.until(f"{other.actor.name} is working on it")
    with Session(engine) as session:
        assert [row for row in session.exec(select(Remark)).all() if "before the stop" in row.text] == []
        kept = session.get_one(WorkItem, item.id)
        assert (kept.owner_id, kept.token) == (other.actor.user_id, lease.token)
        told = session.exec(select(AuditEntry).where(AuditEntry.action == "work.take_over")).one()
        assert told.user_name == other.actor.name
    engine.dispose()
