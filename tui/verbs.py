"""The verbs that every queue shares and that change records: note, defer, assign, escalate.

Their commands belong to the store; the session hands in how each is built.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.asks import Days, Pick, Words
from tui.keys import Action, Build


@dataclass(frozen=True, kw_only=True)
class CommonBuilds:
    """How the store's commands are made of what was chosen.

    Answers: `note` gives "text"; `defer` gives "until" (days or a date) and "reason"; `assign` gives "to";
    `escalate` gives "reason".
    """

    note: Build
    defer: Build
    assign: Build
    escalate: Build
    assignees: Pick | None = None
    defer_reasons: Pick | None = None


def common_actions(builds: CommonBuilds) -> tuple[Action, ...]:
    """The shared verbs, ready for the list and the record."""
    assignee = builds.assignees or Words(name="to", question="Assign to", hint="a login name")
    reason = builds.defer_reasons or Words(name="reason", question="Why wait", required=False, hint="may stay empty")
    return (
        Action(id="note", key="t", label="note", help="Write a note on the item.", many=True,
               asks=(Words(name="text", question="Note"),), build=builds.note),
        Action(id="defer", key="d", label="defer", rank=30, many=True,
               help="Put the item aside until a day; 14d is fourteen days. It returns to you.",
               asks=(Days(name="until", question="Defer for", hint="14d, 2w or a date"), reason),
               build=builds.defer),
        Action(id="assign", key="a", label="assign", help="Give the item to somebody.", many=True,
               asks=(assignee,), build=builds.assign),
        Action(id="escalate", key="e", label="escalate", help="Send the item to a supervisor, with the reason.",
               many=True, asks=(Words(name="reason", question="Escalate because"),), build=builds.escalate),
    )  # fmt: skip
