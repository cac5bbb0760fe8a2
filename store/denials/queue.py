"""The denials queue and the denial record."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from store import clock
from store.claims.opened import claim_record
from store.denials.before import before_table
from store.denials.code_texts import code_texts
from store.denials.contact import contact_facts
from store.denials.levels import levels_told, next_told
from store.denials.notices import notice_of
from store.denials.steps import QUEUE, pend
from store.denials.worth import told, worked_before
from store.errors import NotFound
from store.money import show_cents
from store.people.roles import Permission
from store.remits.dispositions import Rule, rules_of
from store.tables import (
    Appeal,
    Claim,
    Denial,
    DenialWorth,
    Patient,
    Payer,
    Remark,
    RemitAdjustment,
    RemitLine,
    SentDocument,
    User,
    WorkItem,
)
from store.work.queue import AnySelect, Previews, Queue, Shown
from store.work.record import Facts, Lines, Record, Tab
from store.work.values import Column, Kind, Why


def _join(query: AnySelect) -> AnySelect:
    return (
        query.join(Denial, col(Denial.id) == col(WorkItem.subject_id))
        .join(Claim, col(Claim.id) == col(Denial.claim_id))
        .join(Patient, col(Patient.id) == col(Claim.patient_id))
        .join(Payer, col(Payer.id) == col(Claim.payer_id))
        .outerjoin(DenialWorth, col(DenialWorth.denial_id) == col(Denial.id))
    )


_LEVEL = (
    select(func.max(Appeal.level))
    .where(col(Appeal.claim_id) == col(Denial.claim_id))
    .where(col(Appeal.claim_line_id).is_not_distinct_from(col(Denial.claim_line_id)))
    .correlate(Denial)
    .scalar_subquery()
)


def _preview(session: Session, subjects: Sequence[int]) -> Previews:
    query = (  # values and no records: making four records a row took half of a page's time
        columns(
            *(col(one) for one in (Denial.id, Denial.group, Denial.reason, Denial.remarks, Denial.deadline)),
            *(col(one) for one in (Claim.control_number, Claim.payer_id, Claim.sequence)),
            *(col(one) for one in (RemitLine.code, RemitLine.modifiers, RemitLine.charge)),
            *(col(one) for one in (DenialWorth.won, DenialWorth.tried, DenialWorth.basis)),
        )
        .select_from(Denial)
        .join(Claim, col(Claim.id) == col(Denial.claim_id))
        .outerjoin(DenialWorth, col(DenialWorth.denial_id) == col(Denial.id))
        .outerjoin(RemitLine, col(RemitLine.id) == col(Denial.remit_line_id))
        .where(col(Denial.id).in_(subjects))
    )
    found: dict[int, tuple[str, ...]] = {}
    last, rules = _last_remarks(session, subjects), rules_of(session)
    for row in session.execute(query).all():
        line = "whole claim" if row.charge is None else f"{row.code} {row.modifiers} {show_cents(row.charge, sign='$')}"
        remarks = f"remarks {row.remarks}" if row.remarks else "no remark codes"
        limit = f"respond by {row.deadline}" if row.deadline else "limit not set for this payer"
        before = f"won {row.won} of {row.tried}: {row.basis}" if row.tried else "no outcomes yet"
        rule = rules.rule(
            row.group, row.reason, payer_id=row.payer_id, remarks=row.remarks.split(), sequence=row.sequence
        )
        found[row.id] = (
            f"{row.control_number}  {line}  {row.group}-{row.reason} {rule.hint}",
            f"{remarks}   {limit}   {before}",
            last.get(row.id, "not touched yet"),
        )
    return found


def _rule(session: Session, denial: Denial, claim: Claim) -> Rule:
    return rules_of(session).rule(
        denial.group, denial.reason, payer_id=claim.payer_id, remarks=denial.remarks.split(), sequence=claim.sequence
    )


def _last_remarks(session: Session, subjects: Sequence[int]) -> dict[int, str]:
    """The last note of each denial that has any."""
    named = {f"{QUEUE}:{one}": one for one in subjects}
    newest = select(func.max(Remark.id)).where(col(Remark.subject).in_(list(named))).group_by(col(Remark.subject))
    query = select(Remark, User.name).join(User, col(User.id) == col(Remark.user_id))
    return {
        named[remark.subject]: f"last: {remark.at:%m-%d} {name}: {remark.text.splitlines()[0]}"
        for remark, name in session.exec(query.where(col(Remark.id).in_(newest))).all()
    }


def _why(session: Session, item: WorkItem) -> Why:
    denial = session.get_one(Denial, item.subject_id)
    claim = session.get_one(Claim, denial.claim_id)
    rule = _rule(session, denial, claim)
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
    lines.append(f"Usually caused by {rule.cause}; usually done first: {rule.action}.")
    lines.append(next_told(session, denial, session.get_one(Payer, claim.payer_id)))
    lines += told(session, denial.id)
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
    row = session.get_one(Claim, denial.claim_id)
    payer = session.get_one(Payer, row.payer_id)
    rule = _rule(session, denial, row)
    slack = (denial.deadline - clock.today()).days if denial.deadline else None
    facts = Facts(
        (
            ("Denied", show_cents(denial.cents, sign="$")),
            ("Reason", f"{denial.group}-{denial.reason}  {rule.hint}"),
            ("Remark codes", denial.remarks or "none"),
            ("Category", f"{denial.category}, usually caused by {rule.cause}"),
            ("Usually first", rule.action),
            *_licensed(denial),
            ("State", denial.state),
            ("Opened", denial.opened_on),
            ("What worked before", worked_before(session, denial, row.payer_id)),
            ("Respond by", f"{denial.deadline} ({slack} days)" if denial.deadline else "not set for this payer"),
            ("Signed notice", notice_of(session, denial) or "none on file"),
            *contact_facts(payer),
        )
    )
    ladder = Lines(levels_told(session, denial, payer), "Levels of appeal")
    parts = (facts, _line(session, denial), ladder, _sent(session, denial), before_table(session, denial, row))
    tab = Tab("Denial", (*parts, _history(session, denial)))
    return Record(
        title=f"Denial {denial.group}-{denial.reason}  {claim.title}",
        headline=f"{show_cents(denial.cents, sign='$')} denied   {claim.headline}",
        state=denial.state,
        tabs=(tab, *(one for one in claim.tabs if one.title != "Denials")),
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
        f"  {row.group}-{row.reason}  {show_cents(row.cents)}  {rules_of(session).rule(row.group, row.reason).hint}"
        for row in session.exec(query).all()
    )
    return Lines((head, *reasons) if head else tuple(reasons), "What the payer answered")


def _licensed(denial: Denial) -> list[tuple[str, str]]:
    """The texts of the practice's own licensed code lists, where they are loaded."""
    return code_texts([("CARC", denial.reason), *(("RARC", remark) for remark in denial.remarks.split())])


