"""Coding: the desk's keys."""

from __future__ import annotations

from store.work.record import Record
from tui.asks import Chosen
from tui.calls import PracticeApi
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec

_DESK = frozenset({Place.DESK})


def _desk(key: str, name: str, label: str, help_: str, *, rank: int = 0, also: tuple[str, ...] = ()) -> Action:
    return Action(id=f"desk.{name}", key=key, label=label, help=help_, rank=rank, also=also, places=_DESK)


def _rules(practice: PracticeApi, _chosen: Chosen) -> Record:
    from store.coding.suggestions import rules_record
    from store.practice import Practice

    assert isinstance(practice, Practice)
    with practice.reading() as session:
        return rules_record(session)


SPEC = QueueScreenSpec(
    queue="coding",
    screen="tui.screens.desk:DeskScreen",
    actions=(
        _desk("i", "search", "dx", "Search a diagnosis, for the selected words if any; Enter adds it with them as its "
              "evidence.", rank=10),
        _desk("h", "procedures", "procedure", "Search a procedure in the fee schedule; Enter adds a line.", rank=20),
        _desk("enter", "take", "take", "Take the suggestion under the cursor; on a finding or on selected words go to "
              "the code that is meant.", rank=12),
        _desk("m", "modifiers", "modifiers", "Set the modifiers of the line under the cursor, at most four.", rank=35),
        _desk("U", "units", "units", "Set the units of the line under the cursor."),
        _desk("K", "earlier", "earlier", "Move the diagnosis under the cursor up; lines keep pointing to it."),
        _desk("J", "later", "later", "Move the diagnosis under the cursor down."),
        _desk("r", "remove", "remove", "Take off the code or the line under the cursor, or reject the suggestion; u "
              "brings it back."),
        _desk("c", "evidence", "evidence", "Link the selected words of the note to the diagnosis under the cursor."),
        _desk("F", "finish", "finish, next", "Finish the encounter and open the next; refused with the reason while "
              "an edit stops it.", rank=15),
        _desk("O", "override", "override", "Finish in spite of codes that exclude each other, with the reason."),
        _desk("Q", "query", "query", "Ask the provider about the selected words, or those behind the code under the "
              "cursor; the encounter waits for the answer."),
        _desk("H", "hold", "hold", "Hold the encounter until a day, with the reason."),
        _desk("V", "void", "not billable", "The encounter is not billable, with the reason."),
        Action(id="coding.rules", label="suggestions", shows=_rules, on_view=True, places=_DESK | {Place.LIST},
               help="How often the suggestions of each rule were accepted, edited and rejected."),
        _desk("tab", "pane", "pane", "To the next pane: note, codes, edits.", rank=50),
        _desk("shift+tab", "pane_back", "pane before", "To the pane before."),
    ),
)  # fmt: skip
