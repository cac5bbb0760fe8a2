"""Column types and the mixin that every table shares."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, false, true
from sqlalchemy.orm import declared_attr
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from store.money import MAX_CENTS

#: A table's rows are never validated by pydantic: its validators, a tenth of the time to load, are made if one asks.
SQLModel.model_config["defer_build"] = True


class CentsType(TypeDecorator[int]):
    """Integer cents; anything but a plain `int` in range is a programming error and never reaches the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Refuse floats, decimals, booleans and text, which SQLite would store without a word."""
        if value is not None and (type(value) is not int or abs(value) > MAX_CENTS):
            raise TypeError(f"money is integer cents, not {value!r}")
        return value


class MomentType(TypeDecorator[datetime]):
    """A moment in UTC, aware of it in Python on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC on the way in; SQLite keeps no zone, so it is left off there."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware on the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def cents(*, default: int | None = 0, index: bool = False) -> Any:
    """A column of integer cents."""
    return Field(default=default, sa_type=CentsType, index=index)


def moment(*, optional: bool = False) -> Any:
    """A column of a moment in UTC."""
    return Field(default=None, sa_type=MomentType, nullable=optional)


def later(default: str | int | bool, *, index: bool = False) -> Any:
    """A column that came after the first ones: rows that were there before get its default from the database."""
    if isinstance(default, bool):
        told: Any = true() if default else false()
    else:
        told = str(default)
    return Field(default=default, index=index, sa_column_kwargs={"server_default": told})


def key() -> Any:
    """The surrogate primary key.  It is None only until the row is flushed."""
    return Field(default=None, primary_key=True)


class Versioned(SQLModel):
    """A record that two people may edit: a save made from an older version is refused by the database layer."""

    version: int = Field(default=1, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        """SQLAlchemy counts the version up on each save and checks it."""
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]
