"""The words of a practice's statements: the program's own, changed where the practice says so, and kept with a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from dataclasses import dataclass as _dataclass
from typing import Any, ClassVar

from sqlmodel import Session, select

from store.errors import Refused
from store.people.roles import Permission
from store.statements.words import WORDS, Words
from store.tables import Fee, Practice, RunWording, StatementTemplate
from store.text import clean_line
from store.work.command import Change, Command, Said, free_text
from store.work.stale import over

LONGEST, LONGEST_SERVICE = 400, 80
_SHORT = {"hours": 80}
"""Texts that have less room than others."""


def text_fields() -> tuple[str, ...]:
    """The texts of a statement that a practice may write itself; `reasons.deductible` is one of a group.

    What a service is called is one more for each code of the fee schedule: `services.G0438`.
    """
    own = WORDS["en"]
    simple = [f.name for f in fields(own) if isinstance(getattr(own, f.name), str) and f.name != "language"]
    levels = [f"levels.{level}" for level in range(1, len(own.levels))]
    return (*simple, *levels, *(f"reasons.{kind}" for kind in own.reasons))


def words_of(session: Session) -> dict[str, Words]:
    """The table of each language, with the practice's own texts in it."""
    tables = dict(WORDS)
    hours = session.exec(select(Practice.hours)).first() or ""
    tables["en"] = replace(tables["en"], hours=hours)
    for row in session.exec(select(StatementTemplate)).all():
        if row.language in tables:
            tables[row.language] = _with(tables[row.language], row.field, row.text)
    return tables


def text_of(words: Words, field: str) -> str:
    """What a text says now."""
    group, _, key = field.partition(".")
    if group == "levels" and key:
        return words.levels[int(key)]
    if group == "services":
        return words.services.get(key, "")
    return words.reasons[key] if key else str(getattr(words, field))


def _with(words: Words, field: str, text: str) -> Words:
    group, _, key = field.partition(".")
    if group == "levels" and key.isdecimal() and int(key) < len(words.levels):
        levels = list(words.levels)
        levels[int(key)] = text
        return replace(words, levels=tuple(levels))
    if group in {"reasons", "services"} and key:
        changed_group: dict[str, Any] = {group: {**getattr(words, group), key: text}}
        return replace(words, **changed_group)
    changed: dict[str, Any] = {field: text}
    return replace(words, **changed)


def keep_words(change: Change, run_id: int) -> None:
    """Keep every word with a run, once."""
    if change.session.exec(select(RunWording.id).where(RunWording.run_id == run_id)).first() is not None:
        return
    for language, words in words_of(change.session).items():
        content = json.dumps(asdict(words), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        change.session.add(RunWording(run_id=run_id, language=language, content=content))


def words_of_run(session: Session, run_id: int) -> Mapping[str, Words]:
    """The words that a run was printed with."""
    rows = session.exec(select(RunWording).where(RunWording.run_id == run_id)).all()
    return {row.language: _load(row.content) for row in rows} or WORDS


def _load(content: str) -> Words:
    kept = {**asdict(WORDS["en"]), **json.loads(content)}
    made: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return Words(**{f.name: made[f.name] for f in fields(Words)})


@_dataclass(frozen=True, slots=True)
class SetTemplate(Command):
    """Say a text of the statements in the practice's own words; empty brings the usual ones back.

    `seen` is what the person saw there; refused where somebody changed it since.
    """

    language: str
    field: str
    text: str = free_text(default="")
    seen: str | None = free_text(default=None)
    name: ClassVar[str] = "statements.template"
    permission: ClassVar[Permission] = Permission.STATEMENT

    def apply(self, change: Change) -> Said:
        """Refused for a language or a text that there isn't, or for words that do not fit."""
        if self.language not in WORDS:
            raise Refused(f"There are no statements in '{self.language}'.", do=f"There are: {', '.join(WORDS)}.")
        longest = self._longest(change)
        text = clean_line(self.text)
        if len(text) > longest:
            raise Refused(f"That is longer than {longest} characters.", do="Shorten it.")
        with over(change, self.seen, self.field, lambda: self._stands(change)):
            return self._write(change, text)

    def _stands(self, change: Change) -> str:
        from store.statements.wording_view import fields_to_write

        return dict(fields_to_write(change.session, self.language))[self.field]

    def _write(self, change: Change, text: str) -> Said:
        query = select(StatementTemplate).where(
            StatementTemplate.language == self.language, StatementTemplate.field == self.field
        )
        row = change.session.exec(query).first()
        if not text:
            if row is not None:
                change.session.delete(row)
            return Said(f"{self.field} ({self.language}) has its usual words.")
        if row is None:
            row = change.add(StatementTemplate(language=self.language, field=self.field, text=text))
        else:
            row.text = text
        return Said(f"{self.field} ({self.language}) says so from the next run on.", row.id)

    def _longest(self, change: Change) -> int:
        group, _, code = self.field.partition(".")
        if group == "services":
            if change.session.exec(select(Fee.id).where(Fee.code == code)).first() is None:
                raise Refused(f"{code[:20]!r} is not in the fee schedule.")
            return LONGEST_SERVICE
        if self.field not in text_fields():
            told = ", ".join((*text_fields(), "services.CODE"))
            raise Refused(f"A statement has no text '{self.field[:30]}'.", do=f"It has: {told}.")
        return _SHORT.get(self.field, LONGEST)
