"""The credit balance queue: payers' and patients' money in one list, by clock."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from store import clock
from store.accounts.balances import open_items
from store.accounts.holders import holder
from store.accounts.policy import escheat_days, policy_of
from store.accounts.view import account_record
from store.claims.opened import claim_record
from store.errors import NotFound
from store.money import show_cents
from store.people.identity import may_see
from store.people.roles import Permission
from store.tables import Claim, CreditBalance, Encounter, Guarantor, Patient, Payer, WorkItem
from store.text import how_many
from store.variance import credits
from store.variance.recoupments import takings
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.record import Facts, Record, Tab, Table
from store.work.values import Cell, Column, Kind, Why

_OF_PATIENT = col(CreditBalance.payer_id).is_(None)
_NAME = case(
    (_OF_PATIENT, col(Guarantor.last) + ", " + col(Guarantor.first)),
    else_=col(Patient.last) + ", " + col(Patient.first),
)


def _join(query: AnySelect) -> AnySelect:
    return (
        query.join(CreditBalance, col(CreditBalance.id) == col(WorkItem.subject_id))
        .join(Guarantor, col(Guarantor.id) == col(CreditBalance.guarantor_id))
        .outerjoin(Claim, col(Claim.id) == col(CreditBalance.claim_id))
        .outerjoin(Patient, col(Patient.id) == col(Claim.patient_id))
        .outerjoin(Payer, col(Payer.id) == col(CreditBalance.payer_id))
    )


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    rows = session.exec(
        select(CreditBalance, Payer.name, Guarantor.number)
        .join(Guarantor, col(Guarantor.id) == col(CreditBalance.guarantor_id))
        .outerjoin(Payer, col(Payer.id) == col(CreditBalance.payer_id))
        .where(col(CreditBalance.id).in_(subjects))
    ).all()
    found: dict[int, tuple[str, ...]] = {}
    for row, payer, number in rows:
        whose = f"{payer} has" if payer else f"The patient has, on account {number},"
        found[row.id] = (
            f"{whose} {show_cents(row.cents, sign='$')} too much: {row.cause}",
            f"identified {row.identified_on}, " + _by(row),
            _state_told(row),
        )
    return found


def _by(row: CreditBalance) -> str:
    if row.issued_on is not None:
        return f"check {row.check_number} went out on {row.issued_on}"
    return f"give it back by {row.due}" if row.due else "no limit is on file for this payer"


def _state_told(row: CreditBalance) -> str:
    if row.state == "STALE":
        return "the check was not cashed: cashed after all (C), out again (I), or to the state (E)"
    return f"under investigation since {row.investigated_from}" if row.investigated_from else ""


def _why(session: Session, item: WorkItem) -> Why:
    row = session.get_one(CreditBalance, item.subject_id)
    amount = show_cents(row.cents, sign="$")
    if row.payer_id is None:
        lines = (
            f"The patient's own money: {amount} more than the account's visits ask for.",
            f"To be settled in {policy_of(session).refund_days} days (superbill accounts policy refund_days).",
            "Put it on what the account owes (m), or ask for a refund (R), which another person approves (Y).",
            "Where the owner can't be found it goes to the state (E), after the days that are on file for it.",
        )
        return Why("Why is this here?", lines, "A patient's credit is a rule of the practice and of the state.")
    return Why(
        "Why is this here?",
        (
            f"The payer paid {amount} more than the claim left open.",
            "Government payers: 60 days from the day it was identified, and up to 180 more while it is investigated.",
            "Other payers: the limit 'refund' that is on file for them (superbill payers show).",
            "Ask for a refund (R), which another person approves (Y), or expect the payer to take it back (K).",
            "What it took already at provider level without naming the claim is put against it by its trace (W).",
        ),
        "42 CFR 401.305",
    )


def credit_record(session: Session, row_id: int) -> Record:
    """The credit and its clock, both sides of the account, and the claim or account behind it."""
    row = session.get(CreditBalance, row_id)
    if row is None:
        raise NotFound(f"There is no credit balance {row_id}.")
    behind = (
        claim_record(session, row.claim_id) if row.claim_id is not None else account_record(session, row.guarantor_id)
    )
    headline = f"{show_cents(row.cents, sign='$')} too much   {behind.headline}"
    first = Tab("Credit", (_facts(session, row), *_taken(session, row), _both_sides(session, row.guarantor_id)))
    tabs = (first, *(one for one in behind.tabs if one.title != "Versions"))
    return Record(
        f"Credit {behind.title}", headline, row.state, tabs, row.claim_id, row.guarantor_id, row.version
    )  # fmt: skip


def _facts(session: Session, row: CreditBalance) -> Facts:
    payer = session.get(Payer, row.payer_id) if row.payer_id is not None else None
    to: Payer | Guarantor | None = payer
    guarantor = holder(session, row.guarantor_id)
    left = (row.due - clock.today()).days if row.due else None
    state = payer.state if payer else guarantor.state
    days = escheat_days(policy_of(session), state)
    if payer is None and may_see(session, Permission.CONTACT):
        to = session.get_one(Guarantor, row.guarantor_id)
    where = f"{to.line1}, {to.city} {to.state} {to.zip}" if to is not None and to.line1 else ""
    unknown = "no address on file" if to is not None else "the account's address, which your role does not see"
    return Facts(
        (
            ("Whose", f"{payer.name} ({payer.payer_id})" if payer else guarantor.name),
            ("Too much", show_cents(row.cents, sign="$")),
            ("Cause", row.cause),
            ("Identified", row.identified_on),
            ("Investigated", row.investigated_from or "no"),
            ("Give back by", f"{row.due} ({how_many(left or 0, 'day')})" if row.due else "no limit on file"),
            ("State", row.state),
            ("Refund", f"check {row.check_number} of {row.issued_on}" if row.issued_on else "none"),
            ("Goes to", where or unknown),
            ("Escheat", f"after {days} days in {state}" if days else f"not set for {state}" if state else "no state"),
            ("To the state", f"{row.escheated_on}, {row.reference}" if row.escheated_on else "no"),
        )
    )  # fmt: skip


def _taken(session: Session, row: CreditBalance) -> Sequence[Table]:
    """What the payer took back at provider level and is on no claim yet."""
    if row.payer_id is None or row.claim_id is None:
        return ()
    columns = (
        Column("trace", "Trace", 14),
        Column("on", "Paid on", 10, Kind.DATE),
        Column("reason", "Reason", 6),
        Column("reference", "Reference", 14),
        Column("left", "Left", 10, Kind.CENTS, help="what of it stands against no claim's credit yet"),
    )
    found = takings(session, session.get_one(Payer, row.payer_id), row.claim_id)
    rows = tuple((one.trace, one.on, one.reason, one.reference, one.left) for one in found)
    return (Table(columns, rows, "Taken back by the payer and on no claim yet (W)"),) if rows else ()


def _both_sides(session: Session, guarantor_id: int) -> Table:
    """What the account's visits owe and have too much, for the patient's own part."""
    columns = (
        Column("visit", "Visit", 10),
        Column("dos", "Service", 10, Kind.DATE),
        Column("cents", "Patient", 10, Kind.CENTS, help="owed, or too much with a minus"),
    )
    rows: list[tuple[Cell, ...]] = []
    for item in open_items(session, guarantor_id):
        encounter = session.get(Encounter, item.encounter_id)
        rows.append((encounter.number if encounter else "", encounter.service_date if encounter else None, item.cents))
    return Table(columns, tuple(rows), "Open items of the account, both sides")


CREDITS = Queue(
    name=credits.QUEUE,
    title="Credit balances",
    permission=Permission.POST,
    shown=(
        Shown(Column("clk", "Clk", 4, Kind.DAYS, help="days left to give it back"), col(CreditBalance.due)),
        Shown(Column("account", "Account", 8), col(Guarantor.number)),
        Shown(Column("patient", "Patient", 12), _NAME),
        Shown(Column("who", "Whose", 7, help="the payer whose money it is, or the patient"),
              case((_OF_PATIENT, "patient"), else_=col(Payer.payer_id))),
        Shown(Column("cr", "Credit", 9, Kind.CENTS), col(CreditBalance.cents)),
        Shown(Column("state", "State", 15), col(CreditBalance.state)),
        Shown(Column("cause", "Cause", 16), col(CreditBalance.cause)),
        Shown(Column("claim", "Claim", 9, wide=True), func.coalesce(col(Claim.control_number), "")),
        Shown(Column("since", "Identified", 10, Kind.DATE, wide=True), col(CreditBalance.identified_on)),
    ),
    join=_join,
    preview=_preview,
    why=_why,
    record=credit_record,
)  # fmt: skip
