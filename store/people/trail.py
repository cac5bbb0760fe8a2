"""Reading and proving the audit trail: by patient, person and time; its links; and its end, by a copy kept elsewhere.

A chain proves that nothing in it was altered; that its end was not cut off only a copy elsewhere can prove.  So the
newest number and hash are written to a file of another machine, or of another user who may only append to it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import desc, text
from sqlmodel import Session, col, select

from store.db import on_postgresql
from store.errors import Refused
from store.people.audit import broken_links
from store.tables import Action, AuditEntry, Patient, RowImage

RETENTION_YEARS = 6
"""The least for which the trail has to be kept (45 CFR 164.316(b)(2)(i)).  The program never deletes any of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the trail is wanted; dates are whole days in UTC, `until` included."""

    patient: str = ""
    user: str = ""
    since: date | None = None
    until: date | None = None
    limit: int = 1000
    action: str = ""


def entries(session: Session, asked: Asked) -> list[dict[str, Any]]:
    """The newest entries that were asked for, oldest first, each with `why` where a reason was given."""
    query = select(AuditEntry).order_by(desc(col(AuditEntry.seq))).limit(asked.limit)
    if asked.patient:
        number = select(Patient.id).where(Patient.number == asked.patient)
        patient_id = session.exec(number).first()
        if patient_id is None and not asked.patient.isdecimal():
            raise Refused(f"There is no patient {asked.patient[:40]!r}.", do="Give the patient's number, like P10012.")
        query = query.where(AuditEntry.patient_id == (patient_id or int(asked.patient)))
    if asked.user:
        query = query.where(AuditEntry.user_name == asked.user)
    if asked.action:
        query = query.where(AuditEntry.action == asked.action)
    if asked.since:
        query = query.where(col(AuditEntry.at) >= _midnight(asked.since))
    if asked.until:
        query = query.where(col(AuditEntry.at) < _midnight(asked.until + timedelta(days=1)))
    found = [*reversed(session.exec(query).all())]
    why = _reasons(session, found)
    return [{**entry.model_dump(exclude={"previous", "hash"}), "why": why.get(entry.seq, "")} for entry in found]


def _reasons(session: Session, found: Sequence[AuditEntry]) -> dict[int, str]:
    """Why it was done, by the number of the entry: the reason in it, or that of its action as far as the role sees."""
    told = {entry.seq: json.loads(entry.detail) for entry in found}
    actions = {seq: detail["action"] for seq, detail in told.items() if "action" in detail}
    args: dict[int, str] = {}
    for start in range(0, len(ids := sorted(set(actions.values()))), 500):
        query = select(Action.id, Action.args).where(col(Action.id).in_(ids[start : start + 500]))
        args.update(session.exec(query).all())
    reasons = {seq: str(detail["reason"]) for seq, detail in told.items() if "reason" in detail}
    for seq, action_id in actions.items():
        given = json.loads(args.get(action_id) or "{}")
        if reason := given.get("reason") or given.get("why"):
            reasons[seq] = str(reason)
    return reasons


def _midnight(day: date) -> datetime:
    from datetime import UTC

    return datetime.combine(day, time(), UTC)


def before_and_after(session: Session, detail: str) -> list[dict[str, Any]]:
    """What the action of an entry changed, from the images that its hash covers."""
    action_id = json.loads(detail).get("action")
    if action_id is None:
        return []
    query = select(RowImage).where(RowImage.action_id == action_id).order_by(col(RowImage.id))
    return [
        {"table": image.table_name, "row": image.row_id, "before": image.before, "after": image.after}
        for image in session.exec(query).all()
    ]


def digest_of_images(images: Sequence[tuple[str, int, str | None, str | None]]) -> str:
    """One hash over everything that an action changed, whatever the order."""
    told = json.dumps(sorted(images, key=repr), separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def digest_of_action(action: Action) -> str:
    """One hash over what was done and why: reasons and other words of a person, which the trail itself doesn't hold.

    The action's random key is in it, so that no short reason can be guessed from its hash.
    """
    told = [action.key, action.command, action.args, action.said, action.result, action.user_id, action.undoes_id]
    return hashlib.sha256(json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


@dataclass(slots=True)
class Seen:
    """How many entries say by a hash what was done, and of how many of these a role may see all that was hashed."""

    proved: int = 0
    hashed: int = 0


def faults(session: Session, anchors: Path | None = None, seen: Seen | None = None) -> Iterator[tuple[int, str]]:
    """Each fault as (number of the entry, what is wrong), the first one first; none when the trail is whole.

    On PostgreSQL a role is shown some actions and rows alone: where the server has more of an action than that, its
    hash is not held against the part.  Once all faults are told `seen` says how much that leaves.
    """
    yield from broken_links(session)
    kept, seen = _kept(session), seen if seen is not None else Seen()
    yield from _images_altered(session, kept, seen)
    yield from _words_altered(session, kept, seen)
    if anchors is not None:
        yield from _cut(session, anchors)


def _kept(session: Session) -> dict[int, int] | None:
    """How many images the server has of each action; None where everybody is shown all of it."""
    if not on_postgresql(session):
        return None
    return {row[0]: row[1] for row in session.execute(text("SELECT action_id, images FROM superbill_kept()"))}


def _images_altered(session: Session, there: dict[int, int] | None, seen: Seen) -> Iterator[tuple[int, str]]:
    kept: dict[int, list[tuple[str, int, str | None, str | None]]] = {}
    for image in session.exec(select(RowImage)).yield_per(1000):
        told_of = (image.table_name, image.row_id, image.before, image.after)
        kept.setdefault(image.action_id, []).append(told_of)
        session.expunge(image)
    for seq, detail in session.exec(select(AuditEntry.seq, AuditEntry.detail).order_by(col(AuditEntry.seq))):
        told = json.loads(detail) if '"images"' in detail else {}
        if isinstance(told, dict) and "images" in told:
            action_id = told.get("action", 0)
            images = kept.get(action_id, [])
            seen.hashed += 1
            if there is not None and there.get(action_id, 0) > len(images):
                continue
            seen.proved += 1
            if digest_of_images(images) != told["images"]:
                yield seq, "what it says was changed is not what is kept of it"


def _words_altered(session: Session, there: dict[int, int] | None, seen: Seen) -> Iterator[tuple[int, str]]:
    """Actions of before their words were covered have no hash in the trail: of those only the images are."""
    kept: dict[int, str] = {}
    for action in session.exec(select(Action)).yield_per(1000):
        kept[action.id] = digest_of_action(action)
        session.expunge(action)
    query = select(AuditEntry.seq, AuditEntry.detail).where(col(AuditEntry.detail).contains('"words"'))
    for seq, detail in session.exec(query.order_by(col(AuditEntry.seq))):
        told = json.loads(detail)
        if "words" not in told:
            continue
        action_id = told.get("action", 0)
        seen.hashed += 1
        if there is not None and action_id in there and action_id not in kept:
            continue
        seen.proved += 1
        if kept.get(action_id) != told["words"]:
            yield seq, "what it says was done, or why, is not what is kept of it"


def newest(session: Session) -> tuple[int, str]:
    """The number and the hash of the last entry."""
    last = session.exec(select(AuditEntry).order_by(desc(col(AuditEntry.seq))).limit(1)).first()
    if last is None:
        raise Refused("The trail is empty.")
    return last.seq, last.hash


def kept_told(session: Session) -> str:
    """From when on the trail is, and for how long it has to be kept."""
    first = session.exec(select(AuditEntry.at).order_by(col(AuditEntry.seq)).limit(1)).one()
    return (
        f"It goes back to {first:%Y-%m-%d} and nothing in it is ever deleted; it has to be kept for at least "
        f"{RETENTION_YEARS} years (45 CFR 164.316), and so have backups of it."
    )


def anchor(session: Session, path: Path, now: datetime) -> int:
    """Append the newest number and hash to a file that is kept elsewhere; the number."""
    seq, digest = newest(session)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "a", encoding="ascii") as file:
            file.write(f"{seq} {digest} {now.isoformat()}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Refused(f"The anchor can't be written ({error.strerror}).", where=str(path)) from None
    return seq


def _cut(session: Session, path: Path) -> Iterator[tuple[int, str]]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"The anchors can't be read ({error}).", where=str(path)) from None
    for number, line in enumerate(lines, 1):
        seq, _, rest = line.partition(" ")
        if not seq.isdecimal() or len(rest.split()) != 2:
            raise Refused("This is not an anchor.", where=f"{path.name} line {number}")
        entry = session.get(AuditEntry, int(seq))
        if entry is None:
            yield int(seq), "it was there when the anchor was made, and is gone"
        elif entry.hash != rest.split()[0]:
            yield int(seq), "it is not the entry that was anchored"
