"""What the code search learns from this site: picks for a phrase, favourites, and what a specialty codes.

Learning is a trace of the work itself: a pick is kept in the transaction that adds the code, and goes when
that is taken back.  Everything can be seen (`entries`) and forgotten (`ForgetPicks`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import log
from typing import ClassVar

from sqlalchemy import Engine, func
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from codesets.search.memory import Preferences, phrase_key
from store.errors import Refused
from store.people.roles import Actor, Permission
from store.tables import CodeFavourite, CodePick, Diagnosis, Encounter, Fee, Provider, ServiceLine, User
from store.work.command import Change, Command, Said, free_text

#: A specialty is what its providers' encounters of a year were coded with; fewer cases than this say nothing.
_YEAR, _LEAST = timedelta(days=366), 5
_CATEGORY = 3
#: Longer phrases are pasted text, not what somebody types again.
_MOST_WORDS = 12


def note_pick(change: Change, typed: str, code: str) -> None:
    """Keep that `code` was taken for what was typed; a typed code teaches nothing."""
    phrase = phrase_key(typed)
    letters = "".join(filter(str.isalnum, typed)).casefold()
    if not phrase or len(phrase.split()) > _MOST_WORDS or code.replace(".", "").casefold().startswith(letters):
        return
    change.add(CodePick(phrase=phrase, code=code, user_id=change.actor.user_id, picked_on=change.today))


class PracticeMemory:
    """The picks of everybody in the practice, read as they are asked for."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def picks(self, phrase: str) -> Mapping[str, int]:
        """How often each code was picked for a phrase's key."""
        query = select(CodePick.code, func.count()).where(CodePick.phrase == phrase).group_by(CodePick.code)
        with Session(self._engine) as session:
            return dict(session.exec(query).all())


def preferences(engine: Engine, actor: Actor, on: date, specialty: str = "") -> Preferences:
    """What moves the hits of a search up for this person: the site's picks, own favourites, the specialty."""
    with Session(engine) as session:
        return Preferences(
            memory=PracticeMemory(engine),
            favourites=favourites(session, actor.user_id),
            specialty=specialty_weights(session, specialty, on) if specialty else {},
        )


def favourites(session: Session, user_id: int) -> frozenset[str]:
    """A person's favourite codes."""
    return frozenset(session.exec(select(CodeFavourite.code).where(CodeFavourite.user_id == user_id)))


def specialty_weights(session: Session, specialty: str, on: date) -> dict[str, float]:
    """Between 0 and 1 for each category and procedure that the specialty's last year was coded with."""
    category = func.substr(col(Diagnosis.code), 1, _CATEGORY)
    weights: dict[str, float] = {}
    for table, code in ((Diagnosis, category), (ServiceLine, col(ServiceLine.code))):
        query = (
            select(code, func.count())
            .join(Encounter, col(Encounter.id) == col(table.encounter_id))
            .join(Provider, col(Provider.id) == col(Encounter.provider_id))
            .where(Provider.specialty == specialty, Encounter.service_date > on - _YEAR)
            .group_by(code)
        )
        counts = {key: count for key, count in session.exec(query) if count >= _LEAST}
        most = log(1 + max(counts.values(), default=1))
        weights |= {key: round(log(1 + count) / most, 3) for key, count in counts.items()}
    return weights


def specialties(session: Session) -> tuple[str, ...]:
    """The specialties of the practice's providers."""
    query = select(Provider.specialty).where(col(Provider.specialty) != "").distinct()
    return tuple(sorted(name for name in session.exec(query) if name))


@dataclass(frozen=True, slots=True)
class Learned:
    """One line of what was learned: a phrase's key, a code, how often, by how many people, and when last."""

    phrase: str
    code: str
    picks: int
    people: int
    last: date


def entries(session: Session) -> tuple[Learned, ...]:
    """All that was learned, by phrase, the most picked code first."""
    people, last = func.count(func.distinct(CodePick.user_id)), func.max(CodePick.picked_on)
    query = (
        sa_select(col(CodePick.phrase), col(CodePick.code), func.count(), people, last)
        .group_by(col(CodePick.phrase), col(CodePick.code))
        .order_by(col(CodePick.phrase), func.count().desc(), col(CodePick.code))
    )
    return tuple(Learned(*row) for row in session.execute(query))


def favourites_of_all(session: Session) -> tuple[tuple[str, str], ...]:
    """Every favourite: the person's login and the code."""
    query = select(User.name, CodeFavourite.code).join(User).order_by(col(User.name), col(CodeFavourite.code))
    return tuple(session.exec(query))


@dataclass(frozen=True, slots=True)
class ForgetPicks(Command):
    """Forget what was learned for a phrase, for one code of it, or everything."""

    typed: str = free_text(default="")
    code: str = ""
    everything: bool = False
    name: ClassVar[str] = "coding.forget_picks"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Refused when nothing of the kind was learned."""
        query = select(CodePick)
        if not self.everything:
            query = query.where(CodePick.phrase == phrase_key(self.typed))
        rows: Collection[CodePick] = [
            row for row in change.session.exec(query) if not self.code or row.code == self.code
        ]
        if not rows:
            raise Refused("Nothing was learned for that.", do="superbill codes learned lists what was.")
        for row in rows:
            change.session.delete(row)
        return Said(f"Forgot {len(rows)} pick{'s' if len(rows) > 1 else ''}.", len(rows))


@dataclass(frozen=True, slots=True)
class ToggleFavourite(Command):
    """Make a code a favourite of the person, or no longer."""

    code: str
    name: ClassVar[str] = "coding.favourite"
    permission: ClassVar[Permission] = Permission.CODE

    def apply(self, change: Change) -> Said:
        """Refused for what is no code."""
        user = change.actor.user_id
        query = select(CodeFavourite).where(CodeFavourite.user_id == user, CodeFavourite.code == self.code)
        row = change.session.exec(query).first()
        if row is not None:
            change.session.delete(row)
            return Said(f"{self.code} is no favourite any more.", False)
        charged = select(Fee.id).where(Fee.code == self.code).limit(1)
        if change.codes.lookup(self.code) is None and change.session.exec(charged).first() is None:
            raise Refused(f"{self.code[:20]!r} is not a code of the library, nor of the fee schedule.")
        change.add(CodeFavourite(user_id=user, code=self.code))
        return Said(f"{self.code} is a favourite of yours now.", True)
