"""The roles of a practice as roles of its PostgreSQL database, made anew after every upgrade.

One role without a login owns everything; one role without a login for each `store.people.roles.Role` has what
`store.people.areas` says, column by column; each person has a login that is a member of one of them.  Rows that
several roles share (work, remarks, actions, histories) are narrowed by row security.  Who holds a login can use any
client and sees the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection, inspect, text

from store.errors import Refused
from store.people.areas import areas, rights_of
from store.people.roles import PERMISSIONS, Permission, Role

_VERBS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE"}
LONGEST_PREFIX = 40
_FILLS: Mapping[Permission, tuple[str, ...]] = {
    Permission.CODE: ("reviews",), Permission.IMPORT_ENCOUNTERS: ("coding", "queries"),
}  # fmt: skip
"""Queues into which a permission puts work without seeing the queue itself."""
_CARE = ("codes", "own", "picks", "work", "remarks")
"""Areas whose steps are shown to those who see no money."""
_OPEN = ("codes", "picks")
"""Areas whose histories are shown to everybody; those of items and of notes on them to who sees these themselves."""
_PERSONAL = ("patient_contact", "guarantor", "patient_call", "statement_account")
"""Tables of whose rows a role without the permission to see contact reads only some columns, so not their histories."""
_TALKED = "^((calls|intake|statements|work)[.]|accounts[.]contact$)"
"""Commands with words of and about patients, and with numbers to call: seen by who may see contact, or did it."""
_NARROWED = ("work_item", "remark")
"""Tables of whose rows a role sees some: of their histories it sees those of these rows."""
QUIET: Mapping[str, str] = {
    "log_min_messages": "fatal", "log_min_error_statement": "panic", "log_error_verbosity": "terse",
    "log_statement": "none", "log_min_duration_statement": "-1", "log_duration": "off",
}  # fmt: skip
"""What a session of this database writes into the server's log: no statement, and no error, which quotes its values.
Only the server's superuser can change it for himself."""
_FIRST_OWNER = """
SELECT pg_get_userbyid(relowner) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_get_userbyid(relowner) LIKE '%\\_owner'
GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"""


def prefix_of(connection: Connection) -> str:
    """What the names of this practice's roles begin with: roles belong to the whole server, not to one database."""
    owner = connection.execute(text(_FIRST_OWNER)).scalar()
    if owner:
        return str(owner).removesuffix("_owner")
    return str(connection.execute(text("SELECT current_database()")).scalar())[:LONGEST_PREFIX]


def require_superuser(connection: Connection) -> None:
    """Roles, owners and row security are set up by the server's superuser and nobody else."""
    if not connection.execute(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).scalar():
        raise Refused(
            "Setting up, upgrading, copies and backups take the server's superuser.",
            do="Run it as that user: sudo -u postgres superbill …",
        )


def install(connection: Connection, queues: Mapping[str, Permission]) -> None:
    """Make the roles and give them their rights, and nobody anything else."""
    prefix = prefix_of(connection)
    _send(connection, _roles(connection, prefix))
    _send(connection, _of_database(connection, prefix))
    install_in(connection, "public", prefix, queues)


def install_in(connection: Connection, schema: str, prefix: str, queues: Mapping[str, Permission]) -> None:
    """Owners, rights and row security of a schema's tables: `public`, or one that is made to be compared with it.

    The schema has to be the one in which the connection finds tables without being told where.
    """
    columns = _columns(connection)
    _send(connection, _nobody(connection, schema, prefix, columns))
    _send(connection, _rights(schema, prefix, columns))
    _send(connection, _row_security(schema, queues, columns))


def _send(connection: Connection, statements: Iterable[str]) -> None:
    """Hundreds of statements go to the server at once."""
    connection.exec_driver_sql(";\n".join(statements).replace("%", "%%"))


def _columns(connection: Connection) -> dict[str, set[str]]:
    found = inspect(connection).get_multi_columns()
    return {table: {column["name"] for column in columns} for (_, table), columns in found.items()}


def _roles(connection: Connection, prefix: str) -> Iterator[str]:
    there = set(connection.execute(text("SELECT rolname FROM pg_roles")).scalars())
    owner = owner_of(prefix)
    if owner not in there:
        yield f'CREATE ROLE "{owner}" NOLOGIN CREATEROLE'
    for role in Role:
        name = group(prefix, role)
        if name not in there:
            yield f'CREATE ROLE "{name}" NOLOGIN'
        yield f'GRANT "{name}" TO "{owner}" WITH ADMIN OPTION'


def owner_of(prefix: str) -> str:
    """The database role without a login to which everything belongs."""
    return f"{prefix}_owner"


def group(prefix: str, role: Role | str) -> str:
    """The database role of a role of the practice; the practice's owner is not the owner of the tables."""
    return f"{prefix}_r_{Role(role).value}"


