"""What coders make of suggestions"""

from alembic import op
import sqlalchemy as sa
import sqlmodel
import store.tables.base

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('suggestion_choice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('encounter_id', sa.Integer(), nullable=False),
    sa.Column('rule', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('span_start', sa.Integer(), nullable=False),
    sa.Column('span_end', sa.Integer(), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('chosen', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('at', store.tables.base.MomentType(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['encounter_id'], ['encounter.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('suggestion_choice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_suggestion_choice_encounter_id'), ['encounter_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_suggestion_choice_rule'), ['rule'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
