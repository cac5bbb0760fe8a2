"""Calls with patients: who is to be called and why, what is said, and what came of it.

Comes in: broken promises, missed plans, final notices, high balances, mail that came back.  Goes out: payments,
promises, plans, disputes, other insurance, applications for assistance; each attempt is kept.
"""
