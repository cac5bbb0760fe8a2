"""The practice's rules towards its patients: one row, and the defaults where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import Session, select

from store.errors import Refused
from store.people.roles import Permission
from store.tables import PatientPolicy
from store.work.command import Change, Command, Said

_FLAGS = ("refund_other_due", "run_second_person")
_EMPTY = ("presume_days",)


def policy_of(session: Session) -> PatientPolicy:
    """The rules in force."""
    return session.exec(select(PatientPolicy)).first() or PatientPolicy()


def level_ages(policy: PatientPolicy) -> tuple[int, ...]:
    """How old the oldest open amount has to be, in days, for dunning levels 1 to 4."""
    return tuple(int(word) for word in policy.level_ages.split())


@dataclass(frozen=True, slots=True)
class SetPolicy(Command):
    """Change one rule; `value` is a number, 'yes' or 'no', four ages, a time zone, or empty where that means none."""

    rule: str
    value: str
    name: ClassVar[str] = "accounts.policy"
    permission: ClassVar[Permission] = Permission.ADMIN

    def apply(self, change: Change) -> Said:
        """Refused for an unknown rule or a value that is not of its kind."""
        known = [name for name in PatientPolicy.model_fields if name not in {"id", "version"}]
        if self.rule not in known:
            raise Refused(f"There is no rule '{self.rule}'.", do=f"There are: {', '.join(known)}.")
        row = change.session.exec(select(PatientPolicy)).first() or change.add(PatientPolicy())
        setattr(row, self.rule, _value(self.rule, self.value.strip()))
        return Said(f"{self.rule} is {self.value.strip() or 'none'} now.", row.id)


def _value(rule: str, text: str) -> object:
    if rule in _FLAGS:
        if text not in {"yes", "no"}:
            raise Refused("Say yes or no.", where=rule)
        return text == "yes"
    if rule == "time_zone":
        return _zone(text)
    if rule == "level_ages":
        words = text.split()
        if (
            len(words) != 4
            or not all(word.isdecimal() for word in words)
            or sorted(map(int, words)) != [*map(int, words)]
        ):
            raise Refused("Four rising numbers of days are needed, like 0 25 50 75.", where=rule)
        return " ".join(words)
    if rule == "escheat_days":
        return " ".join(f"{state}={days}" for state, days in _states(text).items())
    if not text and rule in _EMPTY:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refused(f"{text[:20]!r} is not a whole number.", where=rule, do="Amounts are cents, times are days.")
    return int(text)


def escheat_days(policy: PatientPolicy, state: str) -> int | None:
    """After how many days money without an owner is that state's, None where it is not set."""
    return _states(policy.escheat_days).get(state.upper())


def _states(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in text.upper().split():
        state, _, days = word.partition("=")
        if not (len(state) == 2 and state.isalpha() and days.isascii() and days.isdecimal() and 0 < int(days) < 20_000):
            raise Refused(
                f"{word[:20]!r} is no state with its days.", where="escheat_days", do="Write: KS=1825 MO=1095"
            )
        found[state] = int(days)
    return found


def _zone(text: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, LookupError):
        raise Refused(f"There is no time zone {text[:30]!r}.", do="Write it like America/Chicago.") from None
