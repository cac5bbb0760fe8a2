"""What each login can't do with any client: every row is a statement that a person might type into psql."""

from __future__ import annotations

import contextlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import make_url
from sqlmodel import Session, select

from codesets import CodeLibrary
from store.accounts.policy import SetPolicy
from store.calls.call import AskForCall, EndCall, SetContact, VerifyCaller
from store.claims.correct import CorrectClaim
from store.db import open_engine
from store.errors import NotAllowed
from store.migrations import upgrade
from store.people.areas import areas, rights_of
from store.people.grants import prefix_of
from store.people.roles import Permission, Role
from store.people.users import AddUser
from store.tables import Claim, Patient, PatientContact, WorkItem
from store.work.commands import AddRemark
from store.work.values import View
from tests.databases import PostgresDatabases
from tests.postgres import Server, running
from tests.store.people.attacks import ATTACKS, EVERYBODY, WITHOUT_MONEY
from tests.store.work.patients import owing
from tests.store.world import DAY, LoginWorld, on

Client = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(scope="module")
def attacked(
    postgres_template: str, postgres_databases: PostgresDatabases, library: CodeLibrary
) -> Iterator[LoginWorld]:
    """One practice with something of everything in it; attacks leave nothing behind."""
    url = postgres_databases.copied(postgres_template, "attacked")
    engine = open_engine(url)
    upgrade(engine)  # a copy of a database is open to everybody until its rights are set up again
    with on(DAY), LoginWorld.opened(url, engine, library) as world:
        world.do(AddUser("partner", 60_020, "owner"))
        claim_id, _ = world.denied()
        _called(world, owing(world))
        world.do(CorrectClaim(claim_id, fields=(("patient_paid", "12.50"), ("referral", "R123"))))
        world.encounter("PRMUT")
        world.code(world.encounter())
        for row in world.all(WorkItem):
            if row.open:
                world.do(AddRemark(row.id, f"a secret of {row.queue}"))
        yield world
    engine.dispose()


def _called(world: LoginWorld, account: int) -> None:
    """A note of a call to the guarantor, who has a number."""
    for name in ("call_from", "call_to"):
        world.do(SetPolicy(name, "0" if name == "call_from" else "24"))
    world.do(AskForCall(account, "high balance"))
    world.do(VerifyCaller(account, "birth date", "address"))
    world.do(SetContact(account, phone="6205550199"))
    world.do(EndCall(account, "REFUSED", "was angry"))


def connected(world: LoginWorld, name: str) -> Client:
    """A plain client, logged in as this person."""
    url = make_url(world.url)
    return psycopg.connect(
        dbname=url.database, user=name, host=str(url.query["host"]), port=str(url.query["port"]), autocommit=True
    )


def ask(client: Client, statement: str, values: Sequence[object] | None = None) -> psycopg.Cursor[tuple[object, ...]]:
    """Send a statement as it is written."""
    return client.execute(statement.encode(), values)


def _said(world: LoginWorld, statement: str) -> str:
    with world.engine.connect() as connection:
        prefix = prefix_of(connection)
    return statement.replace("{prefix}", prefix).replace("{owner}", f"{prefix}_owner")


@pytest.mark.parametrize("name", EVERYBODY)
def test_no_login_gets_at_what_is_not_its_own(attacked: LoginWorld, name: str) -> None:
    """Every statement is refused for want of a right: 42501, not by chance for another reason."""
    passed: list[tuple[str, object]] = []
    with connected(attacked, name) as client:
        for who, statement in ATTACKS:
            if who != name:
                continue
            said = _said(attacked, statement)
            try:
                cursor = ask(client, said)
                rows = cursor.fetchall() if cursor.description else cursor.rowcount
                passed.append((said, rows))
            except errors.InsufficientPrivilege:
                continue
            except psycopg.Error as other:
                passed.append((said, f"{other.sqlstate} {other}"))
    allowed = "pg_terminate_backend"  # a superuser's session is not shown, so there is nothing to end
    assert [one for one in passed if not (allowed in one[0] and one[1] in ([], [(False,)]))] == []


