"""Every file that came or went is kept, compressed, with its hash: the same content twice is the same file."""

from __future__ import annotations

import hashlib
import zlib

from sqlmodel import Session, select

from store.tables import ArchivedFile
from store.text import clean_line
from store.work.command import Change, Said


def digest(content: bytes) -> str:
    """SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def known(session: Session, content: bytes) -> ArchivedFile | None:
    """The archived file with this content."""
    return session.exec(select(ArchivedFile).where(ArchivedFile.sha256 == digest(content))).first()


def here_since(name: str, before: ArchivedFile) -> Said:
    """What is said of a file that was taken in before."""
    return Said(f"{name} was already imported on {before.at:%Y-%m-%d}; nothing changed.", {})


def keep(change: Change, kind: str, direction: str, name: str, content: bytes, summary: str = "") -> ArchivedFile:
    """Archive a file; `direction` is in or out."""
    return change.add(
        ArchivedFile(
            kind=kind,
            direction=direction,
            name=clean_line(name)[:200],
            sha256=digest(content),
            size=len(content),
            content=zlib.compress(content, 6),
            at=change.now,
            summary=summary,
        )
    )


def content(file: ArchivedFile) -> bytes:
    """The file as it was."""
    return zlib.decompress(file.content)
