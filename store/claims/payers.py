"""Seeing and changing what is on file about payers and trading partners, as TOML.

payer_id = "PRMUT"
name = "Prairie Mutual Health"
filing = "CI"
claim_kinds = ["professional"]
frequencies = ["1", "7", "8"]        # what it takes: original, replacement, void
required = ["authorization"]          # see store.claims.payer_data.REQUIRABLE
electronic = true
crosses_over = false
timed_units = "medicare"              # how it counts timed procedures: medicare, midpoint, or empty
anesthesia = "15 tenths"              # minutes of a unit; tenths, whole or started; status adds the patient's state
combine_days = 0                      # visits within so many days on one claim (1: of one day); 0: a claim for each
partner = "Prairie Clearinghouse"     # empty: the practice's own clearinghouse

phone = "800-555-0100"                # shown where a call is noted, with what to press and where to fax
phone_menu = "2, 4, say claims"
fax = ""
portal = "provider.example.com"

[[limits]]                            # see store.claims.payer_data

[[appeals]]                           # the contract's levels, the first one first; Medicare's are law
name = "first appeal"
file_days = 180                       # within so many days of the notice
decide_days = 30                      # 0: the contract sets no clock
minimum_cents = 0
valid_from = 2026-01-01
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlmodel import Session, col, select

from codesets.worksheets.anesthesia import RULE
from store.claims.payer_data import FREQUENCIES, KINDS, MEDICARE_FILINGS, REQUIRABLE, limits_of, listed, written
from store.denials.appeals import SetAppealLevels
from store.denials.ladder import rungs
from store.errors import NotFound, Refused
from store.people.roles import Permission
from store.plain_tables import toml_of
from store.tables import Payer, TradingPartner
from store.text import clean_line
from store.work.command import Change, Command, Said


class AppealText(BaseModel):
    """One level of a payer's ladder."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=40)
    file_days: int = Field(ge=1, le=3660)
    decide_days: int = Field(default=0, ge=0, le=3660)
    minimum_cents: int = Field(default=0, ge=0)
    valid_from: date


class PayerText(BaseModel):
    """A payer as it is written; what is left out keeps what is on file."""

    model_config = ConfigDict(extra="forbid")

    payer_id: str = Field(min_length=2, max_length=80)
    name: str | None = None
    filing: str | None = Field(default=None, min_length=2, max_length=2)
    claim_kinds: list[str] | None = None
    frequencies: list[str] | None = None
    required: list[str] | None = None
    member_pattern: str | None = None
    electronic: bool | None = None
    crosses_over: bool | None = None
    timed_units: str | None = Field(default=None, pattern="^(|medicare|midpoint)$")
    anesthesia: str | None = Field(default=None, pattern=f"^({RULE})?$")
    answer_days: int | None = Field(default=None, ge=1, le=365)
    combine_days: int | None = Field(default=None, ge=0, le=31)
    line1: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    phone: str | None = Field(default=None, max_length=40)
    phone_menu: str | None = Field(default=None, max_length=120)
    fax: str | None = Field(default=None, max_length=40)
    portal: str | None = Field(default=None, max_length=120)
    partner: str | None = None
    limits: list[dict[str, Any]] | None = None
    appeals: list[AppealText] | None = None


class PartnerText(BaseModel):
    """A trading partner as it is written."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=60)
    submitter_id: str | None = Field(default=None, max_length=15)
    receiver_id: str | None = Field(default=None, max_length=15)
    receiver_name: str | None = None
    id_qualifier: str | None = Field(default=None, min_length=2, max_length=2)
    receiver_qualifier: str | None = Field(default=None, min_length=2, max_length=2)
    usage: str | None = Field(default=None, pattern="^[TP]$")
    acknowledge: bool | None = None
    folder: str | None = None
    syntax_days: int | None = Field(default=None, ge=1, le=60)
    claim_days: int | None = Field(default=None, ge=1, le=60)
    payer_days: int | None = Field(default=None, ge=1, le=60)


Told = TypeVar("Told", bound=BaseModel)

_NOT_COLUMNS = {"partner", "limits", "appeals"}
_LISTS = {"claim_kinds": KINDS, "frequencies": FREQUENCIES, "required": REQUIRABLE}


@dataclass(frozen=True, slots=True)
class SavePayer(Command):
    """Put a payer on file, or change what its text names."""

    text: str
    name: ClassVar[str] = "claims.save_payer"
    permission: ClassVar[Permission] = Permission.ADMIN

    def apply(self, change: Change) -> Said:
        """Refused with the line or the field that is wrong."""
        told = _read(self.text, PayerText)
        payer = change.session.exec(select(Payer).where(Payer.payer_id == told.payer_id)).first()
        new = payer is None
        if payer is None:
            if not told.name:
                raise Refused(f"There is no payer {told.payer_id[:20]!r} yet.", where="name", do="A new one has one.")
            payer = change.add(Payer(payer_id=clean_line(told.payer_id), name=clean_line(told.name)))
        for field, value in told.model_dump(exclude_none=True, exclude=_NOT_COLUMNS | {"payer_id"}).items():
            if field == "member_pattern":
                _pattern(value)
            if field in _LISTS:
                value = _joined(field, value)
            setattr(payer, field, clean_line(value) if isinstance(value, str) else value)
        if told.limits is not None:
            payer.limits = written(told.limits)
        if told.partner is not None:
            payer.partner_id = _partner(change.session, told.partner).id if told.partner else None
        change.session.flush()
        for first, levels in _ladders(told.appeals or []).items():
            SetAppealLevels(payer.id, first, levels).apply(change)
        return Said(f"{payer.name} ({payer.payer_id}) is {'on file' if new else 'changed'}.", payer.id)


@dataclass(frozen=True, slots=True)
class SavePartner(Command):
    """Put a trading partner on file, or change what its text names."""

    text: str
    name: ClassVar[str] = "claims.save_partner"
    permission: ClassVar[Permission] = Permission.ADMIN

    def apply(self, change: Change) -> Said:
        """Refused with the line or the field that is wrong."""
        told = _read(self.text, PartnerText)
        partner = change.session.exec(select(TradingPartner).where(TradingPartner.name == told.name)).first()
        values = told.model_dump(exclude_none=True)
        if partner is None:
            missing = [name for name in ("submitter_id", "receiver_id", "receiver_name") if not values.get(name)]
            if missing:
                raise Refused("A new trading partner needs it.", where=missing[0])
            partner = TradingPartner(**values)
        for field, value in values.items():
            setattr(partner, field, clean_line(value) if isinstance(value, str) else value)
        change.add(partner)
        return Said(f"Trading partner {partner.name} is on file.", partner.id)


def payer_named(session: Session, payer_id: str) -> Payer:
    """The payer by its id, whatever the case."""
    found = session.exec(select(Payer).where(Payer.payer_id == payer_id.strip().upper())).first()
    if found is None:
        raise NotFound(f"There is no payer {payer_id[:30]!r}.", do="List them: superbill payers list")
    return found


def list_payers(session: Session) -> list[dict[str, Any]]:
    """Every payer as plain values, Medicare's shipped limits among its limits."""
    partners = {one.id: one.name for one in session.exec(select(TradingPartner)).all()}
    rows = session.exec(select(Payer).order_by(col(Payer.payer_id))).all()
    return [
        _values(payer, partners.get(payer.partner_id or 0, "")) | {"appeals": _appeals(session, payer)}
        for payer in rows
    ]


