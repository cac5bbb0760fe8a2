"""What a scrub looks at, and what it says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import Session

from store.claims.snapshot import AnyClaim
from store.tables import Claim, Payer

if TYPE_CHECKING:
    from codesets import CodeLibrary


class Severity(StrEnum):
    """A stop keeps the claim until it is mended, a warning until somebody lets it pass with a reason."""

    STOP = "stop"
    WARN = "warn"
    INFO = "info"


class Fix(StrEnum):
    """Where the fix is: what `f` asks for, or who has to act."""

    MEMBER = "member"
    AUTHORIZATION = "authorization"
    PLACE = "place"
    MODIFIERS = "modifiers"
    REFERRING = "referring"
    SUPERVISING = "supervising"
    REFERRAL = "referral"
    ORDERING = "ordering"
    CLIA = "clia"
    NDC = "ndc"
    ATTACHMENTS = "attachments"
    DESCRIPTION = "description"
    DELAY = "delay_reason"
    ADDRESS = "address"
    GROUP = "group_number"
    INSURANCE_TYPE = "insurance_type"
    CODER = "coder"
    PATIENT = "patient"
    COVERAGE = "coverage"
    PROVIDER = "provider"
    PRACTICE = "practice"
    PAYER = "payer"
    FEES = "fees"
    WAIT = "wait"
    CORRECT = "correct"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: `place` is the loop or field, `value` what stands there, `todo` what would clear it.

    `mark` is the same as long as code, place and value are, so that an override holds over versions.
    """

    code: str
    place: str
    message: str
    todo: str
    severity: Severity = Severity.STOP
    value: str = ""
    rule: str = ""
    source: str = ""
    fix: Fix = Fix.NOTHING

    @property
    def mark(self) -> str:
        """A short digest of what was found."""
        return hashlib.sha256("\0".join((self.code, self.place, self.value)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Facts:
    """One claim about to be scrubbed; `codes` is None where the code sets are not built.

    `digest` is the SHA-256 of the content; `rejected` says that what was sent last was rejected.
    """

    session: Session
    claim: Claim
    content: AnyClaim
    payer: Payer
    today: date
    codes: CodeLibrary | None = None
    digest: str = ""
    rejected: bool = False
