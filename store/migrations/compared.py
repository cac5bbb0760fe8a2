"""What a PostgreSQL catalog says of rights and guards, against what an upgrade of the same practice would make.

An upgrade is made beside it, in a schema that is taken away again: the same tables, empty, with the owners, grants,
policies, functions and triggers that `store.people.grants`, `.postgresql` and `.guards` give them.  Then both schemas
are asked the same questions.  What belongs to the server and not to a schema is compared with `app_user`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from store.migrations import guards, postgresql
from store.people import grants
from store.people.roles import Permission, Role

_BESIDE = "superbill_beside"
GRANTABLE = " WITH GRANT OPTION"
"""Stands behind the name of a right that may be handed on."""

Key = tuple[str, str, str, str]
"""Of what kind, on what object, its name, whose."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing of the catalog that is not as an upgrade makes it.

    `kind` is one of those of `_OF_SCHEMA` and `_OF_SERVER`; `more` stands there and should not, `less` should and does
    not (for a right the columns, `""` for the whole object; for others what it is).
    """

    kind: str
    on: str
    name: str
    who: str
    more: tuple[str, ...]
    less: tuple[str, ...]


def differences(connection: Connection, queues: Mapping[str, Permission]) -> list[Difference]:
    """All of them, for the server's superuser on its primary; nothing of the database is changed or held up."""
    prefix = grants.prefix_of(connection)
    is_there, wanted = _of_server(connection, prefix)
    missing = {key for key in wanted if key[0] == "role" and key not in is_there}
    if not missing:
        for of_server, of_schema in zip((is_there, wanted), _of_schemas(connection, prefix, queues), strict=True):
            of_server.update(of_schema)
    told = []
    for key in sorted({*is_there, *wanted}):
        more, less = (
            is_there.get(key, set()) - wanted.get(key, set()),
            wanted.get(key, set()) - is_there.get(key, set()),
        )
        if more or less:
            told.append(Difference(*key, tuple(sorted(more)), tuple(sorted(less))))
    return told


Catalog = dict[Key, set[str]]


def _of_schemas(connection: Connection, prefix: str, queues: Mapping[str, Permission]) -> tuple[Catalog, Catalog]:
    made = connection.begin_nested()
    try:
        connection.exec_driver_sql(f"CREATE SCHEMA {_BESIDE}")
        connection.exec_driver_sql(f"SET LOCAL search_path = {_BESIDE}")
        empty = connection.execute(text(_EMPTY)).scalars().all()
        connection.exec_driver_sql(";\n".join(empty).replace("%", "%%"))
        postgresql.install(connection)
        guards.install(connection)
        grants.install_in(connection, _BESIDE, prefix, queues)
        connection.exec_driver_sql("SET LOCAL search_path = ''")  # definitions are told with every name in full
        return _asked(connection, "public"), _asked(connection, _BESIDE)
    finally:
        made.rollback()


_EMPTY = """
SELECT format('CREATE TABLE %I (LIKE public.%I)', c.relname, c.relname)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
UNION ALL
SELECT format('CREATE SEQUENCE %I OWNED BY %I.%I', s.relname, t.relname, a.attname)
FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
JOIN pg_class t ON t.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE s.relnamespace = 'public'::regnamespace AND s.relkind = 'S'"""


def _asked(connection: Connection, schema: str) -> Catalog:
    found: Catalog = defaultdict(set)
    for query in _OF_SCHEMA:
        for kind, on, name, who, told in connection.execute(text(query), {"schema": schema, "beside": _BESIDE}):
            key = (kind, *(str(part).replace(f"{_BESIDE}.", "").replace("public.", "") for part in (on, name, who)))
            found[key].add(str(told).replace(f"{_BESIDE}.", "public."))
    return found


_PLACES = r"""
WITH place AS (
    SELECT oid, CASE WHEN nspname = :schema THEN '' ELSE quote_ident(nspname) || '.' END AS before, nspname
    FROM pg_namespace WHERE nspname = :schema
    OR (:schema = 'public' AND nspname <> :beside AND nspname !~ '^(pg_|information_schema$)')
), relation AS (
    SELECT c.*, before, before || quote_ident(relname) AS called,
        CASE relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END || before || quote_ident(relname) AS noun
    FROM pg_class c JOIN place p ON p.oid = c.relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
)"""
"""The schema that is asked about; of the real one all that others have made beside it too, for the rights on them."""

