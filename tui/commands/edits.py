"""`superbill codes edits`: the coding edits on encounters from anywhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from store.text import how_many
from tui.commands.common import Json, say, say_json, say_table

if TYPE_CHECKING:
    from codesets import CodeLibrary

_STANDARD_INPUT = "-"


def register(app: typer.Typer) -> None:
    """Add the verb to `superbill codes`."""
    for group in app.registered_groups:
        if group.name == "codes" and group.typer_instance is not None:
            group.typer_instance.command("edits")(edits)


def edits(
    file: Annotated[str | None, typer.Argument(help="JSON lines, one encounter a line; - is standard input.")] = None,
    names: Annotated[bool, typer.Option("--list", help="List every edit instead.")] = False,
    as_json: Json = False,
) -> None:
    """Check encounters: JSON lines in, one answer a line out, in order; for people when it goes to a terminal."""
    if names:
        _list(as_json)
        return
    if file is None:
        raise typer.BadParameter("name a file of JSON lines, or - for standard input")
    from codesets import open_library

    plain = sys.stdout.isatty() and not as_json
    wrong = 0
    with open_library() as library:
        for number, raw in _lines(file):
            found = _answer(number, raw, library)
            wrong += "error" in found
            if plain:
                _say_answer(found)
            else:
                typer.echo(json.dumps(found, ensure_ascii=True))
    if wrong:
        raise typer.Exit(1)


def _list(as_json: bool) -> None:
    from codesets.edits import edits as known

    rows = [(edit.name, str(edit.severity), edit.about) for edit in sorted(known().values(), key=lambda e: e.name)]
    if as_json:
        say_json([{"edit": name, "severity": severity, "about": about} for name, severity, about in rows])
    else:
        say_table(("edit", "severity", "what it finds"), rows)


def _lines(file: str) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers."""
    from codesets import Refused

    if file == _STANDARD_INPUT:
        yield from _numbered(sys.stdin.buffer)
        return
    try:
        with Path(file).open("rb") as stream:
            yield from _numbered(stream)
    except OSError as error:
        raise Refused(f"The file can't be read: {error.strerror}.", where=file) from None


def _numbered(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    return ((number, raw) for number, raw in enumerate(stream, start=1) if raw.strip())


def _answer(number: int, raw: bytes, library: CodeLibrary) -> dict[str, Any]:
    """The findings of one line, or its number and what is wrong with it."""
    from codesets import Refused
    from codesets.edits import check, not_checked
    from codesets.edits.exchange import answer, id_of, read_encounter, read_object

    name: str | None = None
    try:
        row = read_object(raw.decode("utf-8-sig"))
        name = id_of(row)
        encounter = read_encounter(row)
    except UnicodeDecodeError:
        return {"id": None, "line": number, "error": "This is not UTF-8 text."}
    except Refused as refused:
        return {"id": name, "line": number, "error": str(refused)}
    return answer(encounter, check(encounter, library), not_checked(encounter, library))


def _say_answer(found: dict[str, Any]) -> None:
    if "error" in found:
        say(f"line {found['line']}: {found['error']}")
        return
    say(f"{found['id'] or 'encounter'}: {how_many(len(found['edits']), 'finding')}")
    for edit in found["edits"]:
        say(f"  {edit['severity']:5} {edit['edit']:18} {edit['message']}")
    for words in found["not_checked"]:
        say(f"  {words}")
