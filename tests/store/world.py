"""A small practice for tests: one database file, its people, and short ways to get a claim where a test wants it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, inspect, make_url, text
from sqlmodel import Session, SQLModel, col, select

from codesets import CodeLibrary
from store import clock
from store.accounts.balances import account_balance, claim_books
from store.claims.acks import ImportAcks
from store.claims.batch import MakeBatch
from store.claims.edit_work import OverrideFinding
from store.coding.whole import CodeEncounter
from store.db import open_engine, writer
from store.intake.load import ImportEncounters
from store.intake.values import CoverageIn, EncounterIn, PersonIn, ProviderIn
from store.people import grants
from store.people.identity import actor_of
from store.people.roles import PERMISSIONS, Actor, Permission, Role
from store.practice import Practice
from store.remits.take_in import ImportRemittance
from store.tables import ArchivedFile, Batch, Claim, ClaimFinding, ClaimLine, Denial, Encounter, User, WorkItem
from store.work import images
from store.work.values import Done
from tests.payer import Answers, answer
from tests.store.moments import Moments

DOS = date(2026, 3, 2)
DAY = date(2026, 3, 9)
NOTE = "Here for a check of her blood pressure. She takes lisinopril. No chest pain."
PROVIDER = ProviderIn("2999900113", "Hollis", "Marian", "Family Medicine")
VISIT = (("G0438", (), 1, (1,)), ("G0008", (), 1, (1,)))
"""Two lines, $195.00 and $32.00."""

Row = TypeVar("Row", bound=SQLModel)
Made = TypeVar("Made")
Dump = dict[tuple[str, Any], dict[str, Any]]
_numbers = count(1)


@contextmanager
def on(day: date, hour: int = 9) -> Iterator[None]:
    """Everything inside happens on that day."""
    with clock.held(datetime.combine(day, time(hour), UTC)):
        yield


def person(source_id: str, *, birth: date = date(1980, 5, 17), sex: str = "F", **other: str) -> PersonIn:
    given: dict[str, Any] = {"line1": "12 Elm St", "city": "Larkfield", "state": "KS", "zip": "66899"} | other
    return PersonIn(source_id, f"Doe{source_id}", "Jane", birth, sex, **given)


def insured(payer: str, order: int = 1, **other: Any) -> CoverageIn:
    number = f"1EG4TE5MK7{order}" if payer == "MEDB" else f"{payer[:3]}12345678{order}"
    return CoverageIn(payer, payer, number, order, **other)


class World:
    """One practice; `owner` may do everything, `who("coder")` gives the door of another person."""

    def __init__(self, url: str, engine: Engine, library: CodeLibrary, moments: Moments | None = None) -> None:
        self.url, self.engine, self.library = url, engine, library
        self._moments = moments
        self.owner = self.who("owner")

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        return Path(str(self.engine.url.database))

    @property
    def on_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def who(self, name: str) -> Practice:
        with Session(self.engine) as session:
            user = session.exec(select(User).where(User.name == name)).one()
        practice = Practice(self.engine, Actor(user.id, user.name, Role(user.role), "test"))
        practice._codes = self.library
        return practice

    def do(self, command: Any, **how: Any) -> Done:
        return self.owner.do(command, **how)

    # --- records -----------------------------------------------------------------------------------------------

    def encounter(self, *payers: str, day: date = DOS, patient: PersonIn | None = None, **other: Any) -> int:
        """An encounter that waits for a coder; its patient is new and insured by these payers in order."""
        number = next(_numbers)
        who: Practice = other.pop("by", self.owner)
        coverages = other.pop("coverages", None)
        if coverages is None:
            coverages = tuple(insured(payer, order) for order, payer in enumerate(payers, 1))
        given = {"note": NOTE, "place": "11"} | other
        value = EncounterIn(
            "test", f"E{number}", 1, patient or person(f"P{number}"), PROVIDER, day, coverages=coverages, **given
        )
        who.do(ImportEncounters("test.csv", (value,)))
        with Session(self.engine) as session:
            return session.exec(select(Encounter.id).where(Encounter.source_id == f"E{number}")).one()

    def code(
        self, encounter_id: int, codes: Sequence[str] = ("I10",), lines: Any = VISIT, *, finish: bool = True
    ) -> None:
        self.do(CodeEncounter(encounter_id, tuple((code, None, None) for code in codes), tuple(lines), finish))

    def again(self) -> None:
        """Back to the practice that every test starts from."""
        if self._moments is not None:
            self._moments.again()

    def reach(self, step: tuple[Any, ...], make: Callable[[], Made], *, at_once: bool = False) -> Made:
        """What `make` answers; where the practice was there before, it is put back instead of made again."""
        if self._moments is None:
            return make()
        try:
            hash(step)
        except TypeError:
            return make()
        return self._moments.reach(step, make, at_once=at_once)

    def pair(self) -> list[int]:
        """Two claims that went out, the second with a second payer."""

        def make() -> list[int]:
            claims = [self.claim("PRMUT"), self.claim("PRMUT", "HRTLD")]
            self.send()
            return claims

        return self.reach(("pair",), make, at_once=True)

    def claim(self, *payers: str, **other: Any) -> int:
        """A claim that is ready to be sent, its warnings let pass; its id."""
        return self.reach(("claim", payers, *sorted(other.items())), lambda: self._claim(*payers, **other))

    def _claim(self, *payers: str, lines: Any = VISIT, **other: Any) -> int:
        encounter_id = self.encounter(*(payers or ("PRMUT",)), **other)
        self.code(encounter_id, lines=lines)
        with Session(self.engine) as session:
            claim_id = session.exec(select(Claim.id).where(Claim.encounter_id == encounter_id)).one()
        self.let_pass(claim_id)
        return claim_id

    def let_pass(self, claim_id: int) -> None:
        """Let the warnings of a claim pass."""
        for found in self.all(ClaimFinding, claim_id=claim_id, severity="warn", overridden=""):
            self.do(OverrideFinding(claim_id, found.mark, "for the test"))

    def sent(self, *payers: str, **other: Any) -> int:
        """A claim that went out in a batch; its id."""
        return self.reach(("sent", payers, *sorted(other.items())), lambda: self._sent(*payers, **other))

    def _sent(self, *payers: str, **other: Any) -> int:
        claim_id = self.claim(*payers, **other)
        self.send()
        return claim_id

    def send(self) -> str:
        """Batch whatever is ready; the text of the claim file."""
        return self.reach(("send",), self._send)

    def _send(self) -> str:
        batch_id = self.do(MakeBatch()).result
        with Session(self.engine) as session:
            query = select(ArchivedFile).join(Batch, col(Batch.sha256) == col(ArchivedFile.sha256))
            return zlib.decompress(session.exec(query.where(Batch.id == batch_id)).one().content).decode()

    def answered(self, sent: str, **fates: str) -> Answers:
        """A payer's whole answer to a claim file, taken in; `fates` by control number with _ for -."""
        told = answer(sent, fates={number.replace("_", "-"): fate for number, fate in fates.items()})
        for name, content in (("999", told.syntax), ("277", told.claims)):
            self.do(ImportAcks(name, content.encode()))
        if told.remittance:
            self.do(ImportRemittance("835", told.remittance.encode()))
        return told

    def denied(self, reason: str = "CO-16", *payers: str) -> tuple[int, int]:
        """A claim whose every line was denied for that reason: (claim id, id of the first line's denial)."""
        return self.reach(("denied", reason, payers), lambda: self._denied(reason, *payers))

    def _denied(self, reason: str, *payers: str) -> tuple[int, int]:
        claim_id = self.sent(*payers)
        from tests.store.eras import denied, era

        self.do(ImportRemittance("835", era(denied(self, claim_id, reason))))
        with Session(self.engine) as session:
            query = select(Denial.id).where(Denial.claim_id == claim_id).order_by(col(Denial.id))
            found = session.exec(query).first()
        assert found is not None
        return claim_id, found

    # --- looking -----------------------------------------------------------------------------------------------

    def get(self, model: type[Row], row_id: int) -> Row:
        with Session(self.engine) as session:
            return session.get_one(model, row_id)

    def all(self, model: type[Row], **where: Any) -> list[Row]:
        with Session(self.engine) as session:
            query = select(model).filter_by(**where)
            return list(session.exec(query.order_by(*model.__table__.primary_key.columns)).all())  # type: ignore[attr-defined]

    def one(self, model: type[Row], **where: Any) -> Row:
        (found,) = self.all(model, **where)
        return found

    def lines(self, claim_id: int) -> list[ClaimLine]:
        return self.all(ClaimLine, claim_id=claim_id)

    def item(self, queue: str, subject_id: int) -> WorkItem:
        return self.one(WorkItem, queue=queue, subject_id=subject_id)

    def books(self, claim_id: int) -> dict[str, int]:
        """What each book holds for a claim, books that are even left out."""
        with Session(self.engine) as session:
            return {book.value: cents for book, cents in claim_books(session, claim_id).items() if cents}

    def due(self, claim_id: int) -> tuple[int, int]:
        """The account of a claim: (patient due, waiting for insurers)."""
        with Session(self.engine) as session:
            balance = account_balance(session, session.get_one(Claim, claim_id).guarantor_id)
        return balance.patient_due, balance.insurance_pending

    def faults(self) -> list[str]:
        """What `check` finds wrong."""
        from store.check import check

        with Session(self.engine) as session:
            return [fault for proof in check(session) for fault in proof.faults]

    def sql(self, statement: str, **values: Any) -> list[Any]:
        """Raw SQL behind the store's back."""
        with writer(self.engine).begin() as connection:
            result = connection.execute(text(statement), values)
            return list(result.all()) if result.returns_rows else []

    def unguarded(self, table: str) -> None:
        """Drop the triggers that keep a table append-only."""
        on = "" if self.on_sqlite else f" ON {table}"
        self.sql(f"DROP TRIGGER {table}_no_update{on}")
        self.sql(f"DROP TRIGGER {table}_no_delete{on}")

    def unguarded_postings(self) -> None:
        """Let postings be added under old entries, which PostgreSQL refuses."""
        if not self.on_sqlite:
            self.sql("DROP TRIGGER posting_is_new ON posting")

    def dump(self, *, everything: bool = False) -> Dump:
        """Every row of every table that undo restores (or of all), but for the version, which moves on."""
        left_out = () if everything else images.NOT_IMAGED
        found: Dump = {}
        with self.engine.connect() as connection:
            for name, model in _filled(connection, left_out):
                keys = [column.name for column in inspect(model).primary_key]
                for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings():
                    kept = {key: value for key, value in row.items() if key != "version"}
                    found[name, row["id"] if keys == ["id"] else tuple(row[key] for key in keys)] = kept
        return found


