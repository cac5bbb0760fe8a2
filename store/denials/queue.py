"""The denials queue and the denial record."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from store import clock
from store.claims.view import claim_record
from store.denials.open import QUEUE
from store.errors import NotFound
from store.money import show_cents
from store.people.roles import Permission
from store.remits.dispositions import disposition
from store.tables import Claim, Denial, Patient, Payer, Remark, RemitAdjustment, RemitLine, User, WorkItem
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.record import Facts, Lines, Record, Tab
from store.work.values import Column, Kind, Why


def _join(query: AnySelect) -> AnySelect:
    return (
        query.join(Denial, col(Denial.id) == col(WorkItem.subject_id))
        .join(Claim, col(Claim.id) == col(Denial.claim_id))
        .join(Patient, col(Patient.id) == col(Claim.patient_id))
        .join(Payer, col(Payer.id) == col(Claim.payer_id))
    )


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    query = (
        select(Denial, Claim, RemitLine)
        .join(Claim, col(Claim.id) == col(Denial.claim_id))
        .outerjoin(RemitLine, col(RemitLine.id) == col(Denial.remit_line_id))
        .where(col(Denial.id).in_(subjects))
    )
    found: dict[int, tuple[str, ...]] = {}
    for denial, claim, line in session.exec(query).all():
        what = f"{line.code} {line.modifiers} {show_cents(line.charge, sign='$')}" if line else "whole claim"
        remarks = f"remarks {denial.remarks}" if denial.remarks else "no remark codes"
        limit = f"respond by {denial.deadline}" if denial.deadline else "limit not set for this payer"
        hint = disposition(denial.group, denial.reason).hint
        found[denial.id] = (
            f"{claim.control_number}  {what}  {denial.group}-{denial.reason} {hint}",
            f"{remarks}   {limit}   payer's number {claim.payer_control or 'unknown'}",
            _last_remark(session, denial.id),
        )
    return found


def _last_remark(session: Session, denial_id: int) -> str:
    query = (
        select(Remark, User.name)
        .join(User, col(User.id) == col(Remark.user_id))
        .where(Remark.subject == f"{QUEUE}:{denial_id}")
        .order_by(col(Remark.id).desc())
    )
    row = session.exec(query).first()
    return f"last: {row[0].at:%m-%d} {row[1]}: {row[0].text.splitlines()[0]}" if row else "not touched yet"


def _why(session: Session, item: WorkItem) -> Why:
    denial = session.get_one(Denial, item.subject_id)
    claim = session.get_one(Claim, denial.claim_id)
    rule = disposition(denial.group, denial.reason)
    lines = [
        f"The payer did not pay {show_cents(denial.cents, sign='$')} of claim {claim.control_number}: "
        f"{denial.group}-{denial.reason}, {rule.hint}.",
        {
            "CO": "Group CO: it may not be billed to the patient.",
            "PR": "Group PR: the payer puts it on the patient; check it before it moves (P).",
            "OA": "Group OA: neither the contract nor the patient; find out who pays.",
            "PI": "Group PI: the payer's own reduction; it may not be billed to the patient.",
        }.get(denial.group, "An adjustment group that is not in use any more."),
        f"Respond by {denial.deadline}."
        if denial.deadline
        else "The payer's limit is not set: look into the contract.",
        "It stays open at the payer until it is corrected (c), written off (w) or moved to the patient (P).",
    ]
    if not rule.known:
        lines.append("This reason is not in the table of dispositions; posting left it open.")
    return Why(
        "Why is this here?", tuple(lines), "Denials are read from the adjustments of each line, never from CLP02."
    )


def denial_record(session: Session, denial_id: int) -> Record:
    """The denial in front, the whole claim behind it."""
    denial = session.get(Denial, denial_id)
    if denial is None:
        raise NotFound(f"There is no denial {denial_id}.")
    claim = claim_record(session, denial.claim_id)
    rule = disposition(denial.group, denial.reason)
    slack = (denial.deadline - clock.today()).days if denial.deadline else None
    facts = Facts(
        (
            ("Denied", show_cents(denial.cents, sign="$")),
            ("Reason", f"{denial.group}-{denial.reason}  {rule.hint}"),
            ("Remark codes", denial.remarks or "none"),
            ("Category", denial.category),
            ("State", denial.state),
            ("Opened", denial.opened_on),
            ("Respond by", f"{denial.deadline} ({slack} days)" if denial.deadline else "not set for this payer"),
        )
    )
    tab = Tab("Denial", (facts, _line(session, denial), _history(session, denial)))
    return Record(
        title=f"Denial {denial.group}-{denial.reason}  {claim.title}",
        headline=f"{show_cents(denial.cents, sign='$')} denied   {claim.headline}",
        state=denial.state,
        tabs=(tab, *claim.tabs),
        claim_id=denial.claim_id,
        account_id=claim.account_id,
        version=denial.version,
    )


def _line(session: Session, denial: Denial) -> Lines:
    query = select(RemitAdjustment).where(RemitAdjustment.remit_claim_id == denial.remit_claim_id)
    if denial.remit_line_id is not None:
        query = query.where(RemitAdjustment.remit_line_id == denial.remit_line_id)
    line = session.get(RemitLine, denial.remit_line_id) if denial.remit_line_id else None
    head = (
        f"{line.code} {line.modifiers}  charge {show_cents(line.charge)}  paid {show_cents(line.paid)}" if line else ""
    )
    reasons = (
        f"  {row.group}-{row.reason}  {show_cents(row.cents)}  {disposition(row.group, row.reason).hint}"
        for row in session.exec(query).all()
    )
    return Lines((head, *reasons) if head else tuple(reasons), "What the payer answered")


def _history(session: Session, denial: Denial) -> Lines:
    query = (
        select(Remark, User.name)
        .join(User, col(User.id) == col(Remark.user_id))
        .where(Remark.subject == f"{QUEUE}:{denial.id}")
        .order_by(col(Remark.id).desc())
    )
    rows = session.exec(query).all()
    return Lines(
        tuple(f"{row.at:%Y-%m-%d %H:%M} {name}: {row.text}" for row, name in rows) or ("No notes yet.",), "Notes"
    )


DENIALS = Queue(
    name=QUEUE,
    title="Denials",
    permission=Permission.DENIAL,
    shown=(
        Shown(Column("slk", "Slk", 4, Kind.DAYS, help="days until the response limit"), col(Denial.deadline)),
        Shown(Column("claim", "Claim", 9), col(Claim.control_number)),
        Shown(Column("patient", "Patient", 13), col(Patient.last) + ", " + col(Patient.first)),
        Shown(Column("payer", "Payer", 7), col(Payer.payer_id)),
        Shown(Column("dos", "DOS", 10, Kind.DATE), col(Claim.service_from)),
        Shown(
            Column("carc", "Reason", 6, help="adjustment group and reason"),
            col(Denial.group) + "-" + col(Denial.reason),
        ),
        Shown(Column("cat", "Category", 12), col(Denial.category)),
        Shown(Column("den", "Denied", 9, Kind.CENTS), col(Denial.cents)),
        Shown(Column("state", "State", 14, wide=True), col(Denial.state)),
        Shown(Column("rarc", "Remarks", 12, wide=True), col(Denial.remarks)),
    ),
    join=_join,
    preview=_preview,
    why=_why,
    record=denial_record,
)
