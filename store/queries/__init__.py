"""Questions to providers: composed from quoted words of the note, sent, answered, applied to the codes.

Comes in: an encounter on the coding desk.  Goes out: an encounter that returns to the coding queue.  Owns the states of
a provider query.
"""
