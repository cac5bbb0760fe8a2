"""The books that postings go to.  A debit is positive, a credit negative; every entry sums to zero."""

from __future__ import annotations

from enum import StrEnum


class Book(StrEnum):
    """Each book by what its balance means."""

    INSURANCE = "insurance"
    """What a payer still owes on a claim (debit)."""
    PATIENT = "patient"
    """What the guarantor owes (debit)."""
    CHARGES = "charges"
    """Charges made (credit)."""
    CASH = "cash"
    """Money that came from payers (debit)."""
    PAYER_REFUND = "payer-refund"
    """Money that went back to payers (credit)."""
    PATIENT_CASH = "patient-cash"
    """Money that came from patients, less what was given back (debit)."""
    CONTRACTUAL = "contractual"
    """Given up under a contract (debit)."""
    WRITE_OFF = "write-off"
    """Given up by a decision of ours (debit)."""
    DISCOUNT = "discount"
    """Given up for a patient: charity, sliding fee, small balances (debit)."""
    BAD_DEBT = "bad-debt"
    """What a guarantor owes and a collection agency collects (debit)."""
    UNAPPLIED = "unapplied"
    """Money that is on no visit yet: of a claim that is not known here, or of a guarantor (credit)."""
    PROVIDER = "provider"
    """Taken or given by a payer at provider level, PLB (debit when taken)."""
    FORWARDED = "forwarded"
    """Passed on from a claim to the claim of the next payer (debit there from, credit there to; even over all)."""
