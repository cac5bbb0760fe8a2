"""What a person might type into psql, and the logins that have to be refused: one row for each statement."""

from __future__ import annotations

import itertools

EVERYBODY = ("coder", "reviewer", "biller", "poster", "collector", "supervisor", "admin", "partner")
"""`partner` is a second owner of the practice, with a login like anybody's and no right of the server."""
WITHOUT_MONEY = ("coder", "reviewer")
WITHOUT_NOTES = ("biller", "poster", "collector", "admin")

NO_CONTACT = (
    "SELECT * FROM patient_contact",
    "SELECT phone FROM patient_contact",
    "SELECT c::text FROM patient_contact c",
    "SELECT to_jsonb(c) FROM patient_contact c",
    "SELECT 1 FROM patient_contact WHERE phone LIKE '5%'",
    "SELECT count(*) FROM patient_contact",
    "COPY patient_contact TO STDOUT",
    "SELECT p.id FROM patient p JOIN patient_contact c ON c.patient_id = p.id ORDER BY c.city",
    "SELECT phone FROM guarantor",
    "SELECT * FROM guarantor",
    "UPDATE guarantor SET phone = phone RETURNING phone",
    "SELECT member_id, subscriber_last FROM coverage",
)
NO_MONEY = (
    "SELECT sum(cents) FROM posting",
    "SELECT * FROM ledger_entry",
    "SELECT charge FROM claim",
    "SELECT * FROM claim",
    "SELECT content FROM claim_version",
    "SELECT content FROM archived_file",
    "SELECT * FROM remittance",
    "SELECT paid FROM remit_claim",
    "SELECT cents FROM denial",
    "SELECT content FROM statement_account",
    "INSERT INTO posting (entry_id, book, cents) VALUES (1, 'cash', 1)",
)
NO_FIELDS = (
    "SELECT value FROM claim_fact",
    "SELECT count(*) FROM claim_fact",
    "INSERT INTO claim_fact (encounter_id, name, value) VALUES (1, 'patient_paid', '1')",
    "UPDATE claim_fact SET value = ''",
    "DELETE FROM claim_fact",
    "SELECT content FROM facility_bill",
    "SELECT message FROM claim_finding",
)
"""What a claim tells beside its codes, the patient's payment among it, and what its scrub found."""
NO_FIELD_CHANGED = (
    *NO_FIELDS[2:5],
    "UPDATE patient SET birth = birth",
    "UPDATE provider SET npi = npi",
    "UPDATE fee SET cents = 1",
)
NO_RECORD_CHANGED = (
    "UPDATE practice SET npi = npi",
    "UPDATE provider SET npi = npi",
    "UPDATE fee SET cents = 1",
    "UPDATE payer SET claim_kinds = ''",
    "UPDATE patient SET guarantor_id = guarantor_id",
)
NO_COLLECTION = (
    "SELECT note FROM patient_call",
    "SELECT phone FROM patient_call",
    "SELECT reason FROM account_hold",
    "SELECT * FROM payment_plan",
    "SELECT * FROM promise",
    "SELECT cents FROM patient_payment",
    "SELECT income FROM assistance",
)
NO_TAMPERING = (
    *(f"{verb} {table}" for verb, table in itertools.product(
        ("UPDATE", ), ("posting SET cents = cents", "ledger_entry SET memo = ''", "audit_entry SET detail = ''",
                      "row_image SET before = ''", "transition SET after = ''"))),
    *(f"{verb} {table}" for verb, table in itertools.product(
        ("DELETE FROM", "TRUNCATE"), ("posting", "ledger_entry", "audit_entry", "row_image", "transition", "action"))),
    "INSERT INTO audit_entry SELECT * FROM audit_entry",
    "INSERT INTO audit_entry (seq, at) VALUES (9999, now())",
    "ALTER TABLE posting DISABLE TRIGGER ALL",
    "ALTER TABLE audit_entry OWNER TO CURRENT_USER",
    "ALTER TABLE work_item DISABLE ROW LEVEL SECURITY",
    "DROP POLICY superbill_all ON work_item",
    "DROP TRIGGER posting_no_update ON posting",
    "DROP TABLE audit_entry",
    "CREATE OR REPLACE FUNCTION superbill_me() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "SET session_replication_role = 'replica'",
    "CREATE TABLE public.mine (id int)",
    "CREATE TEMP TABLE mine (id int)",
    "CREATE FUNCTION public.leak(text) RETURNS bool LANGUAGE sql AS 'SELECT true'",
    "CREATE SCHEMA mine",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "COPY practice TO PROGRAM 'cat'",
    "COPY practice TO '/tmp/practice'",
    "SET ROLE {owner}",
    "SET ROLE {prefix}_r_owner",
    "SET SESSION AUTHORIZATION owner",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "CREATE ROLE friend",
    "GRANT {prefix}_r_owner TO CURRENT_USER",
    "GRANT SELECT ON patient_contact TO PUBLIC",
    "UPDATE app_user SET role = 'owner' WHERE name = session_user",
    "INSERT INTO app_user (name, role, full_name, active) VALUES ('friend', 'owner', '', true)",
    "SELECT superbill_set_user(session_user::text, NULL, 'owner', true, '{prefix}')",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'owner'",
    "SELECT pg_reload_conf()",
    "ALTER SYSTEM SET fsync = off",
)  # fmt: skip
NO_NOTES = (
    "SELECT text FROM note",
    "SELECT * FROM note",
    "COPY note TO STDOUT",
    "SELECT 1 FROM note WHERE text LIKE '%pain%'",
)
NO_WORDING = (
    "UPDATE dunning_message SET text = 'Pay at once.'",
    "DELETE FROM dunning_message",
    "INSERT INTO dunning_message (level, language, min_age, plan, insurance, text) VALUES (1, 'en', 0, '', '', 'x')",
)
NO_PARTNERS = ("DELETE FROM trading_partner", "UPDATE trading_partner SET submitter_id = 'MINE'")
NO_TALKING = (
    "SELECT phone FROM guarantor",
    "SELECT email FROM guarantor",
    "SELECT line1, city, zip FROM guarantor",
    "SELECT * FROM guarantor",
    "SELECT g::text FROM guarantor g",
    "SELECT 1 FROM guarantor WHERE phone LIKE '5%'",
    "UPDATE guarantor SET dunning = dunning RETURNING phone",
    "SELECT line1 FROM patient_contact",
    "SELECT 1 FROM patient_contact WHERE zip LIKE '6%'",
    "SELECT phone FROM patient_call",
    "SELECT content FROM statement_account",
    "SELECT message FROM statement_account",
    "SELECT phone FROM patient_contact",
    "SELECT email FROM patient_contact",
    "SELECT * FROM patient_contact",
    "SELECT note FROM patient_call",
    "SELECT verified FROM patient_call",
    "SELECT * FROM patient_call",
    "COPY patient_call TO STDOUT",
    "SELECT 1 FROM patient_call WHERE note LIKE '%angry%'",
    "UPDATE patient_contact SET line1 = 'x'",
    "INSERT INTO patient_contact (patient_id) VALUES (99)",
    "UPDATE guarantor SET phone = 'x'",
    "UPDATE guarantor SET last = 'x'",
    "UPDATE coverage SET member_id = 'x'",
    "INSERT INTO coverage (patient_id, payer_id) VALUES (1, 1)",
    "UPDATE patient SET birth = birth",
    "UPDATE diagnosis SET code = 'I10'",
    "UPDATE service_line SET units = 9",
    "INSERT INTO patient_call (guarantor_id, user_id, state, reason) VALUES (1, 1, 'IN_CALL', 'x')",
    "UPDATE patient_call SET state = 'STOPPED'",
    "UPDATE call_preference SET do_not_call = false",
    "SELECT content FROM run_wording WHERE false; UPDATE statement_account SET included = false",
    "DELETE FROM statement_run",
    "DELETE FROM account_hold",
    "SELECT text FROM note",
)
"""Who posts answers of payers talks to no patient: no number to call, no address but on a claim, no notes of calls,
nobody's data to change."""
NO_LOOKING_BEHIND = ("SELECT * FROM superbill_address_on_claim(1)", "SELECT superbill_wrong_numbers(ARRAY[1])")
"""Functions that give what the columns do not, to who needs it for a claim or for the queue of calls."""
NO_RUNNING = ("SELECT superbill_set_user('friend', NULL, 'biller', true, '{prefix}')",)

