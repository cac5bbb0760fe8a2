"""Who works what: the board by person, and what each person did, in how many minutes."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from sqlalchemy import and_, case, func, or_
from sqlmodel import Session, col

from store import clock
from store.people.roles import Actor
from store.reports.activity import activity
from store.reports.measure import in_db, pick
from store.reports.values import Asked, Opens, Report, ReportRow
from store.tables import User, WorkItem
from store.work import queue
from store.work.values import Column, Kind, View

NOBODY = "nobody"


def board_report(session: Session, actor: Actor, asked: Asked) -> Report:  # noqa: ARG001 - it shows how things stand now
    """Every queue by the person whose items they are: assigned to, else in the hands of."""
    today = clock.today()
    held = and_(col(WorkItem.lease_until).is_not(None), col(WorkItem.lease_until) > clock.now())
    whose = case((col(WorkItem.assigned_to).is_not(None), col(WorkItem.assigned_to)), (held, col(WorkItem.owner_id)))
    ready = or_(col(WorkItem.deferred_until).is_(None), col(WorkItem.deferred_until) <= today)
    query = (
        pick(
            WorkItem.queue, User.name, func.sum(case((ready, 1), else_=0)),
            func.sum(case((ready, col(WorkItem.cents)), else_=0)), func.min(case((ready, col(WorkItem.opened_on)))),
            func.sum(case((and_(ready, col(WorkItem.due) < today), 1), else_=0)),
            func.sum(case((ready, 0), else_=1)), func.sum(case((col(WorkItem.escalated), 1), else_=0)),
        )
        .select_from(WorkItem)
        .outerjoin(User, col(User.id) == whose)
        .where(col(WorkItem.open))
        .group_by(col(WorkItem.queue), col(User.name))
    )  # fmt: skip
    columns = (
        Column("queue", "Queue", 21, help="Enter opens the queue with these rows."),
        Column("who", "Whose", 11, help="Assigned to, else in the hands of."),
        Column("count", "Items", 6, Kind.NUMBER),
        Column("cents", "Money", 12, Kind.CENTS),
        Column("oldest", "Oldest", 6, Kind.NUMBER, help="Days since the oldest of the items was opened."),
        Column("past", "Past", 5, Kind.NUMBER, help="Past their deadline."),
        Column("aside", "Aside", 5, Kind.NUMBER, help="Put aside until a later day."),
        Column("escalated", "Up", 3, Kind.NUMBER, help="Put before a supervisor."),
    )
    order = {name: at for at, name in enumerate(queue.QUEUES)}
    found = sorted(in_db(session, query), key=lambda row: (order.get(row[0], 99), row[1] or "~"))
    rows = tuple(
        ReportRow(
            (queue.QUEUES[name].title, who or NOBODY, int(count), int(cents),
             (today - oldest).days if oldest else None, int(past), int(aside), int(up)),
            opens=Opens(queue=name, view=View(f"who:{who or NOBODY}")),
            flag="X" if past else "",
        )
        for name, who, count, cents, oldest, past, aside, up in found
        if name in queue.QUEUES and actor.may(queue.QUEUES[name].permission)
    )  # fmt: skip
    return Report("board", "Work by person", columns, rows, ("How things stand now, whatever the period.",))


def productivity_report(session: Session, actor: Actor, asked: Asked) -> Report:  # noqa: ARG001
    """What each person did in the period by kind of action, and the minutes between their actions.

    Minutes are the gaps between a person's actions up to ten minutes; the gap belongs to the action that ends it.
    """
    count: Counter[tuple[str, str]] = Counter()
    spent: dict[tuple[str, str], timedelta] = defaultdict(timedelta)
    for one in activity(session, asked.period):
        count[one.who, one.command] += 1
        spent[one.who, one.command] += one.took
    rows = []
    for (who, command), number in sorted(count.items(), key=lambda one: (one[0][0], -one[1])):
        minutes = spent[who, command].total_seconds() / 60
        rate = f"{number / minutes * 60:.1f}" if minutes >= 1 else ""
        rows.append(ReportRow((who, words(command), number, round(minutes), rate)))
    columns = (
        Column("who", "Person", 14),
        Column("what", "What", 26, help="The kind of action."),
        Column("count", "Times", 7, Kind.NUMBER),
        Column("minutes", "Minutes", 8, Kind.NUMBER, help="Gaps of up to ten minutes before each action."),
        Column("rate", "Per hour", 8, help="Of those minutes; never compare different kinds of visits by it."),
    )
    notes = ("Volume alone is a bad measure: read it beside coding accuracy and the denial rates.",)
    return Report("productivity", f"Productivity, {asked.period}", columns, tuple(rows), notes)


def words(command: str) -> str:
    """A command's name for people: 'coding.add_diagnosis' is 'coding: add diagnosis'."""
    stage, _, rest = command.partition(".")
    return f"{stage}: {rest.replace('_', ' ')}"
