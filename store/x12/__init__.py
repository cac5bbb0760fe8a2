"""X12 files in and out: segments, claim files, acknowledgements and remittances as plain values.

Comes in: bytes of an interchange.  Goes out: frozen dataclasses, or the text of an interchange.  Nothing here knows
the database; `store.claims` and `store.remits` turn these values into records.
"""
