"""Making a run's pages and sending them, part by part: a run that is killed goes on where it stopped.

Each part is one transaction.  An account that is SENT is never taken again, whoever runs it however often; between
generating and sending each account is judged once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import col, select

from store.accounts.ledger import lock_accounts
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.statements.compose import Asked, compose_all
from store.statements.eligible import Judged, judge
from store.statements.runs import QUEUE, accounts_of, called, close_items, run_of, state_of
from store.statements.states import ACCOUNT, RUN, AccountState, RunState
from store.statements.stored import to_json
from store.statements.wording import keep_words, words_of_run
from store.tables import Guarantor, Practice, StatementAccount, StatementRun, WorkItem
from store.work.command import Change, Command, Said

PART = 250
"""How many accounts one transaction takes."""


@dataclass(frozen=True, slots=True)
class GenerateRun(Command):
    """Make and keep the pages of an approved run, or of the next `limit` accounts; each is judged again first."""

    run_id: int
    limit: int | None = None
    name: ClassVar[str] = "statements.generate"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """An account that no longer qualifies falls out with its reason.  The result is how many are left to do."""
        run = run_of(change, self.run_id)
        if run.state != RunState.APPROVED:
            raise Refused(f"{called(run)} is {run.state}; only an approved run is generated.", do="Approve it first.")
        keep_words(change, run.id)
        change.session.flush()
        accounts = accounts_of(change, run, AccountState.ELIGIBLE, limit=self.limit)
        _make(change, run, accounts)
        left = _count(change, run, AccountState.ELIGIBLE)
        if not left:
            change.move(run, RUN, RunState.GENERATED, called(run))
        made, cents = _sum(change, run, AccountState.INCLUDED)
        return Said(f"{called(run)}: {made} statements, {show_cents(cents, sign='$')}.", left)


@dataclass(frozen=True, slots=True)
class SendRun(Command):
    """Send a generated run, or its next `limit` accounts: dunning and dates move on; `UnsendRun` takes it back."""

    run_id: int
    limit: int | None = None
    name: ClassVar[str] = "statements.send"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Each account's balance, dunning and holds are looked at again; what changed is made anew or falls out.

        The result is how many are left to do.
        """
        from store.calls.due import refresh_calls

        run = run_of(change, self.run_id)
        if run.state != RunState.GENERATED:
            raise Refused(f"{called(run)} is {run.state}; only a generated run is sent.", do="Generate it first.")
        accounts = accounts_of(change, run, AccountState.INCLUDED, limit=self.limit)
        _make(change, run, accounts, again=True)
        sent = [account for account in accounts if account.state == AccountState.INCLUDED]
        for account in sent:
            guarantor = change.get(Guarantor, account.guarantor_id)
            _step(account, AccountState.SENT)
            guarantor.dunning, guarantor.last_statement_on = account.dunning_after, run.as_of
        change.session.flush()
        refresh_calls(change, [account.guarantor_id for account in sent])
        left = _count(change, run, AccountState.INCLUDED)
        if not left:
            change.move(run, RUN, RunState.SENT, called(run))
            close_items(change, run)
        done, _ = _sum(change, run, AccountState.SENT)
        return Said(f"{called(run)}: {done} statements sent.", left)


def _make(change: Change, run: StatementRun, accounts: list[StatementAccount], *, again: bool = False) -> None:
    """Judge accounts and make their pages; with `again` only of those where something changed since."""
    if not accounts:
        return
    session = change.session
    practice = session.exec(select(Practice)).one()
    ids = [account.guarantor_id for account in accounts]
    lock_accounts(change, ids)
    by_id = {account.guarantor_id: account for account in accounts}
    todo = []
    for judged in judge(session, practice, ids, run.as_of):
        account = by_id[judged.guarantor_id]
        if not _stays(account, judged):
            take_out(change, account, judged, before_sending=again)
        elif not again or _changed(account, judged):
            account.amount, account.pending = judged.due, judged.pending
            todo.append(judged.guarantor_id)
    guarantors = session.exec(select(Guarantor).where(col(Guarantor.id).in_(todo))).all()
    asks = [
        Asked(one, f"{run.id}-{one.number}", run.as_of, by_id[one.id].level, by_id[one.id].message)
        for one in guarantors
    ]
    words = words_of_run(session, run.id)
    for asked in asks:
        by_id[asked.guarantor.id].dunning_before = asked.guarantor.dunning
        by_id[asked.guarantor.id].last_before = asked.guarantor.last_statement_on
    for guarantor_id, made in compose_all(session, practice, asks, words=words).items():
        account = by_id[guarantor_id]
        if isinstance(made, Refused):  # one account must not keep all others from their statements
            drop_out(change, account, f"no page can be made: {made.what}"[:200], AccountState.EXCLUDED)
            continue
        account.content, account.dunning_after = to_json(made), made.level
        _step(account, AccountState.INCLUDED)
    session.flush()


def _stays(account: StatementAccount, judged: Judged) -> bool:
    """Whether an account stays in: it qualifies, or a person took it in and nothing firm speaks against it."""
    return judged.included or (account.choice == "in" and not judged.firm and judged.due > 0)


def _changed(account: StatementAccount, judged: Judged) -> bool:
    before = (account.amount, account.pending, account.dunning_before, account.last_before)
    return before != (judged.due, judged.pending, judged.dunning, judged.last)


def take_out(change: Change, account: StatementAccount, judged: Judged, *, before_sending: bool = False) -> None:
    """The account falls out with the reason that is found now."""
    account.amount, account.pending = judged.due, judged.pending
    reason = f"{judged.reason} (found before sending)" if before_sending else judged.reason
    drop_out(change, account, reason, state_of(judged))


def drop_out(change: Change, account: StatementAccount, reason: str, state: AccountState) -> None:
    """The account is out, with the reason; its page, if any, is gone."""
    _step(account, state)
    account.included, account.reason, account.content = False, reason, ""
    account.dunning_after = account.dunning_before
    set_item(change, [account])


def set_item(change: Change, accounts: Iterable[StatementAccount]) -> None:
    """The accounts' rows in the run's queue say what they are now."""
    for account in accounts:
        item = change.session.exec(
            select(WorkItem).where(WorkItem.queue == QUEUE, WorkItem.subject_id == account.id)
        ).first()
        if item is not None:
            item.cents = account.amount if account.included else 0
            item.reason = account.reason


def _step(account: StatementAccount, after: AccountState) -> None:
    ACCOUNT.require(account.state, after, "The account")
    account.state = after


def _count(change: Change, run: StatementRun, state: AccountState) -> int:
    return _sum(change, run, state)[0]


def _sum(change: Change, run: StatementRun, state: AccountState) -> tuple[int, int]:
    """How many accounts of a run are in a state, and what their statements come to."""
    from sqlalchemy import func

    change.session.flush()
    query = select(func.count(), func.coalesce(func.sum(StatementAccount.amount), 0)).where(
        StatementAccount.run_id == run.id, StatementAccount.state == state
    )
    count, cents = change.session.exec(query).one()
    return count, int(cents)
