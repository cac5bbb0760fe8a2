"""Taking back an action: its rows restored from their images, its ledger entries reversed, its states stepped back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import SQLModel, col, select

from store.accounts.ledger import reverse_action
from store.errors import NotAllowed, Stale
from store.tables import Action, RowImage, Transition
from store.work import images
from store.work.command import Change, Command, Said


@dataclass(frozen=True, slots=True)
class Undo(Command):
    """Take back one action: restore its rows, reverse its ledger entries, step its states back."""

    action_id: int
    name: ClassVar[str] = "work.undo"
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused when a row was changed since, naming the table."""
        action = change.get(Action, self.action_id)
        if action.user_id != change.actor.user_id:
            raise NotAllowed("Only the person who did something can undo it.")
        change.action.undoes_id = action.id
        rows = change.session.exec(
            select(RowImage).where(RowImage.action_id == action.id).order_by(col(RowImage.id).desc())
        ).all()
        models = images.tables_by_name()
        for image in rows:
            _restore(change, models[image.table_name], image)
        reverse_action(change, action.id)
        for step in change.session.exec(select(Transition).where(Transition.action_id == action.id)).all():
            if step.before:
                row = change.get(models[step.machine], step.subject_id)
                change.steps.append((step.machine, row, step.after, step.before, True))
        return Said(f"Undone: {action.said}", action.id)


def _restore(change: Change, model: type[SQLModel], image: RowImage) -> None:
    before, after = images.decode(model, image.before), images.decode(model, image.after)
    row = change.session.get(model, image.row_id)
    if after is None:
        change.session.add(model(**(before or {})))
    elif row is None or not images.same(row, after):
        raise Stale(f"This {image.table_name.replace('_', ' ')} was changed since, so it can't be undone.")
    elif before is None:
        change.session.delete(row)
    else:
        for name, value in before.items():
            setattr(row, name, value)
    change.session.flush()
