"""What stands on a guarantor's account beside the ledger: holds, plans, promises, assistance, agencies, estimates."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel, UniqueConstraint

from store.tables.base import Versioned, cents, key, later


class AccountHold(Versioned, table=True):
    """A reason that stops statements and calls from `since` on; `kind` is a `store.accounts.holds.HoldKind`.

    It stands until `until` (None: until it is lifted); `lifted_on` ends it.
    """

    __tablename__ = "account_hold"

    id: int = key()
    guarantor_id: int = Field(foreign_key="guarantor.id", index=True)
    kind: str
    reason: str = ""
    since: date
    until: date | None = None
    placed_by: int | None = Field(default=None, foreign_key="app_user.id")
    lifted_by: int | None = Field(default=None, foreign_key="app_user.id")
    lifted_on: date | None = None


class PaymentPlan(Versioned, table=True):
    """An agreement to pay in parts; whether it is kept is told by the ledger, never stored."""

    __tablename__ = "payment_plan"

    id: int = key()
    guarantor_id: int = Field(foreign_key="guarantor.id", index=True)
    total: int = cents()
    made_on: date
    made_by: int = Field(foreign_key="app_user.id")
    after_payment: int = 0
    ended_on: date | None = None
    ended_why: str = ""


class PlanInstalment(SQLModel, table=True):
    """One part of a plan, with the day on which it is due."""

    __tablename__ = "plan_instalment"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: int = key()
    plan_id: int = Field(foreign_key="payment_plan.id", index=True)
    number: int
    due_on: date
    cents: int = cents()


class Promise(SQLModel, table=True):
    """A promise to pay; kept or broken is told by the payments after number `after_payment`, never stored."""

    id: int = key()
    guarantor_id: int = Field(foreign_key="guarantor.id", index=True)
    cents: int = cents()
    due_on: date
    made_on: date
    made_by: int = Field(foreign_key="app_user.id")
    after_payment: int = 0
    call_id: int | None = Field(default=None, foreign_key="patient_call.id")


class Assistance(Versioned, table=True):
    """Financial assistance asked for and decided: `percent` is taken off what is due until `valid_until`."""

    id: int = key()
    guarantor_id: int = Field(foreign_key="guarantor.id", index=True)
    kind: str
    household: int = 0
    income: int = cents()
    fpl_percent: int | None = None
    percent: int = 0
    asked_on: date
    decided_on: date | None = None
    decided_by: int | None = Field(default=None, foreign_key="app_user.id")
    granted: bool | None = None
    valid_until: date | None = None
    reason: str = ""


class PovertyGuideline(SQLModel, table=True):
    """The federal poverty guideline of a year: dollars in cents for one person, and for each person more."""

    __tablename__ = "poverty_guideline"

    id: int = key()
    year: int
    area: str = "48"
    first_person: int = cents()
    each_more: int = cents()


class DiscountStep(SQLModel, table=True):
    """One row of a discount table: up to `up_to` percent of the poverty guideline, `percent` is taken off."""

    __tablename__ = "discount_step"

    id: int = key()
    kind: str
    up_to: int
    percent: int
    months: int = 6
    valid_from: date


class Placement(Versioned, table=True):
    """An account that was handed to a collection agency; `recalled_on` ends it.  `reference` names the file."""

    id: int = key()
    guarantor_id: int = Field(foreign_key="guarantor.id", index=True)
    agency: str
    cents: int = cents()
    first_bill_on: date | None = None
    placed_on: date
    placed_by: int = Field(foreign_key="app_user.id")
    reference: str = ""
    recalled_on: date | None = None
    recall_reason: str = ""


class Estimate(SQLModel, table=True):
    """A good-faith estimate: what a provider's care of a self-pay patient was expected to cost, for these days."""

    id: int = key()
    patient_id: int = Field(foreign_key="patient.id", index=True)
    provider_id: int = Field(foreign_key="provider.id")
    cents: int = cents()
    given_on: date
    service_from: date
    service_to: date


class PatientPolicy(Versioned, table=True):
    """The practice's rules towards patients, one row; where there is none these defaults hold.

    Times in days and cents.  `level_ages` is how old (days) the oldest open amount has to be for dunning levels 1 to
    4; `presume_days` is after how many days without returned mail a statement counts as delivered (None: only when
    the vendor says so); a payment of `reset_percent` of what is due starts dunning anew.  A credit of a patient has to
    be settled in `refund_days`; a check that is not cashed in `stale_check_days` is stale; `escheat_days` says for each
    state of the union after how many days money without an owner is the state's ('KS=1825 MO=1095').
    """

    __tablename__ = "patient_policy"

    id: int = key()
    days_to_pay: int = 21
    level_ages: str = "0 25 50 75"
    presume_days: int | None = 10
    reset_percent: int = 20
    gfe_over: int = cents(default=40_000)
    gfe_dispute_days: int = 120
    collect_after_days: int = 120
    review_after_days: int = 15
    small_cents: int = cents(default=999)
    small_age_days: int = 90
    refund_other_due: bool = False
    run_second_person: bool = False
    call_from: int = 8
    call_to: int = 21
    call_attempts: int = 7
    call_days: int = 7
    call_high: int = cents(default=50_000)
    call_final_days: int = 10
    promise_grace: int = 3
    plan_grace: int = 5
    plan_missed: int = 2
    plan_least: int = cents(default=2_500)
    plan_months: int = 24
    time_zone: str = "America/Chicago"
    refund_days: int = later(30)
    stale_check_days: int = later(180)
    escheat_days: str = later("")
