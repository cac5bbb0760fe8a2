"""The one bridge to the store: every call runs on one thread of its own, so that nothing blocks a key press."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import date
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

from store.errors import Refused
from store.work.progress import Stopped, listening
from store.work.record import Record
from store.work.values import BoardLine, Done, Lease, NamedView, Page, QueueInfo, View, Why

if TYPE_CHECKING:
    from store.people.identities import Identities
    from store.practice import Practice
    from store.reports.values import Report

P = ParamSpec("P")
T = TypeVar("T")


class PracticeApi(Protocol):
    """An open practice.  Every method may block; all are called from one thread.  All may raise `Refused`."""

    def board(self) -> tuple[BoardLine, ...]:
        """Every queue that the person may see."""
        ...

    def queue(self, name: str, /) -> QueueInfo:
        """A queue's title and columns."""
        ...

    def page(self, name: str, view: View, /, *, start: int, limit: int, counted: Page | None = None) -> Page:
        """At most `limit` rows from row `start` of a view; the figures are not counted again if `counted` has them."""
        ...

    def views(self, name: str, /) -> Sequence[NamedView]:
        """A queue's saved views that the person may use."""
        ...

    def rules(self, name: str, /) -> Sequence[tuple[int, str, str]]:
        """A queue's rules of assignment: (id, filter, person)."""
        ...

    def reports(self) -> Sequence[tuple[str, str, str]]:
        """The reports that the person may see: (key, title, what it shows)."""
        ...

    def report(self, key: str, start: date | None, end: date | None, argument: str, /) -> Report:
        """A report over a period, or what stands behind one of its rows."""
        ...

    def sitting(self) -> str:
        """Where the person left, as it was kept; empty the first time."""
        ...

    def keep_sitting(self, content: str, /) -> None:
        """Keeps where the person is."""
        ...

    def record(self, name: str, subject_id: int, /) -> Record:
        """The record behind a row."""
        ...

    def claim(self, claim_id: int, /) -> Record:
        """Everything about one claim."""
        ...

    def ledger(self, account_id: int, /) -> Record:
        """Everything owed and paid on one account."""
        ...

    def why(self, item_id: int, /) -> Why:
        """Why an item is here, blocked or owed."""
        ...

    def do(self, command: Any, /, *, key: str | None = None, lease: Lease | None = None) -> Done:
        """Carries out a command; the same `key` again gives the first result and changes nothing.

        With a `lease` it is refused when the lease was lost meanwhile.
        """
        ...

    def undo(self) -> Done:
        """Takes the person's last command back."""
        ...

    def tend(self) -> str:
        """Does what is due by the calendar; what was done, or nothing."""
        ...

    def users(self) -> Sequence[tuple[int, str]]:
        """Ids and names of the people that work here."""
        ...

    def lease(self, item_id: int, /) -> Lease:
        """Takes an item to work on it; `Taken` when somebody else has it."""
        ...

    def next_item(self, name: str, /, *, beside: int = 0) -> Lease | None:
        """Takes the item that comes first, another than `beside`."""
        ...

    def beat(self, lease: Lease, /) -> Lease:
        """Keeps an item for longer; `Stale` or `Taken` when it was lost."""
        ...

    def release(self, lease: Lease, /) -> None:
        """Gives an item back."""
        ...

    def glass(self, claim_id: int, reason: str, /) -> Callable[[], Record]:
        """Opens the note behind a claim for a reason; what is returned reads it while the time lasts."""
        ...

    def glass_told(self) -> str:
        """What a supervisor is told of notes that others opened for a reason, or nothing."""
        ...

    def identities(self, known: int, /) -> Identities | None:
        """What tells who patients are; None when there are as many as were known."""
        ...

    def lock_minutes(self) -> int:
        """After how many minutes without a key press the practice locks a screen; 0 for never."""
        ...

    def is_locked(self) -> bool:
        """Whether the person's screen was locked and not opened since."""
        ...

    def lock(self) -> bool:
        """The screen is locked; whether a PIN opens it."""
        ...

    def unlock(self, number: str, /) -> None:
        """Opens it; refused when the number is wrong, `LockedOut` when it was wrong too often."""
        ...

    def exported(self, what: str, rows: int, /) -> None:
        """Keeps in the trail that rows leave for a file."""
        ...

    def copied(self, subject: str, letters: int, /) -> None:
        """Keeps in the trail that so many letters of a record went to the clipboard."""
        ...

    def rights(self) -> frozenset[str]:
        """What the person may do, by the names that commands need."""
        ...

    def close(self) -> None:
        """Closes the practice."""
        ...


def opened(practice: PracticeApi) -> Practice:
    """The practice itself: for what a queue reads from the records before it asks a person."""
    from store.practice import Practice

    assert isinstance(practice, Practice)
    return practice


class Calls:
    """Runs calls one after another on one thread, which also opens the practice.

    The thread is a daemon, so that a store that never answers can't keep a closed session alive.
    """

    def __init__(self, open_practice: Callable[[], PracticeApi]) -> None:
        self._open_practice = open_practice
        self._practice: PracticeApi | None = None
        self._refused = Refused("The practice isn't open yet.", do="q leaves.")
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="store", daemon=True)
        self._stop = False
        self._through = asyncio.Event()
        self._through.set()
        self.progress: tuple[int, int, str] | None = None

    @property
    def practice(self) -> PracticeApi:
        """The open practice; refused before it is, with why it could not be opened."""
        if self._practice is None:
            raise self._refused
        return self._practice

    def require_open(self) -> None:
        """Refused before the practice is open."""
        _ = self.practice

    @property
    def is_open(self) -> bool:
        """Whether the practice has been opened."""
        return self._practice is not None

    async def open(self) -> None:
        """Opens the practice."""
        if not self._thread.is_alive():
            self._thread.start()
        try:
            self._practice = await self.run(self._open_practice)
        except Refused as error:
            self._refused = error
            raise

    def hold_back(self) -> None:
        """From now on answers wait: no screen goes on with its work until they are let through."""
        self._through.clear()

    def let_through(self) -> None:
        """Answers that waited, and those to come, go to who asked."""
        self._through.set()

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of a call, made on the store's thread; its exception is raised here."""
        try:
            return await self.run_through(call, *args, **kwargs)
        finally:
            await self._through.wait()

    async def run_through(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Like `run`, also while answers are held back: for the lock itself."""
        future: Future[T] = Future()

        def job() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(call(*args, **kwargs))
            except Exception as error:
                future.set_exception(error)

        self._jobs.put(job)
        return await asyncio.wrap_future(future)

    async def run_long(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Like `run`; meanwhile `progress` says how many of how many are done, and of what."""
        self._stop, self.progress = False, None
        try:
            return await self.run(call, *args, **kwargs)
        finally:
            self._stop, self.progress = False, None

    def stop(self) -> None:
        """Asks the work under way to stop; its refusal says what is kept."""
        self._stop = True

    def _told(self, done: int, total: int, what: str) -> None:
        if self._stop:
            raise Stopped()
        self.progress = (done, total, what)

    async def close(self, *, within: float = 2.0) -> None:
        """Closes the practice and ends the thread, waiting at most `within` seconds for calls under way."""
        if not self._thread.is_alive():
            return
        if self._practice is not None:
            self._jobs.put(self._practice.close)
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join, within)

    def _work(self) -> None:
        with listening(self._told):
            while (job := self._jobs.get()) is not None:
                job()
