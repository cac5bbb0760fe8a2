"""The desk's keys that carry the encounter on: finish, override, hold, not billable."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from store import clock
from tui.asks import Days, Words
from tui.screens.desk_base import DeskBase

if TYPE_CHECKING:
    from store.work.command import Command


class DeskFlow(DeskBase):
    """After each of them the next encounter is opened."""

    async def carry_on(self, command: Command) -> None:
        """Does what ends the work on this encounter, and opens the next."""
        await self.change(command, read=False)
        await self.go_on()

    async def do_desk_finish(self, _count: int | None) -> None:
        """Finishes and opens the next."""
        from store.coding.flow import FinishCoding
        from store.coding.reviewing import FinishReview

        if not await self._warned():
            return
        if not self.in_review:
            await self.carry_on(FinishCoding(self.encounter_id, offered=self.offered))
            return
        ask = Words(name="changed", question="Changed because", required=False, hint="empty if the codes stand")
        reasons = await self.asked(ask)
        if reasons is not None:
            await self.carry_on(FinishReview(self.encounter_id, str(reasons)))

    async def _warned(self) -> bool:
        """Asks once where edits warn; False when the person would rather look."""
        from store.text import how_many

        found = self.require_open().warnings
        if not found:
            return True
        names = ", ".join(dict.fromkeys(one.edit for one in found))
        return await self.confirm(f"Finish with {how_many(len(found), 'warning')} ({names})?")

    @property
    def in_review(self) -> bool:
        """Whether this is somebody's second look."""
        return self.require_open().state == "REVIEW"

    async def do_desk_review(self, _count: int | None) -> None:
        """Asks for a second look; a reviewer returns it to its coder."""
        from store.coding.reviewing import AskReview, ReturnReview

        question = "Return it because" if self.in_review else "To review, look at"
        reason = await self.asked(Words(name="review", question=question))
        if reason is not None:
            if self.in_review:
                await self.carry_on(ReturnReview(self.encounter_id, str(reason)))
            else:
                await self.carry_on(AskReview(self.encounter_id, str(reason), self.offered))

    async def do_desk_override(self, _count: int | None) -> None:
        """Asks why the codes that exclude each other both stand, and finishes, a review too."""
        from store.coding.flow import FinishCoding
        from store.coding.reviewing import FinishReview

        reason = await self.asked(Words(name="override", question="Both stand because"))
        if reason is None:
            return
        if self.in_review:
            await self.carry_on(FinishReview(self.encounter_id, override=str(reason)))
        else:
            await self.carry_on(FinishCoding(self.encounter_id, str(reason), self.offered))

    async def do_desk_hold(self, _count: int | None) -> None:
        """Asks why and until when; what is on hold is taken up again."""
        from store.coding.flow import HoldEncounter, ResumeEncounter

        if self.require_open().state == "HOLD":
            await self.change(ResumeEncounter(self.encounter_id))
            return
        reason = await self.asked(Words(name="reason", question="Hold because"))
        until = await self.asked(Days(name="until", question="Until", first="3d")) if reason is not None else None
        if reason is None or until is None:
            return
        day = until if isinstance(until, date) else clock.today() + timedelta(days=int(until))
        await self.carry_on(HoldEncounter(self.encounter_id, day, str(reason)))

    async def do_desk_void(self, _count: int | None) -> None:
        """Asks why, and confirms."""
        from store.coding.flow import VoidEncounter

        reason = await self.asked(Words(name="reason", question="Not billable because"))
        if reason is not None and await self.confirm("Close this encounter as not billable?"):
            await self.carry_on(VoidEncounter(self.encounter_id, str(reason)))
