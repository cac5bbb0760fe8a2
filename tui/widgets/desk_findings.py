"""The findings of the coding edits, worst first, and what could not be checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from store.money import show_cents
from store.work.values import Why
from tui.widgets.desk_lines import finding_line, query_line, unchecked_lines
from tui.widgets.look import DIM
from tui.widgets.picking import Entry, Picking
from tui.widgets.plain import one_line

if TYPE_CHECKING:
    from codesets.edits import Finding
    from store.coding.desk import Desk, DeskDiagnosis, DeskLine
    from store.coding.suggestions import Aside, Offer

    Shown = Finding | str

UNCHECKED = "not checked"
"""What the lines about edits without data stand for."""

_MEANS = {"error": "It stops finishing", "warn": "It asks you to look", "info": "It only tells"}


class DeskFindings(Picking["Shown"]):
    """A finding on each line, and below which edits had no data to look at."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._desk: Desk | None = None

    def show(self, desk: Desk) -> None:
        """Shows the findings on an encounter."""
        self._desk = desk
        self.fill()

    @property
    def at_unchecked(self) -> bool:
        """Whether the cursor is on what was not checked."""
        return self.thing == UNCHECKED

    @property
    def asked(self) -> str:
        """The question to the provider under the cursor, with its answer."""
        return self.thing if isinstance(self.thing, str) and self.thing != UNCHECKED else ""

    @property
    def finding(self) -> Finding | None:
        """The finding under the cursor."""
        return None if isinstance(self.thing, str) else self.thing

    def lay_out(self, width: int) -> list[Entry[Shown]]:
        """Questions to the provider, findings, then what was not checked; nothing found is said as just that."""
        if (desk := self._desk) is None:
            return []
        entries: list[Entry[Shown]] = [Entry(query_line(query, width), query) for query in desk.queries]
        entries += [Entry(finding_line(finding, width), finding) for finding in desk.findings]
        if not desk.findings:
            words = "No finding" + (" in what was checked." if desk.not_checked else ".")
            entries.append(Entry(((" " + words, DIM),)))
        return entries + [Entry(line, UNCHECKED) for line in unchecked_lines(desk.not_checked, width)]


def why_found(findings: list[Finding]) -> Why:
    """What findings say: each with its name, its source and what would clear it."""
    lines: list[str] = []
    for finding in findings:
        means = _MEANS[finding.severity.value]
        more = "; O passes it with a reason" if finding.overridable and finding.severity.value == "error" else ""
        lines += [
            f"{finding.edit} ({finding.severity.value}): {finding.message}",
            f"{means}{more}. Cleared when {finding.clears_when.rstrip('.')}.",
            f"Rule: {finding.source}",
        ]
    return Why("Why is this marked?" if len(findings) == 1 else f"{len(findings)} findings", tuple(lines))


def why_offered(offer: Offer) -> Why:
    """Why a code is suggested."""
    missing = (f"The note does not tell: {', '.join(offer.missing)}.",) if offer.missing else ()
    lines = (f"{offer.code} {offer.title}", offer.why, *missing, "Enter takes it, i searches another, r rejects it.")
    return Why("Why is this suggested?", lines, f"rule {offer.rule} of the note reader")


def why_aside(aside: Aside) -> Why:
    """Why words of the note are no reason to code."""
    return Why("Why is this not suggested?", (f"'{one_line(aside.words)}': {aside.how}.", aside.why), "the note reader")


def why_diagnosis(desk: Desk, row: DeskDiagnosis, found: list[Finding]) -> Why:
    """A diagnosis: what the edits say of it, the words that it rests on, and the lines that point to it."""
    words = f"'{' '.join(desk.note[row.span[0] : row.span[1]].split())}'" if row.span else ""
    pointing = [str(line.position) for line in desk.lines if row.position in line.pointers]
    lines = (
        *_marked(found),
        f"Its evidence in the note: {words}." if words else "No words of the note are its evidence; c links them.",
        f"Lines that point to it: {', '.join(pointing)}." if pointing else "No procedure line points to it.",
    )
    return Why(f"Diagnosis {row.position}: {row.code} {row.title}", lines, f"ICD-10-CM in force on {desk.on}")


def why_line(desk: Desk, row: DeskLine, found: list[Finding]) -> Why:
    """A procedure line: what the edits say of it, what it points to, and where its charge comes from."""
    codes = [one.code for one in desk.diagnoses if one.position in row.pointers]
    lines = (
        *_marked(found),
        f"Points to {', '.join(codes)}." if codes else "It points to no diagnosis; a digit or P points it.",
        f"Modifiers: {' '.join(row.modifiers) or 'none'}. Units: {row.units}. Charge: {show_cents(row.charge)}.",
    )
    title = f"Line {row.position}: {row.code} {row.title}"
    return Why(title, lines, f"the fee schedule in force on {desk.service_date}")


def _marked(found: list[Finding]) -> tuple[str, ...]:
    return tuple(why_found(found).lines) if found else ("No edit marks it.",)


def why_unchecked(sentences: Sequence[str]) -> Why:
    """What was not checked, and why not."""
    what = "superbill codes load brings the data in; what is not loaded is never taken for passed."
    return Why("What was not checked?", (*sentences, what))
