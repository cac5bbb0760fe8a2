"""What a correction asks for: the thing that was wrong, and how it should be."""

from __future__ import annotations

from collections.abc import Sequence
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


_USUAL = (
    Choice("modifiers", "modifiers of a line", "line number, then modifiers: 2 59 RT"),
    Choice("authorization", "authorisation number"),
    Choice("member", "member id"),
    Choice("place", "place of service"),
    Choice("nothing", "nothing, send it as it stands now"),
)
_ORDER = ("patient and insurance", "claim", "dates", "UB-04", "practice, provider, payer")


def _title(_practice: PracticeApi, chosen: Chosen) -> str:
    """What the field is called."""
    from store.claims.fields import label_of

    kind, _, name = chosen.text("what").partition(" ")
    if kind == "nothing":
        return "Enter sends it as it stands"
    label = label_of(name) if kind == "field" else next(one.label for one in _USUAL if one.value == kind)
    return label[0].upper() + label[1:]


def _hint(_practice: PracticeApi, chosen: Chosen) -> str:
    """How it is written."""
    what = chosen.text("what")
    if what == "modifiers":
        return "line, then modifiers: 2 59 RT"
    return "empty takes a field away" if what.startswith("field ") else ""


CORRECTION_ASKS: tuple[Ask, ...] = (
    Pick(name="what", question="Correct what", choices=_USUAL),
    Words(
        name="value", question="Should be", titled=_title, tell=_hint, required=False, suggest=_as_it_is, stands=True
    ),
)


def _claim_choices(practice: PracticeApi, chosen: Chosen) -> Sequence[Choice]:
    """What can be mended of a claim: the usual things, then each field that the person may change, with what it says.

    Fields stand in groups, those of the claim itself first; typing finds any of them.
    """
    from store.claims.fields import fields_of
    from store.claims.on_file import may_not_change
    from store.people.roles import Permission
    from store.practice import Practice
    from store.tables import Claim

    if not isinstance(practice, Practice):
        return _USUAL
    claim_id = chosen.rows[0].subject_id
    known = practice.look(
        "claim", claim_id, Permission.MONEY, lambda session: fields_of(session, session.get_one(Claim, claim_id))
    )
    found = [one for one in known if one.name != "authorization"]
    closed = may_not_change(practice.actor)
    return (
        *_USUAL,
        *(
            Choice(f"field {one.name}", one.label, one.value or f"none yet; like {one.example}", group=one.group)
            for one in sorted(found, key=lambda one: _ORDER.index(one.group) if one.group in _ORDER else len(_ORDER))
            if one.name not in closed
        ),
    )


def _stands(practice: PracticeApi, chosen: Chosen) -> str:
    """What the field says now."""
    from store.claims.fields import value_of
    from store.practice import Practice
    from store.tables import Claim

    kind, _, name = chosen.text("what").partition(" ")
    if kind != "field":
        return _as_it_is(practice, chosen)
    if len(chosen.rows) != 1 or not isinstance(practice, Practice):
        return ""
    with practice.reading() as session:
        return value_of(session, session.get_one(Claim, chosen.rows[0].subject_id), name)


CLAIM_ASKS: tuple[Ask, ...] = (
    Pick(name="what", question="Correct what", load=_claim_choices),
    Words(name="value", question="Should be", titled=_title, tell=_hint, required=False, suggest=_stands, stands=True),
)
"""For a claim: every field that it has, typed by a part of its name."""


def correction(chosen: Chosen) -> dict[str, Any]:
    """The fields of a correction command."""
    what, value, seen = chosen.text("what"), chosen.text("value"), chosen.stood.get("value")
    if what == "nothing":
        return {}
    if what.startswith("field "):
        return {"fields": ((what.removeprefix("field "), value),), "seen": seen}
    if not value:
        raise Refused("Nothing was written.", do="Write how it should be.")
    if what == "modifiers":
        line, *modifiers = value.replace(",", " ").split()
        return {"modifiers": ((line, tuple(modifiers)),)}
    name = {"authorization": "authorization", "member": "member_id", "place": "place"}[what]
    return {name: value, "seen": seen}
