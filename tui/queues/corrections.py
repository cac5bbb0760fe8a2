"""What a correction asks for: the thing that was wrong, and how it should be."""

from __future__ import annotations

from typing import Any

from codesets.errors import Refused
from tui.asks import Ask, Choice, Chosen, Pick, Words
from tui.calls import PracticeApi


def _as_it_is(practice: PracticeApi, chosen: Chosen) -> str:
    """What stands there now, to be mended where a letter of it is wrong; nothing for several claims at once."""
    from store.claims.correct import as_it_stands
    from store.practice import Practice

    if len(chosen.rows) != 1 or not isinstance(practice, Practice):
        return ""
    with practice.reading() as session:
        return as_it_stands(
            session, chosen.rows[0].subject_id, chosen.text("what"), of_denial=chosen.queue == "denials"
        )


CORRECTION_ASKS: tuple[Ask, ...] = (
    Pick(
        name="what",
        question="Correct what",
        choices=(
            Choice("modifiers", "modifiers of a line", "line number, then modifiers: 2 59 RT"),
            Choice("authorization", "authorisation number"),
            Choice("member", "member id"),
            Choice("place", "place of service"),
            Choice("nothing", "nothing, send it as it stands now"),
        ),
    ),
    Words(
        name="value",
        question="Should be",
        hint="for modifiers: 2 59 RT (line, then modifiers)",
        required=False,
        suggest=_as_it_is,
    ),
)


def correction(chosen: Chosen) -> dict[str, Any]:
    """The fields of a correction command."""
    what, value = chosen.text("what"), chosen.text("value")
    if what == "nothing":
        return {}
    if not value:
        raise Refused("Nothing was written.", do="Write how it should be.")
    if what == "modifiers":
        line, *modifiers = value.replace(",", " ").split()
        return {"modifiers": ((line, tuple(modifiers)),)}
    return {{"authorization": "authorization", "member": "member_id", "place": "place"}[what]: value}
