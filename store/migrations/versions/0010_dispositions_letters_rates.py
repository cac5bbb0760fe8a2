"""Dispositions, letters, contract rates, underpayments and credit balances"""

from alembic import op
import sqlalchemy as sa
import sqlmodel
import store.tables.base

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('disposition_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('payer_id', sa.Integer(), nullable=False),
    sa.Column('group', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('remark', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('sequence', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('disposition', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('cause', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('action', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('hint', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('payer_id', 'group', 'reason', 'remark', 'sequence'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('disposition_rule', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disposition_rule_reason'), ['reason'], unique=False)

    op.create_table('letter_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name'),
    sqlite_autoincrement=True
    )
    op.create_table('contract_rate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('payer_id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('modifiers', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('cents', store.tables.base.CentsType(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('term', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['payer_id'], ['payer.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('payer_id', 'code', 'modifiers', 'valid_from'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('contract_rate', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contract_rate_code'), ['code'], unique=False)
        batch_op.create_index(batch_op.f('ix_contract_rate_payer_id'), ['payer_id'], unique=False)

    op.create_table('dispute',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('payer_id', sa.Integer(), nullable=False),
    sa.Column('cause', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('filed_on', sa.Date(), nullable=False),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('lines', sa.Integer(), nullable=False),
    sa.Column('cents', store.tables.base.CentsType(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['file_id'], ['archived_file.id'], ),
    sa.ForeignKeyConstraint(['payer_id'], ['payer.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dispute_payer_id'), ['payer_id'], unique=False)

    op.create_table('credit_balance',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=False),
    sa.Column('guarantor_id', sa.Integer(), nullable=False),
    sa.Column('payer_id', sa.Integer(), nullable=False),
    sa.Column('remit_claim_id', sa.Integer(), nullable=True),
    sa.Column('cents', store.tables.base.CentsType(), nullable=False),
    sa.Column('cause', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('identified_on', sa.Date(), nullable=False),
    sa.Column('investigated_from', sa.Date(), nullable=True),
    sa.Column('due', sa.Date(), nullable=True),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('approved_by', sa.Integer(), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('check_number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['approved_by'], ['app_user.id'], ),
    sa.ForeignKeyConstraint(['asked_by'], ['app_user.id'], ),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], ),
    sa.ForeignKeyConstraint(['guarantor_id'], ['guarantor.id'], ),
    sa.ForeignKeyConstraint(['payer_id'], ['payer.id'], ),
    sa.ForeignKeyConstraint(['remit_claim_id'], ['remit_claim.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('credit_balance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_balance_claim_id'), ['claim_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_credit_balance_guarantor_id'), ['guarantor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_credit_balance_state'), ['state'], unique=False)

    op.create_table('underpayment',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=False),
    sa.Column('claim_line_id', sa.Integer(), nullable=False),
    sa.Column('remit_claim_id', sa.Integer(), nullable=False),
    sa.Column('payer_id', sa.Integer(), nullable=False),
    sa.Column('rate_id', sa.Integer(), nullable=False),
    sa.Column('expected', store.tables.base.CentsType(), nullable=False),
    sa.Column('allowed', store.tables.base.CentsType(), nullable=False),
    sa.Column('recovered', store.tables.base.CentsType(), nullable=False),
    sa.Column('cause', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('due', sa.Date(), nullable=True),
    sa.Column('dispute_id', sa.Integer(), nullable=True),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], ),
    sa.ForeignKeyConstraint(['claim_line_id'], ['claim_line.id'], ),
    sa.ForeignKeyConstraint(['dispute_id'], ['dispute.id'], ),
    sa.ForeignKeyConstraint(['payer_id'], ['payer.id'], ),
    sa.ForeignKeyConstraint(['rate_id'], ['contract_rate.id'], ),
    sa.ForeignKeyConstraint(['remit_claim_id'], ['remit_claim.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('underpayment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_underpayment_cause'), ['cause'], unique=False)
        batch_op.create_index(batch_op.f('ix_underpayment_claim_id'), ['claim_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_underpayment_claim_line_id'), ['claim_line_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_underpayment_dispute_id'), ['dispute_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_underpayment_payer_id'), ['payer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_underpayment_remit_claim_id'), ['remit_claim_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_underpayment_state'), ['state'], unique=False)

    op.create_table('sent_document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=False),
    sa.Column('denial_id', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('how', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('to', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('sent_on', sa.Date(), nullable=False),
    sa.Column('at', store.tables.base.MomentType(timezone=True), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], ),
    sa.ForeignKeyConstraint(['denial_id'], ['denial.id'], ),
    sa.ForeignKeyConstraint(['file_id'], ['archived_file.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('sent_document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sent_document_claim_id'), ['claim_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sent_document_denial_id'), ['denial_id'], unique=False)

    


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
