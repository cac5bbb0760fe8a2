"""Variances: what a payer allowed less for than its contract says, and what it paid too much.

Comes in: posted answers, contract rates by date.  Goes out: disputes, refunds, recoupments that are waited for.
Owns the states of an underpayment and of a credit balance.
"""
