"""`superbill codes`: the code-set library."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from store.text import how_many
from tui.commands.code_site import give_back, learned_preferences, register_site, say_given_back
from tui.commands.common import Db, Json, prepare_reading, progress, say, say_json, say_table

if TYPE_CHECKING:
    from codesets import LoadReport, NoteLine
    from codesets.library.crosswalk import Crossing

On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Date of service; else today.")]

_SHOWN = 12
#: What the coverage card looks for: the kind to load, and the system it becomes.
_CARD = (
    ("icd10cm-index", "ICD10CM index"),
    ("hcpcs", "HCPCS"),
    ("cpt", "CPT"),
    ("ncci-ptp", "NCCI PTP"),
    ("ncci-mue", "NCCI MUE"),
    ("ncci-addon", "NCCI add-on"),
    ("mce", "MCE"),
    ("pfs", "PFS"),
    ("lcd", "LCD"),
)


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    codes = typer.Typer(help="Code sets: build, search, show.", no_args_is_help=True)
    codes.command("build")(build)
    codes.command("load")(load_release)
    codes.command("fetch")(fetch_file)
    codes.command("list")(list_releases)
    codes.command("search")(search)
    register_site(codes)
    codes.command("show")(show)
    codes.command("history")(history)
    app.add_typer(codes, name="codes")


def build(as_json: Json = False) -> None:
    """Build the library of ICD-10-CM from its official tabular, once."""
    from codesets import build_library

    with progress() as shown:
        report = build_library(progress=shown)
        prepare_reading(shown)
    if as_json:
        say_json(asdict(report))
        return
    done = f"built in {report.seconds:.1f} s" if report.built else "was built already"
    say(f"{report.path} {done}")
    say(f"{report.chapters} chapters, {report.billable:,} billable codes, {report.notes:,} notes")


def load_release(
    kind: Annotated[str, typer.Argument(help="What it is; `superbill codes load --help` names all kinds below.")],
    file: Annotated[Path, typer.Argument(help="The published file, a folder, or the zip archive as it came.")],
    effective: Annotated[
        datetime | None, typer.Option("--effective", formats=["%Y-%m-%d"], help="First day in force, if not in it.")
    ] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Load a release from its published file: all of it, checked, or nothing.

    Open work of your practice that holds codes which it deleted or revised goes back to the coders.

    Kinds: icd10cm-tabular, icd10cm-order, icd10cm-addenda, icd10cm-index,
    icd10cm-conversion, gem (ICD-9-CM), hcpcs, hcpcs-names, cpt,
    ncci-ptp, ncci-mue, ncci-addon, mce, pfs, gpci, lcd, carc, rarc, claim-status,
    claim-status-category, taxonomy, revenue, pos, telehealth, em-minutes,
    anesthesia-base.
    """
    from codesets import load
    from store import clock

    day = effective.date() if effective else None
    with progress() as shown:
        report = load(kind, file, effective=day, progress=shown, loaded_on=clock.today())
        if kind.startswith("icd10cm"):
            prepare_reading(shown)
    work = _given_back(report, db)
    if as_json:
        say_json({**asdict(report), "changed": sorted(report.changed), "open_work": work})
        return
    _say_load(report)
    if work is not None:
        say_given_back(work)


def _given_back(report: LoadReport, db: str | None) -> list[dict[str, object]] | None:
    """Open work given back; where that fails the library stays loaded, and loading again gives the work back."""
    from store.errors import Refused

    try:
        return give_back(report, db)
    except Refused as error:
        raise Refused(
            f"{', '.join(report.labels)} is loaded, but open work was not given back to the coders: {error.what}",
            where=error.where,
            do=f"{error.do} Run the same command again then: what is loaded stays.".strip(),
        ) from error


def _say_load(report: LoadReport) -> None:
    loaded = "was loaded already; nothing was changed" if report.already else f"loaded in {report.seconds:.1f} s"
    say(f"{', '.join(report.labels)}: {how_many(report.rows, 'row')}, {loaded}")
    say(report.notice)
    changes = (("added", report.added), ("deleted", report.deleted), ("revised", report.revised))
    if any(codes for _, codes in changes):
        say(", ".join(f"{how_many(len(codes), 'code')} {word}" for word, codes in changes))
    for word, codes in changes:
        for change in codes[:_SHOWN]:
            say(f"  {word:8} {change.code:9} {change.title}")
        if len(codes) > _SHOWN:
            say(f"  … and {len(codes) - _SHOWN:,} more {word}; --json lists all")