EMPTY = (
    "SELECT * FROM remark WHERE subject NOT LIKE 'coding:%' AND subject NOT LIKE 'queries:%'",
    "SELECT * FROM remark WHERE text LIKE '%secret of%' AND text NOT LIKE '%secret of coding%'",
    "SELECT * FROM work_item WHERE queue NOT IN ('coding', 'queries')",
    "SELECT * FROM row_image WHERE table_name IN ('guarantor', 'patient_contact', 'coverage', 'claim', 'denial')",
    "SELECT * FROM row_image WHERE after LIKE '%Elm St%'",
    "SELECT * FROM action WHERE command LIKE 'denials.%'",
    "SELECT * FROM action WHERE args LIKE '%secret of%'",
    "SELECT * FROM row_image WHERE after LIKE '%secret of%' AND after NOT LIKE '%secret of coding%'",
    "SELECT * FROM row_image i WHERE table_name = 'work_item' AND row_id NOT IN (SELECT id FROM work_item)",
    "SELECT * FROM row_image WHERE table_name IN ('claim_fact', 'facility_bill', 'claim_finding')",
    "SELECT * FROM transition WHERE machine = 'claim'",
    "SELECT * FROM pg_stats WHERE tablename IN ('patient_contact', 'guarantor', 'posting')",
    "SELECT query FROM pg_stat_activity WHERE usename <> session_user AND query NOT IN ('', '<insufficient privilege>')",  # noqa: E501
)


@pytest.mark.parametrize("statement", EMPTY)
@pytest.mark.parametrize("name", WITHOUT_MONEY)
def test_a_coder_is_shown_no_row_of_others_work(attacked: LoginWorld, name: str, statement: str) -> None:
    with connected(attacked, name) as client:
        assert ask(client, statement).fetchall() == []
    with connected(attacked, "supervisor") as client:
        assert client.execute("SELECT count(*) FROM remark").fetchone() != (0,)


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name != "partner"])
def test_of_histories_a_login_is_shown_no_column_that_it_may_not_read(attacked: LoginWorld, name: str) -> None:
    may: dict[str, set[str]] = defaultdict(set)
    rights = rights_of(Role(name))
    for area in areas():
        if "r" in rights.get(area.name, ()):
            may[area.table] |= set(area.columns)
    with connected(attacked, name) as client:
        images = client.execute("SELECT table_name, coalesce(before, '{}'), coalesce(after, '{}') FROM row_image")
        told = [(str(table), {*json.loads(str(before)), *json.loads(str(after))}) for table, before, after in images]
    assert {(table, column) for table, columns in told for column in columns - may[table]} == set()
    assert told or name == "admin"


HIDDEN = (
    "SELECT * FROM remark WHERE subject LIKE 'calls:%' OR subject LIKE 'statements:%' OR subject LIKE 'claims:%'",
    "SELECT * FROM row_image WHERE table_name IN ('patient_contact', 'guarantor', 'patient_call')",
    "SELECT * FROM row_image WHERE after LIKE '%angry%'",
    "SELECT * FROM action WHERE args LIKE '%angry%'",
    "SELECT * FROM action WHERE args LIKE '%secret of%'",
    "SELECT * FROM action WHERE args LIKE '%6205550199%'",
    "SELECT * FROM row_image WHERE after LIKE '%6205550199%'",
    "SELECT * FROM row_image WHERE after LIKE '%secret of calls%' OR after LIKE '%secret of statements%'",
    "SELECT * FROM row_image WHERE table_name = 'remark' AND row_id NOT IN (SELECT id FROM remark)"
    " UNION ALL SELECT * FROM row_image WHERE after LIKE '%secret of claims%'",
)


