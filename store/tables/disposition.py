"""What this practice does with adjustments where it differs from what is shipped, and the letters that it sends."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from store.tables.base import cents, key, moment


class DispositionRule(SQLModel, table=True):
    """One row of the practice's own: empty columns fit anything, and the row that names the most is taken.

    `payer_id` 0 fits every payer; `sequence` is P, S or T.  `disposition` is a `store.remits.dispositions.Disposition`.
    """

    __tablename__ = "disposition_rule"
    __table_args__ = (UniqueConstraint("payer_id", "group", "reason", "remark", "sequence"),)

    id: int = key()
    payer_id: int = 0
    group: str = ""
    reason: str = Field(index=True)
    remark: str = ""
    sequence: str = ""
    disposition: str
    category: str
    cause: str = ""
    action: str = ""
    hint: str = ""


class LetterTemplate(SQLModel, table=True):
    """The practice's own text of a letter; `name` is unique, and one of the shipped names replaces that one."""

    __tablename__ = "letter_template"

    id: int = key()
    name: str = Field(unique=True)
    title: str
    text: str


class SentDocument(SQLModel, table=True):
    """Something that was sent about a claim: the file as it went, how, when, by whom, and the proof of it."""

    __tablename__ = "sent_document"

    id: int = key()
    claim_id: int = Field(foreign_key="claim.id", index=True)
    denial_id: int | None = Field(default=None, foreign_key="denial.id", index=True)
    file_id: int = Field(foreign_key="archived_file.id")
    name: str
    how: str
    to: str = ""
    reference: str = ""
    sent_on: date
    at: datetime = moment()
    user_id: int = Field(foreign_key="app_user.id")


class ContractRate(SQLModel, table=True):
    """What a payer's contract allows for a procedure, in cents a unit, from `valid_from` until `valid_to`.

    `modifiers` as they stand on the line (comma between), empty for a line without.
    """

    __tablename__ = "contract_rate"
    __table_args__ = (UniqueConstraint("payer_id", "code", "modifiers", "valid_from"),)

    id: int = key()
    payer_id: int = Field(foreign_key="payer.id", index=True)
    code: str = Field(index=True)
    modifiers: str = ""
    cents: int = cents()
    valid_from: date
    valid_to: date | None = None
    term: str = ""