def payer_text(session: Session, payer_id: str) -> str:
    """The payer as TOML that `SavePayer` takes; shipped limits stand as comments."""
    payer = payer_named(session, payer_id)
    partner = session.get(TradingPartner, payer.partner_id) if payer.partner_id else None
    values = _values(payer, partner.name if partner else "")
    limits = values.pop("limits")
    own = json.loads(payer.limits)
    lines = [f"{name} = {_toml(value)}" for name, value in values.items()]
    if not limits:
        lines += ["", "# no filing limits are on file: not set"]
    for limit in limits:
        mark = "" if limit in own or not payer.filing.startswith("M") or limit not in _shipped(payer) else "# "
        lines += ["", f"{mark}[[limits]]", *(f"{mark}{name} = {_toml(value)}" for name, value in limit.items())]
    ladder = _appeals(session, payer)
    if not ladder:
        lines += ["", "# no levels of appeal are on file: not set"]
    mark = "# " if payer.filing in MEDICARE_FILINGS else ""
    for level in ladder:
        lines += ["", f"{mark}[[appeals]]", *(f"{mark}{name} = {_toml(value)}" for name, value in level.items())]
    return "\n".join(lines) + "\n"


def partner_text(partner: TradingPartner) -> str:
    """A trading partner as TOML that `SavePartner` takes."""
    return "".join(f"{name} = {_toml(getattr(partner, name))}\n" for name in PartnerText.model_fields)


def partner_texts(session: Session) -> list[str]:
    """Every trading partner as TOML."""
    rows = session.exec(select(TradingPartner).order_by(col(TradingPartner.name))).all()
    return [partner_text(partner) for partner in rows]


def _shipped(payer: Payer) -> list[dict[str, Any]]:
    own = len(json.loads(payer.limits))
    every = limits_of(payer)
    return [one.model_dump(mode="json", exclude_defaults=True) for one in every[: len(every) - own]]


def _values(payer: Payer, partner: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(payer, name) for name in PayerText.model_fields if name not in _NOT_COLUMNS}
    for name, known in _LISTS.items():
        values[name] = [one for one in known if one in listed(values[name])]
    values["partner"] = partner
    values["limits"] = [one.model_dump(mode="json", exclude_defaults=True) for one in limits_of(payer)]
    return values


def _appeals(session: Session, payer: Payer) -> list[dict[str, Any]]:
    """The ladders that are on file, the oldest first; of Medicare's the one that holds today."""
    return [
        {
            "name": one.name, "file_days": one.file_days, "decide_days": one.decide_days or 0,
            "minimum_cents": one.minimum, "valid_from": first,
        }
        for one, first in rungs(session, payer)
    ]  # fmt: skip


def _ladders(told: list[AppealText]) -> dict[date, tuple[tuple[str, int, int, int], ...]]:
    found: dict[date, list[tuple[str, int, int, int]]] = {}
    for one in told:
        found.setdefault(one.valid_from, []).append((one.name, one.file_days, one.decide_days, one.minimum_cents))
    return {first: tuple(levels) for first, levels in found.items()}


def _toml(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def _partner(session: Session, name: str) -> TradingPartner:
    found = session.exec(select(TradingPartner).where(TradingPartner.name == name)).first()
    if found is None:
        raise NotFound(f"There is no trading partner {name[:30]!r}.", where="partner")
    return found


def _joined(field: str, values: list[str]) -> str:
    wrong = [value for value in values if value not in _LISTS[field]]
    if wrong:
        raise Refused(f"{wrong[0][:30]!r} is unknown.", where=field, do=f"Known are: {', '.join(_LISTS[field])}.")
    return ",".join(value for value in _LISTS[field] if value in values)


def _pattern(text: str) -> None:
    try:
        re.compile(text)
    except re.error as wrong:
        raise Refused(f"This is no regular expression: {wrong}.", where="member_pattern") from None


def _read(text: str, model: type[Told]) -> Told:
    try:
        return model.model_validate(toml_of(text))
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise Refused(f"{first['msg']}.", where=".".join(str(part) for part in first["loc"])) from None
