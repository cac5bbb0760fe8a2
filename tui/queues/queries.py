"""Queries to providers: sent, answered, reminded of, escalated, applied."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from store.text import how_many
from tui.asks import Choice, Chosen, Pick, Words
from tui.calls import PracticeApi
from tui.keys import Action, Place
from tui.queues import QueueScreenSpec


def _send(chosen: Chosen) -> Sequence[object]:
    from store.queries.compose import SendQuery

    return [SendQuery(row.subject_id) for row in chosen.rows]


def _reword(chosen: Chosen) -> Sequence[object]:
    from store.queries.compose import RewordQuery

    options = chosen.text("options")
    offered = tuple(part.strip() for part in options.split(" / ")) if options else None
    return [RewordQuery(row.subject_id, chosen.text("question") or None, offered) for row in chosen.rows]


def _answer(chosen: Chosen) -> Sequence[object]:
    from store.queries.answer import AnswerQuery

    told = (chosen.text("answer"), chosen.text("kind"), chosen.text("by"))
    return [AnswerQuery(row.subject_id, *told) for row in chosen.rows]


def _kinds(_practice: PracticeApi, _chosen: Chosen) -> Sequence[Choice]:
    more = ("with an option that was offered", "something else", "it is not so", "it can't be said")
    from store.queries.states import AnswerKind

    return [Choice(kind, kind, words) for kind, words in zip(AnswerKind, more, strict=True)]


def _remind(chosen: Chosen) -> Sequence[object]:
    from store.queries.answer import RemindProvider

    return [RemindProvider(row.subject_id) for row in chosen.rows]


def _escalate(chosen: Chosen) -> Sequence[object]:
    from store.queries.answer import EscalateQuery

    return [EscalateQuery(row.subject_id, chosen.text("to")) for row in chosen.rows]


def _apply(chosen: Chosen) -> Sequence[object]:
    from store.queries.answer import ApplyAnswer

    return [ApplyAnswer(row.subject_id) for row in chosen.rows]


def _follow(chosen: Chosen) -> Sequence[object]:
    from store.queries.answer import FollowQuery

    return [FollowQuery(row.subject_id, chosen.text("question")) for row in chosen.rows]


def _cancel(chosen: Chosen) -> Sequence[object]:
    from store.queries.answer import CancelQuery

    return [CancelQuery(row.subject_id, chosen.text("reason")) for row in chosen.rows]


def _close(chosen: Chosen) -> Sequence[object]:
    from store.queries.answer import CloseUnanswered

    return [CloseUnanswered(row.subject_id) for row in chosen.rows]


def _import(chosen: Chosen) -> Sequence[object]:
    from store.jobs import TakeInAnswers

    return [TakeInAnswers(Path(chosen.text("path")).expanduser())]


SPEC = QueueScreenSpec(
    queue="queries",
    actions=(
        Action(id="queries.send", key="S", label="send", many=True, build=_send, rank=20,
               help="Send the draft; refused while its wording leads, speaks of payment or quotes what is not there.",
               confirm=lambda chosen: (
                   f"Send {how_many(len(chosen.rows), 'query', 'queries')}; what they ask about waits?")),
        Action(id="queries.reword", key="c", label="reword", build=_reword, rank=45,
               help="Change a draft's question or options; what was sent is never reworded.",
               asks=(Words(name="question", question="Question", required=False, longest=2000,
                           hint="empty leaves it"),
                     Words(name="options", question="Options", required=False, hint="a / b / c; empty leaves them"))),
        Action(id="queries.answer", key="r", label="answer", build=_answer, rank=25,
               help="Record the provider's answer; the encounter returns to its coder.",
               asks=(Pick(name="kind", question="The provider answered", load=_kinds),
                     Words(name="answer", question="Answer", longest=2000),
                     Words(name="by", question="Answered by", required=False))),
        Action(id="queries.remind", key="m", label="remind", many=True, build=_remind, rank=50,
               help="Remind the provider now: kept with its number, and given out once with the next file."),
        Action(id="queries.escalate", key="E", label="to advisor", many=True, build=_escalate,
               help="Hand what is overdue to the advisor; to whom and when goes out with it.",
               asks=(Words(name="to", question="Hand it to", required=False, hint="who; empty is the advisor"),),
               confirm=lambda chosen: f"Hand {how_many(len(chosen.rows), 'query', 'queries')} to the advisor?"),
        Action(id="queries.apply", key="P", label="applied", many=True, build=_apply, rank=55,
               help="The codes say what the answer documents; finishing the encounter does the same by itself.",
               confirm=lambda chosen: f"Close {how_many(len(chosen.rows), 'query', 'queries')} as applied?"),
        Action(id="queries.follow", key="f", label="ask again", build=_follow,
               help="The answer needs another question: a draft that follows this one.",
               asks=(Words(name="question", question="Question", longest=2000),)),
        Action(id="queries.cancel", key="C", label="cancel", many=True, build=_cancel,
               help="Take back what is not answered, with the reason; the encounter returns to its coder.",
               asks=(Words(name="reason", question="Cancel because"),),
               confirm=lambda chosen: f"Cancel {how_many(len(chosen.rows), 'query', 'queries')}?"),
        Action(id="queries.close", key="N", label="no response", many=True, build=_close,
               help="Close what was escalated without an answer; only what is documented is coded.",
               confirm=lambda chosen: f"Close {how_many(len(chosen.rows), 'query', 'queries')} without an answer?"),
        Action(id="queries.import", key="i", label="take in answers", on_view=True, build=_import,
               help="Take in a file of answers: JSON or CSV.", places=frozenset({Place.LIST}),
               asks=(Words(name="path", question="File", hint="JSON or CSV with query and answer"),)),
    ),
)  # fmt: skip
