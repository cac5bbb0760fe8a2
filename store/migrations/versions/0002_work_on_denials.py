"""What working a denial is expected to bring, its appeals, and write-offs that wait for a second person"""

from alembic import op
import sqlalchemy as sa
import sqlmodel
import store.tables.base

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('denial_worth',
    sa.Column('denial_id', sa.Integer(), nullable=False),
    sa.Column('chance', sa.Integer(), nullable=False),
    sa.Column('won', sa.Integer(), nullable=False),
    sa.Column('tried', sa.Integer(), nullable=False),
    sa.Column('basis', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at_stake', store.tables.base.CentsType(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('effort', store.tables.base.CentsType(), nullable=False),
    sa.Column('cents', store.tables.base.CentsType(), nullable=False),
    sa.ForeignKeyConstraint(['denial_id'], ['denial.id'], ),
    sa.PrimaryKeyConstraint('denial_id'),
    )
    op.create_table('appeal_level',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('payer_id', sa.Integer(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('file_days', sa.Integer(), nullable=False),
    sa.Column('decide_days', sa.Integer(), nullable=True),
    sa.Column('minimum', store.tables.base.CentsType(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['payer_id'], ['payer.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('payer_id', 'level', 'valid_from'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('appeal_level', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_appeal_level_payer_id'), ['payer_id'], unique=False)

    op.create_table('appeal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('denial_id', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=False),
    sa.Column('claim_line_id', sa.Integer(), nullable=True),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('notice_on', sa.Date(), nullable=False),
    sa.Column('filed_on', sa.Date(), nullable=False),
    sa.Column('file_by', sa.Date(), nullable=False),
    sa.Column('decide_by', sa.Date(), nullable=True),
    sa.Column('upheld_on', sa.Date(), nullable=True),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], ),
    sa.ForeignKeyConstraint(['claim_line_id'], ['claim_line.id'], ),
    sa.ForeignKeyConstraint(['denial_id'], ['denial.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('appeal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_appeal_claim_id'), ['claim_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_appeal_denial_id'), ['denial_id'], unique=False)

    op.create_table('write_off_limit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('cents', store.tables.base.CentsType(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('role'),
    sqlite_autoincrement=True
    )
    op.create_table('write_off_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('denial_id', sa.Integer(), nullable=False),
    sa.Column('cents', store.tables.base.CentsType(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('approved', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['app_user.id'], ),
    sa.ForeignKeyConstraint(['decided_by'], ['app_user.id'], ),
    sa.ForeignKeyConstraint(['denial_id'], ['denial.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('write_off_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_write_off_request_denial_id'), ['denial_id'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
