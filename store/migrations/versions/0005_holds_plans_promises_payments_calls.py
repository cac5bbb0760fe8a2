"""Holds, plans, promises, payments, calls and the life of a statement run"""

from alembic import op
import sqlalchemy as sa
import sqlmodel
import store.tables.base

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('discount_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('up_to', sa.Integer(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_table('dunning_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('min_age', sa.Integer(), nullable=False),
    sa.Column('plan', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('insurance', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_table('patient_policy',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('days_to_pay', sa.Integer(), nullable=False),
    sa.Column('level_ages', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('presume_days', sa.Integer(), nullable=True),
    sa.Column('reset_percent', sa.Integer(), nullable=False),
    sa.Column('gfe_over', store.tables.base.CentsType(), nullable=False),
    sa.Column('gfe_dispute_days', sa.Integer(), nullable=False),
    sa.Column('collect_after_days', sa.Integer(), nullable=False),
    sa.Column('review_after_days', sa.Integer(), nullable=False),
    sa.Column('small_cents', store.tables.base.CentsType(), nullable=False),
    sa.Column('small_age_days', sa.Integer(), nullable=False),
    sa.Column('refund_other_due', sa.Boolean(), nullable=False),
    sa.Column('run_second_person', sa.Boolean(), nullable=False),
    sa.Column('call_from', sa.Integer(), nullable=False),
    sa.Column('call_to', sa.Integer(), nullable=False),
    sa.Column('call_attempts', sa.Integer(), nullable=False),
    sa.Column('call_days', sa.Integer(), nullable=False),
    sa.Column('call_high', store.tables.base.CentsType(), nullable=False),
    sa.Column('call_final_days', sa.Integer(), nullable=False),
    sa.Column('promise_grace', sa.Integer(), nullable=False),
    sa.Column('plan_grace', sa.Integer(), nullable=False),
    sa.Column('plan_missed', sa.Integer(), nullable=False),
    sa.Column('plan_least', store.tables.base.CentsType(), nullable=False),
    sa.Column('plan_months', sa.Integer(), nullable=False),
    sa.Column('time_zone', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_table('poverty_guideline',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('first_person', store.tables.base.CentsType(), nullable=False),
    sa.Column('each_more', store.tables.base.CentsType(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_table('statement_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('field', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('language', 'field'),
    sqlite_autoincrement=True
    )
    op.create_table('account_hold',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('guarantor_id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('placed_by', sa.Integer(), nullable=True),
    sa.Column('lifted_by', sa.Integer(), nullable=True),
    sa.Column('lifted_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['guarantor_id'], ['guarantor.id'], ),
    sa.ForeignKeyConstraint(['lifted_by'], ['app_user.id'], ),
    sa.ForeignKeyConstraint(['placed_by'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_account_hold_guarantor_id'), 'account_hold', ['guarantor_id'], unique=False)
    op.create_table('assistance',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('guarantor_id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('household', sa.Integer(), nullable=False),
    sa.Column('income', store.tables.base.CentsType(), nullable=False),
    sa.Column('fpl_percent', sa.Integer(), nullable=True),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('granted', sa.Boolean(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['app_user.id'], ),
    sa.ForeignKeyConstraint(['guarantor_id'], ['guarantor.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_assistance_guarantor_id'), 'assistance', ['guarantor_id'], unique=False)
    op.create_table('call_preference',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('guarantor_id', sa.Integer(), nullable=False),
    sa.Column('do_not_call', sa.Boolean(), nullable=False),
    sa.Column('best_from', sa.Integer(), nullable=True),
    sa.Column('best_to', sa.Integer(), nullable=True),
    sa.Column('may_text', sa.Boolean(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['guarantor_id'], ['guarantor.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('guarantor_id'),
    sqlite_autoincrement=True
    )
    op.create_table('day_close',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=False),
    sa.Column('at', store.tables.base.MomentType(timezone=True), nullable=False),
    sa.Column('payments', sa.Integer(), nullable=False),
    sa.Column('cash', store.tables.base.CentsType(), nullable=False),
    sa.Column('check', store.tables.base.CentsType(), nullable=False),
    sa.Column('card', store.tables.base.CentsType(), nullable=False),
    sa.Column('other', store.tables.base.CentsType(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_day_close_user_id'), 'day_close', ['user_id'], unique=False)
    op.create_table('patient_call',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('guarantor_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('phone', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('began_at', store.tables.base.MomentType(timezone=True), nullable=False),
    sa.Column('ended_at', store.tables.base.MomentType(timezone=True), nullable=True),
    sa.Column('verified', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('call_back_at', store.tables.base.MomentType(timezone=True), nullable=True),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['guarantor_id'], ['guarantor.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_patient_call_guarantor_id'), 'patient_call', ['guarantor_id'], unique=False)
    op.create_index(op.f('ix_patient_call_state'), 'patient_call', ['state'], unique=False)
    op.create_table('payment_plan',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('guarantor_id', sa.Integer(), nullable=False),
    sa.Column('total', store.tables.base.CentsType(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('after_payment', sa.Integer(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('ended_why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['guarantor_id'], ['guarantor.id'], ),
    sa.ForeignKeyConstraint(['made_by'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_payment_plan_guarantor_id'), 'payment_plan', ['guarantor_id'], unique=False)
    op.create_table('placement',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('guarantor_id', sa.Integer(), nullable=False),
    sa.Column('agency', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('cents', store.tables.base.CentsType(), nullable=False),
    sa.Column('first_bill_on', sa.Date(), nullable=True),
    sa.Column('placed_on', sa.Date(), nullable=False),
    sa.Column('placed_by', sa.Integer(), nullable=False),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('recalled_on', sa.Date(), nullable=True),
    sa.Column('recall_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['guarantor_id'], ['guarantor.id'], ),
    sa.ForeignKeyConstraint(['placed_by'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_placement_guarantor_id'), 'placement', ['guarantor_id'], unique=False)
    op.create_table('refund',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('guarantor_id', sa.Integer(), nullable=False),
    sa.Column('cents', store.tables.base.CentsType(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('check_number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['app_user.id'], ),
    sa.ForeignKeyConstraint(['decided_by'], ['app_user.id'], ),
    sa.ForeignKeyConstraint(['guarantor_id'], ['guarantor.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_refund_guarantor_id'), 'refund', ['guarantor_id'], unique=False)
    op.create_index(op.f('ix_refund_state'), 'refund', ['state'], unique=False)
    op.create_table('run_wording',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('content', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['statement_run.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('run_id', 'language'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_run_wording_run_id'), 'run_wording', ['run_id'], unique=False)
    op.create_table('small_balance_exclusion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('payer_id', sa.Integer(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['payer_id'], ['payer.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('payer_id'),
    sqlite_autoincrement=True
    )
    op.create_table('small_balance_run',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('limit', store.tables.base.CentsType(), nullable=False),
    sa.Column('age_days', sa.Integer(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('approved', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['app_user.id'], ),
    sa.ForeignKeyConstraint(['decided_by'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_table('estimate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('patient_id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('cents', store.tables.base.CentsType(), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('service_from', sa.Date(), nullable=False),
    sa.Column('service_to', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], ),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_estimate_patient_id'), 'estimate', ['patient_id'], unique=False)
    op.create_table('patient_payment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('guarantor_id', sa.Integer(), nullable=False),
    sa.Column('cents', store.tables.base.CentsType(), nullable=False),
    sa.Column('method', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=False),
    sa.Column('at', store.tables.base.MomentType(timezone=True), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('voids_id', sa.Integer(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('close_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['close_id'], ['day_close.id'], ),
    sa.ForeignKeyConstraint(['guarantor_id'], ['guarantor.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.ForeignKeyConstraint(['voids_id'], ['patient_payment.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('number'),
    sa.UniqueConstraint('voids_id'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_patient_payment_close_id'), 'patient_payment', ['close_id'], unique=False)
    op.create_index(op.f('ix_patient_payment_guarantor_id'), 'patient_payment', ['guarantor_id'], unique=False)
    op.create_table('plan_instalment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('cents', store.tables.base.CentsType(), nullable=False),
    sa.ForeignKeyConstraint(['plan_id'], ['payment_plan.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('plan_id', 'number'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_plan_instalment_plan_id'), 'plan_instalment', ['plan_id'], unique=False)
    op.create_table('promise',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('guarantor_id', sa.Integer(), nullable=False),
    sa.Column('cents', store.tables.base.CentsType(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('after_payment', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['call_id'], ['patient_call.id'], ),
    sa.ForeignKeyConstraint(['guarantor_id'], ['guarantor.id'], ),
    sa.ForeignKeyConstraint(['made_by'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_promise_guarantor_id'), 'promise', ['guarantor_id'], unique=False)
    op.create_table('small_balance_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('guarantor_id', sa.Integer(), nullable=False),
    sa.Column('cents', store.tables.base.CentsType(), nullable=False),
    sa.Column('included', sa.Boolean(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['guarantor_id'], ['guarantor.id'], ),
    sa.ForeignKeyConstraint(['run_id'], ['small_balance_run.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('run_id', 'guarantor_id'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_small_balance_account_run_id'), 'small_balance_account', ['run_id'], unique=False)
    op.add_column('statement_account', sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), server_default='', nullable=False))
    op.add_column('statement_account', sa.Column('choice', sqlmodel.sql.sqltypes.AutoString(), server_default='', nullable=False))
    op.add_column('statement_account', sa.Column('choice_reason', sqlmodel.sql.sqltypes.AutoString(), server_default='', nullable=False))
    op.add_column('statement_account', sa.Column('level', sa.Integer(), nullable=True))
    op.add_column('statement_account', sa.Column('message', sqlmodel.sql.sqltypes.AutoString(), server_default='', nullable=False))
    op.add_column('statement_account', sa.Column('result', sqlmodel.sql.sqltypes.AutoString(), server_default='', nullable=False))
    op.create_index(op.f('ix_statement_account_state'), 'statement_account', ['state'], unique=False)
    op.add_column('statement_run', sa.Column('criteria', sqlmodel.sql.sqltypes.AutoString(), server_default='', nullable=False))
    op.add_column('statement_run', sa.Column('reviewed_by', sa.Integer(), nullable=True))
    op.add_column('statement_run', sa.Column('approved_by', sa.Integer(), nullable=True))
    op.add_column('statement_run', sa.Column('pdf_sha256', sqlmodel.sql.sqltypes.AutoString(), server_default='', nullable=False))
    # HOLDS: the one free text of an account becomes a hold of its own
    op.execute(
        "INSERT INTO account_hold (version, guarantor_id, kind, reason, since) "
        "SELECT 1, id, 'other', hold, COALESCE(last_statement_on, '2026-01-01') FROM guarantor WHERE hold <> ''"
    )
    op.drop_column('guarantor', 'hold')
    op.execute(
        "UPDATE statement_account SET state = CASE WHEN NOT included THEN 'EXCLUDED' ELSE COALESCE("
        "(SELECT CASE r.state WHEN 'SENT' THEN 'SENT' WHEN 'GENERATED' THEN 'INCLUDED' ELSE 'ELIGIBLE' END "
        "FROM statement_run r WHERE r.id = statement_account.run_id), 'ELIGIBLE') END"
    )


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
