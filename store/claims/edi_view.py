"""A claim as the other side sees it: its segments as they went, what each answer says of it, and what happened when."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from store.claims import archive
from store.claims.image import claim_image
from store.errors import Refused
from store.tables import ArchivedFile, Batch, Claim, ClaimEvent, ClaimVersion, MessageRule, Patient
from store.text import how_many
from store.work.record import Lines, Record, Tab, Table
from store.work.values import Column
from store.x12.excerpt import excerpt

MOST_FILES = 12
"""So many of the last files are looked through."""

COLUMNS = (
    Column("when", "When", 16),
    Column("what", "What", 9),
    Column("status", "Status", 13),
    Column("text", "Text", 60),
)


def edi_record(session: Session, claim_id: int) -> Record:
    """The claim's segments and answers, one tab each."""
    claim = session.get_one(Claim, claim_id)
    patient = session.get_one(Patient, claim.patient_id)
    tabs = (
        Tab("837", (Lines(_sent(session, claim)),)),
        Tab("Answers", (Lines(_answers(session, claim)),)),
        Tab("History", (_history(session, claim_id),)),
    )
    sent = f"sent {claim.sent_on}" if claim.sent_on else "not sent yet"
    headline = (
        f"{sent}   payer's number {claim.payer_control or 'not known'}   {claim.routed_to and 'at ' + claim.routed_to}"
    )
    title = f"EDI of {claim.control_number}  {patient.last}, {patient.first}"
    return Record(title, headline, claim.state, tabs, claim_id=claim.id, account_id=claim.guarantor_id)


def filed_record(session: Session) -> Record:
    """The messages that rules have filed, the newest first, and the rules."""
    from store.claims.listing import filed_messages  # with it comes the printer of forms

    rows = tuple(
        (f"{one['at']:%Y-%m-%d %H:%M}", str(one["claim"]), str(one["status"]), str(one["text"]))
        for one in filed_messages(session)[:1000]
    )
    columns = (COLUMNS[0], Column("claim", "Claim", 12), *COLUMNS[2:])
    rules = session.exec(select(MessageRule).order_by(col(MessageRule.name))).all()
    told = tuple((one.name, one.pattern, "on" if one.active else "off") for one in rules)
    about = (Column("rule", "Rule", 20), Column("pattern", "Messages like", 40), Column("is", "Is", 4))
    tabs = (Tab("Filed", (Table(columns, rows),)), Tab("Rules", (Table(about, told),)))
    return Record(
        "Messages filed by rule", f"{how_many(len(rows), 'message')}, {how_many(len(told), 'rule')}", "", tabs
    )


def _sent(session: Session, claim: Claim) -> tuple[str, ...]:
    """The claim as it stands in the last file with it, or as it will go."""
    query = (
        select(Batch, ArchivedFile, ClaimVersion.number)
        .join(ClaimVersion, col(ClaimVersion.batch_id) == col(Batch.id))
        .join(ArchivedFile, col(ArchivedFile.sha256) == col(Batch.sha256))
        .where(ClaimVersion.claim_id == claim.id, Batch.kind != "paper")
        .order_by(col(ClaimVersion.number).desc())
    )
    row = session.exec(query).first()
    if row is None:
        return ("It was in no file yet; this is how it will go.", "", *claim_image(session, claim.id))
    batch, file, number = row
    head = f"Version {number} in {batch.file_name}, ISA13 {batch.interchange:09d}, {batch.made_at:%Y-%m-%d %H:%M} UTC"
    return (head, "", *_excerpt(file, claim.control_number))


def _answers(session: Session, claim: Claim) -> tuple[str, ...]:
    """What every file that came back says of the claim, the newest first."""
    ids = select(ClaimEvent.file_id).where(ClaimEvent.claim_id == claim.id, col(ClaimEvent.file_id).is_not(None))
    query = select(ArchivedFile).where(col(ArchivedFile.id).in_(ids), ArchivedFile.direction == "in")
    files = session.exec(query.order_by(col(ArchivedFile.id).desc()).limit(MOST_FILES)).all()
    told: list[str] = []
    for file in files:
        told += [
            f"{file.name}, {file.kind}, {file.at:%Y-%m-%d %H:%M} UTC",
            "",
            *_excerpt(file, claim.control_number),
            "",
        ]
    return tuple(told) or ("Nothing was heard of it yet.",)


def _excerpt(file: ArchivedFile, number: str) -> Sequence[str]:
    try:
        return excerpt(archive.content(file), file.name, number) or ("It is not named there.",)
    except Refused as why:
        return (f"The file can't be read: {why}",)


def _history(session: Session, claim_id: int) -> Table:
    query = select(ClaimEvent).where(ClaimEvent.claim_id == claim_id).order_by(col(ClaimEvent.id).desc())
    rows = tuple((f"{e.at:%Y-%m-%d %H:%M}", e.kind, e.status, e.text) for e in session.exec(query).all())
    return Table(COLUMNS, rows)
