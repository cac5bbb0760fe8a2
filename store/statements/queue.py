"""The statements queue: every account whose guarantor owes something, and how a run is read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from store import clock
from store.accounts.standing import QUEUE
from store.accounts.view import account_record
from store.errors import NotFound
from store.money import show_cents
from store.people.roles import Permission
from store.statements.compose import Asked, compose
from store.statements.eligible import judge
from store.statements.plain_text import text_lines
from store.tables import Guarantor, Practice, StatementAccount, StatementRun, WorkItem
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.record import Facts, Lines, Record, Tab, Table
from store.work.values import Cell, Column, Kind, Why


def _join(query: AnySelect) -> AnySelect:
    return query.join(Guarantor, col(Guarantor.id) == col(WorkItem.subject_id))


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    practice = session.exec(select(Practice)).one()
    found = {}
    for judged in judge(session, practice, subjects, clock.today()):
        place = "IN the next run" if judged.included else "OUT of the next run"
        found[judged.guarantor_id] = (
            f"{place}: {judged.reason}",
            f"patient owes {show_cents(judged.due, sign='$')}, insurers {show_cents(judged.pending, sign='$')}",
            "",
        )
    return found


def _why(session: Session, item: WorkItem) -> Why:
    practice = session.exec(select(Practice)).one()
    judged = judge(session, practice, [item.subject_id], clock.today())[0]
    lines = (
        f"The guarantor owes {show_cents(judged.due, sign='$')}.",
        f"Waiting for insurers, and never part of a statement's amount due: {show_cents(judged.pending, sign='$')}.",
        f"{'In' if judged.included else 'Out of'} the next run: {judged.reason}.",
    )
    return Why("Why is this owed, and is it in the run?", lines, "One reason each, in a fixed order.")


def statement_record(session: Session, guarantor_id: int) -> Record:
    """The account, with its next statement as text."""
    record = account_record(session, guarantor_id)
    guarantor = session.get_one(Guarantor, guarantor_id)
    practice = session.exec(select(Practice)).one()
    level = min(guarantor.dunning + 1, 4)
    statement = compose(session, practice, Asked(guarantor, f"0-{guarantor.number}", clock.today(), level))
    page = Tab("Statement", (Lines(tuple(text_lines(statement))),))
    return Record(
        record.title,
        record.headline,
        record.state,
        (*record.tabs, page),
        account_id=guarantor_id,
        version=record.version,
    )


def run_record(session: Session, run_id: int) -> Record:
    """A run: how many are in and out and why, and each account."""
    run = session.get(StatementRun, run_id)
    if run is None:
        raise NotFound(f"There is no run {run_id}.")
    query = (
        select(StatementAccount, Guarantor)
        .join(Guarantor, col(Guarantor.id) == col(StatementAccount.guarantor_id))
        .where(StatementAccount.run_id == run_id)
        .order_by(col(StatementAccount.guarantor_id))
    )
    rows = session.exec(query).all()
    inside = [(account, guarantor) for account, guarantor in rows if account.included]
    outside = [(account, guarantor) for account, guarantor in rows if not account.included]
    cents = sum(account.amount for account, _ in inside)
    facts = Facts((("As of", run.as_of), ("State", run.state), ("In", len(inside)), ("Out", len(outside))))
    tabs = (Tab("In", (facts, _table(inside))), Tab("Out", (_table(outside),)))
    headline = f"{len(inside)} statements, {show_cents(cents, sign='$')}   {len(outside)} accounts out"
    return Record(f"Statement run {run.id} of {run.as_of}", headline, run.state, tabs, version=run.version)


def _table(rows: Sequence[tuple[StatementAccount, Guarantor]]) -> Table:
    columns = (
        Column("account", "Account", 8),
        Column("guarantor", "Guarantor", 20),
        Column("due", "Due", 10, Kind.CENTS),
        Column("pending", "Insurers", 10, Kind.CENTS),
        Column("level", "Lvl", 3, Kind.NUMBER),
        Column("why", "Why", 40),
    )
    cells: list[tuple[Cell, ...]] = [
        (
            guarantor.number,
            f"{guarantor.last}, {guarantor.first}",
            account.amount,
            account.pending,
            account.dunning_after,
            account.reason,
        )
        for account, guarantor in rows
    ]
    return Table(columns, tuple(cells))


STATEMENTS = Queue(
    name=QUEUE,
    title="Statements",
    permission=Permission.STATEMENT,
    shown=(
        Shown(Column("account", "Account", 8), col(Guarantor.number)),
        Shown(Column("guarantor", "Guarantor", 22), col(Guarantor.last) + ", " + col(Guarantor.first)),
        Shown(Column("due", "Due", 10, Kind.CENTS), col(WorkItem.cents)),
        Shown(Column("since", "Since", 10, Kind.DATE), col(WorkItem.opened_on)),
        Shown(Column("level", "Lvl", 3, Kind.NUMBER, help="dunning level that was last sent"), col(Guarantor.dunning)),
        Shown(Column("last", "Last sent", 10, Kind.DATE), col(Guarantor.last_statement_on)),
        Shown(Column("hold", "Hold", 20, wide=True), col(Guarantor.hold)),
        Shown(Column("lang", "Lang", 4, wide=True), col(Guarantor.language)),
    ),
    join=_join,
    preview=_preview,
    why=_why,
    record=statement_record,
)
