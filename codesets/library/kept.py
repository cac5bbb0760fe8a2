"""The loaded files, kept beside the library so that it can be built again from them.

`codes.sqlite.sources/` has one folder for each load: the files as they came, compressed, and
`release.json` with what they are.  A folder appears under its name when it is whole.  Licensed
files lie here too: the folder belongs to the user and is readable by nobody else.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from codesets.errors import Refused
from codesets.releases.files import Member

_FACTS = "release.json"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """One loaded release: what it is, from when it is in force, and its files."""

    kind: str
    part: str
    effective: date
    source: str
    sha256: str
    notice: str
    loaded: str
    members: tuple[Member, ...]
    folder: Path | None = None

    @property
    def place(self) -> tuple[str, str, date]:
        """Two loads with the same place stand for the same thing; the later replaces the earlier."""
        return self.kind, self.part, self.effective


def folder_of(library: Path) -> Path:
    """Where the loaded files of a library are kept."""
    return library.with_name(library.name + ".sources")


def digest_of(members: Iterable[Member]) -> str:
    """Hash over the contents of files, whatever their names and order."""
    parts = []
    for member in members:
        digest = sha256()
        with member.open() as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
        parts.append(digest.hexdigest())
    return sha256(" ".join(sorted(parts)).encode()).hexdigest()


def kept_sources(library: Path) -> list[Kept]:
    """Everything loaded so far, by date; of two loads of the same thing only the later."""
    folder = folder_of(library)
    found: dict[tuple[str, str, date], Kept] = {}
    if folder.is_dir():
        for place in sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")):
            item = _read(place)
            known = found.get(item.place)
            if known is None or known.loaded <= item.loaded:
                found[item.place] = item
    return sorted(found.values(), key=lambda k: (k.effective, k.kind, k.part))


def _read(place: Path) -> Kept:
    try:
        facts = json.loads((place / _FACTS).read_text(encoding="utf-8"))
        files = [(place / name, original) for name, original in facts["files"]]
        members = tuple(Member(original, _opener(path)) for path, original in files)
        missing = [path for path, _ in files if not path.is_file()]
        effective = date.fromisoformat(facts["effective"])
        texts = {name: str(facts[name]) for name in ("kind", "part", "source", "sha256", "notice", "loaded")}
    except (OSError, ValueError, KeyError, TypeError):
        missing = [place / _FACTS]
    if missing:
        raise Refused(
            "A loaded release is damaged on disk.",
            where=str(missing[0]),
            do="Remove its folder and load the release again.",
        )
    return Kept(effective=effective, members=members, folder=place, **texts)


def _opener(path: Path):  # type: ignore[no-untyped-def]
    return lambda: gzip.open(path, "rb")


def keep(library: Path, item: Kept) -> Path:
    """Copy the files of a release into the folder; returns the place they wait at until `settle`."""
    folder = folder_of(library)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = folder / f".{item.sha256[:16]}.new"
    shutil.rmtree(waiting, ignore_errors=True)
    waiting.mkdir(mode=0o700)
    files = []
    for number, member in enumerate(item.members):
        name = f"{number:03}.gz"
        with member.open() as source, gzip.open(waiting / name, "wb", compresslevel=6) as target:
            shutil.copyfileobj(source, target, _BLOCK)
        files.append((name, member.name))
    facts = {
        "kind": item.kind, "part": item.part, "effective": item.effective.isoformat(), "source": item.source,
        "sha256": item.sha256, "notice": item.notice, "loaded": item.loaded, "files": files,
    }  # fmt: skip
    (waiting / _FACTS).write_text(json.dumps(facts, indent=1), encoding="utf-8")
    for path in waiting.iterdir():
        to_disk(path)
    return waiting


def settle(library: Path, waiting: Path, item: Kept) -> None:
    """Give a kept release its name; what it replaces goes."""
    folder = folder_of(library)
    older = [k.folder for k in kept_sources(library) if k.place == item.place and k.folder]
    name = "@".join(part.replace("/", "-") for part in (item.kind, item.effective.isoformat(), item.sha256[:16]))
    target = folder / name
    if target.exists():
        shutil.rmtree(target)
    os.rename(waiting, target)
    to_disk(folder)
    for place in older:
        if place != target:
            shutil.rmtree(place, ignore_errors=True)


def discard(waiting: Path) -> None:
    """Forget files that wait."""
    shutil.rmtree(waiting, ignore_errors=True)


def to_disk(path: Path) -> None:
    """Force a file or a folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
