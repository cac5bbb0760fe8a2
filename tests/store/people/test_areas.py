"""What each table is about: nothing is open to a login until somebody has said what it is."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from store.people.areas import EVERYBODY, OF_PERMISSION, areas, known_columns
from store.people.grants import group, prefix_of
from store.people.roles import Role
from tests.store.world import LoginWorld

_PUBLIC = (
    "SELECT count(*) FROM information_schema.table_privileges WHERE grantee = 'PUBLIC' AND table_schema = 'public'"
)


def test_every_column_of_every_table_has_an_area() -> None:
    """Fails with the very lines to add to `store/people/areas.csv`; until then only the server's superuser sees it."""
    known = known_columns()
    missing = []
    for table in SQLModel.metadata.sorted_tables:
        new = [column.name for column in table.columns if column.name not in known.get(table.name, set())]
        if new:
            missing.append(f"{table.name},AREA,{' '.join(new)}")
    assert not missing, "say what these are in store/people/areas.csv:\n" + "\n".join(missing)


def test_every_column_that_has_an_area_is_there() -> None:
    there = {table.name: {column.name for column in table.columns} for table in SQLModel.metadata.sorted_tables}
    there["alembic_version"] = {"version_num"}
    gone = {name: columns - there.get(name, set()) for name, columns in known_columns().items()}
    assert not any(gone.values()), gone


def test_every_area_is_somebodys() -> None:
    given = {area for rights in (EVERYBODY, *OF_PERMISSION.values()) for area in rights}
    assert {area.name for area in areas()} == given


def test_a_new_column_and_a_new_table_are_closed_to_every_login(postgres_world: LoginWorld) -> None:
    postgres_world.sql("ALTER TABLE patient ADD COLUMN diary text")
    postgres_world.sql("CREATE TABLE secret (id int)")
    query = "SELECT has_column_privilege(:role, 'patient', 'diary', 'SELECT'), has_table_privilege(:role, 'secret', :v)"
    with postgres_world.engine.connect() as connection:
        prefix = prefix_of(connection)
        for role in Role:
            for verb in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
                given = connection.execute(text(query), {"role": group(prefix, role), "v": verb}).one()
                assert given == (False, False)


def test_the_database_gives_exactly_what_the_areas_say(postgres_world: LoginWorld) -> None:
    """Every right on every table, column, sequence and function that is in the catalog, against the list."""
    from store.people.areas import rights_of

    letters = {"r": "SELECT", "a": "INSERT", "w": "UPDATE"}
    with postgres_world.engine.connect() as connection:
        prefix = prefix_of(connection)
        rows = connection.execute(
            text(
                "SELECT grantee, table_name, column_name, privilege_type FROM information_schema.column_privileges "
                "WHERE table_schema = 'public' AND grantee <> :owner"
            ),
            {"owner": f"{prefix}_owner"},
        ).all()
        found = {(str(g), str(t), str(c), str(p)) for g, t, c, p in rows if str(g).startswith(prefix)}
        others = {str(g) for g, *_ in rows} - {group(prefix, role) for role in Role} - {"owner"}
        deletes = connection.execute(
            text(
                "SELECT grantee, table_name FROM information_schema.table_privileges WHERE table_schema = 'public' "
                "AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE') AND grantee LIKE :like AND grantee <> :owner"
            ),
            {"like": f"{prefix}%", "owner": f"{prefix}_owner"},
        ).all()
        public = connection.execute(text(_PUBLIC)).scalar()
        functions = connection.execute(
            text(
                "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace "
                "AND has_function_privilege(:role, p.oid, 'EXECUTE') ORDER BY 1"
            ),
            {"role": group(prefix, Role.CODER)},
        ).scalars()
        assert list(functions) == [
            "superbill_address_on_claim", "superbill_audit", "superbill_forget_pin", "superbill_kept", "superbill_me",
            "superbill_open_note", "superbill_role", "superbill_set_user", "superbill_wrong_numbers",
        ]  # fmt: skip
    wanted, wanted_deletes = set(), set()
    for role in Role:
        rights = rights_of(role)
        for area in areas():
            for letter in rights.get(area.name, ()):
                if letter == "d":
                    wanted_deletes.add((group(prefix, role), area.table))
                else:
                    wanted |= {(group(prefix, role), area.table, column, letters[letter]) for column in area.columns}
    assert found == wanted
    assert {(str(g), str(t)) for g, t in deletes} == wanted_deletes
    assert (others, public) == (set(), 0)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_nobody_has_any_right_to_write_the_trail_or_to_change_the_ledger(role: Role) -> None:
    from store.people.areas import rights_of

    rights = rights_of(role)
    assert rights.get("trail", set()) <= {"r"}
    assert rights.get("money", set()) <= {"r", "a"}
    assert not rights["history"] - {"r", "a"}
