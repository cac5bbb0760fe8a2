"""The desk's keys for codes and lines."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from store.errors import Refused
from tui.asks import Words
from tui.screens.code_search import CodeSearch, HitLike
from tui.screens.desk_base import DeskBase
from tui.widgets.plain import one_line

if TYPE_CHECKING:
    from store.work.command import Command

_SPAN_WORDS = 60


def _whole(text: str, wrong: str, do: str) -> int:
    told = text.strip()
    if not (told.isdecimal() and told.isascii() and len(told) < 10):
        raise Refused(wrong, do=do)
    return int(told)


class DeskCoding(DeskBase):
    """Adding, moving and taking off codes; modifiers, units, pointers, evidence."""

    def do_desk_search(self, _count: int | None) -> Awaitable[None] | None:
        """Searches a diagnosis: for the selected words, or for those of the suggestion under the cursor."""
        if (code := self._given.pop("code", None)) is not None:
            return self._add_again(str(code), procedure=False)
        self._editing = self._codes.offer if self._codes.has_focus and not self._note.selected else None
        words = self._note.selected_text
        if self._editing is not None and self._desk is not None:
            start, end = self._editing.span
            words = self._desk.note[start:end]
        self.open_search("icd", words)
        return None

    def do_desk_procedures(self, _count: int | None) -> Awaitable[None] | None:
        """Opens the search of the fee schedule."""
        if (code := self._given.pop("code", None)) is not None:
            return self._add_again(str(code), procedure=True)
        self._editing = None
        self.open_search("procedures", "")
        return None

    async def _add_again(self, code: str, *, procedure: bool) -> None:
        self.begin("desk.procedures" if procedure else "desk.search", code=code)
        await self.add_code(code, procedure=procedure)

    def do_search_turn(self, _count: int | None) -> None:
        """These keys belong to the search; while it is open it takes them itself."""
        raise Refused("No search is open.", do="i searches a diagnosis, h a procedure.")

    do_search_favourite = do_search_forget = do_search_turn

    def open_search(self, kind: str, text: str) -> None:
        """Puts the search in the place of the codes."""
        desk = self.require_open()
        self._finder.turn_to(kind, desk.on)
        self.add_class("-searching")
        self._search.start(one_line(text)[:_SPAN_WORDS])
        self._search.again(self._finder.scope.shown, self._finder.nothing())

    def take_typed(self, character: str) -> bool:
        """Letters typed right after the key that opens the search belong to it."""
        searching = self.has_class("-searching")
        if searching:
            self._search.take_typed(character)
        return searching

    def on_code_search_turned(self, event: CodeSearch.Turned) -> None:
        """Another code set is searched."""
        event.stop()
        self._search.again(self._finder.turn().shown, self._finder.nothing())

    def on_code_search_favoured(self, event: CodeSearch.Favoured) -> None:
        """The code becomes a favourite, or no longer."""
        from store.coding.learned import ToggleFavourite

        event.stop()
        self.in_background(self._learn(ToggleFavourite(event.hit.code)))

    def on_code_search_forgotten(self, event: CodeSearch.Forgotten) -> None:
        """What was picked for the phrase here is forgotten."""
        from store.coding.learned import ForgetPicks

        event.stop()
        self.in_background(self._learn(ForgetPicks(event.typed)))

    async def _learn(self, command: Command) -> None:
        done = await self.learn(command)
        self.say(done.said, hint="u takes it back" if done.undoable else "")
        self._finder.learned_anew()
        self._search.again()

    def on_code_search_closed(self, event: CodeSearch.Closed) -> None:
        """Esc in the search: back to where one was."""
        event.stop()
        self._close_search()
        (self._codes if self._editing is not None else self._note).focus()

    def _close_search(self) -> None:
        self.remove_class("-searching")

    def on_code_search_picked(self, event: CodeSearch.Picked) -> None:
        """Enter in the search: the code is added."""
        event.stop()
        self.in_background(self._add(event.hit, event.typed))

    async def _add(self, hit: HitLike, typed: str) -> None:
        from store.coding.lines import AddLine

        span = self._note.selected or (None, None)
        command = self._finder.adding(self.encounter_id, hit, span, typed, self._editing)
        self.begin("desk.procedures" if isinstance(command, AddLine) else "desk.search", code=hit.code)
        done = await self.change(command)
        self._close_search()
        self._editing = None
        self._note.drop_selection()
        self._codes.focus()
        self.go_to_added(command, done)

    async def do_desk_remove(self, _count: int | None) -> None:
        """Takes off what is under the cursor."""
        from store.coding.diagnoses import RemoveDiagnosis
        from store.coding.lines import RemoveLine

        if (diagnosis := self._codes.diagnosis) is not None:
            await self.change(RemoveDiagnosis(self.encounter_id, diagnosis.id))
        elif (service := self._codes.service) is not None:
            await self.change(RemoveLine(self.encounter_id, service.id))
        elif not await self.reject_offer():
            raise Refused("There is no code yet.", do="Press i to search one.")

    async def reject_offer(self) -> bool:
        """Rejects the suggestion under the cursor; False when there is none."""
        raise NotImplementedError

    async def do_desk_earlier(self, count: int | None) -> None:
        """Moves the diagnosis up."""
        await self._move(-(count or 1))

    async def do_desk_later(self, count: int | None) -> None:
        """Moves the diagnosis down."""
        await self._move(count or 1)

    async def _move(self, by: int) -> None:
        from store.coding.diagnoses import MoveDiagnosis

        diagnosis = self._diagnosis()
        await self.change(MoveDiagnosis(self.encounter_id, diagnosis, by))
        self._codes.go_to_diagnosis(diagnosis)

    async def do_desk_evidence(self, _count: int | None) -> None:
        """Links the selection to the diagnosis under the cursor."""
        from store.coding.diagnoses import LinkEvidence

        selected = self._note.selected
        if selected is None:
            raise Refused("No words are selected.", do="v in the note selects.")
        await self.change(LinkEvidence(self.encounter_id, self._diagnosis(), *selected))
        self._note.drop_selection()

    async def do_desk_modifiers(self, _count: int | None) -> None:
        """Asks for the modifiers of the line."""
        from store.coding.lines import ChangeLine

        service = self._service()
        ask = Words(
            name="modifiers",
            question="Modifiers",
            first=" ".join(self._modifiers()),
            required=False,
            hint="like 25 or 59 LT, at most four; empty is none",
        )
        answer = await self.asked(ask)
        if answer is not None:
            modifiers = tuple(str(answer).replace(",", " ").split())
            await self.change(ChangeLine(self.encounter_id, service, modifiers=modifiers, seen=self._seen))

    async def do_desk_units(self, count: int | None) -> None:
        """Sets the units; `3U` without asking; minutes go by the payer's rule, of anaesthesia with base units."""
        from codesets.worksheets import is_anesthesia
        from store.coding.lines import ChangeLine
        from store.coding.worksheets import SetMinutes

        service = self._service()
        ask = Words(name="units", question="Units", hint="3, or minutes: 45m")
        answer = count if count is not None else await self.asked(ask)
        if answer is None:
            return
        number = str(answer).strip().lower()
        timed = number.endswith("m")
        many = _whole(number.removesuffix("m"), "Units are a whole number, minutes one with an m.", "Write 3 or 45m.")
        line = self._codes.service
        if not timed:
            seen = None if line is None else str(line.units)
            await self.change(ChangeLine(self.encounter_id, service, units=many, seen=seen))
        elif line is not None and is_anesthesia(line.code):
            await self._count_anesthesia(service, line.code, many)
        else:
            await self.change(SetMinutes(self.encounter_id, service, many))

    async def _count_anesthesia(self, service: int, code: str, minutes: int) -> None:
        from store.coding.worksheets import SetAnesthesia

        known = await self.session.calls.run(self._finder.base_units, self.encounter_id, code)
        first = "" if known is None else str(known)
        hint = "typed: no list of base units is loaded with this code" if known is None else "of your own list"
        base = await self.asked(Words(name="base", question=f"Base units of {code}", first=first, hint=hint))
        if base is None:
            return
        ask = Words(name="status", question="Units for state", required=False, hint="and circumstances; empty for none")
        further = await self.asked(ask)
        if further is None:
            return
        wrong = ("Units are a whole number.", "Write 5.")
        units = _whole(str(base), *wrong), _whole(str(further) or "0", *wrong)
        await self.change(SetAnesthesia(self.encounter_id, service, minutes, *units))

    def _digit(self, key: str) -> bool:
        """A digit points the line under the cursor to that diagnosis; elsewhere it begins a count."""
        if self._codes.service is None or not self._codes.has_focus:
            return super()._digit(key)
        self.begin("desk.point", point=key if key != "0" else "10")
        self.in_background(self._point(int(key) or 10))
        return True

    async def do_desk_point(self, _count: int | None) -> None:
        """Asks for the diagnosis that the line points to, or no longer, by its letter or number."""
        from codesets.pointers import POINTER_LETTERS

        self._service()
        answer = await self.asked(Words(name="point", question="Point to", hint="A to L, or the number: K or 11"))
        if answer is None:
            return
        told = str(answer).strip().upper()
        letter = POINTER_LETTERS.find(told) + 1 if len(told) == 1 else 0
        wrong = f"{told[:20]!r} is no diagnosis."
        await self._point(letter or _whole(told, wrong, "Write a letter from A to L, or the number."))

    async def _point(self, position: int) -> None:
        from store.coding.lines import TogglePointer

        desk = self.require_open()
        wanted = next((row for row in desk.diagnoses if row.position == position), None)
        if wanted is None:
            raise Refused(f"There is no diagnosis {position}.")
        await self.change(TogglePointer(self.encounter_id, self._service(), wanted.id))

    def _diagnosis(self) -> int:
        if (diagnosis := self._codes.diagnosis) is None:
            raise Refused("The cursor is on no diagnosis.", do="Tab to the codes and go to one.")
        return diagnosis.id

    def _service(self) -> int:
        if (service := self._codes.service) is None:
            raise Refused("The cursor is on no procedure line.", do="Tab to the codes and go to one.")
        return service.id

    def _modifiers(self) -> tuple[str, ...]:
        service = self._codes.service
        return service.modifiers if service else ()
