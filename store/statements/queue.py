"""The statements queue: every account whose guarantor owes something."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from store import clock
from store.accounts.standing import QUEUE
from store.accounts.view import account_record
from store.accounts.why_owed import explanation, plain_lines
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.statements.eligible import judge
from store.statements.wording import words_of
from store.tables import AccountHold, Guarantor, Practice, WorkItem
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.record import Lines, Record, Tab
from store.work.values import Column, Kind, Why


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
        f"{'In' if judged.included else 'Out of'} the next run: {judged.reason}.",
        f"Waiting for insurers, and never part of a statement's amount due: {show_cents(judged.pending, sign='$')}.",
        "",
        *plain_lines(explanation(session, item.subject_id, language="en")),
    )
    return Why("Why is this owed, and is it in the run?", lines, "One reason each, in a fixed order.")


def statement_record(session: Session, guarantor_id: int) -> Record:
    """The account, with its next statement as text."""
    from store.statements.compose import Asked, compose
    from store.statements.plain_text import text_lines

    record = account_record(session, guarantor_id)
    guarantor = session.get_one(Guarantor, guarantor_id)
    practice = session.exec(select(Practice)).one()
    words = words_of(session)
    try:
        statement = compose(session, practice, Asked(guarantor, f"0-{guarantor.number}", clock.today()), words=words)
        lines = text_lines(statement, words=words)
    except Refused as fault:
        lines = [str(fault)]
    return Record(
        record.title,
        record.headline,
        record.state,
        (*record.tabs, Tab("Statement", (Lines(tuple(lines)),))),
        account_id=guarantor_id,
        version=record.version,
    )


_HOLD = (
    select(func.min(AccountHold.kind))
    .where(AccountHold.guarantor_id == Guarantor.id, col(AccountHold.lifted_on).is_(None))
    .scalar_subquery()
)

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
        Shown(Column("hold", "Hold", 20, wide=True, help="the kind of a hold that stands"), _HOLD),
        Shown(Column("lang", "Lang", 4, wide=True), col(Guarantor.language)),
    ),
    join=_join,
    preview=_preview,
    why=_why,
    record=statement_record,
)
