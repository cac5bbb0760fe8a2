"""Builds the library file: whole and verified, or not at all."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from codesets.collecting import collecting_seldom
from codesets.errors import Refused
from codesets.library.kept import Kept, kept_sources, to_disk
from codesets.library.model import BuildReport
from codesets.library.place import library_path
from codesets.releases.sources import Sources, packaged_sources

#: What the FY2026 tabular (April 2026 update) must yield; CMS's own order file says the same.
EXPECTED = {"chapters": 22, "blocks": 297, "categories": 1918, "billable": 74_719}
_SUFFIX = ".building"


class Progress(Protocol):
    """Called with the rows or nodes done, their total, and what is being done."""

    def __call__(self, done: int, total: int, what: str) -> None:
        """Show it; must return quickly."""


def silent(done: int, total: int, what: str) -> None:
    """The progress of a caller that wants none."""


def build_library(progress: Progress = silent, path: Path | None = None, sources: Sources | None = None) -> BuildReport:
    """Build the code-set library at `path` (the usual place if None) unless it is there already.

    It is rebuilt when the sources, the loaded files or our schema changed.  The new file is written beside the old
    one, verified (counts, a search), forced to disk and put in place in one step, so a session that
    has the old one open keeps it, and a build that dies leaves nothing that is taken for a library.
    Two people who build together wait for each other; the second uses the first one's result.
    Raises `Refused` when the sources are missing or damaged or yield other counts than the release
    has, or when the folder can't be written.
    """
    started = time.monotonic()
    target = path or library_path()
    sources = sources or packaged_sources()
    with only_builder(target):
        kept = kept_sources(target)
        fingerprint = fingerprint_of(sources, kept)
        report = _present(target, fingerprint)
        if report is None:
            report = _build(target, sources, fingerprint, progress, kept)
    return replace(report, seconds=round(time.monotonic() - started, 3))


def fingerprint_of(sources: Sources, kept: Iterable[Kept] = ()) -> str:
    """A hash over all that decides the library's content: sources, loaded files, schema, our tables."""
    from codesets.library.collect import SHIPPED
    from codesets.library.phrases import own_tables
    from codesets.library.sql import SCHEMA_VERSION
    from codesets.tables import read_table

    common = own_tables()
    shipped = ";".join(",".join(row.values()) for row in read_table(SHIPPED))
    loaded = ";".join(f"{k.kind},{k.part},{k.effective},{k.sha256}" for k in kept)
    return sha256(f"{SCHEMA_VERSION}|{sources.sha256()}|{common}|{shipped}|{loaded}".encode()).hexdigest()


@contextmanager
def only_builder(target: Path) -> Iterator[None]:
    """Hold the build lock of a library; waits for whoever holds it.  The kernel frees a dead one's."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(target.with_name(target.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise Refused(
            f"The code-set library can't be written here ({error.strerror}).",
            where=str(target.parent),
            do="Choose another folder with SUPERBILL_HOME or SUPERBILL_CODES.",
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _present(target: Path, fingerprint: str) -> BuildReport | None:
    """The report of the library already there, if it is the wanted one and readable."""
    if not target.is_file():
        return None
    try:
        connection = sqlite3.connect(f"{target.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            facts = dict(connection.execute("SELECT name, value FROM meta"))
        finally:
            connection.close()
    except sqlite3.Error:
        return None
    if facts.get("fingerprint") != fingerprint:
        return None
    return _report(target, facts, built=False)


def _report(target: Path, facts: dict[str, str], *, built: bool) -> BuildReport:
    return BuildReport(
        path=target,
        built=built,
        chapters=int(facts["chapters"]),
        blocks=int(facts["blocks"]),
        categories=int(facts["categories"]),
        billable=int(facts["billable_now"]),
        notes=int(facts["notes"]),
        seconds=0.0,
    )


def _build(target: Path, sources: Sources, fingerprint: str, progress: Progress, kept: Sequence[Kept]) -> BuildReport:
    from codesets.library.fill import fill

    with replacing(target) as working:
        facts = fill(working, sources, fingerprint, progress, kept, target)
        verify(working, facts)
    return _report(target, facts, built=True)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A file beside the library to be written, which takes its place in one step when all went well.

    Hardly anything that is made meanwhile can be let go before the end: the collector looks seldom.
    """
    working = target.with_name(target.name + _SUFFIX)
    working.unlink(missing_ok=True)  # left by a build that was killed; the lock says nobody uses it
    try:
        with collecting_seldom():
            yield working
        to_disk(working)
        os.replace(working, target)
        to_disk(target.parent)
    except sqlite3.Error as error:
        raise Refused(f"The library could not be written: {error}.", where=str(target)) from error
    except OSError as error:
        raise Refused(f"The library could not be written ({error.strerror}).", where=str(target)) from error
    finally:
        working.unlink(missing_ok=True)


def verify(working: Path, facts: dict[str, str]) -> None:
    """Refuse a library whose counts are not the release's or in which a known code is not found."""
    for name, expected in EXPECTED.items():
        if int(facts[name]) != expected:
            raise Refused(
                f"The tabular list yields {int(facts[name]):,} {name} where the release has {expected:,}.",
                where=facts["source"],
                do="The file is damaged or of another release; nothing was changed.",
            )
    from codesets.library.reader import open_library

    with open_library(working) as library:
        hits = library.search("type 2 diabetes with chronic kidney disease", on=None, limit=5)
        if "E11.22" not in [hit.code for hit in hits]:
            raise Refused("The search of the new library does not find a known code.", where=facts["source"])
