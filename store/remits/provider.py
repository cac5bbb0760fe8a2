"""What a payer gives or takes at provider level (PLB): an account for each kind, linked to the claim that it names.

A positive amount takes money away, a negative one gives it (RFI 227).  Which account a reason belongs to is a table;
a reason that is not in it is booked all the same, because the money moved, and put before a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from codesets.tables import read_table
from store.accounts.books import Book
from store.accounts.ledger import Entry, Leg
from store.tables import Claim, RemitClaim, RemitProviderAdjustment, Remittance
from store.work.command import Change
from store.work.record import Table
from store.work.values import Column, Kind
from store.x12.remittance_values import ProviderAdjustment

UNKNOWN = "not known"
INTEREST = "L6"


def account_of(reason: str) -> str:
    """The provider account of a PLB reason, `UNKNOWN` for one that is not in the table."""
    return next((row["account"] for row in read_table("plb_rules") if row["reason"] == reason), UNKNOWN)


def recoveries(*, of_claim: bool) -> list[str]:
    """The PLB reasons by which a payer takes back what it paid on a claim; others take for something else.

    An adjustment (CS) is one where it names the claim (`of_claim`), and else may be for anything.
    """
    told = ("yes", "named") if of_claim else ("yes",)
    return sorted(row["reason"] for row in read_table("plb_rules") if row["takes_back"] in told)


def provider_entries(change: Change, remittance: Remittance, pairs: Sequence[ProviderAdjustment]) -> list[Entry]:
    """Keep the payment's PLB pairs and say what is booked for them."""
    pairs = [part for pair in pairs for part in _by_claim(change.session, remittance, pair)]
    claims = _named(change.session, {pair.reference for pair in pairs if pair.reference})
    rows = [
        {
            "remittance_id": remittance.id,
            "segment": pair.segment,
            "reason": pair.reason,
            "reference": pair.reference,
            "cents": pair.cents,
            "claim_id": claims.get(pair.reference),
            "account": account_of(pair.reason),
        }
        for pair in pairs
    ]
    if rows:
        change.session.execute(insert(RemitProviderAdjustment.__table__), rows)  # type: ignore[attr-defined]
    return [
        Entry(
            ref=f"plb:{remittance.id}:{number}",
            kind="provider",
            entry_date=remittance.paid_on,
            legs=(Leg(Book.PROVIDER, pair.cents), Leg(Book.CASH, -pair.cents)),
            memo=f"{remittance.payer_name} {remittance.trace} {pair.reason} {pair.reference} segment {pair.segment}",
            remittance_id=remittance.id,
        )
        for number, pair in enumerate(pairs, 1)
    ]


def _by_claim(session: Session, remittance: Remittance, pair: ProviderAdjustment) -> Sequence[ProviderAdjustment]:
    """Interest comes as one sum (L6), and each claim tells its own (AMT*I): where they agree, a pair for each claim."""
    if pair.reason != INTEREST:
        return (pair,)
    told = select(RemitClaim.control_number, RemitClaim.interest).where(RemitClaim.remittance_id == remittance.id)
    query = told.where(RemitClaim.interest != 0, col(RemitClaim.claim_id).is_not(None)).order_by(col(RemitClaim.id))
    rows = session.exec(query).all()
    if not rows or sum(cents for _, cents in rows) != -pair.cents:
        return (pair,)
    return [replace(pair, reference=number, cents=-cents) for number, cents in rows]


def _named(session: Session, references: set[str]) -> dict[str, int]:
    """The claim that a reference names: CLP01, else CLP07, else the one claim of that trace (RFI 2370)."""
    names = sorted(references)
    if not names:
        return {}
    found: dict[str, int] = {}
    by_trace = (
        select(Remittance.trace, func.min(RemitClaim.claim_id))
        .join(RemitClaim, col(RemitClaim.remittance_id) == col(Remittance.id))
        .where(col(Remittance.trace).in_(names), col(RemitClaim.claim_id).is_not(None))
        .group_by(col(Remittance.trace))
        .having(func.count(func.distinct(RemitClaim.claim_id)) == 1)
    )
    by_payer = (
        select(Claim.payer_control, func.min(Claim.id))
        .where(col(Claim.payer_control).in_(names))
        .group_by(col(Claim.payer_control))
        .having(func.count() == 1)
    )
    ours = select(Claim.control_number, Claim.id).where(col(Claim.control_number).in_(names))
    for query in (by_trace, by_payer, ours):  # the better one overrides
        found.update({name: int(claim_id) for name, claim_id in session.execute(query).all()})
    return found


def provider_table(session: Session, remittance_id: int) -> Table:
    """A payment's PLB pairs: what each is, its reference, the claim that it names and the cents taken."""
    columns = (
        Column("why", "PLB", 3),
        Column("account", "What", 22),
        Column("ref", "Reference", 20),
        Column("claim", "Claim", 10),
        Column("cents", "Taken", 10, Kind.CENTS),
    )
    query = (
        select(RemitProviderAdjustment, Claim.control_number)
        .outerjoin(Claim, col(Claim.id) == col(RemitProviderAdjustment.claim_id))
        .where(RemitProviderAdjustment.remittance_id == remittance_id)
        .order_by(col(RemitProviderAdjustment.id))
    )
    rows = tuple((row.reason, row.account, row.reference, claim or "", row.cents) for row, claim in session.exec(query))
    return Table(columns, rows, "Provider level adjustments")


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One provider account at one payer: how many pairs, and what they took in cents (negative: gave)."""

    payer: str
    account: str
    pairs: int
    cents: int


def provider_accounts(session: Session) -> list[AccountLine]:
    """Every provider account by payer, payments that were taken back left out."""
    query = (
        select(
            Remittance.payer_name,
            RemitProviderAdjustment.account,
            func.count(),
            func.sum(RemitProviderAdjustment.cents),
        )
        .join(Remittance, col(Remittance.id) == col(RemitProviderAdjustment.remittance_id))
        .where(col(Remittance.state) != "REVERSED")
        .group_by(col(Remittance.payer_name), col(RemitProviderAdjustment.account))
        .order_by(col(Remittance.payer_name), col(RemitProviderAdjustment.account))
    )
    return [AccountLine(payer, account, pairs, int(cents)) for payer, account, pairs, cents in session.execute(query)]
