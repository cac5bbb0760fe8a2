"""The words of the statements, ready to read: every text in each language, the messages of the levels, the services."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from store.statements.dunning import all_messages
from store.statements.wording import text_fields, text_of, words_of
from store.tables import DunningMessage, Fee, StatementTemplate
from store.work.record import Facts, Lines, Record, Tab

_RULE = (
    "A statement says at its level the message that fits best: the one with the most conditions, then the older age, "
    "then the newer one; where none fits, the usual words levels.1 to levels.4.",
    "{phone} and {date} are filled in. What is changed holds from the next run on: a run keeps its own words.",
)


def fields_to_write(session: Session, language: str) -> list[tuple[str, str]]:
    """Every text that may be written: (field, what it says now), the services last."""
    words = words_of(session)[language]
    texts = [(name, text_of(words, name)) for name in text_fields()]
    fees = session.exec(select(Fee.code, Fee.title).order_by(col(Fee.code), col(Fee.valid_from))).all()
    services = dict(fees)  # the newest title of each code
    return [*texts, *((f"services.{code}", words.services.get(code) or title) for code, title in services.items())]


def message_now(session: Session, level: int, language: str, age: int, plan: str, insurance: str) -> str:
    """What is said in exactly this situation; nothing where no message was written for it."""
    query = select(DunningMessage.text).where(
        DunningMessage.level == level,
        DunningMessage.language == language,
        DunningMessage.min_age == age,
        DunningMessage.plan == plan,
        DunningMessage.insurance == insurance,
    )
    return session.exec(query).first() or ""


def wording_record(session: Session) -> Record:
    """One screen: messages by level and situation, then every text of each language, the practice's own marked."""
    own = set(session.exec(select(StatementTemplate.language, StatementTemplate.field)).all())
    tabs = [Tab("Messages", (Lines(_RULE), _messages(all_messages(session))))]
    for language, title in (("en", "English"), ("es", "Spanish")):
        texts = tuple(
            (name, f"{text}  (your own words)" if (language, name) in own else text)
            for name, text in fields_to_write(session, language)
        )
        tabs.append(Tab(title, (Facts(texts),)))
    return Record("Words of the statements", "change them with :text and :message", "", tuple(tabs))


def _messages(messages: Sequence[DunningMessage]) -> Facts:
    ordered = sorted(messages, key=lambda one: (one.level, one.language, one.min_age, one.id))
    rows = tuple((f"level {one.level}, {one.language}", f"{_situation(one)}: {one.text}") for one in ordered)
    return Facts(rows, "Written by the practice")


def _situation(one: DunningMessage) -> str:
    told = [f"from day {one.min_age}" if one.min_age else ""]
    told += [f"plan {one.plan}" if one.plan else "", f"insurance {one.insurance}" if one.insurance else ""]
    return ", ".join(part for part in told if part) or "always"
