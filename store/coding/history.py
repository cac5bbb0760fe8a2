"""The whole history of a coded encounter, replayed from the rows that each action changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from store.coding.access import pointer_ids
from store.errors import NotFound
from store.tables import Action, CodingStep, Encounter, Note, RowImage, ServiceLine, Transition, User
from store.text import how_many
from store.work.record import Lines, Record, Tab

_TABLES = ("diagnosis", "service_line", "suggestion_choice", "remark", "coding_review", "visit_sheet")
Rows = dict[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """One action: who did what when, why as far as it is known, and the codes as they stood after it."""

    at: datetime
    who: str
    said: str
    why: str
    codes: str


def replay(session: Session, encounter_id: int) -> tuple[Step, ...]:
    """Every step from the first code on, undone ones and their undoing among them."""
    actions = _actions(session, encounter_id)
    images = _images(session, [action.id for action, _ in actions])
    note = session.get(Note, encounter_id)
    state = _Codes(note.text if note else "")
    steps = []
    for action, who in actions:
        if action.undoes_id is not None:
            changed = [_inverse(image) for image in reversed(images.get(action.undoes_id, []))]
            said = action.said
        else:
            changed, said = images.get(action.id, []), action.said
        why = state.apply(changed)
        steps.append(Step(action.at, who, said, why, state.words()))
    return tuple(steps)


def _actions(session: Session, encounter_id: int) -> list[tuple[Action, str]]:
    touched = select(CodingStep.action_id).where(CodingStep.encounter_id == encounter_id)
    moved = select(Transition.action_id).where(Transition.machine == "encounter", Transition.subject_id == encounter_id)
    ids = {*session.exec(touched).all(), *session.exec(moved).all()}
    query = select(Action, User.name).join(User, col(User.id) == col(Action.user_id))
    query = query.where(or_(col(Action.id).in_(ids), col(Action.undoes_id).in_(ids))).order_by(col(Action.id))
    return list(session.exec(query).all())


@dataclass(frozen=True, slots=True)
class _Image:
    table: str
    row_id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def _images(session: Session, ids: Sequence[int]) -> dict[int, list[_Image]]:
    query = select(RowImage).where(col(RowImage.action_id).in_(ids), col(RowImage.table_name).in_(_TABLES))
    found: dict[int, list[_Image]] = {}
    for row in session.exec(query.order_by(col(RowImage.id))):
        image = _Image(row.table_name, row.row_id, _loaded(row.before), _loaded(row.after))
        found.setdefault(row.action_id, []).append(image)
    return found


def _loaded(text: str | None) -> dict[str, Any] | None:
    return json.loads(text) if text is not None else None


def _inverse(image: _Image) -> _Image:
    return _Image(image.table, image.row_id, image.after, image.before)


class _Codes:
    """The rows of an encounter as they are at one moment of the replay."""

    def __init__(self, note: str) -> None:
        self.note = note
        self.tables: dict[str, Rows] = {name: {} for name in _TABLES}

    def apply(self, images: Iterable[_Image]) -> str:
        """Change the rows; what of it tells why."""
        told = []
        for image in images:
            rows = self.tables[image.table]
            if image.after is None:
                rows.pop(image.row_id, None)
            else:
                rows[image.row_id] = {**rows.get(image.row_id, {}), **image.after}
            if image.after is not None and (words := self._why(image.table, rows[image.row_id], image.after)):
                told.append(words)
        return "; ".join(told)

    def _why(self, table: str, row: dict[str, Any], after: dict[str, Any]) -> str:
        if table == "diagnosis" and after.get("span_start") is not None and after.get("span_end") is not None:
            return f"{row['code']} rests on '{self.note[after['span_start'] : after['span_end']]}'"
        if table == "suggestion_choice" and not row["rule"]:
            return ""
        if table == "suggestion_choice":
            return f"suggested {row['code']} by {row['rule']}: {row['outcome']}"
        if table == "remark":
            return str(row["text"])
        if table == "coding_review":
            return f"review ({row['reason']}) {row['outcome']} {row['reasons']}".strip()
        return str(row["why"]) if table == "visit_sheet" else ""

    def words(self) -> str:
        """The codes in order; lines with modifiers, units and what they point to."""
        rows = sorted(self.tables["diagnosis"].items(), key=lambda item: item[1]["position"])
        place = {row_id: row["position"] for row_id, row in rows}
        told = [row["code"] for _, row in rows]
        for row in sorted(self.tables["service_line"].values(), key=lambda row: row["position"]):
            pointers = [str(place[one]) for one in pointer_ids(ServiceLine(**_line(row))) if one in place]
            modifiers = f" {row['modifiers']}" if row["modifiers"] else ""
            told.append(f"{row['code']}{modifiers} x{row['units']} > {','.join(pointers) or '-'}")
        return " | ".join(told) or "no codes"


def _line(row: dict[str, Any]) -> dict[str, Any]:
    return {"pointers": row["pointers"]}


def history_record(session: Session, encounter_id: int) -> Record:
    """The history, ready to read: what was done and why, and the codes after each step."""
    encounter = session.get(Encounter, encounter_id)
    if encounter is None:
        raise NotFound(f"There is no encounter {encounter_id}.")
    steps = replay(session, encounter_id)
    lines = [line for number, step in enumerate(steps, 1) for line in _step_lines(number, step)]
    tabs = (Tab("Steps", (Lines(tuple(lines)),)),)
    return Record(f"History of {encounter.number}", how_many(len(steps), "step"), encounter.state, tabs)


def _step_lines(number: int, step: Step) -> list[str]:
    """What was done, why, and the codes after it."""
    told = [f"{number:>3}  {step.at:%Y-%m-%d %H:%M} UTC  {step.who}: {step.said}"]
    if step.why:
        told.append(f"     why: {step.why}")
    return [*told, f"     codes: {step.codes}"]
