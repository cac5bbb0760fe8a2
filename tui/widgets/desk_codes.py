"""The codes of an encounter: diagnoses, then procedure lines, in one list with one cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from store.money import show_cents
from tui.widgets.look import BAD, BOLD, CURSOR, DIM, PLAIN, WARN
from tui.widgets.plain import Line, Part, fit, one_line
from tui.widgets.scroller import Scroller

if TYPE_CHECKING:
    from store.coding.desk import Desk, DeskDiagnosis, DeskLine

LETTERS = "ABCDEFGHIJKL"


@dataclass(frozen=True, slots=True)
class Item:
    """What a line of the pane stands for; both None for a heading."""

    line: Line
    diagnosis: DeskDiagnosis | None = None
    service: DeskLine | None = None


class DeskCodes(Scroller):
    """Moves over codes and lines; headings are passed over."""

    class Moved(Message):
        """The cursor stands on another code."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._desk: Desk | None = None
        self._items: list[Item] = []
        self.index = 0

    def show(self, desk: Desk) -> None:
        """Shows an encounter's codes; the cursor stays at its place."""
        self._desk = desk
        self._lay_out()
        self._settle(self.index)

    @property
    def diagnosis(self) -> DeskDiagnosis | None:
        """The diagnosis under the cursor."""
        return self._items[self.index].diagnosis if self.index < len(self._items) else None

    @property
    def service(self) -> DeskLine | None:
        """The procedure line under the cursor."""
        return self._items[self.index].service if self.index < len(self._items) else None

    def go_to_diagnosis(self, diagnosis_id: int) -> None:
        """Puts the cursor on a diagnosis."""
        self._go(lambda item: item.diagnosis is not None and item.diagnosis.id == diagnosis_id)

    def go_to_service(self, line_id: int) -> None:
        """Puts the cursor on a procedure line."""
        self._go(lambda item: item.service is not None and item.service.id == line_id)

    def line_count(self) -> int:
        """Headings, codes and lines."""
        return len(self._items)

    def line_at(self, index: int) -> Line:
        """One of them; the one under the cursor reversed."""
        line = self._items[index].line
        if index != self.index or not self._is_code(index):
            return line
        text = "".join(part for part, _ in line)
        return ((fit(text, self.size.width), CURSOR if self.has_focus else BOLD),)

    def on_resize(self) -> None:
        """Fits the titles anew."""
        self._lay_out()
        super().on_resize()
        self.refresh()

    def on_focus(self) -> None:
        """The cursor looks different with the focus."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor looks different without the focus."""
        self.refresh()

    def do_down(self, count: int | None) -> None:
        """The next code."""
        self._step(count or 1)

    def do_up(self, count: int | None) -> None:
        """The code before."""
        self._step(-(count or 1))

    def do_top(self, _count: int | None) -> None:
        """The first code."""
        self._settle(0)

    def do_bottom(self, _count: int | None) -> None:
        """The last line."""
        self._settle(len(self._items) - 1)

    def _step(self, by: int) -> None:
        places = [index for index in range(len(self._items)) if self._is_code(index)]
        if not places:
            return
        at = places.index(self.index) if self.index in places else 0
        self._put(places[max(0, min(at + by, len(places) - 1))])

    def _go(self, wanted: object) -> None:
        assert callable(wanted)
        for index, item in enumerate(self._items):
            if wanted(item):
                self._put(index)
                return

    def _settle(self, index: int) -> None:
        places = [place for place in range(len(self._items)) if self._is_code(place)]
        if places:
            self._put(min(places, key=lambda place: (abs(place - index), place)))
        else:
            self.index = 0
            self.refresh()

    def _put(self, index: int) -> None:
        self.index = index
        self.show_line(index)
        self.refresh()
        self.post_message(self.Moved())

    def _is_code(self, index: int) -> bool:
        item = self._items[index]
        return item.diagnosis is not None or item.service is not None

    def _lay_out(self) -> None:
        if self._desk is None:
            return
        width = max(30, self.size.width)
        found = _edit_marks(self._desk)
        items = [Item(_heading("Diagnoses", "i adds one", width))]
        items += [Item(_diagnosis(row, found.get(row.code, " "), width), diagnosis=row) for row in self._desk.diagnoses]
        total = show_cents(sum(line.charge for line in self._desk.lines))
        items.append(Item(_heading(f"Procedures  {total}", "h adds one", width)))
        items += [
            Item(_service(row, found.get(f"line {row.position}", " "), width), service=row) for row in self._desk.lines
        ]
        self._items = items


def _edit_marks(desk: Desk) -> dict[str, str]:
    """The worst finding's letter for each code and each line."""
    marks: dict[str, str] = {}
    for finding in desk.findings:
        letter = finding.severity.value[0].upper()
        for place in finding.codes if finding.line is None else (f"line {finding.line}",):
            marks.setdefault(place, letter)
    return marks


def _heading(text: str, hint: str, width: int) -> Line:
    return ((fit(f" {text}", max(0, width - len(hint) - 1)), BOLD), (f"{hint} ", DIM))


def _mark(letter: str) -> Part:
    return letter, {"E": BAD, "W": WARN}.get(letter, PLAIN)


def _diagnosis(row: DeskDiagnosis, mark: str, width: int) -> Line:
    evidence = "·" if row.span else " "
    head = f"{row.position:>2} {evidence}{fit(row.code, 8)} "
    return (_mark(mark), (head, BOLD), (fit(one_line(row.title), max(0, width - len(head) - 1)), PLAIN))


def _service(row: DeskLine, mark: str, width: int) -> Line:
    pointers = "".join(LETTERS[pointer - 1] for pointer in row.pointers) or "-"
    modifiers = " ".join(row.modifiers)
    head = f"{row.position:>2}  {fit(row.code, 6)}{fit(modifiers, 6)}x{row.units:<3}{fit(pointers, 5)}"
    amount = f" {show_cents(row.charge):>9} "
    title = fit(one_line(row.title), max(0, width - len(head) - len(amount) - 1))
    return (_mark(mark), (head, BOLD), (title, PLAIN), (amount, PLAIN))


def finding_lines(desk: Desk) -> Sequence[Line]:
    """Every finding of the coding edits, worst first."""
    if not desk.findings:
        return (((" No edit stops this encounter.", DIM),),)
    return tuple(
        (
            (f" {finding.severity.value[0].upper()} ", BAD if finding.severity.value == "error" else WARN),
            (f"{finding.edit}  ", BOLD),
            (one_line(f"{finding.message} {finding.clears_when}"), PLAIN),
        )
        for finding in desk.findings
    )
