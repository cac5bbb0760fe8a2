"""What a person decides about single accounts of a run: in or out, the level, the words, and voiding one that went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import select

from store.accounts.holds import PlaceHold
from store.calls.due import ask_for_call
from store.errors import Refused
from store.people.roles import Permission
from store.statements.dunning import FINAL_LEVEL, LEVELS
from store.statements.eligible import judge
from store.statements.runs import called, state_of, step_back
from store.statements.sending import drop_out, set_item, take_out
from store.statements.states import ACCOUNT, AccountState, RunState
from store.tables import Guarantor, Practice, StatementAccount, StatementRun
from store.text import clean_line
from store.work.command import Change, Command, Said, free_text

_BEFORE_APPROVAL = (RunState.SELECTED, RunState.REVIEWED)
_BEFORE_SENDING = (*_BEFORE_APPROVAL, RunState.APPROVED, RunState.GENERATED)


def _found(change: Change, account_id: int) -> tuple[StatementAccount, StatementRun, Guarantor]:
    account = change.get(StatementAccount, account_id, lock=True)
    return account, change.get(StatementRun, account.run_id), change.get(Guarantor, account.guarantor_id)


def _reason(text: str) -> str:
    words = clean_line(text)[:120]
    if not words:
        raise Refused("Say why.")
    return words


@dataclass(frozen=True, slots=True)
class IncludeAccount(Command):
    """Take an account into the run in spite of its reason, with your own."""

    account_id: int
    reason: str = free_text()
    name: ClassVar[str] = "statements.include"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Before the run is approved only; refused where a hold or the ledger forbids it."""
        account, run, guarantor = _found(change, self.account_id)
        if account.included:
            raise Refused(f"Account {guarantor.number} is in already.")
        if run.state not in _BEFORE_APPROVAL:
            raise Refused(f"{called(run)} is {run.state}: nobody is taken in any more.", do="Wait for the next run.")
        words = _reason(self.reason)
        practice = change.session.exec(select(Practice)).one()
        judged = judge(change.session, practice, [guarantor.id], run.as_of)[0]
        if judged.firm or judged.due <= 0:
            raise Refused(f"Account {guarantor.number} can't be taken in: {judged.reason}.")
        ACCOUNT.require(account.state, AccountState.ELIGIBLE, "The account")
        account.state, account.included = AccountState.ELIGIBLE, True
        account.choice, account.choice_reason = "in", words
        account.reason = f"taken in: {words}"
        account.amount, account.pending = judged.due, judged.pending
        set_item(change, [account])
        return Said(f"Account {guarantor.number} is in: {words}.", account.id)


@dataclass(frozen=True, slots=True)
class ExcludeAccount(Command):
    """Leave an account out of the run, with your reason."""

    account_id: int
    reason: str = free_text()
    name: ClassVar[str] = "statements.exclude"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Until it is sent."""
        account, run, guarantor = _found(change, self.account_id)
        if not account.included:
            raise Refused(f"Account {guarantor.number} is out already.")
        if run.state not in _BEFORE_SENDING or account.state == AccountState.SENT:
            raise Refused(f"{called(run)} is {run.state}.", do="Void the account's statement.")
        words = _reason(self.reason)
        account.choice, account.choice_reason = "out", words
        drop_out(change, account, f"left out: {words}", AccountState.EXCLUDED)
        return Said(f"Account {guarantor.number} is out: {words}.", account.id)


@dataclass(frozen=True, slots=True)
class ReturnToRules(Command):
    """Forget what a person decided about an account: the rules decide again."""

    account_id: int
    name: ClassVar[str] = "statements.by_rule"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Before the run is approved only."""
        account, run, guarantor = _found(change, self.account_id)
        if run.state not in _BEFORE_APPROVAL or not account.choice:
            raise Refused("Nobody decided about this account, or the run is approved already.")
        account.choice = account.choice_reason = ""
        practice = change.session.exec(select(Practice)).one()
        judged = judge(change.session, practice, [guarantor.id], run.as_of)[0]
        if judged.included:
            account.state, account.included, account.reason = AccountState.ELIGIBLE, True, judged.reason
            account.amount, account.pending = judged.due, judged.pending
            set_item(change, [account])
        elif account.included:
            take_out(change, account, judged)
        else:
            account.state, account.reason = state_of(judged), judged.reason
            set_item(change, [account])
        return Said(f"Account {guarantor.number}: {judged.reason}.", account.id)


