"""Who an account belongs to, without address, telephone and e-mail: who posts works with accounts and calls nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlmodel import Session, col, select

from store.errors import NotFound
from store.tables import Guarantor


class Holder(NamedTuple):
    """A guarantor as everybody sees him who may see money; `state` is where he lives, for the laws that hold there."""

    id: int
    version: int
    number: str
    last: str
    first: str
    state: str
    language: str
    dunning: int
    last_statement_on: date | None

    @property
    def name(self) -> str:
        """Last name first."""
        return f"{self.last}, {self.first}"


def holders(session: Session, guarantor_ids: Iterable[int]) -> dict[int, Holder]:
    """Those of some accounts, by id."""
    columns = (getattr(Guarantor, name) for name in Holder._fields)
    query = select(*columns).where(col(Guarantor.id).in_(sorted(set(guarantor_ids))))
    return {row[0]: Holder(*row) for row in session.execute(query)}


def holder(session: Session, guarantor_id: int) -> Holder:
    """That of one account; `NotFound` where there is none."""
    found = holders(session, [guarantor_id]).get(guarantor_id)
    if found is None:
        raise NotFound(f"There is no account {guarantor_id}.")
    return found
