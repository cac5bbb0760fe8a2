"""Payers and trading partners as data, claims to later payers, findings of the scrub, rules of the practice's own"""

import json

from alembic import op
import sqlalchemy as sa
import sqlmodel
import store.tables.base

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('trading_partner',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('submitter_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('receiver_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('receiver_name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id_qualifier', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('receiver_qualifier', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('usage', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('acknowledge', sa.Boolean(), nullable=False),
    sa.Column('folder', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('syntax_days', sa.Integer(), nullable=False),
    sa.Column('claim_days', sa.Integer(), nullable=False),
    sa.Column('payer_days', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name'),
    sqlite_autoincrement=True
    )
    op.create_table('claim_finding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    *(_text(name) for name in (
        'code', 'severity', 'place', 'value', 'message', 'rule', 'source', 'fix', 'todo', 'mark', 'overridden')),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('claim_finding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claim_finding_claim_id'), ['claim_id'], unique=False)
    op.create_table('claim_override',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=False),
    *(_text(name) for name in ('mark', 'code', 'reason')),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('at', store.tables.base.MomentType(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('claim_override', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claim_override_claim_id'), ['claim_id'], unique=False)
    op.create_table('site_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    *(_text(name) for name in ('name', 'text')),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('would_hit', sa.Integer(), nullable=True),
    sa.Column('changed_at', store.tables.base.MomentType(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name'),
    sqlite_autoincrement=True
    )
    op.create_table('facility_bill',
    sa.Column('encounter_id', sa.Integer(), nullable=False),
    _text('content'),
    sa.ForeignKeyConstraint(['encounter_id'], ['encounter.id'], ),
    sa.PrimaryKeyConstraint('encounter_id')
    )
    _extend()
    _carry_limits()


def _text(name: str) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=False)


def _extend() -> None:
    texts = {
        'payer': {'claim_kinds': 'professional,institutional', 'frequencies': '1,7,8', 'required': '',
                  'member_pattern': '', 'limits': '[]', 'line1': '', 'city': '', 'state': '', 'zip': ''},
        'claim': {'kind': 'professional', 'authorization': '', 'first_scrub': '', 'hold_reason': ''},
        'batch': {'kind': '837P', 'failure': ''},
        'coverage': {'insurance_type': ''},
    }
    for table, columns in texts.items():
        for name, default in columns.items():
            op.add_column(table, sa.Column(
                name, sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=default))
    op.add_column('payer', sa.Column('electronic', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column('payer', sa.Column('crosses_over', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('payer', sa.Column('answer_days', sa.Integer(), nullable=False, server_default='30'))
    op.add_column('payer', sa.Column('partner_id', sa.Integer(), nullable=True))
    op.add_column('claim', sa.Column('prior_id', sa.Integer(), nullable=True))
    op.add_column('claim', sa.Column('hold_until', sa.Date(), nullable=True))
    op.add_column('claim', sa.Column('awaits_until', sa.Date(), nullable=True))
    op.add_column('batch', sa.Column('partner_id', sa.Integer(), nullable=True))
    op.add_column('batch', sa.Column('awaits_until', sa.Date(), nullable=True))
    op.add_column('batch', sa.Column('review', sa.Integer(), nullable=False, server_default='1'))
    op.create_index(op.f('ix_claim_prior_id'), 'claim', ['prior_id'], unique=False)
    op.create_index(op.f('ix_claim_awaits_until'), 'claim', ['awaits_until'], unique=False)


def _carry_limits() -> None:
    """The days that stood in columns of their own become limits with anchor and basis."""
    payer = sa.table('payer', *(sa.column(name) for name in (
        'id', 'filing', 'limits', 'filing_limit_days', 'corrected_limit_days', 'appeal_limit_days')))
    connection = op.get_bind()
    for row in connection.execute(sa.select(payer)).all():
        found = []
        if row.filing_limit_days is not None and row.filing not in ('MA', 'MB'):
            found.append(('initial', row.filing_limit_days, 'dos_from'))
        if row.corrected_limit_days is not None:
            found.append(('corrected', row.corrected_limit_days, 'denial_notice'))
        if row.appeal_limit_days is not None:
            found.append(('appeal', row.appeal_limit_days, 'denial_notice'))
        limits = [{'what': what, 'limit': days, 'unit': 'days', 'anchor': anchor} for what, days, anchor in found]
        connection.execute(payer.update().where(payer.c.id == row.id).values(limits=json.dumps(limits)))
    for name in ('filing_limit_days', 'corrected_limit_days', 'appeal_limit_days'):
        op.drop_column('payer', name)


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