@dataclass(frozen=True, slots=True)
class SetLevel(Command):
    """Give this statement another dunning level than the ladder's; None leaves it to the ladder."""

    account_id: int
    level: int | None
    name: ClassVar[str] = "statements.level"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Before the pages are made."""
        account, run, guarantor = _found(change, self.account_id)
        if run.state not in (*_BEFORE_APPROVAL, RunState.APPROVED):
            raise Refused(f"{called(run)} is {run.state}: its pages are made.")
        if self.level is not None and not 1 <= self.level <= FINAL_LEVEL:
            raise Refused("Levels are 1 to 4.")
        account.level = self.level
        what = f"level {self.level}, {LEVELS[self.level]}" if self.level else "the ladder's level"
        return Said(f"Account {guarantor.number} gets {what}.", account.id)


@dataclass(frozen=True, slots=True)
class SetMessage(Command):
    """Words of your own on this statement; empty takes them away."""

    account_id: int
    text: str = free_text(default="")
    name: ClassVar[str] = "statements.message"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Before the pages are made."""
        account, run, guarantor = _found(change, self.account_id)
        if run.state not in (*_BEFORE_APPROVAL, RunState.APPROVED):
            raise Refused(f"{called(run)} is {run.state}: its pages are made.")
        text = clean_line(self.text)
        if len(text) > 400:
            raise Refused("The message is longer than 400 characters.", do="Shorten it.")
        account.message = text
        return Said(
            f"Account {guarantor.number}: {'your words stand on it' if text else 'the usual words'}.", account.id
        )


@dataclass(frozen=True, slots=True)
class VoidStatement(Command):
    """One account's statement was not mailed or is void: its dunning level and date are as before."""

    account_id: int
    reason: str = free_text()
    name: ClassVar[str] = "statements.void"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Refused when a later statement went to the account."""
        from store.calls.due import refresh_call

        account, run, guarantor = _found(change, self.account_id)
        if account.state not in (AccountState.SENT, AccountState.DELIVERED):
            raise Refused(f"The statement of account {guarantor.number} is {account.state}; only a sent one is voided.")
        words = _reason(self.reason)
        step_back(change, run, account)
        ACCOUNT.require(account.state, AccountState.VOID, "The statement")
        account.state, account.result = AccountState.VOID, f"void: {words}"
        change.session.flush()
        refresh_call(change, guarantor.id)
        return Said(f"The statement of account {guarantor.number} is void: {words}.", account.id)


@dataclass(frozen=True, slots=True)
class HoldInRun(Command):
    """Put a hold on an account of the run; it falls out at once."""

    account_id: int
    kind: str
    reason: str = free_text(default="")
    name: ClassVar[str] = "statements.hold_in_run"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """As `PlaceHold`, for whom the account is."""
        account, run, guarantor = _found(change, self.account_id)
        said = PlaceHold(guarantor.id, self.kind, self.reason).apply(change)
        if run.state in _BEFORE_SENDING and account.included and account.state != AccountState.SENT:
            change.session.flush()
            practice = change.session.exec(select(Practice)).one()
            take_out(change, account, judge(change.session, practice, [guarantor.id], run.as_of)[0])
        return Said(said.sentence, account.id)


@dataclass(frozen=True, slots=True)
class CallInstead(Command):
    """Leave the account out and have its guarantor called."""

    account_id: int
    name: ClassVar[str] = "statements.call_instead"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Its row stands in the call queue."""
        account, run, guarantor = _found(change, self.account_id)
        if account.included:
            ExcludeAccount(account.id, "call instead").apply(change)
        elif run.state not in _BEFORE_SENDING:
            raise Refused(f"{called(run)} is {run.state}.")
        ask_for_call(change, guarantor.id, "instead of a statement")
        return Said(f"Account {guarantor.number} is called instead.", account.id)
