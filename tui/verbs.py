"""The verbs that every queue shares and that change records: note, defer, assign, escalate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from store import clock
from store.work.sorting import sort_text
from store.work.values import View
from tui.asks import Choice, Chosen, Days, Pick, Words
from tui.calls import PracticeApi
from tui.keys import Action, Place

_ITEM = frozenset({Place.LIST, Place.RECORD, Place.DESK})

NOBODY = "nobody"
BACK = 0
EVERYBODY = "everybody"


def day(chosen: Chosen, name: str) -> date:
    """The answer to a `Days` as a date."""
    answer = chosen.answers[name]
    if isinstance(answer, date):
        return answer
    return clock.today() + timedelta(days=chosen.number(name))


def _note(chosen: Chosen) -> Sequence[object]:
    from store.work.commands import AddRemark

    return [AddRemark(row.item_id, chosen.text("text")) for row in chosen.rows]


def _defer(chosen: Chosen) -> Sequence[object]:
    from store.work.commands import Defer

    until = day(chosen, "until")
    return [Defer(row.item_id, until, chosen.text("reason")) for row in chosen.rows]


def _assign(chosen: Chosen) -> Sequence[object]:
    from store.work.commands import Assign

    to = chosen.text("to")
    return [Assign(row.item_id, None if to == NOBODY else int(to)) for row in chosen.rows]


def _escalate(chosen: Chosen) -> Sequence[object]:
    from store.work.commands import Escalate

    return [Escalate(row.item_id, chosen.text("reason")) for row in chosen.rows]


def _people(practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    return [
        *(Choice(str(id_), name) for id_, name in practice.users()),
        Choice(NOBODY, "nobody", "anybody may take it"),
    ]


def _import(chosen: Chosen) -> Sequence[object]:
    from store.jobs import TakeInFile

    return [TakeInFile(Path(chosen.text("path")).expanduser())]


def _keep_view(chosen: Chosen) -> Sequence[object]:
    from store.work.views import SaveView

    assert chosen.view is not None
    return [SaveView(chosen.queue, chosen.text("label"), chosen.view, shared=chosen.text("whose") == EVERYBODY)]


def _drop_view(chosen: Chosen) -> Sequence[object]:
    from store.work.views import DropView

    return [DropView(int(chosen.text("view")))]


def view_choices(practice: PracticeApi, chosen: Chosen) -> Sequence[Choice]:
    """The kept views of a queue; the value is the view's id."""
    return [
        Choice(str(one.id), one.name, view_words(one.view) + ("  everybody's" if one.shared else ""))
        for one in practice.views(chosen.queue)
    ]


def view_words(view: View) -> str:
    """A view in a few words."""
    state = "mine" if view.mine else "deferred" if view.deferred else "open"
    sort = f"  sort {sort_text(view.sort)}" if view.sort else ""
    return f"{state}  {view.filter or 'all'}{sort}"


def _away(chosen: Chosen) -> Sequence[object]:
    from store.work.assignment import SetAway

    back = chosen.answers["until"] == BACK
    return [SetAway(int(chosen.text("who")), None if back else day(chosen, "until"))]


def _keep_rule(chosen: Chosen) -> Sequence[object]:
    from store.work.assignment import KeepRule

    assert chosen.view is not None
    return [KeepRule(chosen.queue, chosen.view.filter, int(chosen.text("to")))]


def _drop_rule(chosen: Chosen) -> Sequence[object]:
    from store.work.assignment import DropRule

    return [DropRule(int(chosen.text("rule")))]


def _apply_rules(chosen: Chosen) -> Sequence[object]:
    from store.work.assignment import ApplyRules

    return [ApplyRules(chosen.queue)]


def _level(chosen: Chosen) -> Sequence[object]:
    from store.work.assignment import LevelLoad

    return [LevelLoad(chosen.queue)]


