"""What lasts from screen to screen in one sitting: the bridge, the leases, the views and what `.` and `u` mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from store.errors import Away, Refused
from store.work.values import Lease, View
from tui.asks import Answer
from tui.calls import Calls
from tui.keys import Action
from tui.queues import QueueScreenSpec
from tui.sitting import Kept, Spot
from tui.verbs import SHARED


class Leases:
    """The items that this session is working on."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._held: dict[int, Lease] = {}

    def of(self, item_id: int) -> Lease | None:
        """The lease of an item, if held here."""
        return self._held.get(item_id)

    async def take(self, item_id: int) -> Lease:
        """Leases an item; `Taken` says who has it."""
        return self._keep(await self._calls.run(self._calls.practice.lease, item_id))

    async def take_next(self, queue: str, *, beside: int = 0) -> Lease | None:
        """Leases the item that comes first in a queue, another than the one that is in hand."""
        lease = await self._calls.run(self._calls.practice.next_item, queue, beside=beside)
        return self._keep(lease) if lease else None

    async def exchange(self, queue: str, item_id: int) -> Lease | None:
        """Leases the item that comes next and gives the one in hand back, which is kept when nothing more waits."""
        lease = await self.take_next(queue, beside=item_id)
        if lease is not None:
            await self.release(item_id)
        return lease

    @property
    def items(self) -> tuple[int, ...]:
        """The items in hand."""
        return tuple(self._held)

    async def release(self, item_id: int, *, through: bool = False) -> None:
        """Gives an item back, `through` a lock too; one that was lost meanwhile is nobody's concern any more."""
        lease = self._held.pop(item_id, None)
        if lease is None:
            return
        try:
            run = self._calls.run_through if through else self._calls.run
            await run(self._calls.practice.release, lease)
        except Refused:
            return

    async def release_all(self, *, through: bool = False) -> None:
        """Gives everything back."""
        for item_id in tuple(self._held):
            await self.release(item_id, through=through)

    async def beat(self) -> dict[int, Refused]:
        """Renews every lease; returns those that were lost, with the reason.

        `Away` while the database can't be reached: then nothing is lost yet.
        """
        lost: dict[int, Refused] = {}
        for item_id, lease in tuple(self._held.items()):
            try:
                renewed = await self._calls.run(self._calls.practice.beat, lease)
            except Away:
                raise
            except Refused as error:
                self._held.pop(item_id, None)
                lost[item_id] = error
            else:
                if item_id in self._held:
                    self._held[item_id] = renewed
        return lost

    async def still(self, item_id: int) -> bool:
        """Whether an item is still in hand; what a command ended is nobody's any more."""
        lease = self._held.get(item_id)
        if lease is None:
            return False
        try:
            renewed = await self._calls.run(self._calls.practice.beat, lease)
        except Away:
            return True
        except Refused:
            self._held.pop(item_id, None)
            return False
        if item_id in self._held:
            self._held[item_id] = renewed
        return True

    def _keep(self, lease: Lease) -> Lease:
        self._held[lease.item_id] = lease
        return lease


@dataclass(slots=True)
class Repeat:
    """What `.` does again, with the answers and the count that it had; `stood` is what the answers were typed over."""

    queue: str
    action: Action
    answers: dict[str, Answer]
    count: int | None = None
    stood: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Session:
    """One person's sitting.

    `views` keeps each queue's filter and sort; `undo_sizes` remembers how many commands each key press made,
    so that one `u` takes one key press back; `drafts` are texts that were begun and not sent; `lacking` names, by
    action, the right that the person's role does not have.
    """

    calls: Calls
    leases: Leases
    specs: Mapping[str, QueueScreenSpec] = field(default_factory=dict)
    common: tuple[Action, ...] = SHARED
    views: dict[str, View] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    repeat: Repeat | None = None
    undo_sizes: list[int] = field(default_factory=list)
    drafts: dict[str, str] = field(default_factory=dict)
    last_queue: str = ""
    toured: bool = False
    kept_last: str = ""
    greeting: str = ""
    lacking: dict[str, str] = field(default_factory=dict)

    def greeted(self) -> str:
        """What is to be said on the first screen, once."""
        greeting, self.greeting = self.greeting, ""
        return greeting

    def begun(self, spot: Spot) -> str:
        """What was begun to be typed at a place, and the key that goes on with it; else how to get to the board."""
        prefix = f"{spot.queue}:{spot.item}/"
        names = {name.removeprefix(prefix).partition("/")[0] for name in self.drafts if name.startswith(prefix)}
        actions = (*self.common, *self.spec(spot.queue).actions)
        keys = [one.first_key or one.shown for one in actions if names & {ask.name for ask in one.asks}]
        return f"; {keys[0]} has the text that you began" if keys else "; Esc goes to the board"

    def take_up(self, kept: Kept) -> None:
        """Goes on with what was kept of the last sitting."""
        self.toured, self.last_queue = kept.toured, kept.last_queue
        for name, view in kept.views.items():
            self.views[name] = view
        for name, draft in kept.drafts.items():
            self.drafts[name] = draft

    def kept(self, places: tuple[Spot, ...]) -> Kept:
        """What the next sitting goes on with."""
        return Kept(places, self.last_queue, self.views, self.drafts, self.toured)

    async def learn(self, actions: Sequence[Action]) -> None:
        """Finds out which of these actions the person's role has no right to."""
        self.lacking |= await self.calls.run(self._lacked, tuple(actions))

    def _lacked(self, actions: Sequence[Action]) -> dict[str, str]:
        from store.people.roles import Permission
        from tui.rights import right_of

        rights = self.calls.practice.rights()
        if rights.issuperset(map(str, Permission)):
            return {}
        needed = {one.id: right_of(one, self.specs) for one in actions if one.id not in self.lacking}
        return {name: right for name, right in needed.items() if right and right not in rights}

    def told(self, actions: Sequence[Action]) -> dict[str, str]:
        """What the store's commands say of actions, by id: the right that is needed, and whether `u` takes it back."""
        from tui.reference import entry

        said: dict[str, str] = {}
        for one in (entry(action, self.specs) for action in actions):
            right = f" Needs the right: {one.right}." if one.right else ""
            right += " Your role does not have it." if one.id in self.lacking else ""
            said[one.id] = right + {"yes": " u takes it back.", "no": " Not taken back by u."}.get(one.undo, "")
        return said

    def spec(self, queue: str) -> QueueScreenSpec:
        """What the screens do for a queue; a queue without a file of its own has the common keys."""
        return self.specs.get(queue) or QueueScreenSpec(queue)
