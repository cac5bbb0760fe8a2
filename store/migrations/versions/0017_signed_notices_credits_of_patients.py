"""Notices that patients signed, credit balances of patients, how a payer is reached, when credits have to be settled"""

from alembic import op
import sqlalchemy as sa
import sqlmodel
import store.tables.base

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, store.tables.base.MomentType
    op.create_table('signed_notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('encounter_id', sa.Integer(), nullable=False),
    sa.Column('code', text(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('kept', text(), nullable=False),
    sa.Column('at', moment(timezone=True), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['encounter_id'], ['encounter.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('ix_signed_notice_encounter_id', 'signed_notice', ['encounter_id'], unique=False)
    with op.batch_alter_table('credit_balance', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.alter_column('claim_id', existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column('payer_id', existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column('refund_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('escheated_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('reference', text(), server_default='', nullable=False))
    for column in ('phone', 'phone_menu', 'fax', 'portal'):
        op.add_column('payer', sa.Column(column, text(), server_default='', nullable=False))
    for column, default in (('refund_days', '30'), ('stale_check_days', '180')):
        op.add_column('patient_policy', sa.Column(column, sa.Integer(), server_default=default, nullable=False))
    op.add_column('patient_policy', sa.Column('escheat_days', text(), server_default='', nullable=False))


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
