"""One helper for every state machine: which steps are allowed, told by a table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from store.errors import Refused


class Machine:
    """A named state machine: `steps` maps each state to the states that may follow; `births` may come first.

    `before` are steps that an earlier program took in one: they are no longer taken, and are still no fault.
    """

    def __init__(
        self,
        name: str,
        births: tuple[StrEnum, ...],
        steps: Mapping[StrEnum, tuple[StrEnum, ...]],
        before: tuple[tuple[StrEnum, StrEnum], ...] = (),
    ) -> None:
        self.name = name
        self._before = frozenset(before)
        self.births: frozenset[str] = frozenset(births)
        self.steps: dict[str, frozenset[str]] = {state: frozenset(after) for state, after in steps.items()}

    def allows(self, before: str, after: str) -> bool:
        """Whether `after` may follow `before`; an empty `before` is birth."""
        if not before:
            return after in self.births
        return after in self.steps.get(before, frozenset())

    def ever_allowed(self, before: str, after: str) -> bool:
        """Whether `after` may follow `before`, or could in an earlier program."""
        return self.allows(before, after) or (before, after) in self._before

    def require(self, before: str, after: str, subject: str) -> None:
        """Refuse a step that the table doesn't have."""
        if not self.allows(before, after):
            raise Refused(f"{subject} is {before or 'new'} and can't become {after} from there.")

    def closed(self) -> frozenset[str]:
        """States that nothing follows."""
        return frozenset(state for state, after in self.steps.items() if not after)


MACHINES: dict[str, Machine] = {}
"""Every machine by the name of the table whose `state` it rules; stages register theirs."""


def register(machine: Machine) -> Machine:
    """Make the machine known to `superbill check`."""
    MACHINES[machine.name] = machine
    return machine
