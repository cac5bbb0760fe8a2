"""`superbill codes`: the code-set library."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.common import Json, progress, say, say_json, say_table

if TYPE_CHECKING:
    from codesets import CodeLibrary

On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Date of service; else today.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    codes = typer.Typer(help="Code sets: build, search, show.", no_args_is_help=True)
    codes.command("build")(build)
    codes.command("list")(list_releases)
    codes.command("search")(search)
    codes.command("show")(show)
    app.add_typer(codes, name="codes")


def build(as_json: Json = False) -> None:
    """Build the library of ICD-10-CM from its official tabular, once."""
    from codesets import build_library

    with progress() as shown:
        report = build_library(progress=shown)
    if as_json:
        say_json(asdict(report))
        return
    done = f"built in {report.seconds:.1f} s" if report.built else "was built already"
    say(f"{report.path} {done}")
    say(f"{report.chapters} chapters, {report.billable:,} billable codes, {report.notes:,} notes")


def list_releases(as_json: Json = False) -> None:
    """The releases in the library, with the dates for which they are in force."""
    from codesets import open_library

    releases = open_library().releases()
    if as_json:
        say_json([asdict(release) for release in releases])
        return
    rows = [
        (
            r.system,
            r.label,
            r.effective_from.isoformat(),
            r.effective_to.isoformat() if r.effective_to else "",
            f"{r.billable:,}",
        )
        for r in releases
    ]
    say_table(("system", "release", "from", "to", "billable"), rows, right=(4,))


def search(
    text: Annotated[list[str], typer.Argument(help="Words, parts of words, a code; typing mistakes are fine.")],
    limit: Annotated[int, typer.Option(min=1, max=500)] = 20,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Find codes by what they say."""
    from codesets import open_library
    from store import clock

    day = on.date() if on else clock.today()
    hits = open_library().search(" ".join(text), on=day, limit=limit)
    if as_json:
        say_json([asdict(hit) for hit in hits])
    elif not hits:
        say("Nothing found.")
    else:
        say_table(("code", "", "title", "by"), [(h.code, "" if h.billable else "+", h.title, h.via) for h in hits])


def show(
    code: Annotated[str, typer.Argument(help="With or without the dot.")], on: On = None, as_json: Json = False
) -> None:
    """One code: its full title, whether it is billable, its place and every note that applies."""
    from codesets import Refused, open_library
    from store import clock

    library = open_library()
    day = on.date() if on else clock.today()
    entry = library.lookup(code, on=day) or library.lookup(code)
    if entry is None:
        raise Refused(f"{code[:20]!r} is not a code of the library.", do="Search for it: superbill codes search WORDS")
    place, notes = library.place(entry.code), library.notes(entry.code)
    validity = library.validity(entry.code, day)
    if as_json:
        document = {**asdict(entry), "valid": validity.ok, "validity": validity.message}
        document |= {"place": [asdict(level) for level in place], "notes": [asdict(note) for note in notes]}
        say_json(document)
        return
    say(f"{entry.code}  {entry.title}")
    until = f" to {entry.valid_to}" if entry.valid_to else ""
    kind = "billable" if entry.billable else "not billable"
    say(f"{kind}, in force from {entry.valid_from}{until}; {validity.message}")
    for depth, level in enumerate(place):
        say_indented(depth, f"{level.kind} {level.name}  {level.title}")
    _say_notes(library, entry.code)


def say_indented(depth: int, text: str) -> None:
    """A line of the tree."""
    from store.text import clean_line

    typer.echo("  " * (depth + 1) + clean_line(text))


_NOTE_WORDS = {
    "includes": "Includes",
    "inclusionTerm": "Inclusion term",
    "excludes1": "Excludes1",
    "excludes2": "Excludes2",
    "codeFirst": "Code first",
    "useAdditionalCode": "Use additional code",
    "codeAlso": "Code also",
    "notes": "Note",
    "sevenChrNote": "Seventh character",
    "sevenChrDef": "Seventh character",
}


def _say_notes(library: CodeLibrary, code: str) -> None:
    for note in library.notes(code):
        indent = 1 if note.depth else 0
        say_indented(indent, f"{_NOTE_WORDS.get(note.kind, note.kind)} ({note.level} {note.node}): {note.text}")
