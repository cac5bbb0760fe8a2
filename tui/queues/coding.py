"""Coding: the desk's keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from store.work.record import Record
from tui.asks import Choice, Chosen, Pick, Words
from tui.calls import PracticeApi, opened
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec

_DESK = frozenset({Place.DESK})


def _desk(key: str, name: str, label: str, help_: str, *, rank: int = 0, also: tuple[str, ...] = ()) -> Action:
    return Action(id=f"desk.{name}", key=key, label=label, help=help_, rank=rank, also=also, places=_DESK)


def _reading(practice: PracticeApi, read: Callable[[Any], Record]) -> Record:
    with opened(practice).reading() as session:
        return read(session)


def _looking(practice: PracticeApi, kind: str, chosen: Chosen, read: Callable[[Any, int], Record]) -> Record:
    """What is read of the encounter, as a look that the trail keeps."""
    from store.people.roles import Permission

    encounter_id = chosen.rows[0].subject_id
    return opened(practice).look(kind, encounter_id, Permission.CODE, lambda session: read(session, encounter_id))


def _past(practice: PracticeApi, chosen: Chosen) -> Record:
    from store.coding.shelf import past_codes

    return _looking(practice, "past", chosen, past_codes)


def _history(practice: PracticeApi, chosen: Chosen) -> Record:
    from store.coding.history import history_record

    return _looking(practice, "history", chosen, history_record)


def _agreement(practice: PracticeApi, _chosen: Chosen) -> Record:
    from store.coding.reviewing import agreement_record

    return _reading(practice, agreement_record)


def _no_change(chosen: Chosen) -> Sequence[object]:
    from store.coding.recall import NothingToRecode

    return [NothingToRecode(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _resume(chosen: Chosen) -> Sequence[object]:
    from store.coding.flow import ResumeEncounter

    return [ResumeEncounter(row.subject_id) for row in chosen.rows]


def _recall(chosen: Chosen) -> Sequence[object]:
    from store.coding.recall import RecallEncounter

    return [RecallEncounter(chosen.text("number"), chosen.text("reason"))]


def _keep_macro(chosen: Chosen) -> Sequence[object]:
    from store.coding.shelf import KeepMacro

    return [KeepMacro(row.subject_id, chosen.text("label")) for row in chosen.rows]


def _drop_macro(chosen: Chosen) -> Sequence[object]:
    from store.coding.shelf import DropMacro

    return [DropMacro(int(chosen.text("macro")))]


def _macros(practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.coding.shelf import handy

    here = opened(practice)
    with here.reading() as session:
        found = handy(session, here.actor.user_id, here.codes)
    return [Choice(one.value, one.label) for one in found if one.kind == "macro"]


def _rules(practice: PracticeApi, _chosen: Chosen) -> Record:
    from store.coding.rule_counts import rules_record

    return _reading(practice, rules_record)


AGREEMENT = Action(
    id="coding.agreement", label="agreement", shows=_agreement, on_view=True, places=_DESK | {Place.LIST},
    help="How reviews ended and how far the codings agree, by coder.",
)  # fmt: skip
"""In the coding queue and in that of reviews."""

SPEC = QueueScreenSpec(
    queue="coding",
    screen="tui.screens.desk:DeskScreen",
    actions=(
        _desk("i", "search", "dx", "Search a diagnosis, for the selected words if any; Enter adds it with them as its "
              "evidence.", rank=10),
        _desk("h", "procedures", "procedure", "Search a procedure in the fee schedule; Enter adds a line.", rank=20),
        _desk("enter", "take", "take", "Take the suggestion under the cursor; on a finding or on selected words go to "
              "the code that is meant, on a code to its page in the book.", rank=12),
        _desk("o", "book", "book", "Open the code book at the code under the cursor: notes of every level, what stands "
              "around it, the index."),
        _desk("m", "modifiers", "modifiers", "Set the modifiers of the line under the cursor, at most four.", rank=35),
        _desk("U", "units", "units", "Units of the line under the cursor: a number, or minutes (45m), which the "
              "payer's rule turns into units; of anaesthesia with its base units."),
        _desk("P", "point", "point", "Point the line under the cursor to a diagnosis, or no longer, by its letter or "
              "number; a digit does it at once (0 is the 10th). A line points to one of the first twelve."),
        _desk("K", "earlier", "earlier", "Move the diagnosis under the cursor up; lines keep pointing to it."),
        _desk("J", "later", "later", "Move the diagnosis under the cursor down."),
        _desk("r", "remove", "remove", "Take off the code or the line under the cursor, or reject the suggestion; u "
              "brings it back."),
        _desk("c", "evidence", "evidence", "Link the selected words of the note to the diagnosis under the cursor."),
        _desk("F", "finish", "finish, next", "Finish the encounter and open the next; refused with the reason while "
              "an edit stops it, and asked once while one warns.", rank=15),
        _desk("O", "override", "override", "Finish in spite of codes that exclude each other, with the reason; in "
              "a review, agree so."),
        _desk("Q", "query", "query", "Ask the provider about the selected words, or those behind the code under the "
              "cursor; the encounter waits for the answer."),
        _desk("H", "hold", "hold", "Hold the encounter until a day, with the reason; take one up again that is "
              "on hold."),
        _desk("V", "void", "not billable", "The encounter is not billable, with the reason."),
        _desk("z", "worksheet", "E/M sheet", "The level of the visit by decision making or time; the reason is kept."),
        _desk("f", "shelf", "at hand", "Add a favourite, a code used lately or a macro of yours.", rank=40),
        _desk("R", "review", "review", "Ask for a second look, with the reason; in a review, return it to its coder."),
        Action(id="desk.past", key="p", label="past codes", shows=_past, places=_DESK,
               help="What the patient was coded with in the 24 months before."),
        Action(id="desk.history", label="history", shows=_history, places=_DESK | {Place.LIST},
               help="Who changed which code on which words, step by step, with the codes after each."),
        AGREEMENT,
        Action(id="desk.keep_macro", label="keep macro", build=_keep_macro, places=_DESK,
               help="Keep the encounter's codes under a name; f adds them together.",
               asks=(Words(name="label", question="Name of the macro", longest=40),)),
        Action(id="desk.drop_macro", label="drop macro", build=_drop_macro, places=_DESK,
               help="Forget a macro of yours.", asks=(Pick(name="macro", question="Forget", load=_macros),)),
        Action(id="desk.no_change", label="no change", build=_no_change, places=_DESK,
               help="What came back is right as it was sent: it goes back with the reason, no claim is made anew.",
               asks=(Words(name="reason", question="Nothing changes because"),)),
        Action(id="coding.resume", label="resume", build=_resume, many=True, places=frozenset({Place.LIST}),
               help="Take up again what is on hold (v, deferred), before its day."),
        Action(id="coding.recall", label="recall", build=_recall, on_view=True, places=frozenset({Place.LIST}),
               help="Take a finished encounter up again, while its claim has not gone out.",
               asks=(Words(name="number", question="Encounter"), Words(name="reason", question="Recall because"))),
        Action(id="coding.rules", label="suggestions", shows=_rules, on_view=True, places=_DESK | {Place.LIST},
               help="How often the suggestions of each rule were accepted, coded by another way, edited and rejected; "
                    "and what none suggested."),
        _desk("/", "find", "find", "Find words in the note, from any pane."),
        _desk("tab", "pane", "pane", "To the next pane: note, codes, edits.", rank=22),
        _desk("shift+tab", "pane_back", "pane before", "To the pane before."),
    ),
)  # fmt: skip