_GIVEN = """
, given AS (
    SELECT noun, '' AS part, relowner AS owner, a.* FROM relation, aclexplode(relacl) a
    UNION ALL
    SELECT noun, quote_ident(attname), relowner, a.* FROM relation r JOIN pg_attribute t ON t.attrelid = r.oid,
        aclexplode(attacl) a
    UNION ALL
    SELECT 'function ' || f.oid::regprocedure, '', proowner, a.* FROM pg_proc f JOIN place p ON p.oid = pronamespace,
        aclexplode(coalesce(proacl, acldefault('f', proowner))) a
    WHERE proname LIKE 'superbill%' OR prosecdef
    UNION ALL
    SELECT 'schema ' || CASE nspname WHEN :schema THEN 'public' ELSE quote_ident(nspname) END, '', nspowner, a.*
    FROM pg_namespace JOIN place USING (oid, nspname), aclexplode(nspacl) a
)
SELECT 'right', noun, privilege_type || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END, part
FROM given WHERE grantee <> owner"""

_OF_SCHEMA = (
    _PLACES + _GIVEN,
    _PLACES + "SELECT 'owner', noun, '', '', pg_get_userbyid(relowner) FROM relation WHERE before = '' AND relkind IN "
    "('r', 'p', 'S')",
    _PLACES + "SELECT 'narrowed', called, '', '', concat(relrowsecurity, relforcerowsecurity) FROM relation "
    "WHERE before = '' AND relkind IN ('r', 'p')",
    _PLACES + "SELECT 'policy', called, polname, '', concat_ws(' ', polcmd, polpermissive, polroles::text, "
    "pg_get_expr(polqual, polrelid), 'check', pg_get_expr(polwithcheck, polrelid)) "
    "FROM pg_policy JOIN relation r ON r.oid = polrelid WHERE before = ''",
    # A constraint's own triggers are told of where they are switched off: the tables beside have none.
    _PLACES + "SELECT 'guard', called, CASE WHEN tgisinternal THEN 'of its references' ELSE tgname END, '', "
    "concat_ws(' ', tgenabled, CASE WHEN NOT tgisinternal THEN pg_get_triggerdef(t.oid) END) "
    "FROM pg_trigger t JOIN relation r ON r.oid = tgrelid "
    "WHERE before = '' AND (NOT tgisinternal OR tgenabled <> 'O')",
    _PLACES + "SELECT 'rule', called, rulename, '', pg_get_ruledef(w.oid) FROM pg_rewrite w "
    "JOIN relation r ON r.oid = ev_class WHERE before = '' AND relkind IN ('r', 'p')",
    _PLACES + "SELECT 'function', f.oid::regprocedure, '', '', concat(pg_get_userbyid(proowner), ' ', "
    "pg_get_functiondef(f.oid)) FROM pg_proc f JOIN place p ON p.oid = pronamespace "
    "WHERE before = '' AND prokind = 'f' AND proname LIKE 'superbill%'",
)

