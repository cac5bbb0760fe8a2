"""Practices of an older version: what an upgrade keeps of one before it changes anything, and how that is read again.

What is kept is a SQLite file of the old version whatever the practice runs on: the program of that version opens it,
and `superbill restore` of this one brings it up to date in a copy of its own.  No program of the server is needed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from store import keys
from store.db import open_engine, sqlite_path, sqlite_url
from store.errors import Refused
from store.migrations import HEAD, Older, require_current, schema_version, unlinked, upgrade
from store.row_copy import Progress, copy_rows, snapshot, tables_found
from store.storage import outside, storage_told


@storage_told()
def bring_up_to_date(
    url: str, folder: Path | None = None, progress: Progress = lambda _done, _total, _what: None
) -> Path | None:
    """Upgrade a practice to this version; the copy of what was, None where nothing had to be changed.

    `Refused` when it is newer or none, or when it can't be kept first.
    """
    engine = open_engine(url)
    try:
        with suppress(Older):
            require_current(engine)
            upgrade(engine)  # its guards and rights are made anew
            return None
        kept = before_upgrade(engine, url, folder, progress)
        upgrade(engine)
        return kept
    finally:
        engine.dispose()


def before_upgrade(
    engine: Engine, url: str, folder: Path | None = None, progress: Progress = lambda _done, _total, _what: None
) -> Path | None:
    """A proved copy of the database as it is, before its schema is changed; None when there is nothing to keep.

    It lies beside a SQLite file, else in `folder` (the working folder unless said), readable by its owner alone.
    `Refused` when it can't be made or is not equal: then nothing may be changed.
    """
    version = schema_version(engine)
    if version is None:
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    file = sqlite_path(url)
    place, name = (file.parent, file.stem) if file is not None else (folder or Path.cwd(), "superbill")
    path = place / f"{name}.before-upgrade-{version}-{stamp}.db"
    if path.exists():
        raise Refused("The file exists already.", where=str(path), do="Try again in a moment.")
    mask = os.umask(0o077)
    try:
        _keep(engine, url, path, version, progress)
    except BaseException:
        remove(path)
        raise
    finally:
        os.umask(mask)
    return path


def _keep(engine: Engine, url: str, path: Path, version: str, progress: Progress) -> None:
    file = sqlite_path(url)
    if file is None:
        with _writable(path):
            path.touch(mode=0o600)
        copy_as_it_is(engine, sqlite_url(path), version, progress)
    else:
        keys.give(path, keys.of(file))
        vacuum_into(url, path)
    require_sound(path, version)


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = (error.strerror or "").lower()
        raise Refused(
            f"The copy can't be written ({why}).", where=str(path.parent), do="Run it where you may write."
        ) from None


def copy_as_it_is(
    engine: Engine, target: str, version: str, progress: Progress = lambda _done, _total, _what: None
) -> dict[str, int]:
    """Copy a practice of a version into an empty database of either kind, at the same version: rows of each table."""
    here = open_engine(target)
    try:
        upgrade(here, version)
        with snapshot(engine) as old, unlinked(here) as new, new.begin():
            return copy_rows(old, new, tables_found(old), progress)
    finally:
        here.dispose()


def vacuum_into(url: str, path: Path) -> None:
    """A SQLite file's content in a new file, of one moment, while others go on working."""
    engine = open_engine(url)
    try:
        outside(engine, ("VACUUM INTO ?", (str(path),)))
    finally:
        engine.dispose()


def require_sound(path: Path, version: str) -> None:
    """Refuse a file that SQLite finds damaged, that refers to what is not there, or that is of another version."""
    engine = open_engine(sqlite_url(path))
    try:
        with engine.connect() as connection:
            said = connection.execute(text("PRAGMA integrity_check")).scalar()
            broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        if said != "ok" or broken is not None or schema_version(engine) != version:
            raise Refused("The copy does not hold; nothing was changed.", where=str(path), do="Run: superbill check")
    except DBAPIError as damaged:
        raise Refused(f"The copy is damaged: {damaged.orig}; nothing was changed.", where=str(path)) from None
    finally:
        engine.dispose()


@contextmanager
def of_this_version(path: Path) -> Iterator[Path]:
    """A backup as it is, or a copy of it that was brought to this version while the block lasts."""
    engine = open_engine(sqlite_url(path))
    try:
        with suppress(DBAPIError):  # what can't be read is told by whoever reads it
            version = schema_version(engine)
    finally:
        engine.dispose()
    if version is None or version >= HEAD:
        yield path
        return
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="superbill-restore-") as folder:  # mode 0700
        newer = Path(folder) / path.name
        shutil.copyfile(path, newer)
        keys.give(newer, keys.of(path))
        engine = open_engine(sqlite_url(newer))
        try:
            upgrade(engine)
        finally:
            engine.dispose()
        yield newer


def remove(path: Path) -> None:
    """Take away a SQLite file and what lies beside it."""
    for left in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        left.unlink(missing_ok=True)
