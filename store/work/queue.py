"""The one queue engine: lanes, filter, sort and pages over any queue's items.

A stage describes its queue by a `Queue`: which columns, from which tables, and how to explain and to open one record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, false, func, not_, or_, select
from sqlmodel import Session, col

from store import clock
from store.errors import NotAllowed, NotFound, Refused
from store.people.roles import Actor, Permission
from store.tables import User, WorkItem
from store.work.dates import add_business_days, holidays
from store.work.filters import Columns, condition
from store.work.record import Record
from store.work.values import BoardLine, Cell, Column, Kind, Page, QueueInfo, Row, View, Why

if TYPE_CHECKING:
    from store.work.command import Change

HIGH_VALUE_CENTS = 100_000
DUE_SOON_BUSINESS_DAYS = 5
MOST_AT_ONCE = 200
"""So many people may ask for the next item in the same moment, and each is given one."""

AnySelect = Select[*tuple[Any, ...]]
Previews = Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A column and the SQL that fills it."""

    column: Column
    sql: SQLColumnExpression[Any]


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue as its stage describes it.

    `join` adds the stage's tables to a select over `WorkItem`; `preview` gives up to three lines for each subject.
    A column of kind DAYS is filled with a date and shown as the days from today to it, one of kind AGE as those since.
    `put_off` is what becomes of a record whose item was deferred.
    `asked` gives the subjects about which a question to a provider is open.
    `rank` is the SQL over `WorkItem` that orders a lane, highest first, where it moves with the days; else the item's
    score does.  `pressing` is the SQL of what goes with what is due soon, whenever it is due itself.  `reach` adds the
    tables that these two read, which are some of those of `join`.
    """

    name: str
    title: str
    permission: Permission
    shown: tuple[Shown, ...]
    join: Callable[[AnySelect], AnySelect]
    preview: Callable[[Session, Sequence[int]], Previews]
    why: Callable[[Session, WorkItem], Why]
    record: Callable[[Session, int], Record]
    put_off: Callable[[Change, int], None] | None = None
    asked: Callable[[Session, Sequence[int]], frozenset[int]] | None = None
    rank: Callable[[Session, date], SQLColumnExpression[Any]] | None = None
    pressing: Callable[[Session, date], ColumnElement[bool]] | None = None
    reach: Callable[[AnySelect], AnySelect] = lambda query: query

    @property
    def info(self) -> QueueInfo:
        """The part that a screen needs."""
        return QueueInfo(self.name, self.title, tuple(shown.column for shown in self.shown))

    @property
    def columns(self) -> Columns:
        """What a filter may name."""
        return {shown.column.key: (shown.column, shown.sql) for shown in self.shown}


_WHOSE = case((col(WorkItem.assigned_to).is_not(None), col(WorkItem.assigned_to)), else_=col(WorkItem.owner_id))
WHOSE = select(col(User.name)).where(col(User.id) == _WHOSE).correlate(WorkItem).scalar_subquery()
"""The name of whoever an item is assigned to, else of who works on it."""

HIDDEN: Columns = {
    "who": (Column("who", "Whose", 12), func.coalesce(WHOSE, "nobody")),
    "opened": (Column("opened", "Opened", 10, Kind.DATE), col(WorkItem.opened_on)),
    "due": (Column("due", "Due", 10, Kind.DATE), col(WorkItem.due)),
    "up": (Column("up", "Up", 3), case((col(WorkItem.escalated), "yes"), else_="no")),
}
"""What every queue can be filtered by beside its columns: whose, since when, until when, before a supervisor."""

_UP = case((col(WorkItem.escalated), 0), else_=1)
"""What is before a supervisor goes first in its lane."""

QUEUES: dict[str, Queue] = {}
"""Every queue by name, in the order of an encounter's life."""


def register(queue: Queue) -> Queue:
    """Make the queue known to the board, the list screen and the command line."""
    QUEUES[queue.name] = queue
    return queue


def find(name: str, actor: Actor) -> Queue:
    """The queue, if the person may see it."""
    queue = QUEUES.get(name)
    if queue is None:
        raise NotFound(f"There is no queue '{name}'.", do=f"There are: {', '.join(QUEUES)}.")
    if not actor.may(queue.permission):
        raise NotAllowed(f"Your role ({actor.role}) lacks the permission '{queue.permission}' for this queue.")
    return queue


