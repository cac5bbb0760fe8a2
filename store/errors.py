"""What the store refuses, each kind that a caller may want to tell apart."""

from __future__ import annotations

from codesets.errors import Refused

__all__ = ["Away", "LockedOut", "NotAllowed", "NotFound", "Refused", "Stale", "Taken"]


class NotAllowed(Refused):
    """The person's role lacks the permission, which the sentence names."""


class Away(Refused):
    """The database can't be reached or written now; nothing was half-done, and the same may be tried again."""


class LockedOut(NotAllowed):
    """Too many wrong tries at a locked screen: the program ends, and the right PIN is needed after a new login too."""


class NotFound(Refused):
    """No record has that identity."""


class Stale(Refused):
    """Somebody else saved the record after it was read; nothing was overwritten."""


class Taken(Refused):
    """Another person is working on the item; the sentence says who and since when."""
