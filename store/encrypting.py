"""A practice's SQLite file encrypted, or given another key, while nobody is in the program."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from store import clock, keys
from store.check import check
from store.db import open_engine, sqlite_path, sqlite_url
from store.errors import Refused
from store.migrations import require_current
from store.storage import outside, storage_told
from store.work.seats import open_sessions


@storage_told()
def set_key(url: str, key: str) -> str:
    """Encrypt the file, or change the key of one that is encrypted; what was done.

    A plain file is written anew beside itself, proved, and put in its place; an encrypted one is changed in one
    transaction.  Refused while anybody is in the program.
    """
    path = sqlite_path(url)
    if path is None:
        raise Refused("Only a SQLite file is encrypted here.", do="On PostgreSQL encrypt the server's disk.")
    keys.require_good(key)
    engine = open_engine(url)
    try:
        require_current(engine)
        _require_alone(engine)
        if keys.is_encrypted(path):
            _change_key(engine, path, key)
            done = "The file has another key; backups made before keep the old one."
        else:
            _encrypt(engine, path, key)
            done = "The file is encrypted. What it was before may still be found on the disk and in old backups."
    finally:
        engine.dispose()
    keys.give(path, key)
    _prove(path)
    return done


def _encrypt(engine: Engine, path: Path, key: str) -> None:
    outside(engine, ("PRAGMA journal_mode=DELETE", ()))
    new = path.with_name(f"{path.name}.encrypting")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    try:
        outside(
            engine,
            ("ATTACH DATABASE ? AS encrypted KEY ?", (str(new), key)),
            ("SELECT sqlcipher_export('encrypted')", ()),
            ("DETACH DATABASE encrypted", ()),
        )
        keys.give(new, key)
        _prove(new)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    finally:
        engine.dispose()
    os.replace(new, path)
    for left in (Path(f"{path}-wal"), Path(f"{path}-shm"), Path(f"{new}-wal"), Path(f"{new}-shm")):
        left.unlink(missing_ok=True)


def _change_key(engine: Engine, path: Path, key: str) -> None:
    """In one transaction, of whose failure SQLCipher says nothing: which key opens the file shows whether it went."""
    before = keys.of(path)
    outside(engine, (f"PRAGMA rekey = '{keys.quoted(key)}'", ()))
    engine.dispose()
    keys.give(path, key)
    try:
        require_current(engine)
    except Refused as failed:
        keys.give(path, before)
        engine.dispose()
        require_current(engine)
        raise Refused(
            "The key could not be changed; the old one still opens the file.",
            where=str(path),
            do="Make room on its disk, then try again.",
        ) from failed


def _require_alone(engine: Engine) -> None:
    with Session(engine) as session:
        others = [row for row in open_sessions(session, clock.now()) if not row["cut off"]]
    if others:
        raise Refused(f"{others[0]['login']} is in the program.", do="It has to be left for this: users sessions, end.")


def _prove(path: Path) -> None:
    engine = open_engine(sqlite_url(path))
    try:
        require_current(engine)
        with Session(engine) as session:
            faults = [fault for proof in check(session) for fault in proof.faults]
    finally:
        engine.dispose()
    if faults:
        raise Refused(f"The encrypted file does not hold: {faults[0]}.", where=str(path), do="Nothing was changed.")
