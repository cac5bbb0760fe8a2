"""When an idle screen locks, and the number that opens it again"""

from alembic import op
import sqlalchemy as sa
import sqlmodel
import store.tables.base

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, store.tables.base.MomentType
    op.add_column('practice', sa.Column('lock_minutes', sa.Integer(), server_default='10', nullable=False))
    op.create_index('ix_audit_entry_action', 'audit_entry', ['action'], unique=False)
    op.create_table('pin',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('hash', text(), nullable=False),
    sa.Column('wrong', sa.Integer(), nullable=False),
    sa.Column('locked', sa.Boolean(), nullable=False),
    sa.Column('at', moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('user_id')
    )


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