def _rules(practice: PracticeApi, chosen: Chosen) -> Sequence[Choice]:
    return [
        Choice(str(id_), f"{words or 'everything else'} to {who}") for id_, words, who in practice.rules(chosen.queue)
    ]


def _persons(practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    return [Choice(str(id_), name) for id_, name in practice.users()]


PRACTICE: tuple[Action, ...] = (
    Action(
        id="report",
        key="#",
        label="reports",
        help="Key figures, work by person, ageing, reasons, productivity, approvals, the day's close.",
        places=frozenset({Place.HOME}),
        rank=30,
    ),
    Action(id="tour", label="tour", help="The way round in six short pages.", places=frozenset({Place.HOME})),
    Action(
        id="away",
        label="away",
        help="A person is away until a day, or back (0): rules and levelling go around them.",
        places=frozenset({Place.HOME}),
        asks=(
            Pick(name="who", question="Who", load=_persons),
            Days(name="until", question="Away for", hint="14d, 2w or a date; 0d: is back", least=0),
        ),
        build=_away,
    ),
    Action(
        id="import",
        key="i",
        label="import",
        help="Take in a file: encounters (FHIR, CSV), acknowledgements (999, 277CA, TA1) or remittances (835).",
        places=frozenset({Place.HOME}),
        asks=(Words(name="path", question="File", hint="its content says what it is"),),
        build=_import,
        rank=20,
    ),
)
"""What is done from the board."""

SHARED: tuple[Action, ...] = (
    Action(id="note", key="t", label="note", help="Write a note on the item.", many=True, places=_ITEM,
           asks=(Words(name="text", question="Note"),), build=_note),
    Action(id="defer", key="d", label="defer", rank=30, many=True, places=_ITEM, build=_defer,
           help="Put the item aside until a day; 14d is fourteen days. It returns to you.",
           asks=(Days(name="until", question="Defer for", hint="14d, 2w or a date"),
                 Words(name="reason", question="Why wait", required=False, hint="may stay empty"))),
    Action(id="assign", key="a", label="assign", help="Give the item to somebody.", many=True, places=_ITEM,
           build=_assign, asks=(Pick(name="to", question="Assign to", load=_people),)),
    Action(id="escalate", key="e", label="escalate", help="Put the item before a supervisor, with the reason.",
           many=True, places=_ITEM, build=_escalate, asks=(Words(name="reason", question="Escalate because"),)),
    Action(id="view.keep", label="keep view", on_view=True, places=frozenset({Place.LIST}), build=_keep_view,
           help="Keep the view, filter and sort under a name, for yourself or for everybody.",
           asks=(Words(name="label", question="Name of the view", longest=40),
                 Pick(name="whose", question="For whom", choices=(
                     Choice("me", "me"), Choice(EVERYBODY, EVERYBODY, "needs the right to assign work"))))),
    Action(id="rules.keep", label="keep rule", on_view=True, places=frozenset({Place.LIST}), build=_keep_rule,
           help="From now on the items of this filter go to a person.",
           asks=(Pick(name="to", question="Items of this filter go to", load=_persons),)),
    Action(id="rules.apply", label="apply rules", on_view=True, places=frozenset({Place.LIST}), build=_apply_rules,
           help="Give what is nobody's to whom the first rule that fits names."),
    Action(id="rules.drop", label="drop rule", on_view=True, places=frozenset({Place.LIST}), build=_drop_rule,
           help="Forget a rule of this queue.", asks=(Pick(name="rule", question="Forget", load=_rules),)),
    Action(id="rules.level", label="level load", on_view=True, places=frozenset({Place.LIST}), build=_level,
           help="Spread what is nobody's, or of people who are away, evenly over those who work the queue."),
    Action(id="view.drop", label="drop view", on_view=True, places=frozenset({Place.LIST}), build=_drop_view,
           help="Forget a view that was kept.", asks=(Pick(name="view", question="Forget", load=view_choices),)),
)  # fmt: skip
"""In every queue's list and record."""
