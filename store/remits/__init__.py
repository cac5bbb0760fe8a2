"""Remittances: the payer's answer with its money, balanced before anything is posted, posted to the cent.

Comes in: 835 files.  Goes out: ledger entries, denials, claim states, exceptions for what could not be matched.
"""
