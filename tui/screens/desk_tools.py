"""The desk's shelf and worksheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.errors import Refused
from tui.asks import Choice, Pick, Words
from tui.screens.desk_base import DeskBase

if TYPE_CHECKING:
    from store.coding.shelf import Handy

_LEVELS = (
    Choice("straightforward", "straightforward", "or minimal"),
    Choice("low", "low", "or limited"),
    Choice("moderate", "moderate"),
    Choice("high", "high", "or extensive"),
    Choice("-", "not judged"),
)


class DeskTools(DeskBase):
    """What is at hand, and the level of a visit."""

    async def do_desk_shelf(self, _count: int | None) -> None:
        """Lets a person pick a favourite, a recent code or a macro, and adds it."""
        self.require_open()
        found = await self.session.calls.run(self._finder.handy)
        if not found:
            raise Refused("Nothing is at hand yet.", do="Ctrl-G in the search makes a code a favourite.")
        choices = tuple(Choice(f"{one.kind}:{one.value}", _label(one), one.kind) for one in found)
        answer = await self.asked(Pick(name="shelf", question="Add", choices=choices))
        if answer is None:
            return
        chosen = next((one for one in found if f"{one.kind}:{one.value}" == answer), None)
        if chosen is not None:
            await self._add_handy(chosen)

    async def _add_handy(self, one: Handy) -> None:
        from store.coding.shelf import UseMacro

        if one.kind == "macro":
            await self.change(UseMacro(self.encounter_id, int(one.value)))
            return
        await self.add_code(one.value, procedure=one.procedure)

    async def do_desk_worksheet(self, _count: int | None) -> None:
        """Asks element by element; the level and why are kept."""
        from store.coding.worksheets import KeepVisitSheet

        self.require_open()
        who = (Choice("no", "established"), Choice("yes", "new", "not seen by this group and specialty in 3 years"))
        new = await self.asked(Pick(name="new", question="Patient", choices=who))
        if new is None:
            return
        told = []
        for element in ("Problems", "Data", "Risk"):
            answer = await self.asked(Pick(name=element, question=element, choices=_LEVELS))
            if answer is None:
                return
            told.append("" if answer == "-" else str(answer))
        minutes = await self.asked(
            Words(name="minutes", question="Minutes on the date", required=False, hint="empty if not recorded")
        )
        if minutes is None:
            return
        if str(minutes) and not str(minutes).isdecimal():
            raise Refused("Minutes are a whole number.")
        spent = int(str(minutes)) if minutes else None
        await self.change(KeepVisitSheet(self.encounter_id, new == "yes", told[0], told[1], told[2], spent))


def _label(one: Handy) -> str:
    return one.label if one.kind == "macro" else f"{one.value} {one.label}".strip()