_OF_SERVER = {
    "role": "SELECT '', rolname, '', '' FROM pg_roles WHERE rolname = ANY (:ours)",
    "attribute": """SELECT '', rolname, '', a FROM pg_roles, unnest(ARRAY[
        CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
        CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
        CASE WHEN rolreplication THEN 'REPLICATION' END,
        CASE WHEN rolcanlogin AND NOT rolname = ANY (:people) THEN 'LOGIN' END]) a
        WHERE a IS NOT NULL AND (rolname = ANY (:ours) OR rolname = ANY (:people))""",
    # From our people and roles down through whatever they are members of, and whoever is a member of ours.
    "member": """WITH RECURSIVE edge AS (
            SELECT g.rolname::text AS role, m.rolname::text AS member, pg_get_userbyid(grantor) AS grantor
            FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
        ), reached AS (
            SELECT unnest(CAST(:everybody AS text[])) COLLATE "C" AS name
            UNION SELECT role FROM edge JOIN reached ON member = name WHERE role !~ '^pg_'
        )
        SELECT '', role, member, grantor FROM edge
        WHERE member IN (SELECT name FROM reached) OR role = ANY (:ours)""",
    "right": """SELECT noun, privilege, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END, ''
        FROM (
            SELECT 'database ' || quote_ident(datname) AS noun, privilege_type AS privilege, grantee, datdba AS owner
            FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
            WHERE datname = current_database()
            UNION ALL SELECT 'parameter ' || parname, privilege_type, grantee, 10
            FROM pg_parameter_acl, aclexplode(paracl)
            UNION ALL SELECT 'table pg_catalog.' || quote_ident(relname), privilege_type, grantee, relowner
            FROM pg_class c LEFT JOIN pg_init_privs i ON i.objoid = c.oid AND i.classoid = 'pg_class'::regclass
                AND i.objsubid = 0, aclexplode(relacl) a
            WHERE relnamespace = 'pg_catalog'::regnamespace AND NOT EXISTS (
                SELECT FROM aclexplode(initprivs) b WHERE (b.grantee, b.privilege_type) = (a.grantee, a.privilege_type))
            UNION ALL SELECT 'function ' || f.oid::regprocedure, privilege_type, grantee, proowner
            FROM pg_proc f LEFT JOIN pg_init_privs i ON i.objoid = f.oid AND i.classoid = 'pg_proc'::regclass,
                aclexplode(proacl) a
            WHERE pronamespace = 'pg_catalog'::regnamespace AND NOT EXISTS (
                SELECT FROM aclexplode(initprivs) b WHERE (b.grantee, b.privilege_type) = (a.grantee, a.privilege_type))
        ) a WHERE grantee <> owner
        AND (grantee = 0 OR pg_get_userbyid(grantee) = ANY (:everybody) OR noun LIKE 'database %')""",
    "later": """SELECT '', privilege_type,
        CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END,
        format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s REVOKE %s ON %s FROM %s', pg_get_userbyid(defaclrole),
            ' IN SCHEMA ' || nullif(defaclnamespace, 0)::regnamespace, privilege_type,
            CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
            WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END,
            CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
        FROM pg_default_acl, aclexplode(defaclacl)
        WHERE grantee <> defaclrole AND (grantee = 0 OR pg_get_userbyid(grantee) = ANY (:everybody))""",
    "setting": """SELECT '', split_part(one, '=', 1), coalesce(pg_get_userbyid(nullif(setrole, 0))::text, ''), one
        FROM pg_db_role_setting s, unnest(setconfig) one
        WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        AND (setrole = 0 OR pg_get_userbyid(setrole) = ANY (:everybody))
        AND split_part(one, '=', 1) = ANY (:told)""",
    "keeper": "SELECT 'database ' || quote_ident(datname), '', '', pg_get_userbyid(datdba) FROM pg_database "
    "WHERE datname = current_database() AND pg_get_userbyid(datdba) = ANY (:people) "
    "AND NOT (SELECT rolsuper FROM pg_roles WHERE oid = datdba)",
}


def _of_server(connection: Connection, prefix: str) -> tuple[Catalog, Catalog]:
    people = connection.execute(text("SELECT name::text, role::text, active FROM app_user ORDER BY 1")).all()
    groups = [grants.group(prefix, role) for role in Role]
    owner = grants.owner_of(prefix)
    told = [*grants.QUIET, "session_replication_role", "row_security"]
    given = {"ours": [*groups, owner], "people": [name for name, *_ in people], "told": told}
    given["everybody"] = given["ours"] + given["people"]
    there: Catalog = defaultdict(set)
    for kind, query in _OF_SERVER.items():
        for on, name, who, what in connection.execute(text(query), given):
            there[kind, str(on), str(name), str(who)].add(str(what))
    database = connection.execute(text("SELECT quote_ident(current_database())")).scalar()
    wanted: Catalog = defaultdict(set)
    for role in given["ours"]:
        wanted["role", "", role, ""].add("")
    wanted["attribute", "", owner, ""].add("CREATEROLE")
    members = [(grants.group(prefix, role), str(name)) for name, role, active in people if active]
    for role, member in [*members, *((one, owner) for one in groups)]:  # whoever granted it
        wanted["member", "", role, member] = there.get(("member", "", role, member), {""})
    for one in groups:
        wanted["right", f"database {database}", "CONNECT", one].add("")
    for name, value in grants.QUIET.items():
        wanted["setting", "", name, ""].add(f"{name}={value}")
    roles = set(connection.execute(text("SELECT rolname FROM pg_roles")).scalars())
    for key in [key for key in there if key[0] == "member" and key not in wanted]:
        if _is_harmless(key[2], key[3], owner, set(given["people"]), roles):
            del there[key]
    return there, wanted


def _is_harmless(role: str, member: str, owner: str, people: set[str], roles: set[str]) -> bool:
    """Who made a login stays a member of it on newer servers; and a person may work in several practices of a server.

    What a role of another practice may do here is told by the rights, and what it is itself a member of by its own.
    """
    prefix, _, name = role.rpartition("_r_")
    of_another = name in set(Role) and grants.owner_of(prefix) in roles and grants.owner_of(prefix) != owner
    return (member in people and of_another) or (member == owner and role in people)
