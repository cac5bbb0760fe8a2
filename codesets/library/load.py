"""Loads a published file into the library: all of it, verified, or nothing."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

from codesets.errors import Refused
from codesets.library.build import Progress, fingerprint_of, only_builder, replacing, silent, verify
from codesets.library.difference import difference, first_probe
from codesets.library.kept import Kept, digest_of, discard, keep, kept_sources, settle
from codesets.library.kind import Kind
from codesets.library.kinds import KINDS
from codesets.library.model import LoadReport
from codesets.library.place import library_path
from codesets.releases import cpt
from codesets.releases.files import Member, members_of
from codesets.releases.sources import Sources, packaged_sources

_MOST_HEADS = 200


def load(
    kind: str,
    path: Path,
    *,
    effective: date | None = None,
    progress: Progress = silent,
    library: Path | None = None,
    loaded_on: date | None = None,
    sources: Sources | None = None,
) -> LoadReport:
    """Load a release of `kind` (see `KINDS`) from a file, a folder or a zip archive at `path`.

    The file is recognised by what is in it.  `effective` is the first day it is in force, needed
    when neither the file nor its name tells it.  A new library is written beside the old one,
    verified, and put in its place in one step, so sessions at work keep the old one and a load that
    fails or dies changes nothing.  The same file loaded again changes nothing either and says so.
    Raises `Refused` with file, line and field when the file is wrong or damaged.
    """
    started = time.monotonic()
    chosen = KINDS.get(kind)
    if chosen is None:
        raise Refused(f"{kind!r} can't be loaded.", do=f"One of: {', '.join(KINDS)}.")
    target = library or library_path()
    progress(0, 1, "reading the file")
    items = releases_in(chosen, path, effective, (loaded_on or date.today()).isoformat())
    with only_builder(target):
        kept = kept_sources(target)
        known = {(item.place, item.sha256) for item in kept}
        if target.is_file() and all((item.place, item.sha256) in known for item in items):
            report = _report(chosen, items, target, None, already=True)
        else:
            report = _load(chosen, items, kept, target, sources or packaged_sources(), progress)
    return replace(report, seconds=round(time.monotonic() - started, 3))


# -- what is in the file --------------------------------------------------------------------------


def releases_in(kind: Kind, path: Path, effective: date | None, loaded: str) -> list[Kept]:
    """The releases in a file; several only where parts of one release come together."""
    members = [(member, member.head()) for member in members_of(path)[:_MOST_HEADS]]
    fitting = [(member, head) for member, head in members if kind.fits(head, member.name)]
    if not fitting:
        raise Refused(f"There is no {kind.name} file in it.", where=str(path), do=_advice(members))
    groups: dict[str, list[tuple[Member, bytes]]] = {}
    for member, head in fitting:
        groups.setdefault("" if kind.together else kind.part(head, member.name), []).append((member, head))
    return [_item(kind, path, part, group, effective, loaded) for part, group in groups.items()]


def _advice(members: Sequence[tuple[Member, bytes]]) -> str:
    for member, head in members:
        for other in KINDS.values():
            if other.fits(head, member.name):
                return f"{member.name} looks like {other.name}."
    names = ", ".join(member.name for member, _ in members[:3])
    return f"Found only {names}; the text or XML file of the release is needed (not its spreadsheet or PDF)."


def _item(
    kind: Kind, path: Path, part: str, group: list[tuple[Member, bytes]], effective: date | None, loaded: str
) -> Kept:
    if len(group) > 1 and not kind.together:
        names = ", ".join(member.name for member, _ in group[:4])
        raise Refused(f"{len(group)} files are {kind.name}: {names}.", where=str(path), do="Load them one by one.")
    found = effective or next(
        (day for member, head in group for name in (member.name, path.name) if (day := kind.effective(head, name))),
        None,
    )
    if found is None:
        raise Refused(
            "The file does not tell from when it is in force.", where=path.name, do="Say it: --effective YYYY-MM-DD."
        )
    files = tuple(member for member, _ in group)
    notice = " ".join(filter(None, (kind.licence, cpt.notice_of(files) if kind.name == "cpt" else "")))
    return Kept(kind.name, part, found, path.name, digest_of(files), notice, loaded, files)


# -- into the library -----------------------------------------------------------------------------


def _load(
    kind: Kind, items: list[Kept], kept: list[Kept], target: Path, sources: Sources, progress: Progress
) -> LoadReport:
    replaced = {item.place for item in items}
    wanted = sorted([k for k in kept if k.place not in replaced] + items, key=lambda k: (k.effective, k.kind, k.part))
    waiting: list[tuple[Path, Kept]] = []
    try:
        with replacing(target) as working:
            facts = _write(kind, items, kept, wanted, target, working, sources, progress)
            verify(working, facts)
            first_probe(working, [item.place for item in items])
            report = _report(kind, items, working, target if target.is_file() else None)
            waiting = [(keep(target, item), item) for item in items]
            for place, item in waiting:
                settle(target, place, item)
    finally:
        for place, _ in waiting:
            discard(place)
    return replace(report, path=target)


def _write(
    kind: Kind, items: list[Kept], kept: list[Kept], wanted: list[Kept], target: Path, working: Path,
    sources: Sources, progress: Progress,
) -> dict[str, str]:  # fmt: skip
    """Rows of their own tables join a copy of the library; what is searched is written anew with the rest."""
    from codesets.library.fill import append, fill

    fingerprint = fingerprint_of(sources, wanted)
    if kind.rows is not None and _fingerprint_in(target) == fingerprint_of(sources, kept):
        shutil.copyfile(target, working)
        return append(working, items, fingerprint, progress)
    return fill(working, sources, fingerprint, progress, wanted, target)


def _fingerprint_in(target: Path) -> str | None:
    if not target.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{target.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            row = connection.execute("SELECT value FROM meta WHERE name = 'fingerprint'").fetchone()
    except sqlite3.Error:
        return None
    return str(row[0]) if row else None


def _report(kind: Kind, items: list[Kept], new: Path, old: Path | None, *, already: bool = False) -> LoadReport:
    effective = items[0].effective
    changes = difference(new, old, kind.system, effective, [item.place for item in items])
    return LoadReport(
        path=new,
        kind=kind.name,
        system=kind.system,
        effective=effective,
        labels=tuple(kind.label(item.effective, item.part) for item in items),
        source=items[0].source,
        rows=changes.rows,
        already=already,
        added=changes.added,
        deleted=changes.deleted,
        revised=changes.revised,
        notice=items[0].notice,
        seconds=0.0,
    )
