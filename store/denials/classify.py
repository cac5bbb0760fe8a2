"""Saying what kind of denial a reason is: the row of the table that this denial's reason falls under."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from store.denials.steps import triage
from store.people.roles import Permission
from store.remits.dispositions import Disposition
from store.remits.rule_table import SetDisposition
from store.tables import Claim, Denial
from store.work.command import Change, Command, Said


@dataclass(frozen=True, slots=True)
class ClassifyDenial(Command):
    """Give the denial's reason a category, for its payer or for every payer; it stays a denial."""

    denial_id: int
    category: str
    only_payer: bool = True
    name: ClassVar[str] = "denials.classify"
    permission: ClassVar[Permission] = Permission.DENIAL

    def apply(self, change: Change) -> Said:
        """Open denials of the same kind follow, and what comes later."""
        denial = change.get(Denial, self.denial_id)
        triage(change, denial)
        payer_id = change.get(Claim, denial.claim_id).payer_id if self.only_payer else 0
        rule = SetDisposition(denial.reason, Disposition.DENIAL, self.category, payer_id, denial.group)
        return rule.apply(change)
