"""The statement run: who is in, who is out and why, and the steps from selecting to sending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from store import clock
from store.text import how_many
from tui.asks import Choice, Chosen, Pick, Words
from tui.calls import PracticeApi, opened
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec
from tui.queues.accounts import hold_kinds
from tui.queues.folders import into
from tui.queues.wording import WORDING

_LIST = frozenset({Place.LIST})
FILES = into("PDF and the vendor's files", "statements-out")


def _turned(_practice: PracticeApi, chosen: Chosen) -> str:
    ways = {str(cell) for row in chosen.rows for cell in row.cells[:1]}
    return f"{'Leave out' if ways == {'in'} else 'Take in' if ways == {'out'} else 'Turn round'}, because"


_REASON = Words(name="reason", question="Because", titled=_turned)


def _which(none: str, *states: str) -> Pick:
    def load(practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
        from store.statements.asked import runs_in

        return [Choice(str(number), called) for number, called in runs_in(opened(practice), *states)]

    return Pick(name="run", question="Which run", load=load, sole=True, none=none)


OPEN_RUN = _which("No run is being prepared.  R selects one.")
SENT_RUN = _which("No run was sent.", "SENT")
ANY_SENT = _which("No run was sent.", "SENT", "RECONCILED")


def run_id(chosen: Chosen) -> int:
    """The run that was chosen."""
    return int(chosen.text("run"))


def _effect(verb: str) -> Callable[[PracticeApi, Chosen], str]:
    def effect(practice: PracticeApi, chosen: Chosen) -> str:
        from store.statements.asked import run_effect

        return run_effect(opened(practice), verb, run_id(chosen))

    return effect


def _select(_chosen: Chosen) -> Sequence[object]:
    from store.statements.runs import SelectRun

    return [SelectRun(clock.today())]


def _select_effect(practice: PracticeApi, _chosen: Chosen) -> str:
    from store.statements.asked import select_effect

    return select_effect(opened(practice), clock.today())


def _review(chosen: Chosen) -> Sequence[object]:
    from store.statements.runs import ReviewRun

    return [ReviewRun(run_id(chosen))]


def _approve(chosen: Chosen) -> Sequence[object]:
    from store.statements.runs import ApproveRun

    return [ApproveRun(run_id(chosen))]


def _pages(chosen: Chosen) -> Sequence[object]:
    from store.jobs import GenerateStatements

    return [GenerateStatements(run_id(chosen))]


def _send(chosen: Chosen) -> Sequence[object]:
    from store.jobs import SendStatementRun

    return [SendStatementRun(run_id(chosen), Path(chosen.text("folder")).expanduser())]


def _cancel(chosen: Chosen) -> Sequence[object]:
    from store.statements.runs import CancelRun

    return [CancelRun(run_id(chosen))]


def unsend(chosen: Chosen) -> Sequence[object]:
    """Takes a run back."""
    from store.statements.runs import UnsendRun

    return [UnsendRun(run_id(chosen))]


def reconcile(chosen: Chosen) -> Sequence[object]:
    """Takes in what the vendor says."""
    from store.jobs import ReconcileFile

    path = chosen.text("path")
    return [ReconcileFile(run_id(chosen), Path(path).expanduser() if path else None)]


def _turn(chosen: Chosen) -> Sequence[object]:
    from store.statements.choosing import ExcludeAccount, IncludeAccount

    reason = chosen.text("reason")
    return [
        (ExcludeAccount if row.cells and row.cells[0] == "in" else IncludeAccount)(row.subject_id, reason)
        for row in chosen.rows
    ]


def _rules(chosen: Chosen) -> Sequence[object]:
    from store.statements.choosing import ReturnToRules

    return [ReturnToRules(row.subject_id) for row in chosen.rows]


def _level(chosen: Chosen) -> Sequence[object]:
    from store.statements.choosing import SetLevel

    level = int(chosen.text("level"))
    return [SetLevel(row.subject_id, level or None) for row in chosen.rows]


def _message(chosen: Chosen) -> Sequence[object]:
    from store.statements.choosing import SetMessage

    return [SetMessage(row.subject_id, chosen.text("text")) for row in chosen.rows]


def _hold(chosen: Chosen) -> Sequence[object]:
    from store.statements.choosing import HoldInRun

    return [HoldInRun(row.subject_id, chosen.text("kind"), chosen.text("reason")) for row in chosen.rows]


def _assist(chosen: Chosen) -> Sequence[object]:
    from store.accounts.holds import HoldKind
    from store.statements.choosing import HoldInRun

    return [HoldInRun(row.subject_id, HoldKind.CHARITY, "packet sent") for row in chosen.rows]


def _call(chosen: Chosen) -> Sequence[object]:
    from store.statements.choosing import CallInstead

    return [CallInstead(row.subject_id) for row in chosen.rows]


_LEVELS = (Choice("0", "the ladder's own"), Choice("1", "statement"), Choice("2", "reminder"), Choice("3", "past due"),
           Choice("4", "final notice"))  # fmt: skip

UNSEND = Action(id="run.unsend", key="U", label="unsend", places=_LIST, asks=(SENT_RUN,), build=unsend, on_view=True,
                help="Take back a run that was not mailed: dunning levels and dates are as they were.",
                confirm=lambda chosen: f"Unsend run {chosen.text('run')}: none of it was mailed?")  # fmt: skip
RECONCILE = Action(id="run.reconcile", key="r", label="reconcile", places=_LIST, build=reconcile, on_view=True,
                   help="Take in the vendor's file of what was delivered and what came back; without a file all that "
                   "did not come back was delivered.",
                   asks=(ANY_SENT, Words(name="path", question="Vendor's file", required=False,
                                         hint="CSV: statement, result; empty: all others were delivered")))  # fmt: skip

SPEC = QueueScreenSpec(
    queue="run",
    actions=(
        Action(id="run.select", key="R", label="new run", places=_LIST, build=_select, effect=_select_effect,
               on_view=True, rank=15, help="Select today's run: every account is in or out with one reason."),
        Action(id="run.review", key="w", label="reviewed", places=_LIST, asks=(OPEN_RUN,), build=_review, on_view=True,
               help="Say that you have looked through who is in and who is out."),
        Action(id="run.approve", key="A", label="approve", places=_LIST, asks=(OPEN_RUN,), build=_approve,
               effect=_effect("Approve"), on_view=True, rank=25, help="Approve the run; a run may want two persons."),
        Action(id="run.pages", key="P", label="pages", places=_LIST, asks=(OPEN_RUN,), build=_pages, on_view=True,
               effect=_effect("Make the pages of"), rank=30,
               help="Make the pages, so that each can be read before it goes; sending does it, too."),
        Action(id="run.send", key="S", label="send", places=_LIST, asks=(OPEN_RUN, FILES), build=_send, on_view=True,
               effect=_effect("Send"), rank=22,
               help="Look at each balance, level and hold again, send, and write the PDF and the vendor's files."),
        Action(id="run.files", label="files of a sent run", places=_LIST, asks=(ANY_SENT, FILES), build=_send,
               on_view=True, help="Write the PDF and the vendor's files of a run that was sent, those that are missing "
               "in the folder; nothing is sent again."),
        Action(id="run.cancel", key="C", label="cancel", places=_LIST, asks=(OPEN_RUN,), build=_cancel, on_view=True,
               effect=_effect("Cancel"), help="Drop the run; its day can be selected anew."),
        UNSEND,
        RECONCILE,
        Action(id="run.turn", key="i", label="in/out", asks=(_REASON,), build=_turn, many=True, rank=20,
               help="Take the account into the run or leave it out, with your reason."),
        Action(id="run.rules", key="z", label="by the rules", build=_rules, many=True,
               help="Forget what a person decided: the rules decide about the account again."),
        Action(id="run.level", key="D", label="level", build=_level, many=True,
               asks=(Pick(name="level", question="Dunning level", choices=_LEVELS),),
               confirm=lambda chosen: f"Give {how_many(len(chosen.rows), 'statement')} another level?",
               help="Another dunning level for this statement."),
        Action(id="run.message", key="E", label="words", build=_message, many=True,
               asks=(Words(name="text", question="Words on it", required=False, hint="empty takes yours away"),),
               confirm=lambda chosen: f"Put your words on {len(chosen.rows)} statements?",
               help="Words of your own on the statement, in place of the level's."),
        Action(id="run.hold", key="h", label="hold", build=_hold, many=True,
               asks=(Pick(name="kind", question="Hold", load=hold_kinds, digits=False),
                     Words(name="reason", question="Because", required=False)),
               help="Put a hold on the account; it falls out of the run."),
        Action(id="run.assist", key="f", label="assistance", build=_assist, many=True,
               help="The guarantor asks for financial assistance: nothing is sent until it is decided."),
        Action(id="run.call", key="c", label="call instead", build=_call, many=True,
               help="Leave the account out and call instead."),
        *WORDING,
    ),
)  # fmt: skip