@pytest.mark.parametrize("statement", HIDDEN)
def test_who_posts_is_shown_nothing_of_the_talks_with_patients(attacked: LoginWorld, statement: str) -> None:
    with connected(attacked, "poster") as client:
        assert ask(client, statement).fetchall() == []
    with connected(attacked, "biller") as client:
        assert ask(client, statement).fetchall() != []


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name != "partner"])
def test_a_login_opens_all_that_its_role_may_see(attacked: LoginWorld, name: str) -> None:
    """Each list, why a row is there and its record, each report: no column is asked for that is closed."""
    person = attacked.login(name)
    for queue in person.queues():
        for row in person.page(queue.name, View()).rows[:1]:
            assert person.record(queue.name, row.subject_id).tabs, queue.name
            assert person.why(row.item_id).lines, queue.name
    for key, *_ in person.reports():
        assert person.report(key) is not None, key
    if person.actor.may(Permission.MONEY):
        claim = attacked.all(Claim)[0]
        assert person.ledger(claim.guarantor_id).tabs
        assert person.claim(claim.id).tabs
        assert person.edi(claim.id).tabs


def test_the_object_mapper_is_refused_like_psql(attacked: LoginWorld) -> None:
    with Session(attacked.login_engine("coder")) as session:
        assert session.exec(select(Patient)).all()
        with pytest.raises(Exception, match="permission denied for table patient_contact"):
            session.exec(select(PatientContact)).all()


ASKED = (
    "INSERT INTO coding_review (encounter_id, coder_id, chosen, reason, asked_at, codes_before, codes_after, outcome, "
    "reasons, reviewer_id, decided_at, matched, total) SELECT 1, superbill_me(), 'asked', 'x', now(), '', '', "
    "'{outcome}', '', {by}, now(), 0, 0 RETURNING id"
)
DECIDED = "UPDATE coding_review SET outcome = 'agreed', reviewer_id = {by} WHERE reason = 'x'"


def test_a_second_look_is_decided_by_who_may_review_and_in_nobody_elses_name(attacked: LoginWorld) -> None:
    other = "(SELECT id FROM app_user WHERE name = 'supervisor')"
    with connected(attacked, "coder") as client:
        with pytest.raises(errors.InsufficientPrivilege):
            ask(client, ASKED.format(outcome="agreed", by=other))
        assert ask(client, ASKED.format(outcome="", by="NULL")).fetchone()
        for by in (other, "superbill_me()"):
            assert ask(client, DECIDED.format(by=by)).rowcount == 0
    with connected(attacked, "reviewer") as client:
        with pytest.raises(errors.InsufficientPrivilege):
            ask(client, DECIDED.format(by=other))
        assert ask(client, DECIDED.format(by="superbill_me()")).rowcount == 1
    with connected(attacked, "coder") as client:
        assert ask(client, "DELETE FROM coding_review WHERE reason = 'x'").rowcount == 0
    attacked.sql("DELETE FROM coding_review WHERE reason = 'x'")


# --- who and when can't be forged, and nothing is slipped into the ledger ---

ACTION = (
    "INSERT INTO action (key, command, args, said, result, user_id, at, undoable) "
    "VALUES ({key}, 'x', '', '', '', {user}, '2001-01-01', false) RETURNING id"
)
ENTRY = (
    "INSERT INTO ledger_entry (ref, kind, entry_date, at, action_id, memo) "
    "VALUES ('r', 'x', now(), '2001-01-01', {a}, '')"
)
LEG = "INSERT INTO posting (entry_id, book, cents) VALUES ({entry}, 'cash', {cents})"
TOLD = "SELECT superbill_audit('owner', 'owner', '2001-01-01', 'x', 'x', NULL, '{}', 'x')"


def test_nobody_acts_in_anothers_name(attacked: LoginWorld) -> None:
    with connected(attacked, "biller") as client, pytest.raises(errors.InsufficientPrivilege):
        ask(client, ACTION.format(key="'a'", user="(SELECT id FROM app_user WHERE name = 'coder')"))


