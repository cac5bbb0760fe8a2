"""What PostgreSQL does by itself, so that no client has to be trusted: who is asking, and the audit chain.

Functions that run with their owner's rights have a fixed search path and name every table in full.
"""

from __future__ import annotations

from sqlalchemy import Connection

from store.people.areas import rights_of
from store.people.roles import Role

_IS_SUPERUSER = "(SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user)"


def _only(area: str, refused: str) -> str:
    """What a function begins with that is for the roles which may read an area."""
    roles = ", ".join(f"'{role}'" for role in Role if "r" in rights_of(role).get(area, ()))
    return (
        f"IF NOT {_IS_SUPERUSER} AND coalesce(public.superbill_role(), '') NOT IN ({roles}) THEN "
        f"RAISE EXCEPTION '{refused}' USING ERRCODE = 'insufficient_privilege'; END IF;"
    )


FUNCTIONS = (
    """
CREATE OR REPLACE FUNCTION superbill_me() RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT id FROM public.app_user WHERE name = session_user AND active
$$""",
    """
CREATE OR REPLACE FUNCTION superbill_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT role::text FROM public.app_user WHERE name = session_user AND active
$$""",
    f"""
CREATE OR REPLACE FUNCTION superbill_audit(
    p_user text, p_role text, p_at timestamptz, p_action text, p_subject text, p_patient integer, p_detail text,
    p_host text
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last record; v_seq integer; v_previous text; v_at timestamptz; v_user text; v_role text; v_hash text;
BEGIN
    IF {_IS_SUPERUSER} THEN
        v_user := p_user; v_role := p_role; v_at := p_at;
    ELSE  -- who and when are the server's own knowledge
        v_user := session_user; v_role := public.superbill_role(); v_at := date_trunc('second', clock_timestamp());
        IF v_role IS NULL THEN
            RAISE EXCEPTION 'you are not a user of this practice' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    PERFORM pg_advisory_xact_lock(7265347);
    SELECT seq, hash INTO last FROM public.audit_entry ORDER BY seq DESC LIMIT 1;
    v_seq := coalesce(last.seq, 0) + 1;
    v_previous := coalesce(last.hash, repeat('0', 64));
    v_hash := encode(sha256(convert_to(
        '[' || v_seq || ',' || to_json(to_char(v_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'))::text
        || ',' || to_json(v_user)::text || ',' || to_json(v_role)::text || ',' || to_json(p_action)::text
        || ',' || to_json(p_subject)::text || ',' || coalesce(p_patient::text, 'null') || ','
        || to_json(p_detail)::text || ',' || to_json(p_host)::text || ',' || to_json(v_previous)::text || ']',
        'UTF8')), 'hex');
    INSERT INTO public.audit_entry (seq, at, user_name, role, action, subject, patient_id, detail, host, previous, hash)
    VALUES (v_seq, v_at, v_user, v_role, p_action, p_subject, p_patient, p_detail, p_host, v_previous, v_hash);
    RETURN v_seq;
END $$""",
    f"""
CREATE OR REPLACE FUNCTION superbill_open_note(p_encounter integer, p_reason text, p_host text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_text text; v_patient integer;
BEGIN
    IF public.superbill_me() IS NULL AND NOT {_IS_SUPERUSER} THEN
        RAISE EXCEPTION 'you are not a user of this practice' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF length(btrim(p_reason)) < 5 THEN
        RAISE EXCEPTION 'a note is opened for a reason' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT n.text, e.patient_id INTO v_text, v_patient FROM public.note n
        JOIN public.encounter e ON e.id = n.encounter_id WHERE n.encounter_id = p_encounter;
    PERFORM public.superbill_audit(session_user::text, coalesce(public.superbill_role(), 'superuser'),
        date_trunc('second', clock_timestamp()), 'note.break_glass',
        'encounter:' || p_encounter, v_patient, json_build_object('reason', p_reason)::text, p_host);
    RETURN v_text;
END $$""",
    f"""
CREATE OR REPLACE FUNCTION superbill_set_user(p_name text, p_uid integer, p_role text, p_active boolean, p_prefix text)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_me text := public.superbill_role(); v_old record; v_id integer; v_group text := p_prefix || '_r_' || p_role;
BEGIN
    IF NOT {_IS_SUPERUSER} THEN
        IF v_me IS NULL OR v_me NOT IN ('admin', 'owner') THEN
            RAISE EXCEPTION 'your role lacks the permission administer' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF p_name = session_user OR (p_role = 'owner' AND v_me <> 'owner') THEN
            RAISE EXCEPTION 'nobody gives himself a role, and only an owner makes an owner'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    IF pg_get_userbyid((SELECT relowner FROM pg_class WHERE oid = 'public.audit_entry'::regclass))
            <> p_prefix || '_owner' THEN
        RAISE EXCEPTION 'these are not the roles of this practice' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT {_IS_SUPERUSER}
            AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = p_name AND (rolsuper OR rolcreaterole)) THEN
        RAISE EXCEPTION 'that login is not an ordinary one' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT id, role INTO v_old FROM public.app_user WHERE name = p_name;
    IF v_old.role = 'owner' AND v_me IS DISTINCT FROM 'owner' AND NOT {_IS_SUPERUSER} THEN
        RAISE EXCEPTION 'only an owner changes an owner' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = p_name) THEN
        EXECUTE format('CREATE ROLE %I LOGIN', p_name);
    END IF;
    IF v_old.role IS NOT NULL AND pg_has_role(p_name, p_prefix || '_r_' || v_old.role, 'MEMBER') THEN
        EXECUTE format('REVOKE %I FROM %I', p_prefix || '_r_' || v_old.role, p_name);
    END IF;
    IF p_active THEN
        EXECUTE format('GRANT %I TO %I', v_group, p_name);
    END IF;
    IF v_old.id IS NULL THEN
        INSERT INTO public.app_user (name, uid, full_name, role, active)
            VALUES (p_name, p_uid, '', p_role, p_active) RETURNING id INTO v_id;
    ELSE
        UPDATE public.app_user SET role = p_role, active = p_active, uid = coalesce(p_uid, uid) WHERE id = v_old.id;
        v_id := v_old.id;
    END IF;
    PERFORM public.superbill_audit(session_user::text, coalesce(v_me, 'superuser'),
        date_trunc('second', clock_timestamp()), 'people.grant', 'user:' || v_id, NULL,
        json_build_object('login', p_name, 'before', v_old.role, 'role', p_role, 'active', p_active)::text, '');
    RETURN v_id;
END $$""",
    f"""
CREATE OR REPLACE FUNCTION superbill_forget_pin(p_user integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT {_IS_SUPERUSER} AND public.superbill_role() NOT IN ('admin', 'owner') THEN
        RAISE EXCEPTION 'your role lacks the permission administer' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM public.pin WHERE user_id = p_user;
END $$""",
    # A claim tells its payer where the patient lives; who posts makes claims and reads no address but on one.
    f"""
CREATE OR REPLACE FUNCTION superbill_address_on_claim(p_claim integer)
RETURNS TABLE (line1 text, city text, state text, zip text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    {_only("claims", "claims are not for your role")}
    RETURN QUERY SELECT c.line1::text, c.city::text, c.state::text, c.zip::text FROM public.claim k
        JOIN public.patient_contact c ON c.patient_id = k.patient_id WHERE k.id = p_claim;
END $$""",
    # Of some accounts those whose last call went to a wrong number that is still the one on file.
    f"""
CREATE OR REPLACE FUNCTION superbill_wrong_numbers(p_accounts integer[]) RETURNS SETOF integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    {_only("calls", "calls are not for your role")}
    RETURN QUERY SELECT g.id FROM public.guarantor g
        JOIN public.patient_call c ON c.guarantor_id = g.id AND c.phone = g.phone AND c.state = 'WRONG_NO'
        WHERE g.id = ANY (p_accounts)
        AND c.id = (SELECT max(l.id) FROM public.patient_call l WHERE l.guarantor_id = g.id);
END $$""",
    # Every action that is kept, and of how many rows there are images: who verifies may not see all of them.
    f"""
CREATE OR REPLACE FUNCTION superbill_kept() RETURNS TABLE (action_id integer, images bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    {_only("trail", "the trail is not for your role")}
    RETURN QUERY SELECT a.id, count(i.id) FROM public.action a LEFT JOIN public.row_image i ON i.action_id = a.id
        GROUP BY a.id;
END $$""",
    # Who and when are the server's own knowledge, whatever a client writes.
    f"""
CREATE OR REPLACE FUNCTION superbill_stamp() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT {_IS_SUPERUSER} THEN
        NEW.at := date_trunc('second', clock_timestamp());
        IF TG_TABLE_NAME = 'ledger_entry' THEN
            PERFORM 1 FROM public.action WHERE id = NEW.action_id AND user_id = public.superbill_me()
                AND xmin = pg_current_xact_id()::xid;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'a ledger entry belongs to an action of its own transaction'
                    USING ERRCODE = 'insufficient_privilege';
            END IF;
        END IF;
    END IF;
    RETURN NEW;
END $$""",
    *(
        f"CREATE OR REPLACE TRIGGER {table}_stamp BEFORE INSERT ON {table} FOR EACH ROW "
        "EXECUTE FUNCTION superbill_stamp()"
        for table in ("ledger_entry", "action", "remark")
    ),
    f"""
CREATE OR REPLACE FUNCTION superbill_action_is_new() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM 1 FROM public.action WHERE id = OLD.id AND xmin = pg_current_xact_id()::xid;
    IF NOT FOUND AND NOT {_IS_SUPERUSER} THEN
        RAISE EXCEPTION 'an action is final when it is done' USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.user_id := OLD.user_id; NEW.at := OLD.at; NEW.key := OLD.key; NEW.command := OLD.command;
    RETURN NEW;
END $$""",
    "CREATE OR REPLACE TRIGGER action_is_new BEFORE UPDATE ON action FOR EACH ROW "
    "EXECUTE FUNCTION superbill_action_is_new()",
    # Nothing is done without its entry in the trail, by whatever client.
    f"""
CREATE OR REPLACE FUNCTION superbill_action_is_told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM 1 FROM (SELECT xmin AS made FROM public.audit_entry ORDER BY seq DESC LIMIT 1) l
        WHERE l.made = pg_current_xact_id()::xid;
    IF NOT FOUND AND NOT {_IS_SUPERUSER} THEN
        RAISE EXCEPTION 'an action has to be in the audit trail' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$""",
    "DROP TRIGGER IF EXISTS action_is_told ON action",
    "CREATE CONSTRAINT TRIGGER action_is_told AFTER INSERT ON action DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
    "EXECUTE FUNCTION superbill_action_is_told()",
)


def install(connection: Connection) -> None:
    """Make the functions, in place of those that are there."""
    for statement in FUNCTIONS:
        connection.exec_driver_sql(statement.replace("%", "%%"))