def _filled(connection: Connection, left_out: tuple[type, ...]) -> list[tuple[str, type[SQLModel]]]:
    """The tables that hold anything, asked for at once: most of a practice's are empty in a test."""
    models = {name: model for name, model in images.tables_by_name().items() if not issubclass(model, left_out)}
    query = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in models)
    filled = {row[0] for row in connection.execute(text(query))}
    return [(name, model) for name, model in models.items() if name in filled]


class LoginWorld(World):
    """A practice on PostgreSQL; `login("coder")` is a person's door through a login of their own."""

    _engines: dict[str, Engine]

    @classmethod
    @contextmanager
    def opened(cls, url: str, engine: Engine, library: CodeLibrary) -> Iterator[LoginWorld]:
        world = cls(url, engine, library)
        world._engines = {}
        try:
            yield world
        finally:
            for one in world._engines.values():
                one.dispose()

    def login_engine(self, name: str) -> Engine:
        """What any client sees that is logged in as this person."""
        if name not in self._engines:
            self._engines[name] = open_engine(make_url(self.url).set(username=name).render_as_string(False))
        return self._engines[name]

    def login(self, name: str) -> Practice:
        engine = self.login_engine(name)
        with Session(engine) as session:
            practice = Practice(engine, actor_of(session))
        practice._codes = self.library
        return practice


