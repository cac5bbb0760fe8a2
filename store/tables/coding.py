"""What stands beside an encounter's codes: reviews, worksheets, macros, and which actions touched it."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from store.tables.base import key, later, moment


class CodingStep(SQLModel, table=True):
    """An action that worked on an encounter's codes; never undone itself, so that a history tells undone things too."""

    __tablename__ = "coding_step"

    id: int = key()
    encounter_id: int = Field(foreign_key="encounter.id", index=True)
    action_id: int = Field(foreign_key="action.id")


class CodingReview(SQLModel, table=True):
    """One second look at a coded encounter.

    `chosen` says how it came: asked, rule or random; `outcome` is empty while it waits, then agreed, changed,
    returned, or alone when its coder let it go because nobody else may review.  `codes_before` and `codes_after` are
    one code a line; `matched` of `total` agree, both 0 when returned or alone.  `override` is the coder's reason for
    codes that exclude each other.
    """

    __tablename__ = "coding_review"

    id: int = key()
    encounter_id: int = Field(foreign_key="encounter.id", index=True)
    coder_id: int = Field(foreign_key="app_user.id", index=True)
    chosen: str
    reason: str
    asked_at: datetime = moment()
    codes_before: str
    codes_after: str = ""
    outcome: str = ""
    reasons: str = ""
    reviewer_id: int | None = Field(default=None, foreign_key="app_user.id")
    decided_at: datetime | None = moment(optional=True)
    matched: int = 0
    total: int = 0
    override: str = later("")


class ReviewRule(SQLModel, table=True):
    """What sends a finished encounter to review from `valid_from` until `valid_to`; `kind` says what `value` is."""

    __tablename__ = "review_rule"

    id: int = key()
    kind: str
    value: str
    valid_from: date
    valid_to: date | None = None


class VisitSheet(SQLModel, table=True):
    """The worksheet behind a visit's level: elements as words ("" not judged), minutes, the code and why."""

    __tablename__ = "visit_sheet"

    encounter_id: int = Field(primary_key=True, foreign_key="encounter.id")
    new_patient: bool
    problems: str = ""
    data: str = ""
    risk: str = ""
    minutes: int | None = None
    code: str = ""
    basis: str = ""
    why: str = ""
    user_id: int = Field(foreign_key="app_user.id")
    at: datetime = moment()


class CodeMacro(SQLModel, table=True):
    """Codes that a person adds together under a name; `content` is JSON of diagnoses and lines."""

    __tablename__ = "code_macro"

    id: int = key()
    user_id: int = Field(foreign_key="app_user.id", index=True)
    name: str
    content: str
