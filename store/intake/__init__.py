"""Encounters in from other systems: FHIR R4 bundles and CSV become encounter values, bad rows a rejects file.

Comes in: files.  Goes out: `EncounterIn` values and `Reject` rows; `store.intake.load` makes records of them,
once each.
"""