ITS_OWN = {("partner", "SET ROLE {prefix}_r_owner")}
"""Anybody may be the role that they are a member of."""
ATTACKS = [
    *itertools.product(WITHOUT_MONEY, NO_CONTACT + NO_MONEY + NO_COLLECTION),
    *itertools.product(WITHOUT_MONEY, NO_FIELDS),
    *itertools.product(("collector",), NO_FIELD_CHANGED),
    *itertools.product(("coder", "reviewer", "biller", "poster", "collector", "supervisor"), NO_RECORD_CHANGED),
    *itertools.product(("poster",), NO_TALKING),
    *itertools.product((*WITHOUT_MONEY, "admin"), NO_LOOKING_BEHIND),
    *itertools.product((*WITHOUT_MONEY, "biller", "poster", "collector"), ("SELECT * FROM superbill_kept()",)),
    *itertools.product(("admin",), NO_MONEY[:-1] + NO_COLLECTION),
    *((name, one) for name, one in itertools.product(EVERYBODY, NO_TAMPERING) if (name, one) not in ITS_OWN),
    *itertools.product(WITHOUT_NOTES, NO_NOTES),
    *itertools.product(("coder", "reviewer", "poster"), NO_WORDING),
    *itertools.product([name for name in EVERYBODY if name not in ("admin", "partner")], NO_PARTNERS),
    *itertools.product([name for name in EVERYBODY if name not in ("admin", "partner")], NO_RUNNING),
    *itertools.product(("coder", "reviewer", "biller", "poster", "collector"), ("SELECT * FROM audit_entry",)),
]
