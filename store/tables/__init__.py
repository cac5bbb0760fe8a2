"""SQLModel tables, one file per noun.  Importing this package registers them all."""

from sqlmodel import SQLModel

from store.tables.account import (
    AccountHold,
    Assistance,
    DiscountStep,
    Estimate,
    PatientPolicy,
    PaymentPlan,
    Placement,
    PlanInstalment,
    PovertyGuideline,
    Promise,
)
from store.tables.action import Action, AuditEntry, RowImage, Transition
from store.tables.appeal import Appeal, AppealLevel
from store.tables.assignment import AssignmentRule, Away
from store.tables.call import CallPreference, PatientCall
from store.tables.claim import (
    ArchivedFile,
    Batch,
    Claim,
    ClaimEvent,
    ClaimFact,
    ClaimFinding,
    ClaimLine,
    ClaimOverride,
    ClaimVersion,
    ControlNumber,
    MessageRule,
    SiteRule,
)
from store.tables.coding import CodeMacro, CodingReview, CodingStep, ReviewRule, VisitSheet
from store.tables.denial import Denial, SignedNotice
from store.tables.denial_worth import DenialWorth
from store.tables.disposition import ContractRate, DispositionRule, LetterTemplate, SentDocument
from store.tables.encounter import Diagnosis, Encounter, FacilityBill, Note, ServiceLine
from store.tables.learned import CodeFavourite, CodePick
from store.tables.ledger import LedgerEntry, Posting
from store.tables.patient import Coverage, Guarantor, Patient, PatientContact
from store.tables.payment import (
    DayClose,
    PatientPayment,
    Refund,
    SmallBalanceAccount,
    SmallBalanceExclusion,
    SmallBalanceRun,
)
from store.tables.people import User
from store.tables.practice import Fee, Holiday, Payer, Practice, Provider, TradingPartner
from store.tables.query import ProviderQuery, QueryIndicator, QueryNotice, QueryTiming
from store.tables.remittance import (
    Deposit,
    PaymentMatter,
    PostingRule,
    RemitAdjustment,
    RemitClaim,
    RemitLine,
    RemitPart,
    RemitProviderAdjustment,
    Remittance,
)
from store.tables.sessions import LoginSession, Pin
from store.tables.statement import DunningMessage, RunWording, StatementAccount, StatementRun, StatementTemplate
from store.tables.suggestion import SuggestionChoice
from store.tables.variance import CreditBalance, Dispute, Underpayment
from store.tables.views import SavedView, Sitting
from store.tables.work import Remark, WorkItem
from store.tables.write_off import WriteOffLimit, WriteOffRequest

__all__ = [
    "AccountHold", "Action", "Appeal", "AppealLevel", "ArchivedFile", "AssignmentRule", "Assistance",
    "AuditEntry", "Away", "Batch", "CallPreference", "Claim", "ClaimEvent", "ClaimFact", "ClaimFinding",
    "ClaimLine", "ClaimOverride", "ClaimVersion", "CodeFavourite", "CodeMacro", "CodePick", "CodingReview",
    "CodingStep", "ContractRate", "ControlNumber", "Coverage", "CreditBalance", "DayClose", "Denial", "DenialWorth",
    "Deposit", "Diagnosis", "DiscountStep", "DispositionRule", "Dispute", "DunningMessage",
    "Encounter", "Estimate", "FacilityBill", "Fee", "Guarantor", "Holiday", "LedgerEntry", "LetterTemplate",
    "LoginSession", "MessageRule", "Note", "Patient", "PatientCall", "PatientContact", "PatientPayment",
    "PatientPolicy", "Payer", "PaymentMatter", "PaymentPlan", "Pin", "Placement", "PlanInstalment", "Posting",
    "PostingRule", "PovertyGuideline", "Practice", "Promise", "Provider", "ProviderQuery", "QueryIndicator",
    "QueryNotice", "QueryTiming", "Refund", "Remark", "RemitAdjustment", "RemitClaim", "RemitLine", "RemitPart",
    "RemitProviderAdjustment", "Remittance", "ReviewRule", "RowImage", "RunWording", "SavedView",
    "SentDocument", "ServiceLine", "SignedNotice", "SiteRule", "Sitting", "SmallBalanceAccount",
    "SmallBalanceExclusion",
    "SmallBalanceRun", "StatementAccount", "StatementRun", "StatementTemplate", "SuggestionChoice",
    "TradingPartner", "Transition", "Underpayment", "User", "VisitSheet", "WorkItem", "WriteOffLimit",
    "WriteOffRequest",
]  # fmt: skip

for _table in SQLModel.metadata.tables.values():
    # SQLite would give the number of a deleted row again, and histories would tell of the wrong record.
    _table.dialect_options["sqlite"]["autoincrement"] = "id" in _table.columns
