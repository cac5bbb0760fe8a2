"""The run that is being prepared, account by account, and every run as a record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from store.errors import NotFound, Refused
from store.money import show_cents
from store.people.roles import Permission
from store.statements.dunning import LEVELS
from store.statements.runs import QUEUE, criteria_hash
from store.statements.wording import words_of, words_of_run
from store.tables import Guarantor, Practice, StatementAccount, StatementRun, User, WorkItem
from store.text import how_many
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.record import Facts, Lines, Record, Tab, Table
from store.work.values import Cell, Column, Kind, Why


def _join(query: AnySelect) -> AnySelect:
    query = query.join(StatementAccount, col(StatementAccount.id) == col(WorkItem.subject_id))
    return query.join(Guarantor, col(Guarantor.id) == col(StatementAccount.guarantor_id))


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    query = (
        select(StatementAccount, StatementRun)
        .join(StatementRun, col(StatementRun.id) == col(StatementAccount.run_id))
        .where(col(StatementAccount.id).in_(subjects))
    )
    found = {}
    for account, run in session.exec(query).all():
        place = "IN" if account.included else "OUT"
        own = [f"level {account.level} by hand"] if account.level else []
        own += ["own words on it"] if account.message else []
        found[account.id] = (
            f"{place}: {account.reason}",
            f"patient owes {show_cents(account.amount, sign='$')}, insurers {show_cents(account.pending, sign='$')}"
            + (f"   {', '.join(own)}" if own else ""),
            f"run {run.id} of {run.as_of} is {run.state}: {_next(run.state)}",
        )
    return found


def _next(state: str) -> str:
    return {
        "SELECTED": "look through it, then A approves",
        "REVIEWED": "A approves",
        "APPROVED": "P makes the pages, S sends",
        "GENERATED": "S sends",
    }.get(state, "")


def _why(session: Session, item: WorkItem) -> Why:
    account = session.get_one(StatementAccount, item.subject_id)
    lines = [f"{'In' if account.included else 'Out of'} the run: {account.reason}."]
    if account.choice:
        lines.append(f"A person decided so ({account.choice}): {account.choice_reason}.")
    lines += [
        f"The guarantor owes {show_cents(account.amount, sign='$')}.",
        f"Waiting for insurers, and never in the amount due: {show_cents(account.pending, sign='$')}.",
        "Balance, dunning and holds are looked at again before it is sent.",
    ]
    return Why("Why is this account in or out?", tuple(lines), "One reason each, in a fixed order.")


def page_lines(session: Session, account: StatementAccount) -> list[str]:
    """The account's page as text: as it was made, or as it would be made now."""
    from store.statements.compose import Asked, compose
    from store.statements.plain_text import text_lines
    from store.statements.stored import from_json

    if account.content:
        return text_lines(from_json(account.content), words=words_of_run(session, account.run_id))
    run = session.get_one(StatementRun, account.run_id)
    guarantor = session.get_one(Guarantor, account.guarantor_id)
    practice = session.exec(select(Practice)).one()
    asked = Asked(guarantor, f"{run.id}-{guarantor.number}", run.as_of, account.level, account.message)
    words = words_of(session)
    try:
        return text_lines(compose(session, practice, asked, words=words), words=words)
    except Refused as fault:
        return [str(fault)]


def account_in_run(session: Session, account_id: int) -> Record:
    """One account of a run: its page as it would be mailed, then how it came to be in or out."""
    from store.accounts.view import account_record

    account = session.get(StatementAccount, account_id)
    if account is None:
        raise NotFound("This account is in no run any more.")
    run = session.get_one(StatementRun, account.run_id)
    ledger = account_record(session, account.guarantor_id)
    facts = Facts(
        (
            ("In the run", "yes" if account.included else "no"),
            ("Because", account.reason),
            ("Decided by hand", f"{account.choice} {account.choice_reason}".strip() or "no"),
            ("Dunning level now", LEVELS[min(4, account.dunning_after)]),
            ("Own level", account.level),
            ("Own words", account.message or "none"),
            ("Last statement", account.last_before),
            ("Vendor's result", account.result or "none"),
        )
    )
    page = Tab("Page", (Lines(tuple(page_lines(session, account))),))
    headline = f"{'IN' if account.included else 'OUT'}: {account.reason}"
    return Record(
        f"{ledger.title} in run {run.id}",
        headline,
        account.state or run.state,
        (page, Tab("Decided", (facts,)), *ledger.tabs),
        account_id=account.guarantor_id,
        version=account.version,
    )


