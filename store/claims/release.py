"""From coded to billed: at once where the coder's session may, else by the next person who works claims.

On PostgreSQL a coder's login can neither read contact data nor book money, so it can't build a claim.  The encounter
then waits as CODED, and whoever works claims releases it by looking at the board or at the claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import Session, col, select

from store.coding import access
from store.coding.states import ENCOUNTER, CodingState
from store.db import on_postgresql
from store.errors import Refused
from store.people.roles import Permission
from store.tables import Encounter
from store.work.command import Change, Command, Said

LATER = "billed by the next person who works claims"


def left_to_others(change: Change) -> bool:
    """Whether this person's login can't build a claim."""
    return on_postgresql(change.session) and not change.actor.may(Permission.CLAIM)


def release(change: Change, encounter: Encounter) -> str:
    """Bill the coded encounter, or leave it to who may; what was done, for the sentence."""
    from store.claims.build import bill

    if left_to_others(change):
        return f"it is {LATER}."
    change.move(encounter, ENCOUNTER, CodingState.RELEASED, access.called(encounter))
    return bill(change, encounter)


def release_anew(change: Change, encounter: Encounter) -> bool:
    """Bill an encounter anew that was billed to the patient alone; whether it was done, or left to who may."""
    change.move(encounter, ENCOUNTER, CodingState.CODED, access.called(encounter))
    release(change, encounter)
    return not left_to_others(change)


def waiting(session: Session) -> bool:
    """Whether a coded encounter waits to be billed."""
    return session.exec(select(Encounter.id).where(Encounter.state == CodingState.CODED).limit(1)).first() is not None


def release_coded(change: Change) -> int:
    """Bill every coded encounter that waits for it; those that another person releases now are left to them."""
    query = select(Encounter).where(Encounter.state == CodingState.CODED).order_by(col(Encounter.id))
    found = change.session.exec(query.with_for_update(skip_locked=True)).all()
    for encounter in found:
        release(change, encounter)
    return len(found)


@dataclass(frozen=True, slots=True)
class ReleaseCoded(Command):
    """Bill every encounter that coders have finished and could not bill themselves."""

    name: ClassVar[str] = "claims.release"
    permission: ClassVar[Permission] = Permission.CLAIM
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Two people at once release each encounter once."""
        count = release_coded(change)
        if not count:
            raise Refused("No coded encounter waits to be billed.")
        return Said(f"{count} coded encounters were billed.", count)
