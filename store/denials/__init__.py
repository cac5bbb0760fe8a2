"""Denials: what a payer refused to pay, line by line, and what is done about it.

Comes in: denied amounts from posting.  Goes out: corrected claims, write-offs, money moved to the patient.
Owns the states of a denial.
"""
