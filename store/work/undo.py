"""Taking back an action: its rows restored from their images, its ledger entries reversed, its states stepped back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import SQLModel, col, select

from store.accounts.ledger import reverse_action
from store.db import on_postgresql
from store.errors import NotAllowed, Refused, Stale
from store.people.roles import Permission
from store.tables import Action, RowImage, Transition
from store.work import images, items
from store.work.command import Change, Command, Said

_QUEUES = {"encounter": ("coding", "reviews"), "claim": ("claims", "rejections"), "denial": ("denials",),
           "remit_claim": ("remits",), "payment_matter": ("payments",), "underpayment": ("underpaid",),
    "credit_balance": ("credits",), "provider_query": ("queries",)}  # fmt: skip
"""Whose item must not be in another person's hands when its record is restored."""


@dataclass(frozen=True, slots=True)
class Undo(Command):
    """Take back one action: restore its rows, reverse its ledger entries, step its states back."""

    action_id: int
    name: ClassVar[str] = "work.undo"
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused when a row was changed since, naming the table, or is in another person's hands."""
        action = _standing(change, self.action_id)
        change.action.undoes_id = action.id
        rows = change.session.exec(
            select(RowImage).where(RowImage.action_id == action.id).order_by(col(RowImage.id).desc())
        ).all()
        steps = _steps_back(change, action)
        for image in rows:
            _restore(change, images.tables_by_name()[image.table_name], image)
        if change.actor.may(Permission.MONEY) or not on_postgresql(change.session):
            reverse_action(change, action.id)  # who has no right to the ledger has booked nothing
        change.steps.extend(steps)
        return Said(f"Undone: {action.said}", action.id)


def _standing(change: Change, action_id: int) -> Action:
    action = change.get(Action, action_id)
    if action.user_id != change.actor.user_id:
        raise NotAllowed("Only the person who did something can undo it.")
    if not action.undoable:
        raise Refused(f"This can't be taken back: {action.said}")
    if change.session.exec(select(Action.id).where(Action.undoes_id == action.id)).first() is not None:
        raise Refused(f"This was undone already: {action.said}")
    return action


def _steps_back(change: Change, action: Action) -> Sequence[tuple[str, SQLModel, str, str, bool]]:
    """The action's steps, the last one first; the record of a first step is gone afterwards, and so has no state."""
    query = select(Transition).where(Transition.action_id == action.id).order_by(col(Transition.id).desc())
    models = images.tables_by_name()
    return [
        (step.machine, change.get(models[step.machine], step.subject_id), step.after, step.before, True)
        for step in change.session.exec(query).all()
    ]


def _restore(change: Change, model: type[SQLModel], image: RowImage) -> None:
    before, after = images.decode(model, image.before), images.decode(model, image.after)
    row = change.session.get(model, image.row_id)
    if (row is None) != (after is None) or (row is not None and not images.same(row, after or {})):
        raise Stale(f"This {image.table_name.replace('_', ' ')} was changed since, so it can't be undone.")
    restored = row if row is not None else model(**(before or {}))
    _require_free(change, image, restored)
    if row is None:
        change.session.add(restored)
    elif before is None:
        change.session.delete(row)
    else:
        for name, value in before.items():
            setattr(row, name, value)
    change.session.flush()


def _require_free(change: Change, image: RowImage, row: SQLModel) -> None:
    encounter_id: int | None = getattr(row, "encounter_id", None)
    for queue in _QUEUES.get(image.table_name, ()):
        items.require_free(change, queue, image.row_id)
    if encounter_id is not None and image.table_name != "claim":
        items.require_free(change, "coding", encounter_id)
