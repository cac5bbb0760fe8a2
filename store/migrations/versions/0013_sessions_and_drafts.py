"""Who is in the program, what was typed and not saved, and the owner's word on a shared file"""

from alembic import op
import sqlalchemy as sa
import sqlmodel
import store.tables.base

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, store.tables.base.MomentType
    op.add_column('practice', sa.Column('one_circle', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table('login_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('host', text(), nullable=False),
    sa.Column('pid', sa.Integer(), nullable=False),
    sa.Column('started_at', moment(timezone=True), nullable=False),
    sa.Column('seen_at', moment(timezone=True), nullable=False),
    sa.Column('ended_at', moment(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['ended_by'], ['app_user.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('ix_login_session_user_id', 'login_session', ['user_id'], unique=False)
    op.create_table('draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('subject', text(), nullable=False),
    sa.Column('text', text(), nullable=False),
    sa.Column('at', moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('user_id', 'subject'),
    sqlite_autoincrement=True
    )
    op.create_index('ix_draft_user_id', 'draft', ['user_id'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
