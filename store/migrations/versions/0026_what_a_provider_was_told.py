"""A reason that passes an edit goes on to the review; each asking of a provider is a record, given out once"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import store.tables.base

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    moment = store.tables.base.MomentType(timezone=True)
    op.add_column('coding_review', sa.Column('override', text(), server_default='', nullable=False))
    op.create_table('query_notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('query_id', sa.Integer(), nullable=False),
    sa.Column('kind', text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('recipient', text(), nullable=False),
    sa.Column('at', moment, nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('given_at', moment, nullable=True),
    sa.ForeignKeyConstraint(['query_id'], ['provider_query.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('ix_query_notice_query_id', 'query_notice', ['query_id'])
    # What waits already goes out once more, under its first asking: nobody noted when it went.
    op.execute(
        "INSERT INTO query_notice (query_id, kind, number, recipient, at, user_id)"
        " SELECT id, 'asked', 0, '', sent_at, asked_by FROM provider_query"
        " WHERE state IN ('SENT', 'OVERDUE', 'ESCALATED') AND sent_at IS NOT NULL ORDER BY id"
    )


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