def _sent(session: Session, denial: Denial) -> Lines:
    query = select(SentDocument).where(SentDocument.denial_id == denial.id).order_by(col(SentDocument.id).desc())
    rows = tuple(
        f"{row.sent_on} {row.name} by {row.how} to {row.to}" + (f", reference {row.reference}" if row.reference else "")
        for row in session.exec(query).all()
    )
    return Lines(rows or ("Nothing yet.",), "Letters and packets sent")


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
        Shown(Column("patient", "Patient", 10), col(Patient.last) + ", " + col(Patient.first)),
        Shown(Column("payer", "Payer", 7), col(Payer.payer_id)),
        Shown(Column("dos", "DOS", 10, Kind.DATE, wide=True), col(Claim.service_from)),
        Shown(
            Column("carc", "Reason", 6, help="adjustment group and reason"),
            col(Denial.group) + "-" + col(Denial.reason),
        ),
        Shown(Column("cat", "Category", 9), col(Denial.category)),
        Shown(Column("den", "Denied", 9, Kind.CENTS), col(Denial.cents)),
        Shown(
            Column("ev", "EV$", 8, Kind.CENTS, help="what working it is expected to bring, net of effort (y)"),
            col(DenialWorth.cents),
        ),
        Shown(Column("lv", "Lv", 2, Kind.NUMBER, help="the level of appeal that was filed last"), _LEVEL),
        Shown(Column("state", "State", 14, wide=True), col(Denial.state)),
        Shown(Column("rarc", "Remarks", 12, wide=True), col(Denial.remarks)),
    ),
    join=_join,
    preview=_preview,
    why=_why,
    record=denial_record,
    put_off=pend,
)
