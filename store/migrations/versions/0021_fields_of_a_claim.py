"""Fields that a claim tells beside codes and people: referring provider, drugs, attachments and so on"""

from alembic import op
import sqlalchemy as sa
import sqlmodel

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table('claim_fact',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('encounter_id', sa.Integer(), nullable=False),
    sa.Column('service_line_id', sa.Integer(), nullable=True),
    sa.Column('name', text(), nullable=False),
    sa.Column('value', text(), nullable=False),
    sa.ForeignKeyConstraint(['encounter_id'], ['encounter.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('ix_claim_fact_encounter_id', 'claim_fact', ['encounter_id'])


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
