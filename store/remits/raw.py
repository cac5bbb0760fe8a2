"""The segments of the file that a ledger row leads back to."""

from __future__ import annotations

from sqlmodel import Session

from store.claims import archive
from store.remits.source import EOB
from store.tables import ArchivedFile
from store.x12.segments import Reader

_ENDS = ("CLP", "PLB", "SE", "LX")


def answer_segments(session: Session, file_id: int, segment: int) -> tuple[str, ...]:
    """The segments of one answer, from its CLP on, each with its place; what was typed, for a paper EOB."""
    file = session.get_one(ArchivedFile, file_id)
    content = archive.content(file)
    if file.kind == EOB:
        return (f"{file.name}, {file.summary}", content.decode())
    for whole in Reader(content, file.name).sets():
        last = whole.segment + len(whole.texts) - 1
        if whole.segment <= segment <= last:
            mark = whole.interchange.separators.element
            found = [f"{segment}  {whole.texts[segment - whole.segment]}"]
            for place, text in enumerate(whole.texts[segment - whole.segment + 1 :], segment + 1):
                if text.split(mark, 1)[0].upper() in _ENDS:
                    break
                found.append(f"{place}  {text}")
            return tuple(found)
    return ()
