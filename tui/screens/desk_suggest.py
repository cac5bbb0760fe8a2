"""The desk's reader: codes that the note supports, taken, changed or rejected one by one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from store.errors import Refused
from tui.screens.desk_base import DeskBase

if TYPE_CHECKING:
    from store.coding.desk import Desk


class DeskSuggest(DeskBase):
    """The note is read on a thread of its own; what it supports appears below the codes when that is done."""

    def read_note(self, desk: Desk) -> None:
        """Starts reading."""
        self.run_worker(self._read_note(desk), group="reading", exclusive=True)

    async def _read_note(self, desk: Desk) -> None:
        from store.coding.suggestions import NoteAdvice, advise

        try:
            self.advice = await asyncio.to_thread(advise, self._finder.codes, desk)
        except Refused as error:
            self.refuse(error)
        self._codes.advise(self.advice or NoteAdvice())
        self.advised()

    def advised(self) -> None:
        """The note was read."""
        raise NotImplementedError

    async def do_desk_take(self, _count: int | None) -> None:
        """Enter: the suggestion becomes a code; in the findings the cursor goes to what is meant."""
        if self._edits.has_focus:
            self._go_to_finding()
        elif self._note.has_focus:
            self._go_to_code()
        elif self._codes.aside is not None:
            raise Refused(self._codes.aside.why)
        elif self._codes.offer is not None:
            await self._take()
        else:
            self.open_code()

    def open_code(self) -> None:
        """Enter on a code or a line."""
        raise NotImplementedError

    async def _take(self) -> None:
        from store.coding.suggestions import TakeSuggestion

        offer = self._codes.offer
        assert offer is not None
        number = self._codes.offers.index(offer)
        await self.change(TakeSuggestion(self.encounter_id, offer.rule, offer.code, *offer.span))
        self._codes.go_to_offer(number)

    async def reject_offer(self) -> bool:
        """Rejects the suggestion under the cursor; False when there is none."""
        from store.coding.suggestions import RejectSuggestion

        if (offer := self._codes.offer) is None:
            return False
        number = self._codes.offers.index(offer)
        await self.change(RejectSuggestion(self.encounter_id, offer.rule, offer.code, *offer.span))
        self._codes.go_to_offer(number)
        return True

    def _go_to_finding(self) -> None:
        finding = self._edits.finding
        if finding is None:
            raise Refused("Nothing was found there: it was not checked.")
        line, code = finding.line, finding.codes[0] if finding.codes else ""
        wanted = line if line is not None else code
        if not self._codes.go_where(lambda thing: _is_meant(thing, wanted)):
            raise Refused("What is meant is no longer on the encounter.")
        self._codes.focus()

    def _go_to_code(self) -> None:
        """From selected words of the note to what rests on them; without such words to the next suggestion."""
        span = self._note.selected
        if span is None:
            if not self._codes.go_to_offer(0):
                raise Refused("No words are selected.", do="v selects; Enter goes to the code that rests on them.")
        elif not any(self._codes.go_to_place(offset) for offset in range(span[0], span[1])):
            raise Refused("No code rests on these words.", do="i searches one for them.")
        self._codes.focus()


def _is_meant(thing: object, wanted: int | str) -> bool:
    from store.coding.desk import DeskDiagnosis, DeskLine

    if isinstance(wanted, int):
        return isinstance(thing, DeskLine) and thing.position == wanted
    return isinstance(thing, DeskDiagnosis | DeskLine) and thing.code == wanted
