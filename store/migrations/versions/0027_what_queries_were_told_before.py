"""What a waiting query was told before each asking was a record; the rights of every login are made anew with it"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_WAITING = """
SELECT q.id, q.state, q.reminders, n.at, n.user_id, n.given_at FROM provider_query q
JOIN query_notice n ON n.query_id = q.id AND n.kind = 'asked'
WHERE q.state IN ('SENT', 'OVERDUE', 'ESCALATED') ORDER BY q.id"""
_ESCALATED = """
SELECT t.subject_id, a.at, a.user_id FROM transition t JOIN action a ON a.id = t.action_id
WHERE t.machine = 'provider_query' AND t.after = 'ESCALATED' ORDER BY t.id"""
_REMINDED = """
SELECT i.row_id, i.after, a.at, a.user_id FROM row_image i JOIN action a ON a.id = i.action_id
WHERE i.table_name = 'provider_query' AND i.after LIKE :with ORDER BY i.id"""
_NOTICE = """
INSERT INTO query_notice (query_id, kind, number, recipient, at, user_id, given_at)
VALUES (:query_id, :kind, :number, :recipient, :at, :user_id, :given_at)"""


def upgrade() -> None:
    """Reminders and escalations of before 0026, which kept the first asking alone; given out as far as that was."""
    told = op.get_bind()
    there = {tuple(row) for row in told.exec_driver_sql("SELECT query_id, kind, number FROM query_notice")}
    escalated = {row[0]: (row[1], row[2]) for row in told.exec_driver_sql(_ESCALATED)}
    images = told.execute(sa.text(_REMINDED), {"with": '%"reminders":%'})
    reminded = {(row[0], json.loads(row[1])["reminders"]): (row[2], row[3]) for row in images}
    for query_id, state, reminders, *asked, given_at in told.exec_driver_sql(_WAITING).all():
        new = [("reminder", at, "", reminded.get((query_id, at), asked)) for at in range(1, reminders + 1)]
        if state == "ESCALATED" and not any(one[:2] == (query_id, "escalation") for one in there):
            new.append(("escalation", reminders, "advisor", escalated.get(query_id, asked)))
        for kind, number, recipient, (at, user_id) in new:
            if (query_id, kind, number) not in there:
                told.execute(
                    sa.text(_NOTICE),
                    {"query_id": query_id, "kind": kind, "number": number, "recipient": recipient, "at": at,
                     "user_id": user_id, "given_at": given_at},
                )


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
