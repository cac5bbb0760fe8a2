"""Several changes as one: all of them or none, one entry in the trail, one note, and one undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from store.errors import NotAllowed, Refused
from store.text import how_many
from store.work.command import Change, Command, Said, free_text


@dataclass(frozen=True, slots=True)
class Together(Command):
    """Carry out these commands in one transaction; `what` is what the trail says of them."""

    commands: tuple[Command, ...] = free_text()
    what: str = ""
    name: ClassVar[str] = "work.together"

    def apply(self, change: Change) -> Said:
        """Refused whole with the first refusal; each command's own permission is asked for."""
        if not self.commands or not all(command.undoable for command in self.commands):
            raise Refused("Only what can be taken back is done together.")
        said = ""
        for command in self.commands:
            if command.permission is not None and not change.actor.may(command.permission):
                raise NotAllowed(f"Your role ({change.actor.role}) lacks the permission '{command.permission}'.")
            said = command.apply(change).sentence
        return Said(
            f"{self.what or self.commands[0].name}: {how_many(len(self.commands), 'row')}, the last: {said}",
            len(self.commands),
        )

    def subject(self) -> str:
        """The first of the records."""
        return self.commands[0].subject() if self.commands else ""