def test_the_time_and_the_person_of_an_entry_are_the_servers(attacked: LoginWorld) -> None:
    with connected(attacked, "biller") as client, client.transaction():
        row = ask(client, ACTION.format(key="'b'", user="superbill_me()")).fetchone()
        assert row is not None
        ask(client, (ENTRY + " RETURNING id").format(a=row[0]))
        entry = client.execute("SELECT max(id) FROM ledger_entry").fetchone()
        assert entry is not None
        for cents in (5, -5):
            ask(client, LEG.format(entry=entry[0], cents=cents))
        client.execute(TOLD)
    told = attacked.sql(
        "SELECT a.user_name, a.at > now() - interval '1 hour', l.at > now() - interval '1 hour', "
        "x.at > now() - interval '1 hour' FROM audit_entry a, ledger_entry l, action x "
        "WHERE a.action = 'x' AND l.ref = 'r' AND x.command = 'x'"
    )
    assert told == [("biller", True, True, True)]
    assert not [fault for fault in attacked.faults() if "chain" in fault or "altered" in fault]


def test_postings_are_not_slipped_under_an_old_entry(attacked: LoginWorld) -> None:
    with connected(attacked, "biller") as client, pytest.raises(errors.InsufficientPrivilege):
        ask(client, LEG.format(entry=1, cents=5))


@pytest.mark.parametrize("cents", [(), (5,), (5, -4)])
def test_an_entry_that_is_not_even_is_refused_at_its_end(attacked: LoginWorld, cents: tuple[int, ...]) -> None:
    with connected(attacked, "biller") as client, pytest.raises(errors.CheckViolation):
        _enter(client, cents)


def _enter(client: Client, cents: Sequence[int]) -> None:
    with client.transaction():
        row = ask(client, ACTION.format(key="'c'", user="superbill_me()")).fetchone()
        assert row is not None
        ask(client, ENTRY.format(a=row[0]).replace("'r'", "'odd'"))
        entry = client.execute("SELECT max(id) FROM ledger_entry").fetchone()
        assert entry is not None
        for one in cents:
            ask(client, LEG.format(entry=entry[0], cents=one))
        client.execute(TOLD)


def test_money_without_an_action_and_an_action_without_a_trail_are_refused(attacked: LoginWorld) -> None:
    with connected(attacked, "biller") as client:
        with pytest.raises(errors.InsufficientPrivilege):
            ask(client, ENTRY.format(a="NULL"))
        with pytest.raises(errors.InsufficientPrivilege):
            ask(client, ENTRY.format(a="1"))
        with pytest.raises(errors.InsufficientPrivilege):
            ask(client, ACTION.format(key="'d'", user="superbill_me()"))


def test_what_a_client_sets_for_itself_is_believed_by_nothing(attacked: LoginWorld) -> None:
    """No guard rests on a setting, a search path or a name that a client may choose."""
    with connected(attacked, "coder") as client:
        for setting in ("superbill.user", "app.user", "superbill.role"):
            client.execute("SELECT set_config(%s, 'owner', false)", (setting,))
        client.execute("SET search_path = pg_temp, public")
        client.execute("SET application_name = 'owner'")
        me = client.execute("SELECT superbill_role(), (SELECT name FROM app_user WHERE id = superbill_me())").fetchone()
        assert me == ("coder", "coder")
        with pytest.raises(errors.InsufficientPrivilege):
            client.execute("SELECT * FROM public.patient_contact")


# --- break-glass and administration ---


def test_a_note_is_opened_for_a_reason_and_that_is_told(attacked: LoginWorld) -> None:
    with connected(attacked, "biller") as client:
        for reason in ("", "   x  "):
            with pytest.raises(errors.InsufficientPrivilege):
                client.execute("SELECT superbill_open_note(1, %s, 'here')", (reason,))
        found = client.execute("SELECT superbill_open_note(1, 'the payer asks for records', 'here')").fetchone()
    assert found is not None
    assert "lisinopril" in str(found[0])
    told = attacked.sql("SELECT user_name, detail FROM audit_entry WHERE action = 'note.break_glass'")
    assert len(told) == 1
    assert told[0][0] == "biller"
    assert "the payer asks" in told[0][1]