def fetch_file(
    name: Annotated[str | None, typer.Argument(help="Which file; without one, all are listed.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="Folder to keep it in; else beside the library.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Fetch a free official file from its publisher, after saying what it is and under which licence."""
    from codesets import fetch, library_path, official_file, official_files

    if name is None:
        files = official_files()
        if as_json:
            say_json([asdict(file) for file in files])
        else:
            say_table(("name", "what", "licence"), [(f.name, f.what, f.licence) for f in files])
        return
    file = official_file(name)
    folder = to or library_path().parent / "fetched"
    if not as_json:
        say(f"{file.what}")
        say(f"from {file.address}")
        say(f"licence: {file.licence}")
        say(f"kept in {folder}; nothing of yours is sent")
    if not yes and not typer.confirm("Fetch it?"):
        raise typer.Exit(1)
    with progress() as shown:
        path = fetch(file, folder, shown)
    if as_json:
        say_json({**asdict(file), "file": str(path)})
    else:
        say(f"{path}: {path.stat().st_size:,} bytes")
        for kind in file.kinds:
            say(f"Load it: superbill codes load {kind} {path}")


def history(code: Annotated[str, typer.Argument(help="With or without the dot.")], as_json: Json = False) -> None:
    """The life of a code: since when, under which titles, and what replaced it."""
    from codesets import Refused, open_library

    life = open_library().history(code)
    if not life:
        raise Refused(f"{code[:20]!r} is not a code of the library.", do="Search for it: superbill codes search WORDS")
    if as_json:
        say_json([asdict(stretch) for stretch in life])
        return
    rows = [
        (
            stretch.valid_from.isoformat(),
            stretch.valid_to.isoformat() if stretch.valid_to else "",
            stretch.change,
            ", ".join(stretch.replaced_by),
            stretch.title,
        )
        for stretch in life
    ]
    say_table(("from", "to", "change", "replaced by", "title"), rows)


def list_releases(as_json: Json = False) -> None:
    """What is loaded, and the dates for which it is in force."""
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
    say_table(("system", "release", "from", "to", "codes"), rows, right=(4,))
    missing = [f"{system} ({kind})" for kind, system in _CARD if system not in {r.system for r in releases}]
    if missing:
        say(f"Not loaded, so not checked: {', '.join(missing)}")


def search(
    text: Annotated[list[str], typer.Argument(help="Words, parts of words, a code; typing mistakes are fine.")],
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    on: On = None,
    system: Annotated[
        list[str] | None, typer.Option("--system", help="Only this code set (ICD10CM, HCPCS, CPT); may be repeated.")
    ] = None,
    specialty: Annotated[
        str, typer.Option("--specialty", help="What a specialty of your practice codes comes before its equals.")
    ] = "",
    plain: Annotated[bool, typer.Option("--plain", help="Without what your practice's coders picked.")] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Find codes by what they say; what your practice's coders picked for the same words comes first."""
    from codesets import open_library
    from store import clock

    day = on.date() if on else clock.today()
    prefer = None if plain else learned_preferences(db, day, specialty)
    systems = {name.upper() for name in system} if system else None
    hits = open_library().search(" ".join(text), systems=systems, on=day, limit=limit, prefer=prefer)
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
    from codesets.library.crosswalk import told
    from store import clock

    library = open_library()
    day = on.date() if on else clock.today()
    entry = library.lookup(code, on=day) or library.lookup(code)
    elsewhere = library.crosswalk(code)
    if entry is None and elsewhere:
        _say_elsewhere(code, elsewhere, as_json)
        return
    if entry is None:
        raise Refused(f"{code[:20]!r} is not a code of the library.", do="Search for it: superbill codes search WORDS")
    at = day if library.lookup(code, on=day) else None
    place, notes = library.place(entry.code, on=at), library.notes(entry.code, on=at)
    validity = library.validity(entry.code, day)
    if as_json:
        document = {**asdict(entry), "valid": validity.ok, "validity": validity.message}
        document |= {"place": [asdict(level) for level in place], "notes": [asdict(note) for note in notes]}
        document["crosswalk"] = [asdict(crossing) for crossing in elsewhere]
        say_json(document)
        return
    say(f"{entry.code}  {entry.title}")
    until = f" to {entry.valid_to}" if entry.valid_to else ""
    kind = "billable" if entry.billable else "not billable"
    say(f"{kind}, in force from {entry.valid_from}{until}; {validity.message}")
    for depth, level in enumerate(place):
        say_indented(depth, f"{level.kind} {level.name}  {level.title}")
    for line in told(elsewhere):
        say_indented(0, line)
    _say_notes(notes)


def _say_elsewhere(code: str, found: tuple[Crossing, ...], as_json: bool) -> None:
    """A code that only a crosswalk knows, such as one of ICD-9-CM."""
    from codesets.library.crosswalk import told

    if as_json:
        say_json({"code": code.strip().upper(), "crosswalk": [asdict(crossing) for crossing in found]})
        return
    say(f"{code.strip().upper()[:20]} is not a code of the library; the loaded crosswalks name for it:")
    for line in told(found):
        say_indented(0, line)


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


def _say_notes(notes: tuple[NoteLine, ...]) -> None:
    for note in notes:
        indent = 1 if note.depth else 0
        say_indented(indent, f"{_NOTE_WORDS.get(note.kind, note.kind)} ({note.level} {note.node}): {note.text}")
