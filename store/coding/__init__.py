"""Coding: a coder reads the note and gives the encounter its diagnoses and procedure lines.

Comes in: encounters from `store.intake`.  Goes out: coded encounters, of which `store.claims` makes claims.
Owns the states of an encounter.
"""
