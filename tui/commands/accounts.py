"""`superbill accounts`: why something is owed, payments, the practice's rules, tables and messages for patients."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tui.commands.common import Db, opened, say, say_table

Account = Annotated[str, typer.Argument(help="Account number, like A10001.")]
Folder = Annotated[Path, typer.Option("--out", help="Folder for the paper.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    accounts = typer.Typer(help="Patients' accounts.", no_args_is_help=True)
    for verb in (why, pay, receipt, policy, discounts, guideline, message, estimate):
        accounts.command(verb.__name__)(verb)
    app.add_typer(accounts, name="accounts")


def why(
    account: Account,
    out: Annotated[Path | None, typer.Option("--out", help="Write it as PDF and text into a folder.")] = None,
    language: Annotated[str, typer.Option("--language", help="en or es; else the guarantor's.")] = "",
    db: Db = None,
) -> None:
    """Why an account owes what it owes, visit by visit, in plain words."""
    from store.accounts.papers import PrintPaper
    from store.accounts.view import account_id_of
    from store.accounts.why_owed import explanation, plain_lines
    from store.people.roles import Permission

    with opened(db) as practice:
        practice.require_money()
        with practice.reading() as session:
            account_id = account_id_of(session, account)
        lines = practice.look(
            "account",
            account_id,
            Permission.MONEY,
            lambda session: plain_lines(explanation(session, account_id, language=language or None)),
        )
        if out is not None:
            say(practice.do(PrintPaper(account_id, "why", out)).said)
            return
    for line in lines:
        say(line)


def pay(
    account: Account,
    amount: Annotated[str, typer.Argument(help="Like 50.00.")],
    method: Annotated[str, typer.Option("--method", help="cash, check, card, other or agency")] = "check",
    reference: Annotated[str, typer.Option("--reference", help="Check or slip number.")] = "",
    db: Db = None,
) -> None:
    """Post a payment; it goes to the oldest visit first."""
    from store.accounts.payments import TakePayment
    from store.accounts.view import account_id_of
    from store.money import parse_cents

    with opened(db) as practice:
        practice.require_money()
        with practice.reading() as session:
            account_id = account_id_of(session, account)
        say(practice.do(TakePayment(account_id, parse_cents(amount, where="amount"), method, reference)).said)


def receipt(account: Account, out: Folder, number: str = "", db: Db = None) -> None:
    """Write a receipt as PDF and text: the newest, or the one with --number."""
    from store.accounts.papers import PrintPaper
    from store.accounts.view import account_id_of

    with opened(db) as practice:
        practice.require_money()
        with practice.reading() as session:
            account_id = account_id_of(session, account)
        say(practice.do(PrintPaper(account_id, "receipt", out, number)).said)


def policy(
    rule: Annotated[str, typer.Argument(help="Which rule; without one they are listed.")] = "",
    value: Annotated[str, typer.Argument(help="A number, yes or no; amounts are cents, times are days.")] = "",
    db: Db = None,
) -> None:
    """The practice's rules towards patients: hours and attempts of calls, levels, limits, days."""
    from store.accounts.policy import SetPolicy, policy_of

    with opened(db) as practice:
        if rule:
            say(practice.do(SetPolicy(rule, value)).said)
            return
        practice.require_money()
        with practice.reading() as session:
            rows = policy_of(session).model_dump(exclude={"id", "version"})
    say_table(("rule", "value"), [(name, str(told)) for name, told in rows.items()])


def guideline(year: int, first_person: str, each_more: str, db: Db = None) -> None:
    """The federal poverty guideline of a year, in dollars: for one person, and for each person more."""
    from store.accounts.assistance import SetGuideline
    from store.money import parse_cents

    with opened(db) as practice:
        say(practice.do(SetGuideline(year, parse_cents(first_person), parse_cents(each_more))).said)


def discounts(
    kind: Annotated[str, typer.Argument(help="charity or sliding")],
    valid_from: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="The day from which it holds.")],
    steps: Annotated[list[str], typer.Argument(help="Like 200:100 300:60 (up to % of the guideline : % off).")],
    months: Annotated[int, typer.Option("--months", help="How long a grant holds.")] = 6,
    db: Db = None,
) -> None:
    """A discount table from a day on."""
    from store.accounts.assistance import SetDiscounts
    from store.errors import Refused

    pairs = [step.partition(":") for step in steps]
    if not all(up_to.isdecimal() and percent.isdecimal() for up_to, _, percent in pairs):
        raise Refused("A step is two numbers.", do="Write it like 200:100.")
    numbers = tuple((int(up_to), int(percent)) for up_to, _, percent in pairs)
    with opened(db) as practice:
        say(practice.do(SetDiscounts(kind, valid_from.date(), numbers, months)).said)


def message(
    level: Annotated[int, typer.Argument(help="1 statement, 2 reminder, 3 past due, 4 final.")],
    text: Annotated[str, typer.Argument(help="The words; empty takes that message away.")] = "",
    language: Annotated[str, typer.Option("--language")] = "en",
    min_age: Annotated[int, typer.Option("--min-age", help="Days of the oldest amount.")] = 0,
    plan: Annotated[str, typer.Option("--plan", help="none, current, missed; empty is any.")] = "",
    insurance: Annotated[str, typer.Option("--insurance", help="none, pending, answered; empty is any.")] = "",
    db: Db = None,
) -> None:
    """What statements say at a level in a situation; the most specific message wins."""
    from store.statements.dunning import SetDunningMessage

    with opened(db) as practice:
        say(practice.do(SetDunningMessage(level, language, text, min_age, plan, insurance)).said)


def estimate(
    patient: Annotated[str, typer.Argument(help="Patient number, like P10001.")],
    npi: Annotated[str, typer.Argument(help="NPI of the provider.")],
    amount: Annotated[str, typer.Argument(help="Like 180.00.")],
    first: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="First day of the care.")],
    last: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="Last day of the care.")],
    db: Db = None,
) -> None:
    """Keep the good-faith estimate that a self-pay patient was given."""
    from store.money import parse_cents
    from store.statements.estimates import GiveEstimate, find_both

    with opened(db) as practice:
        practice.require_money()
        with practice.reading() as session:
            patient_id, provider_id = find_both(session, patient, npi)
        cents = parse_cents(amount, where="amount")
        say(practice.do(GiveEstimate(patient_id, provider_id, cents, first.date(), last.date())).said)
