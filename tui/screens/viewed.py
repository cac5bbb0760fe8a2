"""A queue's list with its views: its part that can be worked now, one's own, what is put aside, and kept ones."""

from __future__ import annotations

from dataclasses import replace

from store.errors import Refused
from store.work.values import Column, Page, QueueInfo, View
from tui.asks import Choice, Chosen, Pick
from tui.screens.listed import ListedScreen, rows_word
from tui.session import Session
from tui.verbs import view_choices
from tui.widgets.plain import one_line
from tui.widgets.queue_list import QueueList

VIEWS = {
    "open": "what can be worked now",
    "mine": "assigned to you or in your hands",
    "deferred": "put aside until a later day",
}
"""The views that every queue has."""


class ViewedScreen(ListedScreen, inherit_bindings=False):
    """Shows the part of a queue that its view keeps, in the view's order."""

    def __init__(self, session: Session, queue: str) -> None:
        super().__init__(session)
        self.queue = queue
        self._info: QueueInfo | None = None
        self._view = session.views.get(queue, View())
        self._list = QueueList(self._fetch, loaded=self.loaded, moved=self.moved, id="rows")

    def loaded(self, page: Page) -> None:
        """A page of the list came; its figures are over the whole view."""
        raise NotImplementedError

    def moved(self) -> None:
        """Another row has the cursor, or its cells changed."""
        raise NotImplementedError

    @property
    def columns(self) -> tuple[Column, ...]:
        """The queue's."""
        return tuple(self._info.columns) if self._info is not None else ()

    def rows_left(self) -> int:
        """All of the view."""
        return self._list.total

    async def _fetch(self, start: int, limit: int, counted: Page | None) -> Page:
        calls = self.session.calls
        return await calls.run(calls.practice.page, self.queue, self._view, start=start, limit=limit, counted=counted)

    async def do_view(self, _count: int | None) -> None:
        """Asks for a view."""
        chosen = Chosen(self.queue)
        kept = await self.session.calls.run(view_choices, self.session.calls.practice, chosen)
        always = (Choice(name, name, means) for name, means in VIEWS.items())
        keep = Choice("view.keep", "keep view", "this filter and sort under a name")
        answer = await self.put(Pick(name="view", question="View", choices=(*always, *kept, keep)), chosen)
        if answer == keep.value:
            self.call_next(self.perform, next(one for one in self.actions() if one.id == keep.value))
        elif answer is not None:
            await self.do_view_to(str(answer))

    async def do_view_to(self, name: str) -> None:
        """One of the three views that every queue has, or a kept one by its id or name."""
        if name in VIEWS:
            await self.see(replace(self._view, mine=name == "mine", deferred=name == "deferred"))
            self.status.say(f"View: {name}, {rows_word(self._list.total)}")
            return
        calls = self.session.calls
        views = await calls.run(calls.practice.views, self.queue)
        one = next((one for one in views if name.casefold() in {str(one.id), one.name.casefold()}), None)
        if one is None:
            raise Refused(f"There is no view '{name[:40]}'.", do=f"There are: {', '.join(VIEWS)} and those you keep.")
        await self.see(one.view)
        self.status.say(f"View: {one_line(one.name)}, {rows_word(self._list.total)}")

    async def see(self, view: View) -> None:
        """Reads the rows of the view."""
        self._view = view
        self._list.configure(self.columns, view.sort)
        try:
            await self._list.reload(seek=True)
        finally:
            self.session.views[self.queue] = self._view