def page(
    session: Session,
    queue: Queue,
    actor: Actor,
    view: View,
    today: date,
    start: int,
    limit: int,
    last_visit: date | None = None,
    counted: Page | None = None,
) -> Page:
    """Rows `start` to `start + limit` of a view, and the view's figures; new is what came after `last_visit`.

    The figures are those of `counted`, unless as many rows as it tells of are not there.
    """
    lanes = _lanes(session, queue, today)
    where = _conditions(queue, actor, view, today)
    order = _order(session, queue, view, lanes)
    chosen = _reaching(queue, view, select(col(WorkItem.id)).select_from(WorkItem)).where(where)
    ids_ = list(session.scalars(chosen.order_by(*order).offset(start).limit(limit)))
    cells_of = (shown.sql for shown in queue.shown)
    query = queue.join(select(WorkItem, col(User.name), lanes.pressing, *cells_of).select_from(WorkItem))
    query = query.outerjoin(User, and_(col(User.id) == col(WorkItem.owner_id), _held()))
    by_id = {row[0].id: row for row in session.execute(query.where(col(WorkItem.id).in_(ids_))).all()}
    found = [by_id[item_id] for item_id in ids_ if item_id in by_id]
    kinds = [shown.column.kind for shown in queue.shown]
    cells = [tuple(_cell(kind, value, today) for kind, value in zip(kinds, row[3:], strict=True)) for row in found]
    subjects = [row[0].subject_id for row in found]
    previews = queue.preview(session, subjects) if subjects else {}
    asked = queue.asked(session, subjects) if queue.asked is not None and subjects else frozenset()
    rows = tuple(
        Row(
            item.id,
            item.subject_id,
            _flag(item, owner, lanes, pressed=bool(pressed)) or _quiet_flag(item, asked, last_visit),
            line,
            owner or "",
            previews.get(item.subject_id, ()),
        )
        for (item, owner, pressed, *_), line in zip(found, cells, strict=True)
    )
    if counted is not None and len(ids_) == max(0, min(limit, counted.total - start)):
        return replace(counted, rows=rows, start=start)
    return Page(rows, start, *_figures(session, queue, view, where, lanes))


def ids(session: Session, queue: Queue, actor: Actor, view: View, today: date, limit: int) -> list[int]:
    """The items of a view in its order, by id."""
    query = _reaching(queue, view, select(col(WorkItem.id)).select_from(WorkItem))
    query = query.where(_conditions(queue, actor, view, today))
    order = _order(session, queue, view, _lanes(session, queue, today))
    return list(session.scalars(query.order_by(*order).limit(limit)))


def best(
    session: Session, queue: Queue, actor: Actor, today: date, *, everywhere: bool, beside: int = 0
) -> AnySelect | None:
    """What "get next" takes, as a query for whoever writes: its id, and who had it before; None where nothing waits.

    Not deferred, not somebody else's, in nobody else's hands.  The first few are picked out here, which keeps nobody
    waiting; of them the query gives, under the writer's lock, the first that is still so and that nobody else is just
    taking.  Where the rank has to be reckoned for each item, that is done for those of the first lane alone, unless
    it is to be looked `everywhere` because others took all of them.  `beside` is an item that is left out.
    """
    lanes = _lanes(session, queue, today)
    mine = or_(col(WorkItem.assigned_to).is_(None), col(WorkItem.assigned_to) == actor.user_id)
    free = or_(col(WorkItem.owner_id).is_(None), col(WorkItem.owner_id) == actor.user_id, not_(_held()))
    order = _order(session, queue, View(), lanes)
    offered = and_(_conditions(queue, actor, View(), today), mine, free, col(WorkItem.id) != beside)
    first = queue.rank is not None and not everywhere
    where = _first_lane(session, queue, lanes, offered) if first else offered
    few = queue.reach(select(col(WorkItem.id)).select_from(WorkItem)).where(where).order_by(*order)
    found = list(session.scalars(few.limit(MOST_AT_ONCE)))
    if not found:
        return None
    query = queue.reach(select(col(WorkItem.id), col(WorkItem.owner_id)).select_from(WorkItem))
    query = query.where(col(WorkItem.id).in_(found), offered).order_by(*order)
    return query.limit(1).with_for_update(skip_locked=True, of=WorkItem)


@dataclass(frozen=True, slots=True)
class _Lanes:
    """What is past due, what is due soon, and the rest; `pressing` is the SQL of what is soon whenever it is due."""

    today: date
    soon: date
    pressing: ColumnElement[bool]

    @property
    def late(self) -> ColumnElement[bool]:
        return col(WorkItem.due) < self.today

    @property
    def near(self) -> ColumnElement[bool]:
        """Due soon or pressing; true of what is past due as well."""
        return or_(col(WorkItem.due) <= self.soon, self.pressing)

    @property
    def number(self) -> ColumnElement[int]:
        """0 for what is past due, 1 for what is due soon or pressing, 2 for everything else."""
        return case((self.late, 0), (self.near, 1), else_=2)


def _lanes(session: Session, queue: Queue, today: date) -> _Lanes:
    """Reckoned once for a page or for who asks for the next item: which limits press is read from every payer."""
    soon = add_business_days(today, DUE_SOON_BUSINESS_DAYS, holidays(session))
    return _Lanes(today, soon, queue.pressing(session, today) if queue.pressing is not None else false())


