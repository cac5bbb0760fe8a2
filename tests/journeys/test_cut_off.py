"""The program on a terminal of its own, cut off while a text is typed: by a line that drops, then by `kill -9`."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from store.db import open_engine
from store.errors import Taken
from store.tables import Sitting, WorkItem
from tests.journeys.test_stopped import COMMAND, held, somebody_else, types_at_a_denial
from tests.tui.terminal.pty_line import Line, on_a_line


@pytest.fixture
def engine(day: object) -> Iterator[Engine]:  # noqa: ARG001
    opened = open_engine(os.environ["SUPERBILL_DB"])
    yield opened
    opened.dispose()


@contextmanager
def gone_on_with(draft: str) -> Iterator[Line]:
    """A new start, which offers the text that was begun."""
    with on_a_line(COMMAND, (120, 40), {}) as line:
        line.until("t has the text that you began")
        line.press("t")
        line.until(draft)
        yield line


def _kept(engine: Engine, words: str) -> Callable[[], bool]:
    def there() -> bool:
        with Session(engine) as session:
            return any(words in one.content for one in session.exec(select(Sitting)).all())

    return there


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.sqlite
def test_a_text_that_was_being_typed_is_offered_after_a_dropped_line_and_after_a_kill(engine: Engine) -> None:
    with on_a_line(COMMAND, (120, 40), {}) as line:
        item = types_at_a_denial(line, engine, "called the payer")
    # The line dropped, which is how `on_a_line` ends: what was in hand is free at once, for anybody.
    assert held(engine) == []
    other = somebody_else(engine)
    other.release(other.lease(item.id))
    with gone_on_with("called the payer") as line:
        assert [one.id for one in held(engine)] == [item.id]
        line.press(" and waited")
        line.until("called the payer and waited")
        _until(_kept(engine, "and waited"))
        os.kill(line.process, signal.SIGKILL)
    assert [one.id for one in held(engine)] == [item.id]
    with pytest.raises(Taken):
        other.lease(item.id)
    with gone_on_with("called the payer and waited") as line:
        line.press("\r")
        line.until("Note kept")
        (again,) = held(engine)
        assert (again.id, again.owner_id) == (item.id, item.owner_id)
        assert again.token > item.token
    with Session(engine) as session:
        assert session.get_one(WorkItem, item.id).lease_until is None