def narrowest(permission: Permission) -> str:
    """The person of the test practice whose role has this permission and the fewest others."""
    return min((role for role in Role if permission in PERMISSIONS[role]), key=lambda role: len(PERMISSIONS[role]))


_logins: dict[str, dict[str, Engine]] = {}
"""Who is connected stays so between tests of one database, as at a desk: see `tests.databases.Kept`."""


@contextmanager
def logins_of(world: World) -> Iterator[LoginWorld]:
    """The same practice on PostgreSQL with a login for each person, of its role and no other."""
    with world.engine.begin() as connection:
        _roles_as_given(connection)
    found = LoginWorld(world.url, world.engine, world.library)
    found._engines = _logins.setdefault(world.url, {})
    yield found
    for engine in found._engines.values():
        leave(engine)


def _roles_as_given(connection: Connection) -> None:
    """Logins belong to the server: a test that ended one or gave it another role did so for the tests after it too."""
    prefix = grants.prefix_of(connection)
    groups = {grants.group(prefix, role): role for role in Role}
    query = "SELECT m.member::regrole::text, m.roleid::regrole::text FROM pg_auth_members m"
    has: dict[str, set[Role]] = {}
    for member, group in connection.execute(text(query)).all():
        if group in groups:
            has.setdefault(member, set()).add(groups[group])
    for name, role in connection.execute(text("SELECT name, role FROM app_user WHERE role <> 'owner'")).all():
        if has.get(name) == {Role(role)}:
            continue
        every = ", ".join(f'"{group}"' for group in groups)
        connection.exec_driver_sql(f'REVOKE {every} FROM "{name}"')
        connection.exec_driver_sql(f'GRANT "{grants.group(prefix, role)}" TO "{name}"')


def leave(engine: Engine) -> None:
    """After a test: connections stay where a new one is dear, unless the test left one in the middle of something."""
    if engine.dialect.name == "sqlite" or engine.pool.checkedout():  # type: ignore[attr-defined]
        engine.dispose()


def birth_of_a_child(**other: Any) -> PersonIn:
    return replace(person("C1", **other), birth=date(2016, 4, 1))