def _first_lane(session: Session, queue: Queue, lanes: _Lanes, offered: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of what is offered the first lane that has any, told so plainly that the database foresees how many those are."""
    query = select(func.min(lanes.number * 2 + _UP)).select_from(WorkItem)
    lane, up = divmod(session.scalar(_pressed_too(queue, query).where(offered)) or 0, 2)
    not_late = or_(col(WorkItem.due).is_(None), col(WorkItem.due) >= lanes.today)
    not_near = and_(or_(col(WorkItem.due).is_(None), col(WorkItem.due) > lanes.soon), not_(lanes.pressing))
    which = (lanes.late, and_(not_late, lanes.near), not_near)[lane]
    return and_(offered, which, col(WorkItem.escalated).is_(up == 0))


def board_line(session: Session, queue: Queue, actor: Actor, today: date) -> BoardLine:
    """The queue's line on the home board."""
    item = WorkItem
    ready = or_(col(item.deferred_until).is_(None), col(item.deferred_until) <= today)
    own = or_(col(item.assigned_to) == actor.user_id, and_(col(item.owner_id) == actor.user_id, _held()))
    count, cents, oldest, past, deferred, mine = session.execute(
        select(
            _count(ready),
            func.coalesce(func.sum(case((ready, col(item.cents)), else_=0)), 0),
            func.min(case((ready, col(item.opened_on)))),
            _count(and_(ready, col(item.due) < today)),
            _count(col(item.deferred_until) > today),
            _count(own),
        ).where(col(item.queue) == queue.name, col(item.open))
    ).one()
    age = (today - oldest).days if oldest else None
    return BoardLine(queue.name, queue.title, count, int(cents), age, past, deferred, mine)


def _held() -> ColumnElement[bool]:
    """Whether somebody works on the item now: a lease that ran out is nobody's."""
    return and_(col(WorkItem.lease_until).is_not(None), col(WorkItem.lease_until) > clock.now())


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)


def _conditions(queue: Queue, actor: Actor, view: View, today: date) -> ColumnElement[bool]:
    terms = [col(WorkItem.queue) == queue.name, col(WorkItem.open)]
    if view.deferred:
        terms.append(col(WorkItem.deferred_until) > today)
    else:
        terms.append(or_(col(WorkItem.deferred_until).is_(None), col(WorkItem.deferred_until) <= today))
    if view.mine:
        held = and_(col(WorkItem.owner_id) == actor.user_id, _held())
        terms.append(or_(col(WorkItem.assigned_to) == actor.user_id, held))
    if view.filter.strip():
        terms.append(condition(view.filter, queue.columns, HIDDEN))
    return and_(*terms)


def _reaching(queue: Queue, view: View, query: AnySelect) -> AnySelect:
    """The query with the record's tables where filter or sort need them; else the items alone are read."""
    return queue.join(query) if view.filter.strip() or view.sort else queue.reach(query)


def _pressed_too(queue: Queue, query: AnySelect) -> AnySelect:
    """The query with what tells the lanes apart."""
    return queue.reach(query) if queue.pressing is not None else query


def _figures(
    session: Session, queue: Queue, view: View, where: ColumnElement[bool], lanes: _Lanes
) -> tuple[int, int, int, int]:
    query = select(
        func.count(),
        func.coalesce(func.sum(WorkItem.cents), 0),
        func.count(case((lanes.late, 1))),  # counted so because it is asked of every row of a queue
        func.count(case((lanes.near, 1))),
    ).select_from(WorkItem)
    query = queue.join(query) if view.filter.strip() else _pressed_too(queue, query)
    total, cents, past, until_soon = session.execute(query.where(where)).one()
    return total, int(cents), past, until_soon - past


def _order(session: Session, queue: Queue, view: View, lanes: _Lanes) -> list[Any]:
    by_key = {shown.column.key: shown.sql for shown in queue.shown}
    ages = {shown.column.key for shown in queue.shown if shown.column.kind is Kind.AGE}
    order: list[Any] = []
    for level in view.sort[:3]:
        if level.column not in by_key:
            raise Refused(f"This queue has no column '{level.column}'.", do=f"It has: {', '.join(by_key)}.")
        sql = by_key[level.column]
        falling = level.descending != (level.column in ages)  # the older the date, the higher the age
        order.append(sql.desc() if falling else sql.asc())
    if not order:
        rank = queue.rank(session, lanes.today) if queue.rank is not None else col(WorkItem.score)
        order = [lanes.number, _UP, rank.desc(), case((col(WorkItem.due).is_(None), 1), else_=0), col(WorkItem.due)]
    return [*order, col(WorkItem.id)]


def _flag(item: WorkItem, owner: str | None, lanes: _Lanes, *, pressed: bool) -> str:
    if item.due is not None and item.due < lanes.today:
        return "X"
    if pressed or (item.due is not None and item.due <= lanes.soon):
        return "!"
    if owner:
        return "*"
    return "$" if item.cents >= HIGH_VALUE_CENTS else ""


def _quiet_flag(item: WorkItem, asked: frozenset[int], last_visit: date | None) -> str:
    """What is told of an item that nothing presses: a question is open, or it came after the last visit's day."""
    if item.subject_id in asked:
        return "?"
    return "N" if last_visit is not None and item.opened_on > last_visit else ""


def _cell(kind: Kind, value: Any, today: date) -> Cell:
    if kind in {Kind.DAYS, Kind.AGE} and isinstance(value, date):
        return (value - today).days * (1 if kind is Kind.DAYS else -1)
    cell: Cell = value
    return cell
