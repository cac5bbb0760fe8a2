"""What PostgreSQL does by itself, so that no client has to be trusted: who is asking, and the audit chain.

Functions that run with their owner's rights have a fixed search path and name every table in full.
"""

from __future__ import annotations

from sqlalchemy import Connection

_IS_SUPERUSER = "(SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user)"

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
)


def install(connection: Connection) -> None:
    """Make the functions, in place of those that are there."""
    for statement in FUNCTIONS:
        connection.exec_driver_sql(statement.replace("%", "%%"))
