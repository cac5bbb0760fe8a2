"""Who may do what: a role is a set of permissions, and each command names the one that it needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One right; commands, queues and reads each name theirs."""

    CODE = "code"
    IMPORT_ENCOUNTERS = "import encounters"
    CLAIM = "work claims"
    SEND = "send claims"
    OVERRIDE = "override claim edits"
    POST = "post remittances"
    DENIAL = "work denials"
    WRITE_OFF = "write off"
    STATEMENT = "run statements"
    CONTACT = "see patient contact"
    MONEY = "see money"
    NOTE = "read notes"
    REVIEW = "review coding"
    SUPERVISE = "assign work"
    ADMIN = "administer"
    AUDIT = "examine the audit trail"


class Role(StrEnum):
    """The roles of a practice; `owner` is the person who set the practice up alone and may do everything."""

    CODER = "coder"
    REVIEWER = "reviewer"
    BILLER = "biller"
    POSTER = "poster"
    COLLECTOR = "collector"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    OWNER = "owner"


_P = Permission
_BILLER = {_P.CLAIM, _P.SEND, _P.OVERRIDE, _P.POST, _P.DENIAL, _P.WRITE_OFF, _P.MONEY, _P.IMPORT_ENCOUNTERS}
_COLLECTOR = {_P.STATEMENT, _P.CONTACT, _P.MONEY}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CODER: frozenset({_P.CODE, _P.NOTE}),
    Role.REVIEWER: frozenset({_P.CODE, _P.NOTE, _P.REVIEW}),
    Role.BILLER: frozenset(_BILLER | _COLLECTOR),
    Role.POSTER: frozenset({_P.POST, _P.MONEY}),
    Role.COLLECTOR: frozenset(_COLLECTOR),
    Role.SUPERVISOR: frozenset(set(_P) - {_P.ADMIN}),
    Role.ADMIN: frozenset({_P.ADMIN, _P.IMPORT_ENCOUNTERS, _P.AUDIT}),
    Role.OWNER: frozenset(_P),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The person at the keyboard, as the database knows them."""

    user_id: int
    name: str
    role: Role
    host: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the role has the permission."""
        return permission in PERMISSIONS[self.role]
