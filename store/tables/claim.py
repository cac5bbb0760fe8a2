"""Claims, their immutable versions, batches and what was heard back."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from store.tables.base import Versioned, cents, key, later, moment


class Claim(Versioned, table=True):
    """One bill to one payer.

    `control_number` is CLM01 and never changes; `encounter_id` is the first encounter that it bills, and the one under
    which its money is booked; `payer_control` is the payer's own number (REF*F8), known after the
    first answer; `sequence` is P, S or T; `state` is a `store.claims.states.ClaimState`.  `prior_id` is the claim to
    the payer before this one, `kind` professional or institutional; `first_scrub` is what the very first scrub said
    (clean, warn or stop); `awaits_until` is the last day on which the next answer is expected, after which an alarm is
    raised.  `edit_` columns tell what keeps it from being sent; `review` is how far a rejection is looked at (1 not, 2
    being, 3 looked at).  `routed_to` is the desk that was asked something about it, `routed_question` what.
    """

    id: int = key()
    control_number: str = Field(unique=True)
    encounter_id: int = Field(foreign_key="encounter.id", index=True)
    patient_id: int = Field(foreign_key="patient.id", index=True)
    guarantor_id: int = Field(foreign_key="guarantor.id", index=True)
    payer_id: int = Field(foreign_key="payer.id")
    coverage_id: int = Field(foreign_key="coverage.id")
    sequence: str = "P"
    state: str = Field(index=True)
    current: int = 1
    charge: int = cents()
    service_from: date = Field(index=True)
    service_to: date
    payer_control: str = Field(default="", index=True)
    built_on: date
    sent_on: date | None = None
    filing_limit: date | None = None
    prior_id: int | None = Field(default=None, index=True)
    kind: str = later("professional")
    authorization: str = later("")
    first_scrub: str = later("")
    hold_until: date | None = None
    hold_reason: str = later("")
    edit_severity: str = later("")
    edit_count: int = later(0)
    edit_code: str = later("")
    review: int = later(1)
    awaits_until: date | None = Field(default=None, index=True)
    routed_to: str = later("")
    routed_question: str = later("")


class ClaimVersion(SQLModel, table=True):
    """What was, or will be, sent: the whole claim as JSON, never edited.  `frequency` is 1, 7 or 8."""

    __tablename__ = "claim_version"
    __table_args__ = (UniqueConstraint("claim_id", "number"),)

    id: int = key()
    claim_id: int = Field(foreign_key="claim.id", index=True)
    number: int
    frequency: str
    content: str
    sha256: str
    charge: int = cents()
    made_at: datetime = moment()
    batch_id: int | None = Field(default=None, foreign_key="batch.id")


class ClaimLine(SQLModel, table=True):
    """A line of a claim, the same row over all versions; `control` is REF*6R and comes back on the remittance.

    `encounter_id` is the encounter that it bills: one claim may bill several, and one encounter stand on several.
    """

    __tablename__ = "claim_line"
    __table_args__ = (UniqueConstraint("claim_id", "control"),)

    id: int = key()
    claim_id: int = Field(foreign_key="claim.id", index=True)
    control: str
    service_line_id: int | None = Field(default=None, foreign_key="service_line.id")
    encounter_id: int | None = Field(default=None, index=True)
    code: str
    modifiers: str = ""
    units: int = 1
    service_date: date
    charge: int = cents()
    active: bool = True


class ClaimFact(SQLModel, table=True):
    """One field that a claim tells beside codes and people, as text (`store.claims.facts`).

    It is the encounter's, or where `service_line_id` is given that procedure line's (no foreign key: when the taking
    off of a line is undone, its fields are there again).
    """

    __tablename__ = "claim_fact"

    id: int = key()
    encounter_id: int = Field(foreign_key="encounter.id", index=True)
    service_line_id: int | None = None
    name: str
    value: str


class ClaimFinding(SQLModel, table=True):
    """What the last scrub of a claim found; `severity` is stop, warn or info, `fix` the key that leads to the fix.

    `mark` is the same for the same finding over versions, so that an override stays; `overridden` is the reason.
    """

    __tablename__ = "claim_finding"

    id: int = key()
    claim_id: int = Field(foreign_key="claim.id", index=True)
    number: int
    code: str
    severity: str
    place: str
    value: str = ""
    message: str
    rule: str
    source: str
    fix: str
    todo: str
    mark: str
    overridden: str = ""


class ClaimOverride(SQLModel, table=True):
    """A warning that somebody let pass, with the reason."""

    __tablename__ = "claim_override"

    id: int = key()
    claim_id: int = Field(foreign_key="claim.id", index=True)
    mark: str
    code: str
    reason: str
    user_id: int = Field(foreign_key="app_user.id")
    at: datetime = moment()


class SiteRule(SQLModel, table=True):
    """A rule of the practice's own, written as TOML (`store.claims.site_rules`); only active ones are asked."""

    __tablename__ = "site_rule"

    id: int = key()
    name: str = Field(unique=True)
    text: str
    active: bool = False
    would_hit: int | None = None
    changed_at: datetime = moment()


class MessageRule(SQLModel, table=True):
    """Messages of acknowledgements whose text matches `pattern` are filed without a row in a queue."""

    __tablename__ = "message_rule"

    id: int = key()
    name: str = Field(unique=True)
    pattern: str
    active: bool = True


class ControlNumber(SQLModel, table=True):
    """The last control number of a series: each trading partner has one for test and one for production."""

    __tablename__ = "control_number"

    id: int = key()
    series: str = Field(unique=True)
    last: int = 0


class Batch(SQLModel, table=True):
    """One claim file.  `interchange` (ISA13) and `group` (GS06) are never used twice in a `series`.

    `series` names trading partner and usage ("T", "P" of the practice's own clearinghouse, "2P", ... of partner 2, or
    "paper"); `reference` is BHT03, used once over all of them.

    `kind` is 837P, 837I, 276 or paper; `state` a `store.claims.batch_states.BatchState`; `failure` says why it was
    refused; `awaits_until` is the last day on which its next answer is expected.
    """

    __table_args__ = (UniqueConstraint("series", "interchange"), UniqueConstraint("series", "group"))

    id: int = key()
    series: str = later("")
    interchange: int
    group: int
    set_control: str
    reference: str = Field(unique=True)
    file_name: str
    sha256: str
    usage: str
    state: str
    made_at: datetime = moment()
    claims: int = 0
    charge: int = cents()
    kind: str = later("837P")
    partner_id: int | None = None
    failure: str = later("")
    awaits_until: date | None = None
    review: int = later(1)


class ClaimEvent(SQLModel, table=True):
    """Something that happened to a claim on its way: sent, acknowledged, rejected, adjudicated."""

    __tablename__ = "claim_event"

    id: int = key()
    claim_id: int = Field(foreign_key="claim.id", index=True)
    batch_id: int | None = Field(default=None, foreign_key="batch.id")
    file_id: int | None = Field(default=None, foreign_key="archived_file.id")
    at: datetime = moment()
    kind: str
    status: str = ""
    text: str = ""


class ArchivedFile(SQLModel, table=True):
    """A file as it came or went, compressed; `sha256` of its content makes a second import of it change nothing."""

    __tablename__ = "archived_file"

    id: int = key()
    kind: str
    direction: str
    name: str
    sha256: str = Field(unique=True)
    size: int
    content: bytes
    at: datetime = moment()
    summary: str = ""