def run_record(session: Session, run_id: int) -> Record:
    """A run: by what it was selected, who reviewed and approved it, reasons with counts, and each account."""
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
    names = {user.id: user.name for user in session.exec(select(User)).all()}
    facts = Facts(
        (
            ("As of", run.as_of),
            ("State", run.state),
            ("In", len(inside)),
            ("Out", len(outside)),
            ("Reviewed by", names.get(run.reviewed_by or 0, "nobody yet")),
            ("Approved by", names.get(run.approved_by or 0, "nobody yet")),
            ("Criteria", criteria_hash(run)),
            ("PDF", run.pdf_sha256[:16] or "not written yet"),
        )
    )
    tabs = (Tab("In", (facts, _table(inside))), Tab("Out", (_reasons(session, run_id), _table(outside))))
    headline = (
        f"{how_many(len(inside), 'statement')}, {show_cents(cents, sign='$')}   {how_many(len(outside), 'account')} out"
    )
    return Record(f"Statement run {run.id} of {run.as_of}", headline, run.state, tabs, version=run.version)


def _reasons(session: Session, run_id: int) -> Table:
    query = (
        select(StatementAccount.reason, func.count(), func.sum(StatementAccount.amount))
        .where(StatementAccount.run_id == run_id, col(StatementAccount.included).is_(False))
        .group_by(col(StatementAccount.reason))
        .order_by(func.count().desc(), col(StatementAccount.reason))
    )
    columns = (
        Column("why", "Why out", 40),
        Column("count", "Accounts", 8, Kind.NUMBER),
        Column("due", "Due", 11, Kind.CENTS),
    )
    rows: list[tuple[Cell, ...]] = [(why, count, int(cents)) for why, count, cents in session.exec(query).all()]
    return Table(columns, tuple(rows))


def _table(rows: Sequence[tuple[StatementAccount, Guarantor]]) -> Table:
    columns = (
        Column("account", "Account", 8),
        Column("guarantor", "Guarantor", 20),
        Column("due", "Due", 10, Kind.CENTS),
        Column("pending", "Insurers", 10, Kind.CENTS),
        Column("level", "Lvl", 3, Kind.NUMBER),
        Column("state", "State", 9),
        Column("why", "Why", 40),
    )
    cells: list[tuple[Cell, ...]] = [
        (
            guarantor.number,
            f"{guarantor.last}, {guarantor.first}",
            account.amount,
            account.pending,
            account.dunning_after,
            account.state,
            account.result or account.reason,
        )
        for account, guarantor in rows
    ]
    return Table(columns, tuple(cells))


def run_list(session: Session) -> list[dict[str, Any]]:
    """Every run, the newest first: number, date, state, counts in and out, cents."""
    query = (
        select(
            StatementRun,
            func.coalesce(func.sum(case((col(StatementAccount.included), 1), else_=0)), 0),
            func.count(col(StatementAccount.id)),
            func.coalesce(func.sum(case((col(StatementAccount.included), StatementAccount.amount), else_=0)), 0),
        )
        .outerjoin(StatementAccount, col(StatementAccount.run_id) == col(StatementRun.id))
        .group_by(col(StatementRun.id))
        .order_by(col(StatementRun.id).desc())
    )
    return [
        {
            "run": run.id,
            "as_of": run.as_of,
            "state": run.state,
            "in": int(inside),
            "out": int(every - inside),
            "cents": int(cents),
            "criteria": criteria_hash(run),
        }
        for run, inside, every, cents in session.exec(query).all()
    ]


def run_of_account(session: Session, account_id: int) -> tuple[int, str, date]:
    """The run of an account in it: (id, state, date)."""
    run = session.get_one(StatementRun, session.get_one(StatementAccount, account_id).run_id)
    return run.id, run.state, run.as_of


_INC = case((col(StatementAccount.included), "in"), else_="out")

RUNS = Queue(
    name=QUEUE,
    title="Statement run",
    permission=Permission.STATEMENT,
    shown=(
        Shown(Column("inc", "Inc", 3, help="whether the account is in the run; inc:out shows the others"), _INC),
        Shown(Column("account", "Account", 7), col(Guarantor.number)),
        Shown(Column("guarantor", "Guarantor", 17), col(Guarantor.last) + ", " + col(Guarantor.first)),
        Shown(Column("due", "Due", 9, Kind.CENTS), col(StatementAccount.amount)),
        Shown(Column("insurers", "Insurers", 9, Kind.CENTS, help="waits for insurers; never in the amount due"),
              col(StatementAccount.pending)),
        Shown(Column("level", "Lvl", 3, Kind.NUMBER, help="dunning level that was last sent"), col(Guarantor.dunning)),
        Shown(Column("why", "Why", 21, help="the one reason why it is in or out"), col(StatementAccount.reason)),
        Shown(Column("last", "Last sent", 10, Kind.DATE, wide=True), col(StatementAccount.last_before)),
        Shown(Column("state", "State", 9, wide=True), col(StatementAccount.state)),
        Shown(Column("phone", "Phone", 11, wide=True), col(Guarantor.phone)),
        Shown(Column("lang", "Lang", 4, wide=True), col(Guarantor.language)),
    ),
    join=_join,
    preview=_preview,
    why=_why,
    record=account_in_run,
)  # fmt: skip
