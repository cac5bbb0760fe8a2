"""Many self-pay accounts at once, put into the tables as the commands would leave them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import Engine, func, insert
from sqlmodel import Session, SQLModel, select

from store import clock
from store.accounts.books import Book
from store.db import writer
from store.tables import (
    Action,
    Encounter,
    Guarantor,
    LedgerEntry,
    Patient,
    Posting,
    Provider,
    ServiceLine,
    User,
    WorkItem,
)

DOS = date(2026, 2, 2)
LINES = (("G0438", 19_500), ("G0008", 3_200))
_PART = 5_000


def crowd(engine: Engine, count: int, visits: int = 1) -> None:
    """`count` accounts that owe $227.00 for each of their visits since `DOS`; every tenth reads Spanish."""
    with Session(writer(engine)) as session:
        user = session.exec(select(User.id)).first() or 1
        if session.exec(select(Provider.id)).first() is None:
            session.add(Provider(id=1, npi="2999900113", last="Hollis", first="Marian"))
        action = Action(
            key=f"crowd{count}", command="test.crowd", args="", said="", result="", user_id=user, at=clock.now(),
            undoable=False,
        )  # fmt: skip
        session.add(action)
        session.flush()
        first: dict[type[SQLModel], int] = {
            model: (session.exec(select(func.max(model.id))).one() or 0) + 1
            for model in (Guarantor, Patient, Encounter, LedgerEntry)
        }
        for start in range(0, count, _PART):
            _fill(session, range(start, min(count, start + _PART)), visits, first, action.id)
        session.commit()


def _fill(session: Session, numbers: range, visits: int, first: dict[type[SQLModel], int], action: int) -> None:
    def put(model: type[SQLModel], row: Callable[[int], dict[str, object]], rows: range = numbers) -> None:
        session.execute(insert(model.__table__), [row(n) for n in rows])  # type: ignore[attr-defined]

    who, pat, enc, led = (first[model] for model in (Guarantor, Patient, Encounter, LedgerEntry))
    put(Guarantor, lambda n: {
        "id": who + n, "number": f"A{20_000 + n}", "source_key": f"crowd:{n}", "last": f"Doe{n}", "first": "Jane",
        "line1": f"{n + 1} Elm St", "city": "Larkfield", "state": "KS", "zip": "66899", "phone": "3165550100",
        "language": "es" if n % 10 == 9 else "en"})  # fmt: skip
    put(Patient, lambda n: {
        "id": pat + n, "number": f"P{20_000 + n}", "source": "crowd", "source_id": str(n), "last": f"Doe{n}",
        "first": "Jane", "birth": date(1980, 5, 17), "sex": "F", "guarantor_id": who + n})  # fmt: skip
    put(WorkItem, lambda n: {
        "queue": "statements", "subject_id": who + n, "opened_on": DOS, "cents": 22_700 * visits,
        "score": 22_700 * visits, "reason": "patient balance"})  # fmt: skip
    each = range(numbers.start * visits, numbers.stop * visits)
    put(Encounter, lambda v: {
        "id": enc + v, "number": f"C{20_000 + v}", "source": "crowd", "source_id": str(v),
        "patient_id": pat + v // visits, "provider_id": 1, "service_date": DOS + timedelta(days=v % visits),
        "state": "RELEASED"}, each)  # fmt: skip
    for position, (code, charge) in enumerate(LINES, 1):
        put(ServiceLine, lambda v, code=code, charge=charge, position=position: {  # type: ignore[misc]
            "encounter_id": enc + v, "position": position, "code": code, "title": code, "charge": charge},
            each)  # fmt: skip
    put(LedgerEntry, lambda v: {
        "id": led + v, "ref": f"charge:encounter:{enc + v}:0", "kind": "charge", "entry_date": DOS,
        "at": clock.now(), "action_id": action}, each)  # fmt: skip
    for book, sign in ((Book.PATIENT, 1), (Book.CHARGES, -1)):
        put(Posting, lambda v, book=book, sign=sign: {  # type: ignore[misc]
            "entry_id": led + v, "book": book, "cents": sign * 22_700, "guarantor_id": who + v // visits,
            "encounter_id": enc + v}, each)  # fmt: skip