def _of_database(connection: Connection, prefix: str) -> Iterator[str]:
    """Who may connect, and what is never written into the server's log."""
    database = connection.execute(text("SELECT quote_ident(current_database())")).scalar()
    names = ", ".join(f'"{group(prefix, role)}"' for role in Role)
    yield f"REVOKE ALL ON DATABASE {database} FROM PUBLIC"
    yield f"GRANT CONNECT ON DATABASE {database} TO {names}"
    for name, value in QUIET.items():
        yield f"ALTER DATABASE {database} SET {name} = '{value}'"


def _nobody(connection: Connection, schema: str, prefix: str, columns: Mapping[str, set[str]]) -> Iterator[str]:
    """Take away what PostgreSQL gives to everybody, what was given before, and the ownership of whoever upgraded."""
    owner = owner_of(prefix)
    yield f"REVOKE ALL ON SCHEMA {schema} FROM PUBLIC"
    yield f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC"
    yield f'GRANT CREATE, USAGE ON SCHEMA {schema} TO "{owner}"'
    for table in sorted(columns):
        yield f'ALTER TABLE {schema}."{table}" OWNER TO "{owner}"'
        yield f'REVOKE ALL ON {schema}."{table}" FROM PUBLIC'
    for signature in connection.execute(text(_FUNCTIONS), {"schema": schema}).scalars():
        yield f'ALTER FUNCTION {signature} OWNER TO "{owner}"'
    names = ", ".join(f'"{group(prefix, role)}"' for role in Role)
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {names}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {names}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {names}"
    for function in _CALLED:
        yield f"GRANT EXECUTE ON FUNCTION {schema}.{function} TO {names}"
    for table, known in sorted(columns.items()):  # rights on columns outlive a REVOKE on the table
        listed = ", ".join(f'"{column}"' for column in sorted(known))
        verbs = ", ".join(f"{verb} ({listed})" for verb in _VERBS.values())
        yield f'REVOKE {verbs} ON {schema}."{table}" FROM {names}'


_FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = :schema AND p.proname LIKE 'superbill%'"""

_CALLED = (
    "superbill_me()",
    "superbill_role()",
    "superbill_audit(text, text, timestamptz, text, text, integer, text, text)",
    "superbill_open_note(integer, text, text)",
    "superbill_set_user(text, integer, text, boolean, text)",
    "superbill_forget_pin(integer)",
    "superbill_address_on_claim(integer)",
    "superbill_wrong_numbers(integer[])",
    "superbill_kept()",
)


def _rights(schema: str, prefix: str, columns: Mapping[str, set[str]]) -> Iterator[str]:
    for role in Role:
        given: dict[tuple[str, str], set[str]] = defaultdict(set)
        deletes: set[str] = set()
        rights = rights_of(role)
        for area in areas():
            for letter in rights.get(area.name, ()):
                if area.table not in columns:
                    continue
                if letter == "d":
                    deletes.add(area.table)
                else:
                    given[area.table, _VERBS[letter]] |= set(area.columns) & columns[area.table]
        for (table, verb), some in sorted(given.items()):
            listed = ", ".join(f'"{column}"' for column in sorted(some))
            yield f'GRANT {verb} ({listed}) ON {schema}."{table}" TO "{group(prefix, role)}"'
        for table in sorted(deletes):
            yield f'GRANT DELETE ON {schema}."{table}" TO "{group(prefix, role)}"'


def _row_security(schema: str, queues: Mapping[str, Permission], columns: Mapping[str, set[str]]) -> Iterator[str]:
    """Which rows of a shared table a role sees: who sees no money is shown nothing of the queues of money."""
    seen = {role: {name for name, needed in queues.items() if needed in PERMISSIONS[role]} for role in Role}
    filled = {role: seen[role].union(*(_FILLS.get(one, ()) for one in PERMISSIONS[role])) for role in Role}
    narrow = [role for role in Role if Permission.MONEY not in PERMISSIONS[role]]
    reserved = [role for role in Role if Permission.CONTACT not in PERMISSIONS[role]]
    mine = "(SELECT public.superbill_me())"
    role_is = "(SELECT public.superbill_role())"
    own = f"EXISTS (SELECT 1 FROM public.action a WHERE a.id = action_id AND a.user_id = {mine})"
    wide = f"{role_is} NOT IN ({_texts(narrow)})"
    talks = f"{role_is} NOT IN ({_texts(reserved)})"

    def among(named: str, queues_of: Mapping[Role, set[str]], roles: list[Role]) -> str:
        cases = " ".join(f"WHEN '{role}' THEN ARRAY[{_texts(sorted(queues_of[role]))}]::text[]" for role in roles)
        return f"({role_is} NOT IN ({_texts(roles)}) OR {named} = ANY (CASE {role_is} {cases} END))"

    care = sorted({area.table for area in areas() if area.name in _CARE})
    shown = sorted({area.table for area in areas() if area.name in _OPEN})
    behind = " OR ".join(
        f"(table_name = '{table}' AND EXISTS (SELECT 1 FROM public.{table} t WHERE t.id = row_id))"
        for table in _NARROWED
    )
    reads = f"{role_is} IN ({_texts([role for role in Role if Permission.NOTE in PERMISSIONS[role]])})"
    ends = f"{role_is} IN ({_texts([role for role in Role if Permission.ADMIN in PERMISSIONS[role]])})"
    reviews = f"{role_is} IN ({_texts([role for role in Role if Permission.REVIEW in PERMISSIONS[role]])})"
    policies = {
        "work_item": [("ALL", among("queue", filled, narrow), "")],
        "remark": [("ALL", among("split_part(subject, ':', 1)", seen, reserved), f"user_id = {mine}")],
        "action": [
            (
                "SELECT",
                f"user_id = {mine} OR {talks} OR ({wide} AND command !~ '{_TALKED}') OR "
                " command LIKE 'coding.%' OR command LIKE 'quer%'",
                "",
            ),
            ("INSERT", "", f"user_id = {mine}"),
            ("UPDATE", f"user_id = {mine}", f"user_id = {mine}"),
        ],
        "row_image": [
            (
                "SELECT",
                f"(({talks} OR {own} OR ({wide} AND table_name NOT IN ({_texts((*_PERSONAL, *_NARROWED))}))) "
                f"AND (table_name <> 'note' OR {reads})) OR table_name IN ({_texts(shown)}) OR {behind}",
                "",
            ),
            ("INSERT", "", own),
        ],
        "coverage": [  # a coverage goes only when its own author takes the noting of it back
            ("SELECT", "true", ""),
            ("INSERT", "", "true"),
            ("UPDATE", "true", "true"),
            ("DELETE", _ADDED_BY.format(table="coverage", who=mine), ""),
        ],
        "coding_review": [  # who codes asks for a second look and takes that back; deciding it is a reviewer's
            ("SELECT", "true", ""),
            ("INSERT", "", "outcome = ''"),
            ("UPDATE", reviews, f"outcome = '' OR reviewer_id = {mine}"),
            ("DELETE", "outcome = ''", ""),
        ],
        "transition": [("SELECT", f"{wide} OR {own} OR machine IN ({_texts(care)})", ""), ("INSERT", "", own)],
        "sitting": [("ALL", f"user_id = {mine}", f"user_id = {mine}")],
        "pin": [("ALL", f"user_id = {mine}", f"user_id = {mine}")],
        "login_session": [
            ("SELECT", f"user_id = {mine} OR {ends}", ""),
            ("INSERT", "", f"user_id = {mine}"),
            ("UPDATE", f"user_id = {mine} OR {ends}", f"user_id = {mine} OR {ends}"),
        ],
        "code_favourite": [("ALL", f"user_id = {mine}", f"user_id = {mine}")],
        "saved_view": [
            ("SELECT", f"user_id IS NULL OR user_id = {mine}", ""),
            ("INSERT", "", _owned(mine, role_is)),
            ("UPDATE", _owned(mine, role_is), _owned(mine, role_is)),
            ("DELETE", _owned(mine, role_is), ""),
        ],
    }
    for table, rules in policies.items():
        if table not in columns:
            continue
        yield f"ALTER TABLE {schema}.{table} ENABLE ROW LEVEL SECURITY"
        for verb in ("ALL", "SELECT", "INSERT", "UPDATE", "DELETE"):
            yield f"DROP POLICY IF EXISTS superbill_{verb.lower()} ON {schema}.{table}"
        for verb, using, with_check in rules:
            said = (f" USING ({using})" if using else "") + (f" WITH CHECK ({with_check})" if with_check else "")
            yield f"CREATE POLICY superbill_{verb.lower()} ON {schema}.{table} FOR {verb} TO PUBLIC{said}"


_ADDED_BY = """EXISTS (SELECT 1 FROM public.row_image i JOIN public.action a ON a.id = i.action_id
    WHERE i.table_name = '{table}' AND i.row_id = {table}.id AND i.before IS NULL AND a.user_id = {who})"""


def _owned(mine: str, role_is: str) -> str:
    supervising = [role for role in Role if Permission.SUPERVISE in PERMISSIONS[role]]
    return f"user_id = {mine} OR (user_id IS NULL AND {role_is} IN ({_texts(supervising)}))"


def _texts(words: object) -> str:
    return ", ".join(f"'{word}'" for word in words)  # type: ignore[attr-defined]
