"""What is done with a guarantor's account, in every queue whose rows are accounts."""

from __future__ import annotations

from collections.abc import Sequence

from tui.asks import Choice, Chosen, Pick, Words
from tui.calls import PracticeApi
from tui.keys import Action
from tui.queues.run import hold_kinds

_LIFT = "lift"


def _hold(chosen: Chosen) -> Sequence[object]:
    from store.accounts.holds import LiftHolds, PlaceHold

    kind = chosen.text("kind")
    if kind == _LIFT:
        return [LiftHolds(row.subject_id) for row in chosen.rows]
    return [PlaceHold(row.subject_id, kind, chosen.text("reason")) for row in chosen.rows]


def _kinds(practice: PracticeApi, chosen: Chosen) -> Sequence[Choice]:
    return [*hold_kinds(practice, chosen), Choice(_LIFT, "lift every hold")]


ACCOUNT_ACTIONS: tuple[Action, ...] = (
    Action(id="accounts.hold", key="h", label="hold", build=_hold, many=True, rank=50,
           asks=(Pick(name="kind", question="Hold", load=_kinds, digits=False),
                 Words(name="reason", question="Because", required=False)),
           help="Stop statements and calls, with the kind and the reason; or lift what stands."),
)  # fmt: skip
