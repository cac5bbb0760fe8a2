"""Holds: the reasons that stop statements and calls, each with its kind, its beginning and its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from sqlmodel import Session, col, or_, select

from store.accounts.balances import among
from store.errors import Refused
from store.people.roles import Permission
from store.tables import AccountHold, Guarantor
from store.text import clean_line
from store.work.command import Change, Command, Said, free_text


class HoldKind(StrEnum):
    """Why an account is left alone, in the order in which a run tells it."""

    DECEASED = "deceased"
    BANKRUPTCY = "bankruptcy"
    ATTORNEY = "attorney"
    QMB = "QMB"
    MEDICAID = "Medicaid"
    COMP = "workers' compensation"
    AUTO = "auto accident"
    DISPUTE = "dispute"
    GFE = "estimate dispute"
    OTHER = "on hold"
    CHARITY = "charity pending"
    NEW_INSURANCE = "new insurance"
    RETURNED_MAIL = "returned mail"


RANK = {kind: rank for rank, kind in enumerate(HoldKind)}
STOPS_CALLS = frozenset(HoldKind) - {HoldKind.RETURNED_MAIL}
"""Mail that came back is a reason to call, every other hold is one not to."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A hold that stands: its kind, what a run says of it, and its row."""

    kind: HoldKind
    words: str
    hold_id: int


def standing_holds(session: Session, guarantor_ids: Sequence[int], on: date) -> dict[int, list[Standing]]:
    """The holds that stand on a day, for each account that has one, the weightiest first."""
    ids = sorted(guarantor_ids)
    query = select(AccountHold).where(
        among(AccountHold.guarantor_id, ids),
        col(AccountHold.lifted_on).is_(None),
        or_(col(AccountHold.until).is_(None), col(AccountHold.until) > on),
    )
    found: dict[int, list[Standing]] = {}
    for hold in session.exec(query).all():
        kind = HoldKind(hold.kind) if hold.kind in set(HoldKind) else HoldKind.OTHER
        words = f"{kind}: {hold.reason}" if hold.reason else str(kind)
        found.setdefault(hold.guarantor_id, []).append(Standing(kind, words, hold.id))
    for mine in found.values():
        mine.sort(key=lambda one: (RANK[one.kind], one.hold_id))
    return found


def place(
    change: Change, guarantor_id: int, kind: HoldKind, reason: str = "", until: date | None = None
) -> AccountHold:
    """Put a hold on an account; one of the same kind that stands is kept as it is."""
    for one in standing_holds(change.session, [guarantor_id], change.today).get(guarantor_id, []):
        if one.kind == kind:
            return change.get(AccountHold, one.hold_id)
    return change.add(
        AccountHold(
            guarantor_id=guarantor_id,
            kind=kind,
            reason=clean_line(reason)[:60],
            since=change.today,
            until=until,
            placed_by=change.actor.user_id,
        )
    )


def lift(change: Change, guarantor_id: int, *kinds: HoldKind) -> list[str]:
    """Lift the holds of these kinds (of all kinds where none is named); what was lifted."""
    lifted = []
    for one in standing_holds(change.session, [guarantor_id], change.today).get(guarantor_id, []):
        if not kinds or one.kind in kinds:
            hold = change.get(AccountHold, one.hold_id)
            hold.lifted_on, hold.lifted_by = change.today, change.actor.user_id
            lifted.append(one.words)
    return lifted


@dataclass(frozen=True, slots=True)
class PlaceHold(Command):
    """Stop statements and calls of an account, with a kind and the reason, until a day or until it is lifted."""

    guarantor_id: int
    kind: str
    reason: str = free_text(default="")
    until: date | None = None
    name: ClassVar[str] = "accounts.hold"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Refused for an unknown kind, or when one of this kind stands already."""
        from store.calls.due import refresh_call

        guarantor = change.get(Guarantor, self.guarantor_id, lock=True)
        if self.kind not in set(HoldKind):
            raise Refused(f"There is no hold '{self.kind}'.", do=f"There are: {', '.join(HoldKind)}.")
        if self.until is not None and self.until <= change.today:
            raise Refused(f"{self.until} is not in the future.")
        kind = HoldKind(self.kind)
        if kind is HoldKind.OTHER and not self.reason.strip():
            raise Refused("Say why the account is on hold.")
        standing = standing_holds(change.session, [guarantor.id], change.today).get(guarantor.id, [])
        if any(one.kind == kind for one in standing):
            raise Refused(f"Account {guarantor.number} has that hold already: {kind}.", do="Lift it first.")
        hold = place(change, guarantor.id, kind, self.reason, self.until)
        refresh_call(change, guarantor.id)
        until = f" until {self.until}" if self.until else ""
        words = f"{kind}: {hold.reason}" if hold.reason else str(kind)
        return Said(f"Account {guarantor.number} is held{until}: {words}.", hold.id)


@dataclass(frozen=True, slots=True)
class LiftHolds(Command):
    """End the holds of an account: of one kind, or all."""

    guarantor_id: int
    kind: str = ""
    name: ClassVar[str] = "accounts.lift"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Refused when there is none."""
        from store.calls.due import refresh_call

        guarantor = change.get(Guarantor, self.guarantor_id, lock=True)
        lifted = lift(change, guarantor.id, *([HoldKind(self.kind)] if self.kind in set(HoldKind) else []))
        if not lifted:
            raise Refused(f"Account {guarantor.number} has no such hold.")
        refresh_call(change, guarantor.id)
        return Said(f"Account {guarantor.number} is not held any more: {'; '.join(lifted)}.", guarantor.id)
