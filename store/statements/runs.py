"""Statement runs: select, generate, send, and unsend.

Selecting the same cycle again is the same run; nothing is sent twice; unsending restores dunning and dates exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlmodel import col, select

from store.accounts.ledger import lock_accounts
from store.errors import Refused
from store.money import show_cents
from store.people.roles import Permission
from store.statements.compose import Asked, compose
from store.statements.eligible import FINAL_LEVEL, judge, judge_all
from store.statements.states import RUN, RunState
from store.statements.stored import to_json
from store.tables import Guarantor, Practice, StatementAccount, StatementRun
from store.text import clean_line
from store.work.command import Change, Command, Said, free_text


def called(run: StatementRun) -> str:
    """How a sentence names a run."""
    return f"Run {run.id} of {run.as_of}"


@dataclass(frozen=True, slots=True)
class SelectRun(Command):
    """Judge every account as of a date; one cycle a day."""

    as_of: date
    name: ClassVar[str] = "statements.select"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """The result is the run's id: of this date's run where there is one already."""
        cycle = self.as_of.isoformat()
        known = change.session.exec(select(StatementRun).where(StatementRun.cycle == cycle)).first()
        if known is not None:
            return Said(f"{called(known)} exists already and is {known.state}.", known.id)
        run = StatementRun(cycle=cycle, as_of=self.as_of, state=RunState.SELECTED, made_at=change.now)
        change.born(run, RUN, f"The run of {self.as_of}")
        count = cents = 0
        for judged in judge_all(change.session, self.as_of):
            guarantor = change.get(Guarantor, judged.guarantor_id)
            change.session.add(
                StatementAccount(
                    run_id=run.id,
                    guarantor_id=judged.guarantor_id,
                    included=judged.included,
                    reason=judged.reason,
                    amount=judged.due,
                    pending=judged.pending,
                    dunning_before=guarantor.dunning,
                    dunning_after=guarantor.dunning,
                    last_before=guarantor.last_statement_on,
                )
            )
            count += judged.included
            cents += judged.due if judged.included else 0
        return Said(f"{called(run)}: {count} accounts in, {show_cents(cents, sign='$')}.", run.id)


@dataclass(frozen=True, slots=True)
class GenerateRun(Command):
    """Make and keep every page of a run; each account is judged again first."""

    run_id: int
    name: ClassVar[str] = "statements.generate"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """An account that no longer qualifies falls out with its reason."""
        run = change.get(StatementRun, self.run_id, lock=True)
        practice = change.session.exec(select(Practice)).one()
        change.move(run, RUN, RunState.GENERATED, called(run))
        accounts = _accounts(change, run)
        lock_accounts(change, (account.guarantor_id for account in accounts))
        by_id = {account.guarantor_id: account for account in accounts if account.included}
        cents = 0
        for judged in judge(change.session, practice, sorted(by_id), run.as_of):
            account = by_id[judged.guarantor_id]
            account.included, account.reason = judged.included, judged.reason
            account.amount, account.pending = judged.due, judged.pending
            if not judged.included:
                continue
            try:
                cents += _generate(change, practice, run, account)
            except Refused as fault:  # one account must not keep all others from their statements
                account.included, account.reason = False, f"no page can be made: {fault.what}"[:200]
        count = sum(account.included for account in accounts)
        return Said(f"{called(run)}: {count} statements, {show_cents(cents, sign='$')}.", run.id)


@dataclass(frozen=True, slots=True)
class SendRun(Command):
    """The run was handed to the printer: dunning levels and dates move on."""

    run_id: int
    name: ClassVar[str] = "statements.send"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """`UnsendRun` takes it back."""
        run = change.get(StatementRun, self.run_id, lock=True)
        change.move(run, RUN, RunState.SENT, called(run))
        sent = [account for account in _accounts(change, run) if account.included]
        for account in sent:
            guarantor = change.get(Guarantor, account.guarantor_id, lock=True)
            if (guarantor.dunning, guarantor.last_statement_on) != (account.dunning_before, account.last_before):
                raise Refused(
                    f"Account {guarantor.number} got a statement of another run since.",
                    do="Cancel this run; select anew.",
                )
            guarantor.dunning, guarantor.last_statement_on = account.dunning_after, run.as_of
        return Said(f"{called(run)}: {len(sent)} statements sent.", run.id)


@dataclass(frozen=True, slots=True)
class UnsendRun(Command):
    """The run was not mailed: dunning levels and dates are what they were before."""

    run_id: int
    name: ClassVar[str] = "statements.unsend"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused when a later run went to one of its accounts."""
        run = change.get(StatementRun, self.run_id, lock=True)
        change.move(run, RUN, RunState.UNSENT, called(run))
        sent = [account for account in _accounts(change, run) if account.included]
        for account in sent:
            guarantor = change.get(Guarantor, account.guarantor_id)
            if (guarantor.dunning, guarantor.last_statement_on) != (account.dunning_after, run.as_of):
                raise Refused(f"Account {guarantor.number} was in a later run.", do="Unsend that one first.")
            guarantor.dunning, guarantor.last_statement_on = account.dunning_before, account.last_before
        run.cycle = f"{run.cycle} unsent {run.id}"
        return Said(f"{called(run)} is unsent: {len(sent)} accounts are as before.", run.id)


@dataclass(frozen=True, slots=True)
class CancelRun(Command):
    """Drop a run that was not sent."""

    run_id: int
    name: ClassVar[str] = "statements.cancel"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Its cycle can be selected anew."""
        run = change.get(StatementRun, self.run_id, lock=True)
        change.move(run, RUN, RunState.CANCELLED, called(run))
        run.cycle = f"{run.cycle} cancelled {run.id}"
        return Said(f"{called(run)} is cancelled.", run.id)


@dataclass(frozen=True, slots=True)
class HoldAccount(Command):
    """Stop statements to an account for a reason; an empty reason lifts the hold."""

    guarantor_id: int
    reason: str = free_text(default="")
    name: ClassVar[str] = "statements.hold"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """The reason is what the run gives for leaving it out."""
        guarantor = change.get(Guarantor, self.guarantor_id, lock=True)
        guarantor.hold = clean_line(self.reason)[:60]
        what = f"on hold: {guarantor.hold}" if guarantor.hold else "not on hold any more"
        return Said(f"Account {guarantor.number} is {what}.", guarantor.id)


def _accounts(change: Change, run: StatementRun) -> list[StatementAccount]:
    query = (
        select(StatementAccount).where(StatementAccount.run_id == run.id).order_by(col(StatementAccount.guarantor_id))
    )
    return list(change.session.exec(query).all())


def _generate(change: Change, practice: Practice, run: StatementRun, account: StatementAccount) -> int:
    guarantor = change.get(Guarantor, account.guarantor_id)
    level = min(guarantor.dunning + 1, FINAL_LEVEL)
    number = f"{run.id}-{guarantor.number}"
    statement = compose(change.session, practice, Asked(guarantor, number, run.as_of, level))
    if statement.amount_due != account.amount + statement.credit:
        raise Refused(f"The visits of account {guarantor.number} do not explain its balance.")
    account.dunning_before, account.dunning_after = guarantor.dunning, level
    account.last_before = guarantor.last_statement_on
    account.content = to_json(statement)
    return statement.amount_due
