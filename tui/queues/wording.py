"""The words of the statements, from the run's screen: read them, write a text or a level's message anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from store.errors import Refused
from tui.asks import Choice, Chosen, Pick, Words
from tui.calls import PracticeApi, opened
from tui.keys import Action, Place

if TYPE_CHECKING:
    from store.work.record import Record

_LIST = frozenset({Place.LIST})
_LANGUAGE = Pick(name="language", question="Language", choices=(Choice("en", "English"), Choice("es", "Spanish")))
_ANY = "any"


def _fields(practice: PracticeApi, chosen: Chosen) -> Sequence[Choice]:
    from store.statements.wording_view import fields_to_write

    with opened(practice).reading() as session:
        return [Choice(name, name, text) for name, text in fields_to_write(session, chosen.text("language"))]


def _text_now(practice: PracticeApi, chosen: Chosen) -> str:
    from store.statements.wording_view import fields_to_write

    with opened(practice).reading() as session:
        return dict(fields_to_write(session, chosen.text("language")))[chosen.text("field")]


def _text(chosen: Chosen) -> Sequence[object]:
    from store.statements.wording import SetTemplate

    return [SetTemplate(chosen.text("language"), chosen.text("field"), chosen.text("text"), chosen.stood.get("text"))]


def _situation(chosen: Chosen) -> tuple[int, str, int, str, str]:
    age = chosen.text("age")
    if not (age.isdecimal() and len(age) < 5):
        raise Refused(f"{age[:10]!r} is no number of days.", do="Write 0 or 60.")
    plan, insurance = (chosen.text(name).replace(_ANY, "") for name in ("plan", "insurance"))
    return int(chosen.text("level")), chosen.text("language"), int(age), plan, insurance


def _message_now(practice: PracticeApi, chosen: Chosen) -> str:
    from store.statements.wording_view import message_now

    with opened(practice).reading() as session:
        return message_now(session, *_situation(chosen))


def _message(chosen: Chosen) -> Sequence[object]:
    from store.statements.dunning import SetDunningMessage

    level, language, age, plan, insurance = _situation(chosen)
    return [SetDunningMessage(level, language, chosen.text("text"), age, plan, insurance, chosen.stood.get("text"))]


def _shown(practice: PracticeApi, _chosen: Chosen) -> Record:
    from store.statements.wording_view import wording_record

    with opened(practice).reading() as session:
        return wording_record(session)


WORDING = (
    Action(id="run.words", label="texts", places=_LIST, shows=_shown, on_view=True,
           help="Every text of the statements in both languages, the levels' messages, what services are called."),
    Action(id="run.text", label="text", places=_LIST, build=_text, on_view=True,
           asks=(_LANGUAGE, Pick(name="field", question="Which text", load=_fields, digits=False),
                 Words(name="text", question="It says", required=False, suggest=_text_now, stands=True, longest=400,
                       hint="empty brings the usual words back")),
           help="Write a text of the statements, or what a service is called, in the practice's own words."),
    Action(id="run.dunning", label="message", places=_LIST, build=_message, on_view=True,
           asks=(Pick(name="level", question="Level", choices=(Choice("1", "statement"), Choice("2", "reminder"),
                                                               Choice("3", "past due"), Choice("4", "final notice"))),
                 _LANGUAGE,
                 Words(name="age", question="Oldest amount at least so many days old", first="0"),
                 Pick(name="plan", question="Plan", choices=tuple(Choice(one, one)
                                                                  for one in (_ANY, "none", "current", "missed"))),
                 Pick(name="insurance", question="Insurance", choices=tuple(
                     Choice(one, one) for one in (_ANY, "none", "pending", "answered"))),
                 Words(name="text", question="It says", required=False, suggest=_message_now, stands=True, longest=400,
                       hint="{phone} and {date} are filled in; empty takes it away")),
           help="Write what statements say at a level in a situation; the most specific message that fits is taken."),
)  # fmt: skip
