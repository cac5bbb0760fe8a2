"""What of a payment waits: answers, deposits, rules of posting"""

from alembic import op
import sqlalchemy as sa
import sqlmodel
import store.tables.base

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('posting_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('payer_id', sa.Integer(), nullable=True),
    sa.Column('auto_post', sa.Boolean(), nullable=False),
    sa.Column('wait_for_money', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['payer_id'], ['payer.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('payer_id'),
    sqlite_autoincrement=True
    )
    op.create_table('deposit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('trace', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('payer_name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('amount', store.tables.base.CentsType(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('remittance_id', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['archived_file.id'], ),
    sa.ForeignKeyConstraint(['remittance_id'], ['remittance.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('deposit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deposit_remittance_id'), ['remittance_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_deposit_trace'), ['trace'], unique=False)

    op.create_table('payment_matter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('remittance_id', sa.Integer(), nullable=True),
    sa.Column('deposit_id', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('segment', sa.Integer(), nullable=False),
    sa.Column('payer_name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('trace', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('amount', store.tables.base.CentsType(), nullable=False),
    sa.Column('found', store.tables.base.CentsType(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('told', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['deposit_id'], ['deposit.id'], ),
    sa.ForeignKeyConstraint(['file_id'], ['archived_file.id'], ),
    sa.ForeignKeyConstraint(['remittance_id'], ['remittance.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('payment_matter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_matter_deposit_id'), ['deposit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_matter_remittance_id'), ['remittance_id'], unique=False)

    op.create_table('remit_part',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('remit_claim_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=True),
    sa.Column('claim_line_id', sa.Integer(), nullable=True),
    sa.Column('remit_line_id', sa.Integer(), nullable=True),
    sa.Column('charge', store.tables.base.CentsType(), nullable=False),
    sa.Column('paid', store.tables.base.CentsType(), nullable=False),
    sa.Column('why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], ),
    sa.ForeignKeyConstraint(['claim_line_id'], ['claim_line.id'], ),
    sa.ForeignKeyConstraint(['remit_claim_id'], ['remit_claim.id'], ),
    sa.ForeignKeyConstraint(['remit_line_id'], ['remit_line.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('remit_part', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_remit_part_remit_claim_id'), ['remit_claim_id'], unique=False)

    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claim_payer_control'), ['payer_control'], unique=False)
        batch_op.create_index(batch_op.f('ix_claim_service_from'), ['service_from'], unique=False)

    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column('remit_claim', sa.Column('reverses_id', sa.Integer(), nullable=True))
    op.add_column('remit_claim', sa.Column('parent_id', sa.Integer(), nullable=True))
    op.create_index('ix_remit_claim_parent_id', 'remit_claim', ['parent_id'], unique=False)
    op.create_index('ix_remit_claim_reverses_id', 'remit_claim', ['reverses_id'], unique=False)
    op.add_column('remit_provider_adjustment', sa.Column('account', text(), server_default='', nullable=False))
    op.add_column('remittance', sa.Column('state', text(), server_default='POSTED', nullable=False))
    op.add_column('remittance', sa.Column('source', text(), server_default='835', nullable=False))
    op.add_column('remittance', sa.Column('entered_by', sa.Integer(), nullable=True))
    op.create_index('ix_remittance_state', 'remittance', ['state'], unique=False)
    step('', 'POSTED', "")  # what is here was posted, by the action that brought it
    op.execute("UPDATE remittance SET state = 'PARTIAL' WHERE id IN "
               "(SELECT remittance_id FROM remit_claim WHERE state = 'unmatched')")
    step('POSTED', 'PARTIAL', "WHERE r.state = 'PARTIAL'")


def step(before: str, after: str, which: str) -> None:
    """Tell of each remittance that it made a step."""
    no = "false" if op.get_bind().dialect.name == "postgresql" else "0"
    op.execute(
        "INSERT INTO transition (action_id, machine, subject_id, before, after, undo) "
        "SELECT (SELECT max(a.id) FROM action a WHERE a.command = 'remits.import'), "
        f"'remittance', r.id, '{before}', '{after}', {no} FROM remittance r {which} ORDER BY r.id"
    )


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