def test_an_admin_gives_roles_but_not_himself_and_no_ownership(attacked: LoginWorld) -> None:
    give = _said(attacked, "SELECT superbill_set_user(%s, NULL, %s, true, '{prefix}')")
    with connected(attacked, "admin") as client:
        for name, role in (("admin", "supervisor"), ("friend", "owner"), ("owner", "coder")):
            with pytest.raises(errors.InsufficientPrivilege):
                ask(client, give, (name, role))
        ask(client, give, ("newcoder", "coder"))
    with connected(attacked, "newcoder") as client:
        assert client.execute("SELECT superbill_role()").fetchone() == ("coder",)
        with pytest.raises(errors.InsufficientPrivilege):
            client.execute("SELECT * FROM posting")
    with connected(attacked, "admin") as client:
        ask(client, give.replace("true", "false"), ("newcoder", "coder"))
    with pytest.raises(psycopg.OperationalError, match="CONNECT"):
        connected(attacked, "newcoder").close()


def test_the_program_says_the_same_as_the_database(attacked: LoginWorld) -> None:
    with pytest.raises(NotAllowed, match="lacks the permission 'see money'"):
        attacked.login("coder").ledger(1)


def test_every_role_of_the_practice_is_attacked() -> None:
    assert {*EVERYBODY} - {"partner"} == {role.value for role in Role} - {"owner"}
    assert {who for who, _ in ATTACKS} == set(EVERYBODY)


# --- the server itself ---


@pytest.fixture(scope="module")
def guarded_server() -> Iterator[Server]:
    """A server that asks for passwords, set up as the README says."""
    with running(hba=("local all owner trust", "local all all scram-sha-256")) as server:
        with psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as client:
            client.execute("CREATE ROLE pat LOGIN PASSWORD 'pw of pat'")
        yield server


def test_without_the_right_password_nobody_comes_in(guarded_server: Server) -> None:
    with psycopg.connect(guarded_server.url(user="pat", password="pw%20of%20pat").replace("+psycopg", "")):
        pass
    for user, password in (("pat", ""), ("pat", "guessed"), ("stranger", "guessed")):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(guarded_server.url(user=user, password=password).replace("+psycopg", ""))


QUOTED = (
    "SELECT id FROM patient WHERE birth = 'CANARY-DAY'",
    "SELECT 'CANARY-NUMBER'::int",
    "SELECT * FROM nowhere WHERE name = 'CANARY-NAME'",
    "INSERT INTO patient_contact (patient_id, phone) VALUES (1, 'CANARY-PHONE')",
    "DO $$ BEGIN RAISE 'CANARY-RAISED'; END $$",
    "DO $$ BEGIN RAISE LOG 'CANARY-LOG'; END $$",
    "CANARY-WORD",
    "SET log_min_messages = 'debug1'",
    "SET log_statement = 'all'",
    "ALTER ROLE CURRENT_USER SET log_min_messages = 'debug1'",
)


def test_no_value_of_a_failed_statement_stands_in_the_servers_log(
    attacked: LoginWorld, postgres_server: Server
) -> None:
    """Nor of a date or a number that the server quotes in its refusal; on a server whose log is as it came."""
    with connected(attacked, "biller") as client:
        for statement in QUOTED:
            with contextlib.suppress(psycopg.Error):
                ask(client, statement)
        client.execute("SELECT 'CANARY-QUERY', pg_sleep(0)")
    with psycopg.connect(postgres_server.url().replace("+psycopg", "")) as client:
        ask(client, "DO $$ BEGIN RAISE LOG 'OF ANOTHER DATABASE'; END $$")
    log = (postgres_server.folder / "log").read_text()
    assert "OF ANOTHER DATABASE" in log
    assert "CANARY" not in log
