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

NOBODY = "nobody"
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


PRACTICE: tuple[Action, ...] = (
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
    Action(id="note", key="t", label="note", help="Write a note on the item.", many=True,
           asks=(Words(name="text", question="Note"),), build=_note),
    Action(id="defer", key="d", label="defer", rank=30, many=True, build=_defer,
           help="Put the item aside until a day; 14d is fourteen days. It returns to you.",
           asks=(Days(name="until", question="Defer for", hint="14d, 2w or a date"),
                 Words(name="reason", question="Why wait", required=False, hint="may stay empty"))),
    Action(id="assign", key="a", label="assign", help="Give the item to somebody.", many=True, build=_assign,
           asks=(Pick(name="to", question="Assign to", load=_people),)),
    Action(id="escalate", key="e", label="escalate", help="Put the item before a supervisor, with the reason.",
           many=True, build=_escalate, asks=(Words(name="reason", question="Escalate because"),)),
    Action(id="view.keep", label="keep view", on_view=True, places=frozenset({Place.LIST}), build=_keep_view,
           help="Keep the view, filter and sort under a name, for yourself or for everybody.",
           asks=(Words(name="label", question="Name of the view", longest=40),
                 Pick(name="whose", question="For whom", choices=(
                     Choice("me", "me"), Choice(EVERYBODY, EVERYBODY, "needs the right to assign work"))))),
    Action(id="view.drop", label="drop view", on_view=True, places=frozenset({Place.LIST}), build=_drop_view,
           help="Forget a view that was kept.", asks=(Pick(name="view", question="Forget", load=view_choices),)),
)  # fmt: skip
"""In every queue's list and record."""
