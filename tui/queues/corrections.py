"""What a correction asks for: the thing that was wrong, and how it should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codesets.errors import Refused
from tui.asks import Ask, Choice, Chosen, Pick, Words
from tui.calls import PracticeApi, opened


def _stands(practice: PracticeApi, chosen: Chosen) -> str:
    """What stands there now, to be mended where a letter of it is wrong; nothing for several claims at once."""
    from store.claims.correct import as_it_stands
    from store.claims.fields import value_of
    from store.tables import Claim

    if len(chosen.rows) != 1:
        return ""
    subject_id, (kind, _, name) = chosen.rows[0].subject_id, chosen.text("what").partition(" ")
    with opened(practice).reading() as session:
        if kind == "field":
            return value_of(session, session.get_one(Claim, subject_id), name)
        return as_it_stands(session, subject_id, kind, of_denial=chosen.queue == "denials")


_USUAL = (
    Choice("modifiers", "modifiers of a line", "line number, then modifiers: 2 59 RT; 3 25"),
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
        return "line, then modifiers: 2 59 RT; 3 25"
    return "empty takes a field away" if what.startswith("field ") else ""


CORRECTION_ASKS: tuple[Ask, ...] = (
    Pick(name="what", question="Correct what", choices=_USUAL),
    Words(name="value", question="Should be", titled=_title, tell=_hint, required=False, suggest=_stands, stands=True),
)


def _claim_choices(practice: PracticeApi, chosen: Chosen) -> Sequence[Choice]:
    """What can be mended of a claim: the usual things, then each field that the person may change, with what it says.

    Fields stand in groups, those of the claim itself first; typing finds any of them.
    """
    from store.claims.fields import fields_of
    from store.claims.on_file import may_not_change
    from store.people.roles import Permission
    from store.tables import Claim

    there, claim_id = opened(practice), chosen.rows[0].subject_id
    known = there.look(
        "claim", claim_id, Permission.MONEY, lambda session: fields_of(session, session.get_one(Claim, claim_id))
    )
    found = [one for one in known if one.name != "authorization"]
    closed = may_not_change(there.actor)
    return (
        *_USUAL,
        *(
            Choice(f"field {one.name}", one.label, one.value or f"none yet; like {one.example}", group=one.group)
            for one in sorted(found, key=lambda one: _ORDER.index(one.group) if one.group in _ORDER else len(_ORDER))
            if one.name not in closed
        ),
    )


CLAIM_ASKS: tuple[Ask, ...] = (
    Pick(name="what", question="Correct what", load=_claim_choices),
    Words(name="value", question="Should be", titled=_title, tell=_hint, required=False, suggest=_stands, stands=True),
)
"""For a claim: every field that it has, typed by a part of its name."""


def correction(chosen: Chosen) -> dict[str, Any]:
    """The fields of a correction command; what was shown is told where it was one row's."""
    what, value = chosen.text("what"), chosen.text("value")
    seen = chosen.stood.get("value") if len(chosen.rows) == 1 else None
    if what == "nothing":
        return {}
    if what.startswith("field "):
        return {"fields": ((what.removeprefix("field "), value),), "seen": seen}
    if not value:
        raise Refused("Nothing was written.", do="Write how it should be.")
    if what == "modifiers":
        return _modifiers(value, seen)
    name = {"authorization": "authorization", "member": "member_id", "place": "place"}[what]
    return {name: value, "seen": seen}


def _modifiers(value: str, seen: str | None) -> dict[str, Any]:
    """The lines that were written otherwise than they were shown, and what was shown of these."""
    written, shown = _by_line(value), _by_line(seen or "")
    mended = {line: new for line, new in written.items() if new != shown.get(line, ())} or written
    named = all(line.isdecimal() for line in mended)  # what is shown has the numbers of the lines, not their names
    told = "; ".join(" ".join(shown.get(line, ())) for line in mended) if seen is not None and named else None
    return {"modifiers": tuple(mended.items()), "seen": told}


def _by_line(text: str) -> dict[str, tuple[str, ...]]:
    parts = (part.upper().split() for part in text.replace(",", " ").split(";"))
    return {part[0]: tuple(part[1:]) for part in parts if part}
