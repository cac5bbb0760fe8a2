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
    """Money that came from payers and patients (debit)."""
    CONTRACTUAL = "contractual"
    """Given up under a contract (debit)."""
    WRITE_OFF = "write-off"
    """Given up by a decision of ours (debit)."""
    UNAPPLIED = "unapplied"
    """Money that came for a claim that is not known here (credit)."""
    PROVIDER = "provider"
    """Taken or given by a payer at provider level, PLB (debit when taken)."""
