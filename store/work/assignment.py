"""Handing work out: by rules, evenly, and around who is away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlmodel import Session, col, select

from store.errors import Refused
from store.people.roles import PERMISSIONS, Permission, Role
from store.tables import AssignmentRule, Away, User, WorkItem
from store.work import queue
from store.work.command import Change, Command, Said
from store.work.filters import check
from store.work.values import View

MOST = 20_000
"""Items that one command hands out at most."""


def rules(session: Session, name: str) -> list[tuple[int, str, str]]:
    """A queue's rules in their order: (id, filter, person)."""
    query = (
        select(AssignmentRule.id, AssignmentRule.filter, User.name)
        .join(User, col(User.id) == col(AssignmentRule.user_id))
        .where(AssignmentRule.queue == name)
        .order_by(col(AssignmentRule.position))
    )
    return [(id_, words, who) for id_, words, who in session.exec(query).all()]


def away(session: Session, today: date) -> dict[int, date]:
    """Who is away today, and until when."""
    rows = session.exec(select(Away).where(col(Away.until) >= today)).all()
    return {row.user_id: row.until for row in rows}


@dataclass(frozen=True, slots=True)
class KeepRule(Command):
    """From now on these items of a queue go to this person; an empty filter means all that no rule before took."""

    queue: str
    words: str
    user_id: int
    name: ClassVar[str] = "work.keep_rule"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """The filter has to be one that the queue understands; the rule comes last."""
        known = queue.find(self.queue, change.actor)
        check(known.columns, self.words, queue.HIDDEN)
        user = _worker(change, self.user_id, known)
        last = change.session.exec(
            select(AssignmentRule.position)
            .where(AssignmentRule.queue == self.queue)
            .order_by(col(AssignmentRule.position).desc())
        ).first()
        rule = AssignmentRule(queue=self.queue, position=(last or 0) + 1, filter=self.words.strip(), user_id=user.id)
        return Said(f"{self.words.strip() or 'everything else'} goes to {user.name}.", change.add(rule).id)


@dataclass(frozen=True, slots=True)
class DropRule(Command):
    """Forget a rule; what it assigned stays as it is."""

    rule_id: int
    name: ClassVar[str] = "work.drop_rule"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Those after it move up."""
        rule = change.get(AssignmentRule, self.rule_id)
        words = rule.filter or "everything else"
        change.session.delete(rule)
        return Said(f"The rule for {words} is gone.")


@dataclass(frozen=True, slots=True)
class ApplyRules(Command):
    """Give every item of a queue that is nobody's to whom its first rule names, unless that person is away."""

    queue: str
    name: ClassVar[str] = "work.apply_rules"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """What is assigned already, or in somebody's hands, stays."""
        known = queue.find(self.queue, change.actor)
        query = select(AssignmentRule).where(AssignmentRule.queue == self.queue)
        rows = change.session.exec(query.order_by(col(AssignmentRule.position))).all()
        if not rows:
            raise Refused("This queue has no rules yet.", do="Filter the list, then :keep-rule.")
        gone = away(change.session, change.today)
        free = {item.id: item for item in _free(change, known.name, {})}
        given: Counter[str] = Counter()
        for rule in rows:
            if rule.user_id in gone:
                continue
            user = change.get(User, rule.user_id)
            for item_id in queue.ids(change.session, known, change.actor, View(rule.filter), change.today, MOST):
                if (item := free.pop(item_id, None)) is not None:
                    item.assigned_to = user.id
                    given[user.name] += 1
        return Said(f"{_told(given)} {len(free)} stay nobody's.", dict(given))


@dataclass(frozen=True, slots=True)
class LevelLoad(Command):
    """Spread what is nobody's, and what belongs to people who are away, evenly over those who work the queue."""

    queue: str
    name: ClassVar[str] = "work.level"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """In the queue's order, each item to whom has fewest; nobody's own work is taken away."""
        known = queue.find(self.queue, change.actor)
        gone = away(change.session, change.today)
        people = [user for user in _workers(change.session, known) if user.id not in gone]
        if not people:
            raise Refused("Nobody who works this queue is here.")
        items = _free(change, known.name, gone)
        load = Counter(
            item.assigned_to
            for item in change.session.exec(select(WorkItem).where(WorkItem.queue == known.name, WorkItem.open)).all()
        )
        order = {
            item_id: place
            for place, item_id in enumerate(queue.ids(change.session, known, change.actor, View(), change.today, MOST))
        }
        given: Counter[str] = Counter()
        for item in sorted(items, key=lambda one: order.get(one.id, MOST)):
            user = min(people, key=lambda one: (load[one.id], one.id))
            load[user.id] += 1
            given[user.name] += 1
            item.assigned_to = user.id
        return Said(_told(given), dict(given))


@dataclass(frozen=True, slots=True)
class SetAway(Command):
    """A person is away until after a day (None: is back): rules and levelling go around them."""

    user_id: int
    until: date | None
    name: ClassVar[str] = "work.away"
    permission: ClassVar[Permission] = Permission.SUPERVISE

    def apply(self, change: Change) -> Said:
        """Their own items stay theirs until somebody levels the queue."""
        user = change.get(User, self.user_id)
        row = change.session.exec(select(Away).where(Away.user_id == user.id)).first()
        if self.until is None:
            if row is None:
                raise Refused(f"{user.name} is not away.")
            change.session.delete(row)
            return Said(f"{user.name} is back.")
        if self.until < change.today:
            raise Refused(f"{self.until} is past.")
        row = row or change.add(Away(user_id=user.id, until=self.until))
        row.until = self.until
        return Said(f"{user.name} is away until {self.until:%b %d}.")


def _worker(change: Change, user_id: int, known: queue.Queue) -> User:
    user = change.get(User, user_id)
    if user not in _workers(change.session, known):
        raise Refused(f"{user.name} may not work this queue ({known.permission}).")
    return user


def _workers(session: Session, known: queue.Queue) -> Sequence[User]:
    users = session.exec(select(User).where(User.active).order_by(col(User.id))).all()
    return [user for user in users if known.permission in PERMISSIONS[Role(user.role)]]


def _free(change: Change, name: str, gone: dict[int, date]) -> list[WorkItem]:
    """Open items that are nobody's, or whose person is away, and that nobody has in hand."""
    query = select(WorkItem).where(WorkItem.queue == name, WorkItem.open).order_by(col(WorkItem.id)).limit(MOST)
    return [
        item
        for item in change.session.exec(query).all()
        if (item.assigned_to is None or item.assigned_to in gone)
        and (item.lease_until is None or item.lease_until <= change.now)
    ]


def _told(given: Counter[str]) -> str:
    if not given:
        return "Nothing was to be handed out."
    return ", ".join(f"{who} {count}" for who, count in sorted(given.items())) + " more."
