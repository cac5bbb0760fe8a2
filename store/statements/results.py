"""What became of a run in the mail: the print vendor's file of results.

CSV, UTF-8, with a header: `statement` (the number on the page, like 12-A10004), `result` (`delivered`, `returned`,
`forwarded`) and, if it is there, `detail`.  A statement that came back holds the account's mail, and its dunning level
is what it was before, because nothing was delivered.  The same file again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sqlmodel import select

from store.accounts.holds import HoldKind, place
from store.errors import Refused
from store.intake.plain_file import read_bytes
from store.people.roles import Permission
from store.plain_tables import rows_of
from store.statements.runs import accounts_of, called, run_of, step_back
from store.statements.states import ACCOUNT, RUN, AccountState, RunState
from store.tables import Guarantor, StatementAccount, StatementRun
from store.text import clean_line
from store.work.command import Change, Command, Said, bulk

RESULTS = ("delivered", "returned", "forwarded")


@dataclass(frozen=True, slots=True)
class Result:
    """One row: the statement's number, what became of it, a word more."""

    statement: str
    result: str
    detail: str = ""


def read_results(path: Path) -> tuple[Result, ...]:
    """The rows of a vendor's file; `Refused` names the line that can't be read."""
    found = []
    for where, _, told in rows_of(read_bytes(path), clean_line(path.name), ("statement", "result")):
        if told["result"].lower() not in RESULTS:
            raise Refused(
                f"{told['result'][:20]!r} is no result.", where=where,
                do=f"It is one of: {', '.join(RESULTS)}.",
            )  # fmt: skip
        found.append(Result(told["statement"], told["result"].lower(), told.get("detail", "")[:80]))
    if not found:
        raise Refused("The file has no rows.", where=path.name)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ReconcileRun(Command):
    """Keep what became of a run's statements; with `rest_delivered` all others were delivered."""

    run_id: int
    results: tuple[Result, ...] = bulk()
    rest_delivered: bool = False
    name: ClassVar[str] = "statements.reconcile"
    permission: ClassVar[Permission] = Permission.STATEMENT
    undoable: ClassVar[bool] = False

    def apply(self, change: Change) -> Said:
        """Refused whole when a row names a statement that is not of this run."""
        from store.calls.due import refresh_calls

        run = run_of(change, self.run_id)
        if run.state not in (RunState.SENT, RunState.RECONCILED):
            raise Refused(f"{called(run)} is {run.state}; only a sent run is reconciled.")
        by_number = self._accounts(change, run)
        returned = []
        for row in self.results:
            account = by_number.get(row.statement.upper())
            if account is None:
                raise Refused(f"{called(run)} has no statement {row.statement[:20]!r}.", do="Nothing was changed.")
            if row.result == "returned" and account.state in (AccountState.SENT, AccountState.DELIVERED):
                _returned(change, run, account, row.detail)
                returned.append(account.guarantor_id)
            elif row.result != "returned" and account.state == AccountState.SENT:
                _settle(account, AccountState.DELIVERED, " ".join((row.result, row.detail)).strip())
        if self.rest_delivered:
            for account in by_number.values():
                if account.state == AccountState.SENT:
                    _settle(account, AccountState.DELIVERED, "delivered")
        change.session.flush()
        refresh_calls(change, returned)
        open_ones = len(accounts_of(change, run, AccountState.SENT))
        if not open_ones and run.state == RunState.SENT:
            change.move(run, RUN, RunState.RECONCILED, called(run))
        said = f"{called(run)}: {len(returned)} came back, {open_ones} without a result"
        return Said(f"{said}.", {"returned": len(returned), "open": open_ones})

    def _accounts(self, change: Change, run: StatementRun) -> dict[str, StatementAccount]:
        query = (
            select(StatementAccount, Guarantor.number)
            .join(Guarantor, Guarantor.id == StatementAccount.guarantor_id)  # type: ignore[arg-type]
            .where(StatementAccount.run_id == run.id, StatementAccount.included)
        )
        return {f"{run.id}-{number}".upper(): account for account, number in change.session.exec(query).all()}


def _settle(account: StatementAccount, state: AccountState, result: str) -> None:
    ACCOUNT.require(account.state, state, "The statement")
    account.state, account.result = state, result


def _returned(change: Change, run: StatementRun, account: StatementAccount, detail: str) -> None:
    guarantor = change.get(Guarantor, account.guarantor_id, lock=True)
    if guarantor.last_statement_on == run.as_of:
        step_back(change, run, account)
    _settle(account, AccountState.RETURNED, f"returned {detail}".strip())
    place(change, guarantor.id, HoldKind.RETURNED_MAIL, detail)
