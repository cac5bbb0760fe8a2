"""The codes of an encounter: diagnoses, procedure lines, and what the note supports beyond them, with one cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.money import show_cents
from tui.widgets.desk_lines import (
    aside_line,
    diagnosis_line,
    edit_marks,
    heading,
    modifier_cells,
    offer_line,
    service_line,
)
from tui.widgets.picking import Entry, Picking

if TYPE_CHECKING:
    from store.coding.desk import Desk, DeskDiagnosis, DeskLine
    from store.coding.suggestions import Aside, NoteAdvice, Offer

    Shown = DeskDiagnosis | DeskLine | Offer | Aside


class DeskCodes(Picking["Shown"]):
    """What stands on the encounter, then what is offered, then what was left aside and why."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._desk: Desk | None = None
        self._advice: NoteAdvice | None = None
        self._offers: tuple[Offer, ...] = ()

    def show(self, desk: Desk) -> None:
        """Shows an encounter's codes; the cursor stays at its place."""
        self._desk = desk
        self._refill()

    def advise(self, advice: NoteAdvice) -> None:
        """Shows what the note supports."""
        self._advice = advice
        self._refill()

    def _refill(self) -> None:
        from store.coding.suggestions import open_offers

        if self._desk is not None and self._advice is not None:
            self._offers = open_offers(self._advice, self._desk)
        self.fill()

    @property
    def offers(self) -> tuple[Offer, ...]:
        """The suggestions that are still open."""
        return self._offers

    @property
    def diagnosis(self) -> DeskDiagnosis | None:
        """The diagnosis under the cursor."""
        from store.coding.desk import DeskDiagnosis

        return self.thing if isinstance(self.thing, DeskDiagnosis) else None

    @property
    def service(self) -> DeskLine | None:
        """The procedure line under the cursor."""
        from store.coding.desk import DeskLine

        return self.thing if isinstance(self.thing, DeskLine) else None

    @property
    def offer(self) -> Offer | None:
        """The suggestion under the cursor."""
        from store.coding.suggestions import Offer

        return self.thing if isinstance(self.thing, Offer) else None

    @property
    def aside(self) -> Aside | None:
        """The words under the cursor that were left aside."""
        from store.coding.suggestions import Aside

        return self.thing if isinstance(self.thing, Aside) else None

    @property
    def span(self) -> tuple[int, int] | None:
        """The words of the note that belong to what is under the cursor."""
        return getattr(self.thing, "span", None)

    def go_to_diagnosis(self, diagnosis_id: int) -> None:
        """Puts the cursor on a diagnosis."""
        from store.coding.desk import DeskDiagnosis

        self.go_where(lambda thing: isinstance(thing, DeskDiagnosis) and thing.id == diagnosis_id)

    def go_to_service(self, line_id: int) -> None:
        """Puts the cursor on a procedure line."""
        from store.coding.desk import DeskLine

        self.go_where(lambda thing: isinstance(thing, DeskLine) and thing.id == line_id)

    def go_to_offer(self, number: int = 0) -> bool:
        """Puts the cursor on an open suggestion, or the last one; False when none is left."""
        if not self._offers:
            return False
        wanted = self._offers[min(number, len(self._offers) - 1)]
        return self.go_where(lambda thing: thing is wanted)

    def go_to_place(self, offset: int) -> bool:
        """Puts the cursor on what rests on a place of the note; False when nothing does."""
        return self.go_where(lambda thing: _holds(getattr(thing, "span", None), offset))

    def lay_out(self, width: int) -> list[Entry[Shown]]:
        """Three or four sections."""
        if (desk := self._desk) is None:
            return []
        found = edit_marks(desk)
        entries: list[Entry[Shown]] = [Entry(heading("Diagnoses", "i adds one", width))]
        entries += [Entry(diagnosis_line(row, found.get(row.code, " "), width), row) for row in desk.diagnoses]
        total = show_cents(sum(line.charge for line in desk.lines))
        entries.append(Entry(heading(f"Procedures  {total}", "h adds one", width)))
        cells = modifier_cells(desk.lines, width)
        marks = [found.get(f"line {row.position}", " ") for row in desk.lines]
        rows = zip(desk.lines, marks, strict=True)
        entries += [Entry(service_line(row, mark, width, cells), row) for row, mark in rows]
        return entries + self._advised(width)

    def _advised(self, width: int) -> list[Entry[Shown]]:
        if (advice := self._advice) is None:
            return [Entry(heading("Suggested", "reading the note …", width))]
        hint = "Enter takes, r rejects" if self._offers else "nothing more"
        entries: list[Entry[Shown]] = [Entry(heading(f"Suggested  {len(self._offers)}", hint, width))]
        entries += [Entry(offer_line(offer, width), offer) for offer in self._offers]
        if advice.asides:
            entries.append(Entry(heading("In the note, not to be coded", "", width)))
            entries += [Entry(aside_line(aside, width), aside) for aside in advice.asides]
        return entries


def _holds(span: tuple[int, int] | None, offset: int) -> bool:
    return span is not None and span[0] <= offset < span[1]
