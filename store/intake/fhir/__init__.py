"""Encounters from FHIR R4: a bundle, or NDJSON of resources or bundles.

Comes in: text.  Goes out: one `EncounterIn` per Encounter with its patient, coverages, clinician and note, and a
reject for each Encounter that lacks what a claim can't be without.
"""

from store.intake.fhir.encounters import read_fhir

__all__ = ["read_fhir"]
