"""Appeals: the rungs of each payer's ladder, and what was filed on which rung."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel, UniqueConstraint

from store.tables.base import cents, key


class AppealLevel(SQLModel, table=True):
    """One rung of a payer's ladder as its contract says; Medicare's own are shipped with the program.

    `file_days` counts from the notice; `decide_days` is None where the contract sets no clock; `minimum` is cents.
    """

    __tablename__ = "appeal_level"
    __table_args__ = (UniqueConstraint("payer_id", "level", "valid_from"),)

    id: int = key()
    payer_id: int = Field(foreign_key="payer.id", index=True)
    level: int
    name: str
    file_days: int
    decide_days: int | None = None
    minimum: int = cents()
    valid_from: date


class Appeal(SQLModel, table=True):
    """One appeal that was filed.

    `file_by` was its last day, `decide_by` is when the payer has to answer, None without a clock; `upheld_on` is the
    day of the notice that the denial stands, where a notice said so before any remittance.
    """

    id: int = key()
    denial_id: int = Field(foreign_key="denial.id", index=True)
    claim_id: int = Field(foreign_key="claim.id", index=True)
    claim_line_id: int | None = Field(default=None, foreign_key="claim_line.id")
    level: int
    name: str
    notice_on: date
    filed_on: date
    file_by: date
    decide_by: date | None = None
    upheld_on: date | None = None
    reference: str = ""
