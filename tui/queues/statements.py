"""Statements: accounts that owe, why each is in or out of the next run, and the run itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from store import clock
from tui.asks import Choice, Chosen, Pick, Words
from tui.calls import PracticeApi, opened
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec
from tui.queues.accounts import ACCOUNT_ACTIONS
from tui.queues.folders import into
from tui.queues.run import RECONCILE, UNSEND

_LIST = frozenset({Place.LIST})


def _run(chosen: Chosen) -> Sequence[object]:
    from store.jobs import SendStatements

    return [SendStatements(clock.today(), Path(chosen.text("folder")).expanduser())]


def _run_effect(practice: PracticeApi, _chosen: Chosen) -> str:
    """How many statements for how much, and how many accounts stay out."""
    from store.statements.asked import send_effect

    return send_effect(opened(practice), clock.today())


_FOLDER = into("Statement files", "statements-out", effect=_run_effect)


def _void(chosen: Chosen) -> Sequence[object]:
    from store.statements.choosing import VoidStatement

    return [VoidStatement(int(chosen.text("statement")), chosen.text("reason"))]


def _statements(practice: PracticeApi, chosen: Chosen) -> Sequence[Choice]:
    from store.statements.asked import statements_of_account

    found = statements_of_account(opened(practice), chosen.rows[0].subject_id)
    return [Choice(str(number), called) for number, called in found]


SPEC = QueueScreenSpec(
    queue="statements",
    actions=(
        Action(id="statements.run", key="S", label="send run", places=_LIST, asks=(_FOLDER,), build=_run, on_view=True,
               effect=_run_effect, rank=20,
               help="Select, approve, generate and send today's run in one go; the queue Statement run does it in "
               "steps, with everything to be looked at."),
        Action(id="statements.void", key="V", label="void", build=_void,
               asks=(Pick(name="statement", question="Which statement", load=_statements, sole=True,
                          none="Nothing was sent to this account."),
                     Words(name="reason", question="Void because")),
               confirm=lambda _chosen: "Void the statement: level and date are as before?",
               help="Void one account's statement that was sent: its dunning level and date are as before."),
        UNSEND,
        RECONCILE,
        *ACCOUNT_ACTIONS,
    ),
)  # fmt: skip
