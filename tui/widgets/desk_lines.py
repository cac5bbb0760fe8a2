"""The lines of the desk's panes: codes, procedure lines, suggestions, findings, as plain text with styles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from codesets.pointers import POINTER_LETTERS
from store.money import show_cents
from tui.widgets.look import BAD, BOLD, DIM, PLAIN, WARN
from tui.widgets.plain import Line, Part, fit, fold, one_line, width_of

if TYPE_CHECKING:
    from codesets.edits import Finding
    from store.coding.desk import Desk, DeskDiagnosis, DeskLine
    from store.coding.suggestions import Aside, Offer

_NAMES = re.compile(r"\(((?:DX|PX)\.[A-Z0-9_]+(?:, (?:DX|PX)\.[A-Z0-9_]+)*)\)")
_TWO, _FOUR_FROM = 6, 50
"""Cells of two modifiers, and of a pane from which there is room for four."""
_WHY_FROM = 100
"""Cells from which a suggestion's reason stands beside its title."""


def heading(text: str, hint: str, width: int) -> Line:
    """A section's title, and at the right what fills it."""
    return ((fit(f" {text}", max(0, width - len(hint) - 1)), BOLD), (f"{hint} ", DIM))


def diagnosis_line(row: DeskDiagnosis, mark: str, width: int) -> Line:
    """Edit mark, number, a dot where there is evidence, code and title."""
    evidence = "·" if row.span else " "
    head = f"{row.position:>2} {evidence}{fit(row.code, 8)} "
    return (_mark(mark), (head, BOLD), (fit(one_line(row.title), max(0, width - len(head) - 1)), PLAIN))


def modifier_cells(lines: Sequence[DeskLine], width: int) -> int:
    """Room for the modifiers of all lines: for two, or for up to four where some line has them and there is room."""
    most = max((len(line.modifiers) for line in lines), default=0)
    return max(_TWO, 3 * most) if width >= _FOUR_FROM else _TWO


def service_line(row: DeskLine, mark: str, width: int, cells: int = _TWO) -> Line:
    """Edit mark, number, code, modifiers, units (of anaesthesia minutes), pointers as letters, title and charge."""
    pointers = "".join(_letter(pointer) for pointer in row.pointers) or "-"
    modifiers = " ".join(row.modifiers)
    units = f"x{row.units}" if row.anesthesia is None else f"{row.anesthesia}m"
    head = f"{row.position:>2}  {fit(row.code, 6)}{fit(modifiers, cells)}{fit(units, 4)}{fit(pointers, 5)}"
    amount = f" {show_cents(row.charge):>9} "
    title = fit(one_line(row.title), max(0, width - len(head) - len(amount) - 1))
    return (_mark(mark), (head, BOLD), (title, PLAIN), (amount, PLAIN))


def offer_line(offer: Offer, width: int) -> Line:
    """A code that the note supports, its title, and its reason where there is room."""
    head = f"  ? {fit(offer.code, 8)} "
    room = max(0, width - len(head) - 1)
    if width < _WHY_FROM:
        return ((head, PLAIN), (fit(one_line(offer.title), room), PLAIN))
    title = fit(one_line(offer.title), room // 2)
    return ((head, PLAIN), (title + " ", PLAIN), (fit(one_line(offer.why), room - room // 2 - 1), DIM))


def aside_line(aside: Aside, width: int) -> Line:
    """Words that are no reason to code, and how the note says so."""
    head = f"  - {fit(aside.how, 13)}"
    return ((head, DIM), (fit(one_line(aside.words), max(0, width - width_of(head))), DIM))


def finding_line(finding: Finding, width: int) -> Line:
    """Severity, name and message of a finding; the message is cut, `y` shows it whole."""
    head, name = f" {finding.severity.value[0].upper()} ", fit(finding.edit, 17)
    style = BAD if finding.severity.value == "error" else WARN if finding.severity.value == "warn" else PLAIN
    where = f"line {finding.line}: " if finding.line is not None and not finding.message.startswith("Line ") else ""
    text = fit(one_line(where + finding.message), max(0, width - len(head) - len(name)))
    return ((head, style), (name, BOLD), (text, PLAIN))


def query_line(query: str, width: int) -> Line:
    """A question to the provider, and its answer if there is one."""
    return ((" ? ", WARN), (fit(one_line(query), max(0, width - 3)), PLAIN))


def unchecked_lines(sentences: Sequence[str], width: int) -> list[Line]:
    """The names of the edits that had no data, folded; a sentence that names none stands as it is."""
    if not sentences:
        return []
    names = [_NAMES.search(sentence) for sentence in sentences]
    told = [
        found[1].replace(", ", " ") if found else sentence for found, sentence in zip(names, sentences, strict=True)
    ]
    folded = fold(one_line("Not checked, no data: " + " ".join(dict.fromkeys(told))), width - 4)
    return [((" - " if number == 0 else "   ", DIM), (text, DIM)) for number, text in enumerate(folded)]


def edit_marks(desk: Desk) -> dict[str, str]:
    """The worst finding's letter for each code and each line."""
    marks: dict[str, str] = {}
    for finding in desk.findings:
        letter = finding.severity.value[0].upper()
        for place in finding.codes if finding.line is None else (f"line {finding.line}",):
            marks.setdefault(place, letter)
    return marks


def _letter(pointer: int) -> str:
    return POINTER_LETTERS[pointer - 1] if pointer <= len(POINTER_LETTERS) else "+"


def _mark(letter: str) -> Part:
    return letter, {"E": BAD, "W": WARN}.get(letter, PLAIN)
