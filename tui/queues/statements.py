"""Statements: accounts that owe, why each is in or out of the next run, and the run itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from store import clock
from store.money import show_cents
from tui.asks import Choice, Chosen, Pick, Words
from tui.calls import PracticeApi
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec

_LIST = frozenset({Place.LIST})


def _hold(chosen: Chosen) -> Sequence[object]:
    from store.statements.runs import HoldAccount

    return [HoldAccount(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _run(chosen: Chosen) -> Sequence[object]:
    from store.jobs import SendStatements

    return [SendStatements(clock.today(), Path(chosen.text("folder")).expanduser())]


def _run_effect(practice: PracticeApi, _chosen: Chosen) -> str:
    """How many statements for how much, and how many accounts stay out."""
    from store.practice import Practice
    from store.statements.preview import preview

    assert isinstance(practice, Practice)
    with practice.reading() as session:
        rows = preview(session, clock.today())
    inside = [row["due"] for row in rows if row["included"]]
    return f"Send {len(inside)} statements, {show_cents(sum(inside), sign='$')}; {len(rows) - len(inside)} stay out?"


def _unsend(chosen: Chosen) -> Sequence[object]:
    from store.statements.runs import UnsendRun

    return [UnsendRun(int(chosen.text("run")))]


def _sent_runs(practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    from store.practice import Practice
    from store.statements.preview import sent_runs

    assert isinstance(practice, Practice)
    with practice.reading() as session:
        return [Choice(str(run_id), called) for run_id, called in sent_runs(session)]


SPEC = QueueScreenSpec(
    queue="statements",
    actions=(
        Action(
            id="statements.run",
            key="S",
            label="send run",
            help="Select, generate and send today's run: one PDF and one file for the print vendor.",
            places=_LIST,
            asks=(Words(name="folder", question="Folder", first="statements-out"),),
            build=_run,
            effect=_run_effect,
            rank=20,
        ),
        Action(
            id="statements.hold",
            key="h",
            label="hold",
            help="Keep the account out of runs, with the reason; an empty reason lifts the hold.",
            asks=(Words(name="reason", question="Hold because", required=False, hint="empty lifts the hold"),),
            build=_hold,
            many=True,
            rank=50,
        ),
        Action(
            id="statements.unsend",
            key="U",
            label="unsend",
            help="Take back a run that was not mailed: dunning levels and dates are as they were.",
            places=_LIST,
            asks=(Pick(name="run", question="Unsend which run", load=_sent_runs),),
            build=_unsend,
            confirm=lambda chosen: f"Unsend run {chosen.text('run')}: none of it was mailed?",
        ),
    ),
)
