"""What the desk says of the finding, the suggestion or the code under the cursor: for `y`, and on top of the help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from store.work.values import Why
from tui.screens.desk_base import DeskBase
from tui.widgets.desk_findings import why_aside, why_diagnosis, why_found, why_line, why_offered, why_unchecked

if TYPE_CHECKING:
    from codesets.edits import Finding


class DeskWhy(DeskBase):
    """The focused thing with its rule, its source and what would clear it; from the note, why the encounter is here."""

    async def help_about(self) -> Why:
        """Why the finding, the code or the encounter is as it is."""
        about = self._about_edits() if self._edits.has_focus else self._about_codes() if self._codes.has_focus else None
        if about is not None:
            return about
        calls = self.session.calls
        return await calls.run(calls.practice.why, self._row.item_id)

    def _about_edits(self) -> Why | None:
        if self._edits.finding is not None:
            return why_found([self._edits.finding])
        if self._edits.at_unchecked and self._desk is not None:
            return why_unchecked(self._desk.not_checked)
        return Why("What was asked?", (self._edits.asked,)) if self._edits.asked else None

    def _about_codes(self) -> Why | None:
        if (desk := self._desk) is None:
            return None
        if (offer := self._codes.offer) is not None:
            return why_offered(offer)
        if (aside := self._codes.aside) is not None:
            return why_aside(aside)
        found = self._findings_here()
        if (row := self._codes.diagnosis) is not None:
            return why_diagnosis(desk, row, found)
        return why_line(desk, line, found) if (line := self._codes.service) is not None else None

    def _findings_here(self) -> list[Finding]:
        """The findings on the code or line under the cursor."""
        if self._desk is None:
            return []
        if (line := self._codes.service) is not None:
            return [finding for finding in self._desk.findings if finding.line == line.position]
        code = self._codes.diagnosis.code if self._codes.diagnosis else None
        return [finding for finding in self._desk.findings if finding.line is None and code in finding.codes]

    def help_notes(self) -> Sequence[tuple[str, str]]:
        """What the marks mean."""
        return (
            ("1-9 0", "on a procedure line: point it to that diagnosis, or no longer"),
            ("·", "the diagnosis has words of the note as its evidence"),
            ("?", "a code that the note supports; Enter takes it, i searches another for its words, r rejects it"),
            ("-", "named in the note but not to be coded: negated, family, uncertain …; or not checked"),
            ("GLOBAL", "the surgery in whose global days the visit falls; who works in the practice is of one group"),
            ("E W I", "an edit stops, warns or tells; y says why and what clears it"),
        )
