"""The dunning ladder: which level a statement has, and what it says.

None (0), statement (1), reminder (2), past due (3), final (4); then somebody looks, and only then an agency follows.
A level rises by one when the one before was delivered and the oldest open amount is old enough, never otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from sqlmodel import Session, col, select

from store.accounts.policy import level_ages
from store.errors import Refused
from store.people.roles import Permission
from store.statements.states import AccountState
from store.tables import DunningMessage, Guarantor, PatientPolicy, StatementAccount
from store.text import clean_line
from store.work.command import Change, Command, Said, free_text
from store.work.stale import over

FINAL_LEVEL = 4
LEVELS = ("none", "statement", "reminder", "past due", "final")
PLAN_STATES = ("", "none", "current", "missed")
INSURANCE_STATES = ("", "none", "pending", "answered")


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides the words: the age in days of the oldest open amount, the plan, the insurance, the language."""

    age: int
    plan: str = "none"
    insurance: str = "none"
    language: str = "en"


def delivered(session: Session, policy: PatientPolicy, guarantors: Iterable[Guarantor], on: date) -> set[int]:
    """The accounts whose last statement was delivered, as far as anybody can know on a day.

    It was when the vendor said so, or when it was sent long enough ago and did not come back.
    """
    ids = sorted(one.id for one in guarantors)
    query = (
        select(StatementAccount.guarantor_id, StatementAccount.state)
        .where(col(StatementAccount.guarantor_id).in_(ids))
        .where(col(StatementAccount.state).in_([AccountState.SENT, AccountState.DELIVERED]))
        .order_by(col(StatementAccount.id))
    )
    states = dict(session.exec(query).all())
    found = {guarantor_id for guarantor_id, state in states.items() if state == AccountState.DELIVERED}
    if policy.presume_days is not None:
        before = on - timedelta(days=policy.presume_days)
        for one in guarantors:
            if one.last_statement_on is not None and one.last_statement_on <= before and one.id in states:
                found.add(one.id)
    return found


def next_level(policy: PatientPolicy, dunning: int, was_delivered: bool, age: int) -> int:
    """The level of the next statement of an account whose last one had level `dunning`."""
    level = min(dunning + 1, FINAL_LEVEL) if was_delivered or not dunning else dunning
    ages = level_ages(policy)
    while level > 1 and age < ages[level - 1]:
        level -= 1
    return level


def all_messages(session: Session) -> list[DunningMessage]:
    """Every message of the practice."""
    return list(session.exec(select(DunningMessage).order_by(col(DunningMessage.id))).all())


def message_for(messages: Iterable[DunningMessage], level: int, situation: Situation) -> str:
    """The most specific message that fits: most conditions, then the older age, then the newer one; else nothing."""
    best: tuple[int, int, int] | None = None
    text = ""
    for one in messages:
        fits = (
            one.level == level
            and one.language == situation.language.partition("-")[0]
            and one.min_age <= situation.age
            and one.plan in {"", situation.plan}
            and one.insurance in {"", situation.insurance}
        )
        rank = (bool(one.min_age) + bool(one.plan) + bool(one.insurance), one.min_age, one.id)
        if fits and (best is None or rank > best):
            best, text = rank, one.text
    return text


@dataclass(frozen=True, slots=True)
class SetDunningMessage(Command):
    """What statements say at a level in a situation; an empty text takes that message away.

    `seen` is what the person saw there; refused where somebody changed it since.
    """

    level: int
    language: str
    text: str = free_text(default="")
    min_age: int = 0
    plan: str = ""
    insurance: str = ""
    seen: str | None = free_text(default=None)
    name: ClassVar[str] = "statements.dunning_message"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Refused for a level or a condition that there isn't; `{phone}` and `{date}` are filled in."""
        if not 1 <= self.level <= FINAL_LEVEL or self.min_age < 0:
            raise Refused("Levels are 1 to 4, ages are days.")
        if self.plan not in PLAN_STATES or self.insurance not in INSURANCE_STATES:
            raise Refused("Plan is none, current or missed; insurance is none, pending or answered; empty is any.")
        text = clean_line(self.text)
        if len(text) > 400:
            raise Refused("The message is longer than 400 characters.", do="Shorten it.")
        where: dict[str, Any] = {
            "level": self.level,
            "language": self.language,
            "min_age": self.min_age,
            "plan": self.plan,
            "insurance": self.insurance,
        }

        def stands() -> str:
            found = change.session.exec(select(DunningMessage.text).filter_by(**where)).first()
            return found or ""

        with over(change, self.seen, f"message of level {self.level}", stands):
            return self._write(change, where, text)

    def _write(self, change: Change, where: dict[str, Any], text: str) -> Said:
        row = change.session.exec(select(DunningMessage).filter_by(**where)).first()
        if not text:
            if row is None:
                raise Refused("There is no such message.")
            change.session.delete(row)
            return Said(f"The message of level {self.level} is gone; the usual words hold.")
        if row is None:
            row = change.add(DunningMessage(**where, text=text))
        else:
            row.text = text
        return Said(f"Level {self.level} says so now.", row.id)
