"""`superbill note`: what a clinical note says and which codes it supports."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.codes import On
from tui.commands.common import Db, Json, opened, say, say_json, say_record, say_table

if TYPE_CHECKING:
    from codesets.reading import NoteReading

_MOST_BYTES = 1_000_000


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    notes = typer.Typer(help="Clinical notes: codes suggested, with their evidence.", no_args_is_help=True)
    notes.command("suggest")(suggest)
    notes.command("rules")(rules)
    notes.command("open")(open_note)
    app.add_typer(notes, name="note")


def suggest(
    file: Annotated[Path, typer.Argument(help="A note as text (UTF-8).", exists=True, dir_okay=False, readable=True)],
    on: On = None,
    setting: Annotated[
        str, typer.Option(help="outpatient or inpatient: the latter codes uncertain ones.")
    ] = "outpatient",
    as_json: Json = False,
) -> None:
    """The codes that a note supports, best first, and why; never more than suggestions."""
    from codesets import open_library
    from codesets.reading import read_note
    from store import clock

    day = on.date() if on else clock.today()
    with open_library() as library:
        reading = read_note(_text_of(file), library, on=day, setting=setting)
    if as_json:
        say_json(asdict(reading))
    elif not reading.suggestions:
        say("Nothing to suggest.")
    else:
        _say(reading)


def rules(db: Db = None, as_json: Json = False) -> None:
    """How often coders accepted, coded by another way, edited and rejected the suggestions of each rule."""
    from store.coding.rule_counts import missed, rule_counts

    with opened(db) as practice, practice.reading() as session:
        counts, unseen = rule_counts(session), missed(session)
    if as_json:
        told = [{**asdict(row), "percent": row.percent} for row in counts]
        say_json(told + [{"rule": "", "missed": one.code, "times": one.times} for one in unseen])
        return
    if not counts:
        say("No suggestion was decided on yet.")
    else:
        header = ("rule", "accepted", "other way", "edited", "rejected", "percent")
        numbers = [(r.accepted, r.another_way, r.edited, r.rejected, r.percent) for r in counts]
        rows = [(r.rule, *map(str, row)) for r, row in zip(counts, numbers, strict=True)]
        say_table(header, rows, right=(1, 2, 3, 4, 5))
    if unseen:
        say("Codes that nothing had suggested:")
        say_table(("code", "times", "title"), [(one.code, str(one.times), one.title) for one in unseen], right=(1,))


def open_note(claim: Annotated[str, typer.Argument(help="The claim's number.")], db: Db = None) -> None:
    """Read the note behind a claim for a reason, which is asked for and kept in the audit trail."""
    from store.claims.listing import claim_id_of

    with opened(db) as practice:
        with practice.reading() as session:
            found = claim_id_of(session, claim)
        say_record(practice.glass(found, typer.prompt("You need to read it because"))())


def _text_of(file: Path) -> str:
    """The text of a file; `Refused` when it is none or too long."""
    from codesets import Refused

    if file.stat().st_size > _MOST_BYTES:
        raise Refused("The note is too long.", where=str(file), do="Give one note, at most 1 MB of text.")
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("The note is not text in UTF-8.", where=str(file), do="Save it as plain text.") from None


def _say(reading: NoteReading) -> None:
    rows = [
        (s.code, s.title, f"{s.score:.1f}", f"{s.start}-{s.end}", "; not told: ".join((s.why, *s.missing)))
        for s in reading.suggestions
    ]
    say_table(("code", "title", "score", "at", "why"), rows, right=(2,))
