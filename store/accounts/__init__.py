"""Accounts: the ledger, its books, and every balance that is derived from it.

Comes in: charges from claims, payments and adjustments from remittances, money from patients.  Goes out: what a payer
still owes, what a patient owes, what waits for a claim.
"""
