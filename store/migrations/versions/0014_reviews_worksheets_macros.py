"""Reviews, worksheets, macros and the steps of each encounter's coding"""

from alembic import op
import sqlalchemy as sa
import sqlmodel
import store.tables.base

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('review_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_table('code_macro',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('content', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('code_macro', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_code_macro_user_id'), ['user_id'], unique=False)

    op.create_table('coding_review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('encounter_id', sa.Integer(), nullable=False),
    sa.Column('coder_id', sa.Integer(), nullable=False),
    sa.Column('chosen', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('asked_at', store.tables.base.MomentType(timezone=True), nullable=False),
    sa.Column('codes_before', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('codes_after', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reasons', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reviewer_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', store.tables.base.MomentType(timezone=True), nullable=True),
    sa.Column('matched', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['coder_id'], ['app_user.id'], ),
    sa.ForeignKeyConstraint(['encounter_id'], ['encounter.id'], ),
    sa.ForeignKeyConstraint(['reviewer_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('coding_review', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_coding_review_coder_id'), ['coder_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_coding_review_encounter_id'), ['encounter_id'], unique=False)

    op.create_table('coding_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('encounter_id', sa.Integer(), nullable=False),
    sa.Column('action_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['action_id'], ['action.id'], ),
    sa.ForeignKeyConstraint(['encounter_id'], ['encounter.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('coding_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_coding_step_encounter_id'), ['encounter_id'], unique=False)

    op.create_table('visit_sheet',
    sa.Column('encounter_id', sa.Integer(), nullable=False),
    sa.Column('new_patient', sa.Boolean(), nullable=False),
    sa.Column('problems', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('data', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('risk', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('basis', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('at', store.tables.base.MomentType(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['encounter_id'], ['encounter.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('encounter_id'),
    sqlite_autoincrement=False
    )
    with op.batch_alter_table('payer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('timed_units', sqlmodel.sql.sqltypes.AutoString(), server_default='', nullable=False))

    with op.batch_alter_table('service_line', schema=None) as batch_op:
        batch_op.add_column(sa.Column('minutes', sa.Integer(), nullable=True))


    # What was done before has its steps too: each action that wrote a row of the encounter's codes.
    sqlite = op.get_bind().dialect.name == 'sqlite'
    encounter = "json_extract(after, '$.encounter_id')" if sqlite else "(after::json ->> 'encounter_id')::integer"
    op.execute(f"""
        INSERT INTO coding_step (encounter_id, action_id)
        SELECT DISTINCT born.encounter_id, image.action_id FROM row_image AS image JOIN (
            SELECT table_name, row_id, {encounter} AS encounter_id FROM row_image
            WHERE table_name IN ('diagnosis', 'service_line') AND before IS NULL
        ) AS born ON born.table_name = image.table_name AND born.row_id = image.row_id
    """)

def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
